# deploy/forwarder.yaml: hands the findings of one region on to the home region. Give it that region's provider:
#   module "from_ireland" { source = "./gatehouse/deploy/terraform/forwarder", providers = { aws = aws.ireland }, … }

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0, < 7.0"
    }
  }
}

variable "home_region" {
  type        = string
  description = "The region that Gatehouse runs in; its module has this one in other_regions"
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.home_region))
    error_message = "home_region is the name of a region, such as eu-central-1."
  }
}

variable "name" {
  type        = string
  default     = "gatehouse-forwarder"
  description = "Begins the name of everything; another one for a second set in the same account and region"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,29}$", var.name))
    error_message = "name has 2 to 30 small letters, digits and hyphens."
  }
}

variable "global_resources" {
  type        = bool
  default     = true
  description = "Whether findings of IAM roles and users, which every region reports, are handed on; off where Gatehouse has no ledger"
}

variable "notification_email" {
  type        = string
  default     = ""
  description = "Who gets the alarm, once the address has confirmed it. Empty means nobody"
  validation {
    condition     = can(regex("^([^@\\s]+@[^@\\s]+)?$", var.notification_email))
    error_message = "notification_email is an address, or empty."
  }
}

variable "permissions_boundary" {
  type        = string
  default     = ""
  description = "A managed policy that bounds the role"
  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+)?$", var.permissions_boundary))
    error_message = "permissions_boundary is the ARN of a managed policy, or empty."
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
  home    = "arn:${data.aws_partition.current.partition}:events:${var.home_region}:${local.account}:event-bus/default"
}

resource "aws_cloudwatch_event_rule" "finding" {
  name        = "${var.name}-finding"
  description = "Every active finding of IAM Access Analyzer, to Gatehouse's home region"

  event_pattern = jsonencode({
    source  = ["aws.access-analyzer"]
    account = [local.account]
    # What another region handed on here goes no further, so that no event goes round.
    region = [local.region]
    detail-type = [
      "Access Analyzer Finding", "Internal Access Finding", "Unused Access Finding for IAM entities"
    ]
    detail = merge(
      { status = ["ACTIVE"], isDeleted = [false] },
      var.global_resources ? {} : { resourceType = [{ anything-but = ["AWS::IAM::Role", "AWS::IAM::User"] }] }
    )
  })

  lifecycle {
    precondition {
      condition     = local.region != var.home_region
      error_message = "The forwarder is for the other regions: in home_region itself events would go round."
    }
  }
}

# EventBridge tries for a day by itself; another bus takes no policy of ours for that.
resource "aws_cloudwatch_event_target" "home" {
  rule      = aws_cloudwatch_event_rule.finding.name
  target_id = "home"
  arn       = local.home
  role_arn  = aws_iam_role.forwarder.arn

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

resource "aws_iam_role" "forwarder" {
  name                 = "${var.name}-${local.region}"
  path                 = "/gatehouse/"
  permissions_boundary = var.permissions_boundary != "" ? var.permissions_boundary : null
  tags                 = { "gatehouse:component" = "forwarder" }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "forwarder" {
  name = "forward"
  role = aws_iam_role.forwarder.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Forward", Effect = "Allow", Action = "events:PutEvents", Resource = local.home }]
  })
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
  tags                      = { "gatehouse:component" = "undelivered" }
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "FindingRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.finding.arn } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    ]
  })
}

# An alarm reaches topics of its own region alone. No finding goes through this one, and a key in each region has its price.
resource "aws_sns_topic" "alarms" {
  name         = var.name
  display_name = "Gatehouse"
  tags         = { "gatehouse:component" = "messages" }
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  count = var.notification_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.notification_email
}

resource "aws_cloudwatch_metric_alarm" "undelivered" {
  alarm_name          = "${var.name}-undelivered"
  alarm_description   = "Findings of ${local.region} could not be handed on to ${var.home_region}. They wait in the queue, for 14 days at most, and deploy/replay --forwarder ${local.region} hands them on; one that the queue did not take is lost."
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "all"
    expression  = "SUM(METRICS())"
    label       = "not handed on"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      waiting = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.undelivered.name]
      failed  = ["AWS/Events", "FailedInvocations", "RuleName", aws_cloudwatch_event_rule.finding.name]
      lost    = ["AWS/Events", "InvocationsFailedToBeSentToDlq", "RuleName", aws_cloudwatch_event_rule.finding.name]
    }
    content {
      id          = metric_query.key
      return_data = false
      metric {
        namespace   = metric_query.value[0]
        metric_name = metric_query.value[1]
        dimensions  = { (metric_query.value[2]) = metric_query.value[3] }
        # How many wait is a level; the others are counts.
        stat   = metric_query.value[0] == "AWS/SQS" ? "Maximum" : "Sum"
        period = 300
      }
    }
  }
}

output "undelivered_queue" {
  description = "Findings that could not be handed on"
  value       = aws_sqs_queue.undelivered.id
}
