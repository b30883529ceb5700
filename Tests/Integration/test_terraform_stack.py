"""The Terraform module beside deploy/gatehouse.yaml: planned by Terraform, resource by resource the same stack."""

import base64
import hashlib
import json

import pytest

from support.changes import EVERY_TYPE
from support.same_stack import HANDLERS, ONLY_HERE, PAIRS, PARTS, POLICIES, Words, snake
from support.template import Template, listed
from support.terraform import MODULE

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EVERYTHING = {
    "Mode": "enforce",
    "BlockedTypes": EVERY_TYPE,
    "GlobalResources": "off",
    "OtherRegions": "eu-west-1,us-west-2",
    "NotificationEmail": "security@example.com",
    "UrgentTopicArn": "arn:aws:sns:us-east-1:123456789012:pager",
    "UrgentTopicKeyArn": KEY,
    "UrgentSeverity": "HIGH",
    "WhoDidIt": "on",
    "EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/security",
    "ChatTopicArn": "arn:aws:sns:us-east-1:123456789012:chat",
    "ChatTopicKeyArn": KEY,
    "TrustedOrganization": "o-a1b2c3d4e5",
    "TrustedAccounts": "111122223333,444455556666",
    "ExemptTag": "keep=yes",
    "ProtectedRoles": "arn:aws:iam::*:role/break-glass-*,arn:aws:iam::123456789012:role/owner",
    "RulesBucket": "our-rules",
    "RulesKey": "gatehouse/rules.json",
    "RulesKeyArn": KEY,
    "LedgerTableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger",
    "LedgerKeyArn": KEY,
    "MaxChangesPerHour": "50",
    "MaxChangesPerAccountPerHour": "5",
    "MaxMessagesPerHour": "30",
    "CoolDownDays": "7",
    "ApprovalPage": "public",
    "ApprovalHours": "48",
    "Preview": "on",
    "RevokeSessions": "on",
    "SweepSchedule": "rate(6 hours)",
    "MemberRoleName": "GatehouseMember",
    "MemberExternalId": "some-external-id",
    "OrganizationLookUps": "on",
    "Architecture": "arm64",
    "MemorySize": "512",
    "WriterConcurrency": "unreserved",
    "LogLevel": "DEBUG",
    "LogRetentionDays": "30",
    "LogKeyArn": KEY,
    "Tracing": "PassThrough",
    "QuietDays": "0",
    "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
}
IMAGE = {
    "Mode": "approve",
    "BlockedTypes": "AWS::DynamoDB::Table,AWS::KMS::Key",
    "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/gatehouse@sha256:" + "0" * 64,
    "RulesParameter": "/gatehouse/rules",
    "LedgerTableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger",
    "MemberRoleName": "GatehouseMember",
    "MemberExternalId": "some-external-id",
    "ApprovalPage": "iam",
    "QuietDays": "3",
}


def variables(parameters):
    """The template's parameters as the module's variables."""
    found = {snake(name): value for name, value in parameters.items()}
    for name in {"blocked_types", "trusted_accounts", "protected_roles", "other_regions"} & set(found):
        found[name] = found[name].split(",")
    for name in {"organization_look_ups", "global_resources", "preview", "revoke_sessions", "who_did_it"} & set(found):
        found[name] = found[name] == "on"
    return found


class Stack:
    """The template worked out and the module planned, for the same parameters."""

    def __init__(self, terraform, package, parameters):
        self.template = Template("gatehouse.yaml", **parameters)
        self.plan = terraform.plan(package_file=str(package), **variables(parameters))
        self.words = Words(self.template, self.plan)

    def ours(self, logical):
        return self.template.resources[logical]["Properties"]

    def theirs(self, logical):
        return self.words.say(self.plan.resources[PAIRS[logical]])

    def document(self, text):
        return self.words.say(json.loads(text))

    def both(self, kind):
        """(logical name, template's properties, module's values) of each resource of a type."""
        return [(name, properties, self.theirs(name)) for name, properties in self.template.of_type(kind).items()]


@pytest.fixture(scope="module", params=[{}, EVERYTHING, IMAGE], ids=["defaults", "everything", "image"])
def stack(request, terraform, package_file):
    return Stack(terraform, package_file, request.param)


def test_each_resource_has_its_like(stack):
    template = {PAIRS[name] for name in set(stack.template.resources) - set(POLICIES)}
    module = {address for address in stack.plan.resources if not address.startswith(PARTS)}
    assert module - set(ONLY_HERE) == template


