# Policies that several roles share.

locals {
  policy_is_needed = {
    rules        = local.has_rules
    approval-key = local.has_page
    sessions     = local.revokes_sessions
    event-bus    = var.event_bus_arn != ""
  }

  # A role's sessions are ended by a policy of the role.
  edits_of_roles = ["iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]

  policies = {
    basic = {
      description = "What each function of Gatehouse may do, its log and its trace"
      statements = concat(
        [{
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.functions.arn}:*"
        }],
        # X-Ray has no resources.
        !local.traces ? [] : [
          { Sid = "Trace", Effect = "Allow", Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource = "*" }
        ]
      )
    }
    # The program has these limits too; a mistake in it must not get past this one.
    protected-roles = {
      description = "Roles that Gatehouse must never edit"
      statements = concat(
        [{
          Sid    = "ProtectedByName"
          Effect = "Deny"
          Action = local.edits_of_roles
          Resource = [
            for path in [
              "aws-service-role/*", "aws-reserved/*", "AWSControlTowerExecution", "aws-controltower-*", "stacksets-exec-*",
              "AWSCloudFormationStackSetExecutionRole", "OrganizationAccountAccessRole", "AWSAFTExecution", "AWSAFTAdmin",
              "AWSAccelerator*", "cdk-hnb659fds-*", "gatehouse/*", "${local.has_members ? var.member_role_name : "GatehouseMember"}*"
            ] : "arn:${local.partition}:iam::*:role/${path}"
          ]
        }],
        length(var.protected_roles) == 0 ? [] : [
          { Sid = "ProtectedByYou", Effect = "Deny", Action = local.edits_of_roles, Resource = var.protected_roles }
        ],
        [{
          Sid       = "OurOwn"
          Effect    = "Deny"
          Action    = local.edits_of_roles
          Resource  = "arn:${local.partition}:iam::*:role/*"
          Condition = { Null = { "aws:ResourceTag/gatehouse:component" = "false" } }
        }],
        # Buckets, streams and layers are told by no tag; the program spares what is tagged.
        [{
          Sid    = "OurOwnResources"
          Effect = "Deny"
          Action = [
            "dynamodb:PutResourcePolicy", "ec2:ModifySnapshotAttribute", "ecr:SetRepositoryPolicy",
            "elasticfilesystem:PutFileSystemPolicy", "kms:PutKeyPolicy", "lambda:AddPermission",
            "lambda:RemovePermission", "rds:ModifyDBClusterSnapshotAttribute", "rds:ModifyDBSnapshotAttribute",
            "secretsmanager:PutResourcePolicy", "sns:SetTopicAttributes", "sqs:SetQueueAttributes"
          ]
          Resource  = "*"
          Condition = { Null = { "aws:ResourceTag/gatehouse:component" = "false" } }
        }]
      )
    }
    blocked-types = {
      description = "What Gatehouse reads of resources that it may change"
      statements  = local.read_changed
    }
    sessions = {
      description = "What Gatehouse reads to end a role's sessions, besides the role"
      statements = [{
        Sid      = "RoleSessions"
        Effect   = "Allow"
        Action   = ["iam:GetRolePolicy", "iam:ListRolePolicies"]
        Resource = "arn:${local.partition}:iam::${local.account}:role/*"
      }]
    }
    # What makes and checks the links. It signs nothing that is not in the ledger.
    approval-key = {
      description = "Reading what signs the links of Gatehouse's requests for approval"
      statements = concat(
        [for secret in aws_secretsmanager_secret.approval_key : {
          Sid      = "ApprovalKey"
          Effect   = "Allow"
          Action   = "secretsmanager:GetSecretValue"
          Resource = secret.arn
        }],
        [{
          Sid       = "ApprovalKeyKey"
          Effect    = "Allow"
          Action    = "kms:Decrypt"
          Resource  = aws_kms_key.messages.arn
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.${local.dns_suffix}" } }
        }]
      )
    }
    finding = {
      description = "Reading a finding again"
      statements = [
        { Sid = "Finding", Effect = "Allow", Action = "access-analyzer:GetFinding", Resource = local.in_account.analyzers }
      ]
    }
    rules = {
      description = "Reading the rules of Gatehouse"
      statements = concat(
        var.rules_bucket == "" ? [] : [
          { Sid = "Bucket", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:${local.partition}:s3:::${var.rules_bucket}/${var.rules_key}" }
        ],
        var.rules_parameter == "" ? [] : [
          { Sid = "Parameter", Effect = "Allow", Action = "ssm:GetParameter", Resource = "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter${var.rules_parameter}" }
        ],
        var.rules_key_arn == "" ? [] : [{
          Sid       = "Key"
          Effect    = "Allow"
          Action    = "kms:Decrypt"
          Resource  = var.rules_key_arn
          Condition = { StringLike = { "kms:ViaService" = ["s3.*.${local.dns_suffix}", "ssm.*.${local.dns_suffix}"] } }
        }]
      )
    }
    messages = {
      description = "Sending the messages of Gatehouse"
      statements = [
        {
          Sid      = "Tell"
          Effect   = "Allow"
          Action   = "sns:Publish"
          Resource = compact([aws_sns_topic.messages.arn, var.urgent_topic_arn, var.chat_topic_arn])
        },
        {
          Sid       = "Encrypt"
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource  = compact([aws_kms_key.messages.arn, var.urgent_topic_key_arn, var.chat_topic_arn == "" ? "" : var.chat_topic_key_arn])
          Condition = { StringEquals = { "kms:ViaService" = "sns.${local.region}.${local.dns_suffix}" } }
        }
      ]
    }
    event-bus = {
      description = "Putting what became of findings on the event bus"
      statements = [
        { Sid = "EventBus", Effect = "Allow", Action = "events:PutEvents", Resource = var.event_bus_arn }
      ]
    }
    reading = {
      description = "What Gatehouse reads of the resources that findings are about"
      statements  = local.reading
    }
  }

  # What enrichment reads of a resource, by its type.
  readable = {
    DirectoryBucket  = { service = "s3express", resource = "bucket/*", actions = "s3express:ListTagsForResource" }
    Role             = { service = "iam", resource = "role/*", actions = "iam:GetRole" }
    User             = { service = "iam", resource = "user/*", actions = "iam:GetUser" }
    Queue            = { service = "sqs", resource = "*", actions = ["sqs:GetQueueUrl", "sqs:ListQueueTags"] }
    Function         = { service = "lambda", resource = "function:*", actions = "lambda:ListTags" }
    Key              = { service = "kms", resource = "key/*", actions = ["kms:DescribeKey", "kms:ListResourceTags"] }
    Secret           = { service = "secretsmanager", resource = "secret:*", actions = "secretsmanager:DescribeSecret" }
    FileSystem       = { service = "elasticfilesystem", resource = "file-system/*", actions = "elasticfilesystem:DescribeFileSystems" }
    Repository       = { service = "ecr", resource = "repository/*", actions = "ecr:ListTagsForResource" }
    DatabaseSnapshot = { service = "rds", resource = "snapshot:*", actions = ["rds:DescribeDBSnapshots", "rds:ListTagsForResource"] }
    ClusterSnapshot  = { service = "rds", resource = "cluster-snapshot:*", actions = ["rds:DescribeDBClusterSnapshots", "rds:ListTagsForResource"] }
    Topic            = { service = "sns", resource = "*", actions = "sns:ListTagsForResource" }
    Table            = { service = "dynamodb", resource = "table/*", actions = "dynamodb:ListTagsOfResource" }
  }
  reading = concat(
    [{
      Sid       = "Bucket"
      Effect    = "Allow"
      Action    = ["s3:GetBucketTagging", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls"]
      Resource  = "arn:${local.partition}:s3:::*"
      Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
    }],
    [
      for name, what in local.readable : {
        Sid      = name
        Effect   = "Allow"
        Action   = what.actions
        Resource = "arn:${local.partition}:${what.service}:${what.service == "iam" ? "" : "*"}:${local.account}:${what.resource}"
      }
    ],
    # None of these has resources: EBS snapshots, KMS aliases and layers are listed for the account.
    [{
      Sid      = "WithoutResources"
      Effect   = "Allow"
      Action   = ["ec2:DescribeSnapshots", "kms:ListAliases", "lambda:ListLayerVersions"]
      Resource = "*"
    }],
    # CloudTrail has no resources for this.
    !var.who_did_it ? [] : [{ Sid = "Trail", Effect = "Allow", Action = "cloudtrail:LookupEvents", Resource = "*" }],
    !var.organization_look_ups ? [] : [{
      Sid    = "Organization"
      Effect = "Allow"
      Action = [
        "organizations:DescribeAccount", "organizations:DescribeOrganizationalUnit", "organizations:ListParents",
        "organizations:ListTagsForResource"
      ]
      Resource = [
        "arn:${local.partition}:organizations::*:account/o-*/*",
        "arn:${local.partition}:organizations::*:ou/o-*/ou-*"
      ]
    }]
  )
}

resource "aws_iam_policy" "shared" {
  for_each = { for name, policy in local.policies : name => policy if lookup(local.policy_is_needed, name, true) }

  name        = "${local.global_name}-${each.key}"
  description = each.value.description
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
