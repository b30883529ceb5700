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
  description = "Function that takes a change back"
  value       = aws_lambda_function.handler["rollback"].function_name
}

output "respond_function" {
  description = "Function that answers a finding sent by hand"
  value       = aws_lambda_function.handler["respond"].function_name
}

output "reading_roles" {
  description = "For ReadingRoles of member-role.yaml"
  value       = aws_iam_role.handler["enrich"].arn
}

output "changing_roles" {
  description = "For ChangingRoles of member-role.yaml"
  value       = join(",", [for name in ["resolve", "respond", "rollback"] : aws_iam_role.handler[name].arn])
}

output "analyzer" {
  description = "ARN of the analyzer of external access, where this module made it"
  value       = one(aws_accessanalyzer_analyzer.external[*].arn)
}

output "policy_generation_role" {
  description = "ARN of the role for generating policies, where it was asked for"
  value       = one(aws_iam_role.policy_generation[*].arn)
}
