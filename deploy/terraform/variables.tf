# The parameters of gatehouse.yaml under the same names, and below them what only this module has.

variable "mode" {
  type        = string
  default     = "observe"
  description = "observe changes nothing, and is not permitted to; approve archives and asks before it blocks; enforce acts"
  validation {
    condition     = contains(["observe", "approve", "enforce"], var.mode)
    error_message = "mode is observe, approve or enforce."
  }
}

variable "blocked_types" {
  type        = list(string)
  default     = ["AWS::IAM::Role"]
  description = "Types of resources that may be changed; nothing is permitted to change others"
  validation {
    condition     = length(var.blocked_types) > 0 && alltrue([for type in var.blocked_types : contains(keys(local.changeable), type)])
    error_message = "blocked_types are one or more of ${join(", ", keys(local.changeable))}."
  }
}

variable "global_resources" {
  type        = bool
  default     = true
  description = "Whether IAM roles and users, which every region reports, are answered here; on in one region, off in the others"
}

variable "other_regions" {
  type        = list(string)
  default     = []
  description = "Regions whose findings the module forwarder hands on to here; the permissions then hold in every region"
  validation {
    condition     = alltrue([for region in var.other_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", region))])
    error_message = "other_regions are names of regions, such as eu-west-1."
  }
}

variable "notification_email" {
  type        = string
  default     = ""
  description = "Who gets messages and alarms, once the address has confirmed it. Empty means nobody"
  validation {
    condition     = can(regex("^([^@\\s]+@[^@\\s]+)?$", var.notification_email))
    error_message = "notification_email is an address, or empty."
  }
}

variable "urgent_topic_arn" {
  type        = string
  default     = ""
  description = "Topic of yours for urgent messages, in place of the module's own"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$", var.urgent_topic_arn))
    error_message = "urgent_topic_arn is the ARN of an SNS topic, or empty."
  }
}

variable "urgent_topic_key_arn" {
  type        = string
  default     = ""
  description = "The KMS key of that topic, where it is one of yours"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.urgent_topic_key_arn))
    error_message = "urgent_topic_key_arn is the ARN of a KMS key, or empty."
  }
}

variable "urgent_severity" {
  type        = string
  default     = "CRITICAL"
  description = "From which severity on a message is urgent"
  validation {
    condition     = contains(["LOW", "MEDIUM", "HIGH", "CRITICAL"], var.urgent_severity)
    error_message = "urgent_severity is LOW, MEDIUM, HIGH or CRITICAL."
  }
}

variable "who_did_it" {
  type        = bool
  default     = false
  description = "Whether messages name who made the last change before a finding, as CloudTrail tells it"
}

variable "event_bus_arn" {
  type        = string
  default     = ""
  description = "EventBridge bus that gets what became of each finding; empty for none"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+)?$", var.event_bus_arn))
    error_message = "event_bus_arn is the ARN of an event bus, or empty."
  }
}

variable "chat_topic_arn" {
  type        = string
  default     = ""
  description = "Topic of yours that Amazon Q Developer shows in Slack or Teams; it gets each message in the form for chats"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$", var.chat_topic_arn))
    error_message = "chat_topic_arn is the ARN of an SNS topic, or empty."
  }
}

variable "chat_topic_key_arn" {
  type        = string
  default     = ""
  description = "The KMS key of that topic, where it is one of yours; topic and key are then in this region"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.chat_topic_key_arn))
    error_message = "chat_topic_key_arn is the ARN of a KMS key, or empty."
  }
}

variable "trusted_organization" {
  type        = string
  default     = ""
  description = "The organization whose accounts count as inside, with an organization analyzer"
  validation {
    condition     = can(regex("^(o-[a-z0-9]{10,32})?$", var.trusted_organization))
    error_message = "trusted_organization is an organization's id (o-…), or empty."
  }
}

