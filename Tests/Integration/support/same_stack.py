"""Which resource of deploy/terraform stands for which of deploy/gatehouse.yaml, and both in the same words."""

import re

HANDLERS = (
    "enrich", "evaluate", "archive", "resolve", "verify", "notify", "rollback", "sweep", "preview", "approve", "report"
)  # fmt: skip

# The template's logical names and the module's addresses.
PAIRS = {
    "Key": "aws_kms_key.messages",
    "Topic": "aws_sns_topic.messages",
    "TopicPolicy": "aws_sns_topic_policy.messages",
    "Email": "aws_sns_topic_subscription.email[0]",
    "FunctionLogs": "aws_cloudwatch_log_group.functions",
    "WorkflowLogs": "aws_cloudwatch_log_group.workflow",
    "BasicPolicy": 'aws_iam_policy.shared["basic"]',
    "FindingPolicy": 'aws_iam_policy.shared["finding"]',
    "BlockedTypesPolicy": 'aws_iam_policy.shared["blocked-types"]',
    "ProtectedRolesPolicy": 'aws_iam_policy.shared["protected-roles"]',
    "RulesPolicy": 'aws_iam_policy.shared["rules"]',
    "MessagesPolicy": 'aws_iam_policy.shared["messages"]',
    "EventBusPolicy": 'aws_iam_policy.shared["event-bus"]',
    "ReadingPolicy": 'aws_iam_policy.shared["reading"]',
    "SessionsPolicy": 'aws_iam_policy.shared["sessions"]',
    "ApprovalKeyPolicy": 'aws_iam_policy.shared["approval-key"]',
    **{f"{name.capitalize()}Role": f'aws_iam_role.handler["{name}"]' for name in HANDLERS},
    **{f"{name.capitalize()}Function": f'aws_lambda_function.handler["{name}"]' for name in HANDLERS},
    "Workflow": "aws_sfn_state_machine.workflow",
    "WorkflowRole": "aws_iam_role.workflow",
    "RollbackWorkflow": "aws_sfn_state_machine.rollback",
    "RollbackWorkflowRole": "aws_iam_role.rollback_workflow",
    "FindingRule": "aws_cloudwatch_event_rule.finding",
    "FindingRuleRole": "aws_iam_role.finding_rule",
    "UndeliveredQueue": "aws_sqs_queue.undelivered",
    "UndeliveredQueuePolicy": "aws_sqs_queue_policy.undelivered",
    "WorkflowAlarm": 'aws_cloudwatch_metric_alarm.sum["workflow"]',
    "FunctionAlarm": 'aws_cloudwatch_metric_alarm.sum["functions"]',
    "ThrottleAlarm": 'aws_cloudwatch_metric_alarm.sum["throttles"]',
    "UndeliveredAlarm": 'aws_cloudwatch_metric_alarm.sum["undelivered"]',
    "MessageAlarm": 'aws_cloudwatch_metric_alarm.one["messages"]',
    "StillActive": "aws_cloudwatch_log_metric_filter.still_active",
    "StillActiveAlarm": 'aws_cloudwatch_metric_alarm.one["still_active"]',
    "RollbackAlarm": 'aws_cloudwatch_metric_alarm.sum["rollback"]',
    "SweepAlarm": 'aws_cloudwatch_metric_alarm.sum["sweep"]',
    "ApprovalPageAlarm": 'aws_cloudwatch_metric_alarm.one["approval_page"]',
    "ApprovalKey": "aws_secretsmanager_secret.approval_key[0]",
    "ApprovalPageRole": "aws_iam_role.page[0]",
    "ApprovalPageFunction": "aws_lambda_function.page[0]",
    "ApprovalPageUrl": "aws_lambda_function_url.page[0]",
    "ApprovalPagePermission": "aws_lambda_permission.page[0]",
    "ApprovalPageInvokePermission": "aws_lambda_permission.page_invoke[0]",
    "ReportAlarm": 'aws_cloudwatch_metric_alarm.one["report"]',
    "WeeklyReportSchedule": "aws_scheduler_schedule.report[0]",
    "ReportScheduleRole": "aws_iam_role.report_schedule[0]",
    "Sweep": "aws_scheduler_schedule.sweep[0]",
    "SweepScheduleRole": "aws_iam_role.sweep_schedule[0]",
    "QuietAlarm": "aws_cloudwatch_metric_alarm.quiet[0]",
    "Dashboard": "aws_cloudwatch_dashboard.findings",
}
# Policies that are compared with the roles that have them.
POLICIES = (
    "EnrichPolicy",
    "ResolvePolicy",
    "ResolveChangesPolicy",
    "RollbackPolicy",
    "SweepPolicy",
    "ArchiveLedgerPolicy",
    "ChangesLedgerPolicy",
    "NotifyLedgerPolicy",
    "PreviewPolicy",
    "ApprovePolicy",
    "ApprovalPagePolicy",
)
# What CloudFormation writes inside a resource and Terraform beside it, and what the template has no part of.
PARTS = (
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_cloudwatch_event_target",
    "aws_secretsmanager_secret_version",
)
ONLY_HERE = ("aws_accessanalyzer_analyzer.external[0]",)

# What the template calls by a resource's name, by the attribute that holds it in the module.
NAMED = {
    "FindingRule": ("name", "FindingRule"),
    "FunctionLogs": ("name", "FunctionLogs"),
    "Topic": ("name", "Topic.TopicName"),
    "UndeliveredQueue": ("name", "UndeliveredQueue.QueueName"),
    **{f"{name.capitalize()}Function": ("function_name", f"{name.capitalize()}Function") for name in HANDLERS},
    "ApprovalPageFunction": ("function_name", "ApprovalPageFunction"),
}


class Words:
    """Says the module's values in the template's words."""

    def __init__(self, template, plan):
        self.placeholders, self.names = {}, {}
        for logical, address in PAIRS.items():
            if logical not in template.resources or address not in plan.resources:
                continue
            values = plan.resources[address]
            # A log group's ARN ends in :* in CloudFormation alone.
            arn = template.attribute(logical, "Arn").removesuffix(":*")
            itself = template.reference(logical)
            for attribute, word in (("arn", arn), ("id", itself), ("key_id", itself)):
                # A topic's policy has the topic's ARN, which is not its own.
                if str(values.get(attribute, "")).startswith(f"<{address.split('.')[0]}."):
                    self.placeholders[values[attribute]] = word
            if "function_url" in values:
                self.placeholders[values["function_url"]] = template.attribute(logical, "FunctionUrl")
            if logical in NAMED:
                attribute, word = NAMED[logical]
                self.names[values[attribute]] = word
            if address == "aws_sfn_state_machine.workflow":
                # The workflow waits for the functions, and cannot be referred to by one.
                self.names["arn:aws:states:us-east-1:123456789012:stateMachine:gatehouse"] = arn
            if values.get("function_name"):
                # Where the function cannot be referred to because it depends on the policy, its ARN is spelled out.
                spelled = f"arn:aws:lambda:us-east-1:123456789012:function:{values['function_name']}"
                self.names[spelled] = arn

    def say(self, value):
        if isinstance(value, dict):
            return {key: self.say(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.say(inner) for inner in value]
        if not isinstance(value, str):
            return value
        if value in self.names:
            return self.names[value]
        return re.sub(r"<[^<>]*>", lambda match: self.placeholders.get(match[0], match[0]), value)


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
