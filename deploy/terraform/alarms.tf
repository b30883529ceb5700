# When a person has to look.

locals {
  # Sums over several metrics; `dimension` is the metrics' one dimension.
  sum_alarms = {
    workflow = {
      description = "A finding was not answered to the end. The execution says which step failed and why; start it again when mended."
      label       = "not answered"
      namespace   = "AWS/States"
      dimension   = "StateMachineArn"
      metrics = {
        failed   = ["ExecutionsFailed", aws_sfn_state_machine.workflow.arn]
        timedOut = ["ExecutionsTimedOut", aws_sfn_state_machine.workflow.arn]
        aborted  = ["ExecutionsAborted", aws_sfn_state_machine.workflow.arn]
      }
      threshold          = 0
      evaluation_periods = 1
      breaching_periods  = null
    }
    functions = {
      description = "Functions keep failing. Their log says why; what can be tried again is tried again."
      label       = "errors"
      namespace   = "AWS/Lambda"
      dimension   = "FunctionName"
      metrics = {
        for name, function in aws_lambda_function.handler : name => ["Errors", function.function_name]
      }
      threshold          = 2
      evaluation_periods = 3
      breaching_periods  = 2
    }
    # A writer runs once at a time, so that some throttling in a burst of findings is meant.
    throttles = {
      description = "Functions have been throttled for half an hour. Findings wait; see the account's concurrency and writer_concurrency."
      label       = "throttles"
      namespace   = "AWS/Lambda"
      dimension   = "FunctionName"
      metrics = {
        for step in local.steps : step => ["Throttles", aws_lambda_function.handler[step].function_name]
      }
      threshold          = 5
      evaluation_periods = 6
      breaching_periods  = null
    }
  }

  alarms = {
    undelivered = {
      description = "Events could not be handed to the workflow and wait in the queue, for 14 days at most."
      metric      = ["AWS/SQS", "ApproximateNumberOfMessagesVisible"]
      dimensions  = { QueueName = aws_sqs_queue.undelivered.name }
      statistic   = "Maximum"
    }
    rule = {
      description = "The event rule fails to start the workflow."
      metric      = ["AWS/Events", "FailedInvocations"]
      dimensions  = { RuleName = aws_cloudwatch_event_rule.finding.name }
      statistic   = "Sum"
    }
    messages = {
      description = "Messages did not reach a subscriber of the topic."
      metric      = ["AWS/SNS", "NumberOfNotificationsFailed"]
      dimensions  = { TopicName = aws_sns_topic.messages.name }
      statistic   = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "sum" {
  for_each = local.sum_alarms

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
        namespace   = each.value.namespace
        metric_name = metric_query.value[0]
        dimensions  = { (each.value.dimension) = metric_query.value[1] }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "one" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
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