variable "trusted_accounts" {
  type        = list(string)
  default     = []
  description = "Further accounts that count as inside, 200 at most"
  validation {
    condition     = alltrue([for account in var.trusted_accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "trusted_accounts are account ids of 12 digits."
  }
  validation {
    condition     = length(var.trusted_accounts) <= 200
    error_message = "trusted_accounts are 200 at most: a function's settings have 4 KB."
  }
}

variable "exempt_tag" {
  type        = string
  default     = "gatehouse:exempt"
  description = "Tag, as key or key=value, of resources that are never changed"
  validation {
    condition     = can(regex("^[^=].*$", var.exempt_tag))
    error_message = "exempt_tag is a tag's key, or key=value."
  }
}

variable "protected_roles" {
  type        = list(string)
  default     = []
  description = "ARNs of roles that must never be edited, such as arn:aws:iam::*:role/break-glass-*"
}

variable "rules_bucket" {
  type        = string
  default     = ""
  description = "Bucket of the rules file; the built-in rules where neither it nor rules_parameter is given"
  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.rules_bucket))
    error_message = "rules_bucket is a bucket's name, or empty."
  }
  validation {
    condition     = var.rules_bucket == "" || (var.rules_key != "" && var.rules_parameter == "")
    error_message = "With rules_bucket give rules_key, and no rules_parameter."
  }
}

variable "rules_key" {
  type        = string
  default     = ""
  description = "Key of the rules file in rules_bucket"
  validation {
    condition     = can(regex("^[^*?]*$", var.rules_key))
    error_message = "rules_key holds no * and no ?, which a policy takes for patterns."
  }
}

variable "rules_parameter" {
  type        = string
  default     = ""
  description = "Parameter Store parameter that holds the rules, from its first slash on"
  validation {
    condition     = can(regex("^(/[A-Za-z0-9_.-]+)*$", var.rules_parameter))
    error_message = "rules_parameter begins with a slash, or is empty."
  }
}

variable "rules_key_arn" {
  type        = string
  default     = ""
  description = "The KMS key that the rules are encrypted with, where it is one of yours"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.rules_key_arn))
    error_message = "rules_key_arn is the ARN of a KMS key, or empty."
  }
}

variable "ledger_table_arn" {
  type        = string
  default     = ""
  description = "table_arn of the module ledger. With it every change is recorded before it is made and told once; empty for no ledger"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]+)?$", var.ledger_table_arn))
    error_message = "ledger_table_arn is the ARN of a DynamoDB table, or empty."
  }
}

variable "ledger_key_arn" {
  type        = string
  default     = ""
  description = "The KMS key of that table, where it is one of yours"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.ledger_key_arn))
    error_message = "ledger_key_arn is the ARN of a KMS key, or empty."
  }
  validation {
    condition     = var.ledger_key_arn == "" || var.ledger_table_arn != ""
    error_message = "With ledger_key_arn give ledger_table_arn, the table that is encrypted with it."
  }
}

variable "max_changes_per_hour" {
  type        = number
  default     = 20
  description = "With a ledger, so many changes an hour are made and no more; what is above it is told"
  validation {
    condition     = var.max_changes_per_hour >= 1 && floor(var.max_changes_per_hour) == var.max_changes_per_hour
    error_message = "max_changes_per_hour is a whole number from 1 on."
  }
}

variable "max_changes_per_account_per_hour" {
  type        = number
  default     = 10
  description = "The same for the resources of one account"
  validation {
    condition     = var.max_changes_per_account_per_hour >= 1 && floor(var.max_changes_per_account_per_hour) == var.max_changes_per_account_per_hour
    error_message = "max_changes_per_account_per_hour is a whole number from 1 on."
  }
}

variable "max_messages_per_hour" {
  type        = number
  default     = 100
  description = "With a ledger, so many messages an hour, but for failures, approvals and what is critical"
  validation {
    condition     = var.max_messages_per_hour >= 1 && floor(var.max_messages_per_hour) == var.max_messages_per_hour
    error_message = "max_messages_per_hour is a whole number from 1 on."
  }
}

