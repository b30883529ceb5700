locals {
  # `$${…}` is CloudWatch's own placeholder, not Terraform's.
  graphs = [
    {
      title   = "Findings by outcome"
      stacked = true
      metrics = [[{
        expression = "SEARCH('{Gatehouse,Outcome,ResourceType,Mode} MetricName=\"Findings\"', 'Sum', 3600)"
        id         = "findings"
        label      = "$${PROP('Dim.Outcome')} $${PROP('Dim.ResourceType')}"
      }]]
    },
    {
      title  = "Workflow"
      stat   = "Sum"
      period = 3600
      metrics = [
        ["AWS/States", "ExecutionsStarted", "StateMachineArn", aws_sfn_state_machine.workflow.arn],
        [".", "ExecutionsSucceeded", ".", "."],
        [".", "ExecutionsFailed", ".", "."],
        [".", "ExecutionsTimedOut", ".", "."]
      ]
    },
    {
      title = "Time by handler"
      metrics = [[{
        expression = "SEARCH('{Gatehouse,Handler} MetricName=\"Duration\"', 'p90', 3600)"
        id         = "durations"
        label      = "$${PROP('Dim.Handler')}"
      }]]
    },
    {
      title = "Calls to AWS and retries by handler"
      metrics = [
        [{
          expression = "SEARCH('{Gatehouse,Handler} MetricName=\"AWSCalls\"', 'Sum', 3600)"
          id         = "calls"
          label      = "calls $${PROP('Dim.Handler')}"
        }],
        [{
          expression = "SEARCH('{Gatehouse,Handler} MetricName=\"AWSRetries\"', 'Sum', 3600)"
          id         = "retries"
          label      = "retries $${PROP('Dim.Handler')}"
        }]
      ]
    },
    {
      title  = "Failures"
      stat   = "Sum"
      period = 3600
      metrics = [
        [{
          expression = "SEARCH('{Gatehouse,Handler} MetricName=\"Errors\"', 'Sum', 3600)"
          id         = "errors"
          label      = "errors $${PROP('Dim.Handler')}"
        }],
        [
          "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.undelivered.name,
          { label = "undelivered events", stat = "Maximum" }
        ],
        ["AWS/Events", "FailedInvocations", "RuleName", aws_cloudwatch_event_rule.finding.name],
        ["AWS/SNS", "NumberOfNotificationsFailed", "TopicName", aws_sns_topic.messages.name]
      ]
    }
  ]

  alarm_list = {
    title = "Alarms"
    alarms = concat(
      [for alarm in ["workflow", "functions", "throttles", "undelivered"] : aws_cloudwatch_metric_alarm.sum[alarm].arn],
      [for alarm in ["messages", "still_active"] : aws_cloudwatch_metric_alarm.one[alarm].arn],
      [aws_cloudwatch_metric_alarm.sum["rollback"].arn],
      local.has_page ? [aws_cloudwatch_metric_alarm.one["approval_page"].arn] : []
    )
  }
}

resource "aws_cloudwatch_dashboard" "findings" {
  dashboard_name = local.global_name

  # Two widgets a row.
  dashboard_body = jsonencode({
    widgets = concat(
      [
        for place, graph in local.graphs : {
          type       = "metric"
          x          = place % 2 * 12
          y          = floor(place / 2) * 6
          width      = 12
          height     = 6
          properties = merge({ region = local.region }, graph)
        }
      ],
      [{ type = "alarm", x = 12, y = 12, width = 12, height = 6, properties = local.alarm_list }]
    )
  })
}
