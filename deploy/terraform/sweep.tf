# Looking for what events missed, where it is asked for.

locals {
  # Spelled out, since the workflow itself waits for every function.
  workflow_arn = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}"
}

# A sweep that fails is made up for by the next one, so that nothing of it waits in a queue.
resource "aws_scheduler_schedule" "sweep" {
  count = local.sweeps ? 1 : 0

  name                = "${var.name}-sweep"
  description         = "What events missed"
  schedule_expression = var.sweep_schedule

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_lambda_function.handler["sweep"].arn
    role_arn = aws_iam_role.sweep_schedule[0].arn
    input    = "{}"

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }
}

resource "aws_iam_role" "sweep_schedule" {
  count = local.sweeps ? 1 : 0

  name                 = "${local.global_name}-sweep-schedule"
  path                 = "/gatehouse/"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "sweep-schedule" }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "sweep_schedule" {
  count = local.sweeps ? 1 : 0

  name = "start"
  role = aws_iam_role.sweep_schedule[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Start", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.handler["sweep"].arn }
    ]
  })
}