variable "cool_down_days" {
  type        = number
  default     = 14
  description = "With a ledger, for so many days after it was undone the same access is not blocked again"
  validation {
    condition     = var.cool_down_days >= 1 && var.cool_down_days <= 3650 && floor(var.cool_down_days) == var.cool_down_days
    error_message = "cool_down_days is 1 to 3650."
  }
}

variable "approval_page" {
  type        = string
  default     = "off"
  description = "The page on which people approve or reject; iam is for signed requests of this account, public for whoever has a link. Needs the ledger"
  validation {
    condition     = contains(["off", "iam", "public"], var.approval_page)
    error_message = "approval_page is off, iam or public."
  }
  validation {
    condition     = var.approval_page == "off" || var.ledger_table_arn != ""
    error_message = "With approval_page give ledger_table_arn: requests and decisions are kept in the ledger."
  }
}

variable "approval_hours" {
  type        = number
  default     = 24
  description = "With a ledger, for so many hours a request can be decided, on the page or by the command line"
  validation {
    condition     = var.approval_hours >= 1 && var.approval_hours <= 720 && floor(var.approval_hours) == var.approval_hours
    error_message = "approval_hours is 1 to 720."
  }
}

variable "preview" {
  type        = bool
  default     = false
  description = "Whether Access Analyzer is asked beforehand what it would say of a change; by an account analyzer in the resource's account and region"
}

variable "revoke_sessions" {
  type        = bool
  default     = false
  description = "Whether blocking a role also ends its sessions, of everybody and not of the blocked principal alone"
}

variable "weekly_report" {
  type        = bool
  default     = false
  description = "Whether the topic gets a report each Monday at 07:00 UTC of what was answered and what enforce would have done"
}

variable "sweep_schedule" {
  type        = string
  default     = ""
  description = "How often to look for what events missed, such as rate(6 hours); empty for never. Needs the ledger"
  validation {
    condition     = can(regex("^((rate|cron)\\(.+\\))?$", var.sweep_schedule))
    error_message = "sweep_schedule is rate(…) or cron(…), or empty."
  }
  validation {
    condition     = var.sweep_schedule == "" || var.ledger_table_arn != ""
    error_message = "With sweep_schedule give ledger_table_arn: without a ledger nobody knows what was answered."
  }
}

variable "member_role_name" {
  type        = string
  default     = ""
  description = "MemberRoleName of member-role.yaml in the other accounts; empty for this account alone"
  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{0,59}$", var.member_role_name))
    error_message = "member_role_name is a role's name without a path, of 59 characters at most."
  }
  validation {
    condition     = var.member_role_name == "" || var.member_external_id != ""
    error_message = "With member_role_name give member_external_id, the ExternalId of member-role.yaml."
  }
}

variable "member_external_id" {
  type        = string
  default     = ""
  description = "The external id that the member roles ask for"
  validation {
    condition     = can(regex("^([A-Za-z0-9+=,.@:/_-]{2,})?$", var.member_external_id)) && length(var.member_external_id) <= 1224
    error_message = "member_external_id has 2 to 1224 letters, digits and +=,.@:/_-, or is empty."
  }
}

variable "organization_look_ups" {
  type        = bool
  default     = false
  description = "Whether accounts are looked up in AWS Organizations (its management account and delegated administrators)"
}

variable "image_uri" {
  type        = string
  default     = ""
  description = "A container image in ECR to run in place of the zip"
}

variable "architecture" {
  type        = string
  default     = "x86_64"
  description = "What the zip or image was built for"
  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is x86_64 or arm64."
  }
}

variable "memory_size" {
  type        = number
  default     = 256
  description = "Memory of each function in MB; processor time goes with it"
  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240
    error_message = "memory_size is 128 to 10240."
  }
}