def test_functions(stack, package_file):
    for name, ours, theirs in stack.both("AWS::Lambda::Function"):
        image = "ImageUri" in ours["Code"]
        assert theirs["description"] == ours["Description"]
        assert theirs["package_type"] == ours["PackageType"]
        assert theirs["image_uri"] == ours["Code"].get("ImageUri")
        assert theirs["filename"] == (None if image else str(package_file))
        digest = base64.b64encode(hashlib.sha256(package_file.read_bytes()).digest()).decode()
        assert theirs["source_code_hash"] == (None if image else digest)
        assert theirs["runtime"] == ours.get("Runtime")
        assert theirs["handler"] == ours.get("Handler")
        assert [block["command"] for block in theirs["image_config"]] == (
            [ours["ImageConfig"]["Command"]] if image else []
        )
        assert theirs["architectures"] == ours["Architectures"]
        assert theirs["memory_size"] == int(ours["MemorySize"])
        assert theirs["timeout"] == ours["Timeout"]
        assert theirs["reserved_concurrent_executions"] == ours.get("ReservedConcurrentExecutions")
        assert theirs["role"] == ours["Role"]
        assert theirs["tracing_config"] == [{"mode": ours["TracingConfig"]["Mode"]}]
        (logging,), wanted = theirs["logging_config"], ours["LoggingConfig"]
        assert logging["log_group"] == wanted["LogGroup"]
        assert logging["log_format"] == wanted["LogFormat"]
        assert logging["application_log_level"] == wanted["ApplicationLogLevel"]
        assert logging["system_log_level"] == wanted.get("SystemLogLevel")
        assert theirs["environment"] == [{"variables": ours["Environment"]["Variables"]}], name
        assert theirs["tags"] == {tag["Key"]: tag["Value"] for tag in ours["Tags"]}


def statements(stack, role):
    """What a role of the module may do, by its own policies and the attached ones."""
    name = stack.plan.resources[role]["name"]
    documents = [each["policy"] for each in stack.plan.of_type("aws_iam_role_policy").values() if each["role"] == name]
    shared = {each["arn"]: each["policy"] for each in stack.plan.of_type("aws_iam_policy").values()}
    for attachment in stack.plan.of_type("aws_iam_role_policy_attachment").values():
        if attachment["role"] == name:
            documents.append(shared[attachment["policy_arn"]])
    return [statement for text in documents for statement in stack.document(text)["Statement"]]


def sortable(found):
    """Statements in one order and writing: a list of one action or resource is that one."""
    plain = []
    for statement in found:
        lists = {key: sorted(listed(statement[key])) for key in ("Action", "Resource")}
        plain.append(json.dumps({**statement, **lists}, sort_keys=True))
    return sorted(plain)


def test_roles_may_do_the_same(stack):
    roles = stack.both("AWS::IAM::Role")
    # Beside the handlers: the rule, both workflows, the schedule of the sweep, and the page.
    others = ("FindingRuleRole", "WorkflowRole", "RollbackWorkflowRole", "SweepScheduleRole", "ApprovalPageRole")
    wanted = {*(f"{name.capitalize()}Role" for name in HANDLERS), *others} & set(stack.template.resources)
    assert {name for name, _, _ in roles} == wanted
    assert len(wanted) >= 10
    for name, ours, theirs in roles:
        assert theirs["path"] == ours["Path"]
        assert json.loads(theirs["assume_role_policy"]) == ours["AssumeRolePolicyDocument"]
        assert theirs["permissions_boundary"] == ours.get("PermissionsBoundary")
        assert theirs["tags"] == {tag["Key"]: tag["Value"] for tag in ours["Tags"]}
        assert sortable(statements(stack, PAIRS[name])) == sortable(stack.template.statements(name)), name


