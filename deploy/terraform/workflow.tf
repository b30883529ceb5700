# The workflow, and how findings come in.

locals {
  steps = concat(
    ["enrich", "evaluate", "archive", "resolve", "verify", "notify"],
    var.preview ? ["preview"] : [],
    local.has_ledger ? ["approve"] : []
  )
}

resource "aws_sfn_state_machine" "workflow" {
  name     = var.name
  role_arn = aws_iam_role.workflow.arn

  definition = templatefile("${path.module}/../gatehouse.asl.json", {
    Partition           = local.partition
    TopicArn            = aws_sns_topic.messages.arn
    Preview             = var.preview ? "on" : "off"
    EnrichFunctionArn   = aws_lambda_function.handler["enrich"].arn
    EvaluateFunctionArn = aws_lambda_function.handler["evaluate"].arn
    ArchiveFunctionArn  = aws_lambda_function.handler["archive"].arn
    ResolveFunctionArn  = aws_lambda_function.handler["resolve"].arn
    VerifyFunctionArn   = aws_lambda_function.handler["verify"].arn
    NotifyFunctionArn   = aws_lambda_function.handler["notify"].arn
    # Without them no execution comes there.
    PreviewFunctionArn = var.preview ? aws_lambda_function.handler["preview"].arn : "none"
    ApproveFunctionArn = local.has_ledger ? aws_lambda_function.handler["approve"].arn : "none"
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.workflow.arn}:*"
  }

  tracing_configuration {
    enabled = local.traces
  }

  depends_on = [aws_iam_role_policy.workflow]
}

resource "aws_iam_role" "workflow" {
  name                 = "${local.global_name}-workflow"
  path                 = "/gatehouse/"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "workflow" }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "workflow" {
  name = "workflow"
  role = aws_iam_role.workflow.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Steps"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = [for step in local.steps : aws_lambda_function.handler[step].arn]
        },
        # Delivery of logs is set up for the account; these actions have no resources.
        {
          Sid    = "Log"
          Effect = "Allow"
          Action = [
            "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"
          ]
          Resource = "*"
        },
        # It tells of a failure itself where the function that tells is what fails.
        { Sid = "Tell", Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.messages.arn },
        {
          Sid       = "Encrypt"
          Effect    = "Allow"
          Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource  = aws_kms_key.messages.arn
          Condition = { StringEquals = { "kms:ViaService" = "sns.${local.region}.${local.dns_suffix}" } }
        }
      ],
      !local.traces ? [] : [
        {
          Sid    = "Trace"
          Effect = "Allow"
          Action = [
            "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"
          ]
          Resource = "*"
        }
      ]
    )
  })
}

# Undoing that people are told of. Without a ledger the function by itself tells its caller alone.
resource "aws_sfn_state_machine" "rollback" {
  name     = "${var.name}-rollback"
  role_arn = aws_iam_role.rollback_workflow.arn

  definition = jsonencode({
    StartAt = "Rollback"
    States = {
      Rollback = {
        Type           = "Task"
        Resource       = aws_lambda_function.handler["rollback"].arn
        TimeoutSeconds = 55
        Retry = [
          {
            ErrorEquals     = ["Function.ResourceBusy", "Function.Throttled", "Lambda.TooManyRequestsException"]
            IntervalSeconds = 2
            MaxDelaySeconds = 120
            MaxAttempts     = 300
            JitterStrategy  = "FULL"
          },
          {
            ErrorEquals     = ["Function.ServiceUnavailable"]
            IntervalSeconds = 2
            MaxDelaySeconds = 60
            MaxAttempts     = 20
            JitterStrategy  = "FULL"
          }
        ]
        Next = "IsItACase"
      }
      IsItACase = {
        Type    = "Choice"
        Choices = [{ Variable = "$.finding.id", IsPresent = true, Next = "Notify" }]
        Default = "Done"
      }
      Notify = {
        Type           = "Task"
        Resource       = aws_lambda_function.handler["notify"].arn
        TimeoutSeconds = 25
        Retry = [
          {
            ErrorEquals     = ["Function.ResourceBusy", "Function.Throttled", "Lambda.TooManyRequestsException"]
            IntervalSeconds = 2
            MaxDelaySeconds = 120
            MaxAttempts     = 300
            JitterStrategy  = "FULL"
          },
          {
            ErrorEquals     = ["States.ALL"]
            IntervalSeconds = 5
            MaxDelaySeconds = 300
            MaxAttempts     = 8
            JitterStrategy  = "FULL"
          }
        ]
        Next = "Done"
      }
      Done = { Type = "Succeed" }
    }
  })

  depends_on = [aws_iam_role_policy.rollback_workflow]
}

resource "aws_iam_role" "rollback_workflow" {
  name                 = "${local.global_name}-rollback-workflow"
  path                 = "/gatehouse/"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "rollback-workflow" }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "rollback_workflow" {
  name = "workflow"
  role = aws_iam_role.rollback_workflow.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Steps"
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = [for name in ["rollback", "notify"] : aws_lambda_function.handler[name].arn]
    }]
  })
}

resource "aws_cloudwatch_event_rule" "finding" {
  name        = "${var.name}-finding"
  description = "Every active finding of IAM Access Analyzer"

  event_pattern = jsonencode({
    source = ["aws.access-analyzer"]
    # Other accounts may hand their events on to this bus, and other regions of this one do.
    account = [local.account]
    detail-type = [
      "Access Analyzer Finding", "Internal Access Finding", "Unused Access Finding for IAM entities"
    ]
    detail = merge(
      { status = ["ACTIVE"], isDeleted = [false] },
      var.global_resources ? {} : { resourceType = [{ anything-but = ["AWS::IAM::Role", "AWS::IAM::User"] }] }
    )
  })
}

resource "aws_cloudwatch_event_target" "workflow" {
  rule      = aws_cloudwatch_event_rule.finding.name
  target_id = "workflow"
  arn       = aws_sfn_state_machine.workflow.arn
  role_arn  = aws_iam_role.finding_rule.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

resource "aws_iam_role" "finding_rule" {
  name                 = "${local.global_name}-rule"
  path                 = "/gatehouse/"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "rule" }

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

resource "aws_iam_role_policy" "finding_rule" {
  name = "start"
  role = aws_iam_role.finding_rule.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Start", Effect = "Allow", Action = "states:StartExecution", Resource = aws_sfn_state_machine.workflow.arn }
    ]
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