variable "writer_concurrency" {
  type        = string
  default     = "one"
  description = "one lets each function that writes run once at a time; unreserved is for accounts that have no concurrency to reserve"
  validation {
    condition     = contains(["one", "unreserved"], var.writer_concurrency)
    error_message = "writer_concurrency is one or unreserved."
  }
}

variable "log_level" {
  type        = string
  default     = "INFO"
  description = "From which level on the functions log; metrics and what was done are INFO"
  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO"], var.log_level)
    error_message = "log_level is TRACE, DEBUG or INFO: above that Lambda drops the metrics and the record of what was done."
  }
}

variable "log_retention_days" {
  type        = number
  default     = 365
  description = "How long logs are kept. The log groups stay when the module is deleted"
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of the numbers that CloudWatch Logs knows, such as 30, 90, 365 or 731."
  }
}

variable "log_key_arn" {
  type        = string
  default     = ""
  description = "KMS key of yours for the logs, whose policy lets CloudWatch Logs use it"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.log_key_arn))
    error_message = "log_key_arn is the ARN of a KMS key, or empty."
  }
}

variable "tracing" {
  type        = string
  default     = "Active"
  description = "Active sends traces to X-Ray"
  validation {
    condition     = contains(["Active", "PassThrough"], var.tracing)
    error_message = "tracing is Active or PassThrough."
  }
}

variable "quiet_days" {
  type        = number
  default     = 0
  description = "Alarm when no finding came in for so many days, where some come in every day; 0 means never"
  validation {
    condition     = contains([0, 1, 2, 3, 4, 5, 6, 7], var.quiet_days)
    error_message = "quiet_days is 0 to 7."
  }
}

variable "permissions_boundary" {
  type        = string
  default     = ""
  description = "A managed policy that bounds every role of the module"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+)?$", var.permissions_boundary))
    error_message = "permissions_boundary is the ARN of a managed policy, or empty."
  }
}

# What only this module has.

variable "name" {
  type        = string
  default     = "gatehouse"
  description = "Begins the name of everything; another one for a second set in the same account and region"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "name has 2 to 20 small letters, digits and hyphens."
  }
}

variable "package_file" {
  type        = string
  default     = ""
  description = "The zip that deploy/package made. Empty means .build/lambda/gatehouse.zip of this repository"
}

variable "analyzer" {
  type        = string
  default     = "ACCOUNT"
  description = "Which analyzer of external access to make: ACCOUNT, ORGANIZATION (in its management account or a delegated administrator's), or NONE where there is one"
  validation {
    condition     = contains(["ACCOUNT", "ORGANIZATION", "NONE"], var.analyzer)
    error_message = "analyzer is ACCOUNT, ORGANIZATION or NONE."
  }
}

variable "unused_access_days" {
  type        = number
  default     = 0
  description = "Make an analyzer of unused access too, for access unused for so many days; it is charged by role and user. 0 makes none"
  validation {
    condition     = var.unused_access_days == 0 || (var.unused_access_days >= 1 && var.unused_access_days <= 365)
    error_message = "unused_access_days is 0, or 1 to 365."
  }
}

variable "archive_rules" {
  type = map(list(object({
    criteria = string
    eq       = optional(list(string))
    neq      = optional(list(string))
    contains = optional(list(string))
    exists   = optional(string)
  })))
  default     = {}
  description = "Archive rules of the analyzer by name: findings that meet every criterion are archived before Gatehouse hears of them"
  validation {
    condition     = var.analyzer != "NONE" || length(var.archive_rules) == 0
    error_message = "archive_rules are for the analyzer that this module makes: with analyzer NONE there is none."
  }
}

variable "policy_generation" {
  type = object({
    trail_bucket  = string
    trail_key_arn = optional(string)
  })
  default     = null
  description = "Makes the role that Access Analyzer reads CloudTrail with when it generates policies: the trail's bucket, and its KMS key where it has one"
}
