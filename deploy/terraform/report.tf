# The weekly report, where it is asked for.

# Told each Monday, whatever the mode. Where it fails, its alarm says so, and the command line has the same report.
resource "aws_scheduler_schedule" "report" {
  count = var.weekly_report ? 1 : 0

  name                = "${var.name}-report"
  description         = "The weekly report"
  schedule_expression = "cron(0 7 ? * MON *)"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_lambda_function.handler["report"].arn
    role_arn = aws_iam_role.report_schedule[0].arn
    # The same for every attempt, so that it is told once. jsonencode would escape the brackets.
    input = "{\"time\": \"<aws.scheduler.scheduled-time>\"}"

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }
}

resource "aws_iam_role" "report_schedule" {
  count = var.weekly_report ? 1 : 0

  name                 = "${local.global_name}-report-schedule"
  path                 = "/gatehouse/"
  permissions_boundary = local.permission_boundary
  tags                 = { "gatehouse:component" = "report-schedule" }

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

resource "aws_iam_role_policy" "report_schedule" {
  count = var.weekly_report ? 1 : 0

  name = "start"
  role = aws_iam_role.report_schedule[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Start", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.handler["report"].arn }
    ]
  })
}