def test_policies_fit(stack):
    """IAM's quotas: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    for address, policy in stack.plan.of_type("aws_iam_policy").items():
        assert len(policy["policy"]) <= 6144, address
    for address, policy in stack.plan.of_type("aws_iam_role_policy").items():
        assert len(policy["policy"]) <= 10240, address
    for address, function in stack.plan.of_type("aws_lambda_function").items():
        assert len(json.dumps(function["environment"])) <= 4096, address


def test_policies_of_resources(stack):
    for logical, attribute, ours in (
        ("Key", "policy", stack.ours("Key")["KeyPolicy"]),
        ("TopicPolicy", "policy", stack.ours("TopicPolicy")["PolicyDocument"]),
        ("UndeliveredQueuePolicy", "policy", stack.ours("UndeliveredQueuePolicy")["PolicyDocument"]),
    ):
        theirs = stack.plan.resources[PAIRS[logical]][attribute]
        if logical == "UndeliveredQueuePolicy":
            ours["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"] = stack.template.attribute(
                "FindingRule", "Arn"
            )
        assert stack.document(theirs) == ours, logical


def test_messages_and_queue(stack):
    key, topic, queue = (stack.theirs(name) for name in ("Key", "Topic", "UndeliveredQueue"))
    assert key["enable_key_rotation"] is stack.ours("Key")["EnableKeyRotation"] is True
    assert topic["kms_master_key_id"] == stack.ours("Topic")["KmsMasterKeyId"]
    assert topic["display_name"] == stack.ours("Topic")["DisplayName"]
    assert queue["sqs_managed_sse_enabled"] is stack.ours("UndeliveredQueue")["SqsManagedSseEnabled"] is True
    assert queue["kms_master_key_id"] is None and "KmsMasterKeyId" not in stack.ours("UndeliveredQueue")
    for theirs, ours in ((key, "Key"), (topic, "Topic"), (queue, "UndeliveredQueue")):
        assert theirs["tags"] == {tag["Key"]: tag["Value"] for tag in stack.ours(ours)["Tags"]}
    assert queue["message_retention_seconds"] == stack.ours("UndeliveredQueue")["MessageRetentionPeriod"]
    for _, ours, theirs in stack.both("AWS::SNS::Subscription"):
        assert (theirs["topic_arn"], theirs["protocol"], theirs["endpoint"]) == (
            ours["TopicArn"],
            ours["Protocol"],
            ours["Endpoint"],
        )


def test_logs(stack):
    for name, ours, theirs in stack.both("AWS::Logs::LogGroup"):
        assert theirs["retention_in_days"] == int(ours["RetentionInDays"])
        assert theirs["kms_key_id"] == ours.get("KmsKeyId")
        assert theirs["skip_destroy"] is (stack.template.resources[name]["DeletionPolicy"] == "RetainExceptOnCreate")
        # Names of a fixed spelling would be taken when the stack is made again.
        assert theirs["name_prefix"].endswith("-")
    assert stack.plan.resources[PAIRS["WorkflowLogs"]]["name_prefix"] == "/aws/vendedlogs/states/gatehouse-"
    assert stack.ours("WorkflowLogs")["LogGroupName"] == "/aws/vendedlogs/states/gatehouse-1234567db123"


def test_workflow(stack):
    ours, theirs = stack.ours("Workflow"), stack.theirs("Workflow")
    wanted = (MODULE.parent / "gatehouse.asl.json").read_text()
    for name, value in ours["DefinitionSubstitutions"].items():
        wanted = wanted.replace("${" + name + "}", value)
    assert stack.document(theirs["definition"]) == json.loads(wanted)
    (logging,) = theirs["logging_configuration"]
    (destination,) = ours["LoggingConfiguration"]["Destinations"]
    assert logging == {
        "level": ours["LoggingConfiguration"]["Level"],
        "include_execution_data": ours["LoggingConfiguration"]["IncludeExecutionData"],
        "log_destination": destination["CloudWatchLogsLogGroup"]["LogGroupArn"],
    }
    assert theirs["tracing_configuration"] == [{"enabled": ours["TracingConfiguration"]["Enabled"]}]
    assert theirs["role_arn"] == ours["RoleArn"]


def test_rollback_workflow(stack):
    ours, theirs = stack.ours("RollbackWorkflow"), stack.theirs("RollbackWorkflow")
    assert stack.document(theirs["definition"]) == ours["Definition"]
    assert theirs["role_arn"] == ours["RoleArn"]


def test_what_is_counted_in_the_log(stack):
    ours, theirs = stack.ours("StillActive"), stack.theirs("StillActive")
    assert (theirs["log_group_name"], theirs["pattern"]) == (ours["LogGroupName"], ours["FilterPattern"])
    (wanted,), (made,) = ours["MetricTransformations"], theirs["metric_transformation"]
    assert (made["namespace"], made["name"], made["value"]) == (
        wanted["MetricNamespace"],
        wanted["MetricName"],
        wanted["MetricValue"],
    )


def test_event_rule(stack):
    ours, theirs = stack.ours("FindingRule"), stack.theirs("FindingRule")
    assert json.loads(theirs["event_pattern"]) == ours["EventPattern"]
    (target,) = (stack.words.say(each) for each in stack.plan.of_type("aws_cloudwatch_event_target").values())
    (wanted,) = ours["Targets"]
    assert target["rule"] == "FindingRule"
    assert (target["target_id"], target["arn"], target["role_arn"]) == (wanted["Id"], wanted["Arn"], wanted["RoleArn"])
    assert target["retry_policy"] == [{snake(name): value for name, value in wanted["RetryPolicy"].items()}]
    assert target["dead_letter_config"] == [{"arn": wanted["DeadLetterConfig"]["Arn"]}]


def metric(query):
    """One of an alarm's metrics, or the sum of them, in the template's form."""
    if query["expression"]:
        return {"Id": query["id"], "Expression": query["expression"], "Label": query["label"]}
    (its,) = query["metric"]
    return {
        "Id": query["id"],
        "ReturnData": query["return_data"],
        "MetricStat": {
            "Stat": its["stat"],
            "Period": its["period"],
            "Metric": {
                "Namespace": its["namespace"],
                "MetricName": its["metric_name"],
                "Dimensions": [{"Name": name, "Value": value} for name, value in its["dimensions"].items()],
            },
        },
    }


def test_alarms(stack):
    alarms = stack.both("AWS::CloudWatch::Alarm")
    assert alarms
    for name, ours, theirs in alarms:
        for key in ("Namespace", "MetricName", "Statistic", "Period", "DatapointsToAlarm", "Threshold"):
            assert theirs[snake(key)] == ours.get(key), (name, key)
        for key in ("ComparisonOperator", "TreatMissingData", "AlarmActions"):
            assert theirs[snake(key)] == ours[key], (name, key)
        assert theirs["evaluation_periods"] == int(ours["EvaluationPeriods"])
        assert (
            theirs["alarm_description"].replace("writer_concurrency", "WriterConcurrency") == ours["AlarmDescription"]
        )
        assert theirs["dimensions"] == ({each["Name"]: each["Value"] for each in ours.get("Dimensions", [])} or None)
        by_id = sorted(map(metric, theirs["metric_query"]), key=lambda each: each["Id"])
        assert by_id == sorted(ours.get("Metrics", []), key=lambda each: each["Id"]), name


def test_dashboard(stack):
    theirs = stack.plan.resources[PAIRS["Dashboard"]]
    assert theirs["dashboard_name"] == stack.ours("Dashboard")["DashboardName"]
    assert stack.document(theirs["dashboard_body"]) == json.loads(stack.ours("Dashboard")["DashboardBody"])


def test_outputs(stack):
    own = {"analyzer", "policy_generation_role"}
    assert set(stack.plan.outputs) - own == {snake(name) for name in stack.template.body["Outputs"]}
    for name in ("Topic", "Workflow", "RollbackFunction", "RollbackWorkflow"):
        wanted = stack.template.resolve(stack.template.body["Outputs"][name]["Value"])
        assert stack.words.say(stack.plan.outputs[snake(name)]) == wanted


def test_the_approval_page(stack):
    for _, ours, theirs in stack.both("AWS::Lambda::Url"):
        assert theirs["authorization_type"] == ours["AuthType"]
        assert theirs["function_name"] == ours["TargetFunctionArn"]
    for _, ours, theirs in stack.both("AWS::Lambda::Permission"):
        made = {key: theirs[key] for key in ("function_name", "action", "principal", "function_url_auth_type", "invoked_via_function_url")}
        assert {key: value for key, value in made.items() if value} == {snake(key): value for key, value in ours.items()}
    for _, ours, theirs in stack.both("AWS::SecretsManager::Secret"):
        assert (theirs["description"], theirs["kms_key_id"]) == (ours["Description"], ours["KmsKeyId"])
        assert theirs["tags"] == {tag["Key"]: tag["Value"] for tag in ours["Tags"]}
        (version,) = stack.plan.of_type("aws_secretsmanager_secret_version").values()
        assert version["secret_string"] == "random"
        # A name that is free again thirty days after the secret was deleted cannot be taken earlier.
        assert theirs["name_prefix"] == "gatehouse-approval-key-"


def test_the_sweep(stack):
    for _, ours, theirs in stack.both("AWS::Scheduler::Schedule"):
        assert theirs["schedule_expression"] == ours["ScheduleExpression"]
        (window,), (target,) = theirs["flexible_time_window"], theirs["target"]
        assert {"Mode": window["mode"], "MaximumWindowInMinutes": window["maximum_window_in_minutes"]} == ours[
            "FlexibleTimeWindow"
        ]
        assert (target["arn"], target["role_arn"], target["input"]) == tuple(
            ours["Target"][key] for key in ("Arn", "RoleArn", "Input")
        )
        assert target["retry_policy"] == [{snake(name): value for name, value in ours["Target"]["RetryPolicy"].items()}]
