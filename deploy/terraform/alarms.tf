# When a person has to look.

locals {
  # Sums over several metrics, each with its namespace, name, and dimension.
  sum_alarms = {
    workflow = {
      description = "A finding was not answered to the end. The execution says which step failed and why; when that is mended start it again with start-execution (deploy/README.md)."
      label       = "not answered"
      metrics = {
        failed   = ["AWS/States", "ExecutionsFailed", "StateMachineArn", aws_sfn_state_machine.workflow.arn]
        timedOut = ["AWS/States", "ExecutionsTimedOut", "StateMachineArn", aws_sfn_state_machine.workflow.arn]
        aborted  = ["AWS/States", "ExecutionsAborted", "StateMachineArn", aws_sfn_state_machine.workflow.arn]
        undo     = ["AWS/States", "ExecutionsFailed", "StateMachineArn", aws_sfn_state_machine.rollback.arn]
        outcome  = ["Gatehouse", "Findings", "Outcome", "FAILED"]
      }
      threshold          = 0
      evaluation_periods = 1
      breaching_periods  = null
    }
    functions = {
      description = "Functions keep failing. Their log says why; what can be tried again is tried again."
      label       = "errors"
      metrics = {
        for name, function in aws_lambda_function.handler : name => ["AWS/Lambda", "Errors", "FunctionName", function.function_name]
      }
      threshold          = 2
      evaluation_periods = 3
      breaching_periods  = 2
    }
    # A writer runs once at a time, so that some throttling in a burst of findings is meant.
    throttles = {
      description = "The functions or the workflow have been throttled for half an hour. Findings wait; see the account's concurrency and writer_concurrency."
      label       = "throttles"
      metrics = merge(
        { for step in local.steps : step => ["AWS/Lambda", "Throttles", "FunctionName", aws_lambda_function.handler[step].function_name] },
        { executions = ["AWS/States", "ExecutionThrottled", "StateMachineArn", aws_sfn_state_machine.workflow.arn] }
      )
      threshold          = 5
      evaluation_periods = 6
      breaching_periods  = null
    }
    undelivered = {
      description = "Events could not be handed to the workflow. They wait in the queue, for 14 days at most, and deploy/replay hands them on; one that the queue did not take is lost."
      label       = "not handed on"
      metrics = {
        waiting = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.undelivered.name]
        failed  = ["AWS/Events", "FailedInvocations", "RuleName", aws_cloudwatch_event_rule.finding.name]
        lost    = ["AWS/Events", "InvocationsFailedToBeSentToDlq", "RuleName", aws_cloudwatch_event_rule.finding.name]
      }
      threshold          = 0
      evaluation_periods = 1
      breaching_periods  = null
    }
    rollback = {
      description = "A block was undone, or somebody tried to. Unless it was one of you, see in CloudTrail who called the rollback function."
      label       = "undone"
      metrics = {
        undone   = ["Gatehouse", "Findings", "Outcome", "ROLLED_BACK"]
        conflict = ["Gatehouse", "Findings", "Outcome", "CONFLICT"]
      }
      threshold          = 0
      evaluation_periods = 1
      breaching_periods  = null
    }
    # It runs too seldom for the alarm of the others.
    sweep = {
      description = "The sweep failed, or could not look at something. Its log says why; the next one looks at everything again."
      label       = "errors"
      metrics = {
        function = ["AWS/Lambda", "Errors", "FunctionName", "${var.name}-sweep"]
        handler  = ["Gatehouse", "Errors", "Handler", "sweep"]
      }
      threshold          = 0
      evaluation_periods = 1
      breaching_periods  = null
    }
  }

  alarms = {
    messages = {
      description = "Messages did not reach a subscriber of the topic."
      metric      = ["AWS/SNS", "NumberOfNotificationsFailed"]
      dimensions  = { TopicName = aws_sns_topic.messages.name }
    }
    still_active = {
      description = "Access Analyzer still reports access that was blocked. A message says which; treat it as open."
      metric      = ["Gatehouse", "StillActive"]
      dimensions  = null
    }
    # It runs once a week.
    report = {
      description = "The weekly report failed. Its log says why; gatehouse report shows the same."
      metric      = ["AWS/Lambda", "Errors"]
      dimensions  = { FunctionName = "${var.name}-report" }
    }
    approval_page = {
      description = "The approval page failed, and what somebody decided then is not recorded. Its log says why; decide again, or by the command line."
      metric      = ["AWS/Lambda", "Url5xxCount"]
      dimensions  = { FunctionName = "${var.name}-approval-page" }
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "still_active" {
  name           = "${var.name}-still-active"
  log_group_name = aws_cloudwatch_log_group.functions.name
  pattern        = "{ $.verification = \"STILL_ACTIVE\" }"

  metric_transformation {
    namespace = "Gatehouse"
    name      = "StillActive"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "sum" {
  for_each = { for name, alarm in local.sum_alarms : name => alarm if name != "sweep" || local.sweeps }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  evaluation_periods  = each.value.evaluation_periods
  datapoints_to_alarm = each.value.breaching_periods
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.messages.arn]

  metric_query {
    id          = "all"
    expression  = "SUM(METRICS())"
    label       = each.value.label
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics
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

resource "aws_cloudwatch_metric_alarm" "one" {
  for_each = {
    for name, alarm in local.alarms : name => alarm
    if lookup({ approval_page = local.has_page, report = var.weekly_report }, name, true)
  }

  alarm_name          = "${var.name}-${replace(each.key, "_", "-")}"
  alarm_description   = each.value.description
  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.messages.arn]
}

resource "aws_cloudwatch_metric_alarm" "quiet" {
  count = var.quiet_days == 0 ? 0 : 1

  alarm_name          = "${var.name}-quiet"
  alarm_description   = "No finding came in for days. That may be well; see that the analyzer is there and the event rule enabled."
  namespace           = "AWS/States"
  metric_name         = "ExecutionsStarted"
  dimensions          = { StateMachineArn = aws_sfn_state_machine.workflow.arn }
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = var.quiet_days
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.messages.arn]
}
