output "version" {
  description = "The release that this module is of"
  value       = "0.14.0"
}

output "topic" {
  description = "Topic of messages and alarms"
  value       = aws_sns_topic.messages.arn
}

output "workflow" {
  description = "The workflow"
  value       = aws_sfn_state_machine.workflow.arn
}

output "undelivered_queue" {
  description = "Events that could not be handed to the workflow"
  value       = aws_sqs_queue.undelivered.id
}

output "function_logs" {
  description = "Log group of the functions"
  value       = aws_cloudwatch_log_group.functions.name
}

output "workflow_logs" {
  description = "Log group of the workflow"
  value       = aws_cloudwatch_log_group.workflow.name
}

output "dashboard" {
  description = "Name of the dashboard"
  value       = aws_cloudwatch_dashboard.findings.dashboard_name
}

output "rollback_function" {
  description = "Function that takes a change back; without a ledger it tells its caller alone"
  value       = aws_lambda_function.handler["rollback"].function_name
}

output "rollback_workflow" {
  description = "Takes a change back and tells people of it"
  value       = aws_sfn_state_machine.rollback.arn
}

output "approval_page_address" {
  description = "Address of the approval page; each message about a request has the link to its own"
  value       = one(aws_lambda_function_url.page[*].function_url)
}

output "analyzer" {
  description = "ARN of the analyzer of external access, where this module made it"
  value       = one(aws_accessanalyzer_analyzer.external[*].arn)
}

output "policy_generation_role" {
  description = "ARN of the role for generating policies, where it was asked for"
  value       = one(aws_iam_role.policy_generation[*].arn)
}
