# The workflow, and how findings come in.

locals {
  steps = ["enrich", "evaluate", "archive", "resolve", "verify", "notify"]
}

resource "aws_sfn_state_machine" "workflow" {
  name     = var.name
  role_arn = aws_iam_role.workflow.arn

  definition = templatefile("${path.module}/../gatehouse.asl.json", {
    Partition           = local.partition
    TopicArn            = aws_sns_topic.messages.arn
    EnrichFunctionArn   = aws_lambda_function.handler["enrich"].arn
    EvaluateFunctionArn = aws_lambda_function.handler["evaluate"].arn
    ArchiveFunctionArn  = aws_lambda_function.handler["archive"].arn
    ResolveFunctionArn  = aws_lambda_function.handler["resolve"].arn
    VerifyFunctionArn   = aws_lambda_function.handler["verify"].arn
    NotifyFunctionArn   = aws_lambda_function.handler["notify"].arn
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
          Condition = { StringEquals = { "kms:ViaService" = "sns.${local.region}.${data.aws_partition.current.dns_suffix}" } }
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

resource "aws_cloudwatch_event_rule" "finding" {
  name        = "${var.name}-finding"
  description = "Every active finding of IAM Access Analyzer"

  event_pattern = jsonencode({
    source = ["aws.access-analyzer"]
    detail-type = [
      "Access Analyzer Finding", "Internal Access Finding", "Unused Access Finding for IAM entities"
    ]
    detail = {
      status    = ["ACTIVE"]
      isDeleted = [false]
    }
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
  kms_master_key_id         = aws_kms_key.messages.arn
  message_retention_seconds = 1209600
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
