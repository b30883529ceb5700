"""The CloudFormation templates: linters, and what a linter does not know."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from support.patterns import overlap
from support.prepare import tool
from support.service_authorization import formats
from support.template import DEPLOY, NAMES, Template, listed, read

# Checks of checkov that do not hold for us, with the reason; any other that fails, and any here that holds, is told.
NOT_FOR_US = {
    "CKV_AWS_115": "only what writes runs once at a time; a limit on the others would take concurrency from the account",
    "CKV_AWS_116": "the workflow calls the functions and catches; the one function has a failure destination instead",
    "CKV_AWS_117": "the functions call public AWS endpoints and nothing of a VPC",
    "CKV_AWS_173": "the settings hold no secret; Lambda encrypts them with its own key",
}

# One set of parameters that switches everything on, and the way across accounts.
FULL = {
    "gatehouse.yaml": {
        "Mode": "enforce",
        "NotificationEmail": "security@example.com",
        "UrgentTopicArn": "arn:aws:sns:us-east-1:123456789012:urgent",
        "TrustedOrganization": "o-a1b2c3d4e5",
        "RulesParameter": "/gatehouse/rules",
        "RulesKeyArn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "MemberRoleName": "GatehouseMember",
        "MemberExternalId": "external",
        "OrganizationLookUps": "on",
        "CodeBucket": "code",
        "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    },
    "single-function.yaml": {
        "Mode": "enforce",
        "RulesBucket": "rules",
        "RulesKey": "rules.json",
        "MemberRoleName": "GatehouseMember",
        "CodeBucket": "code",
    },
    "analyzer.yaml": {"UnusedAccessAge": 90},
    "member-role.yaml": {
        "GatehouseAccount": "111122223333",
        "ReadingRoles": "arn:aws:iam::111122223333:role/reading",
        "ChangingRoles": "arn:aws:iam::111122223333:role/changing",
        "ExternalId": "external",
    },
}

HANDLERS = {
    "enrich": 30, "evaluate": 15, "archive": 30, "resolve": 60,
    "verify": 30, "notify": 30, "respond": 120, "rollback": 60,
}  # fmt: skip
WRITERS = ("resolve", "respond", "rollback")


def test_cfn_lint_has_nothing_to_say():
    command = [pathlib.Path(sys.executable).with_name("cfn-lint"), *(DEPLOY / name for name in NAMES)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_sam_validates(name, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [tool("sam") / "sam", "validate", "--lint", "--template", DEPLOY / name],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_checkov_finds_nothing_but_what_is_not_for_us(tmp_path):
    files = [argument for name in NAMES for argument in ("--file", DEPLOY / name)]
    done = subprocess.run(
        [tool("checkov") / "checkov", *files, "--framework", "cloudformation", "--skip-download", "--compact", "-o", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    failed = report["results"]["failed_checks"]
    unexpected = [f"{check['check_id']} {check['resource']}" for check in failed if check["check_id"] not in NOT_FOR_US]
    assert unexpected == []
    assert {check["check_id"] for check in failed} == set(NOT_FOR_US), "some check is met by now: take it from the list"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_given_as_it_is(name):
    """Beyond this CloudFormation takes a template from a bucket alone."""
    assert len((DEPLOY / name).read_bytes()) <= 51_200


def roles(template):
    return template.of_type("AWS::IAM::Role")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "analyzer.yaml"])
def test_no_permission_is_wider_than_aws_lets_it_be(name):
    template = Template(name, **FULL[name])
    allowed = [
        (role, statement)
        for role in roles(template)
        for statement in template.statements(role)
        if statement["Effect"] == "Allow"
    ]
    assert allowed
    named = {action for _, statement in allowed for action in listed(statement["Action"])}
    assert not [action for action in named if action.endswith(":*") or action == "*"]
    possible = formats({action.replace("GenerateDataKey*", "GenerateDataKey") for action in named})
    wrong = []
    for role, statement in allowed:
        actions = [action.replace("GenerateDataKey*", "GenerateDataKey") for action in listed(statement["Action"])]
        resources = listed(statement["Resource"])
        for action in actions:
            if resources == ["*"]:
                narrow = not possible[action]
            else:
                narrow = any(overlap(row, resource) for row in possible[action] for resource in resources)
            if not narrow:
                wrong.append(f"{role}: {action} on {resources}, where AWS knows {possible[action]}")
        for resource in set(resources) - {"*"}:
            if not any(overlap(row, resource) for action in actions for row in possible[action]):
                wrong.append(f"{role}: {resource} is of none of {actions}")
    assert wrong == []


def test_each_handler_has_a_function_and_a_role_of_its_own():
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    functions = {function["Handler"]: function for function in template.of_type("AWS::Lambda::Function").values()}
    assert {handler: function["Timeout"] for handler, function in functions.items()} == HANDLERS
    assert len({function["Role"] for function in functions.values()}) == len(HANDLERS)
    for handler, function in functions.items():
        role = roles(template)[function["Role"].rsplit("/", 1)[1]]
        tag = [{"Key": "gatehouse:component", "Value": handler}]
        assert function["Tags"] == role["Tags"] == tag
        assert role["PermissionsBoundary"].endswith(":policy/boundary")
        assert function.get("ReservedConcurrentExecutions") == (1 if handler in WRITERS else None)
    image = Template("gatehouse.yaml", CodeBucket="code", ImageUri="123456789012.dkr.ecr.us-east-1.amazonaws.com/g:1")
    for function in image.of_type("AWS::Lambda::Function").values():
        assert function["PackageType"] == "Image"
        assert function["ImageConfig"]["Command"][0] in HANDLERS
        assert not {"Handler", "Runtime"} & set(function)


def test_every_role_of_ours_is_tagged_as_ours():
    for name in NAMES:
        for role in roles(Template(name, **FULL[name])).values():
            assert role["Tags"][0]["Key"] == "gatehouse:component"


def actions_of(template, role):
    allowed = [statement for statement in template.statements(role) if statement["Effect"] == "Allow"]
    return {action for statement in allowed for action in listed(statement["Action"])}


@pytest.mark.parametrize("mode, may", [("observe", set()), ("approve", {"archive"}), ("enforce", {"archive", "block"})])
def test_a_mode_is_also_what_the_functions_are_permitted(mode, may):
    writes = {"archive": "access-analyzer:UpdateFindings", "block": "iam:UpdateAssumeRolePolicy"}
    for name, undoes in (("gatehouse.yaml", {"RollbackRole"}), ("single-function.yaml", set())):
        template = Template(name, **{**FULL[name], "Mode": mode})
        acting = [role for role in roles(template) if role not in undoes]
        permitted = {word for word, action in writes.items() if any(action in actions_of(template, role) for role in acting)}
        assert permitted == may, name


def test_nobody_may_do_two_things():
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    able = {
        action: {role for role in roles(template) if action in actions_of(template, role)}
        for action in ("iam:UpdateAssumeRolePolicy", "sns:Publish", "access-analyzer:UpdateFindings", "sqs:ListQueueTags")
    }
    # `respond` is the whole way by design.
    assert able == {
        "iam:UpdateAssumeRolePolicy": {"ResolveRole", "RollbackRole", "RespondRole"},
        "sns:Publish": {"NotifyRole", "RespondRole", "WorkflowRole"},
        "access-analyzer:UpdateFindings": {"ArchiveRole", "RespondRole"},
        "sqs:ListQueueTags": {"EnrichRole", "RespondRole"},
    }


def test_who_may_edit_roles_may_not_edit_the_protected_ones():
    seen = 0
    for name in ("gatehouse.yaml", "single-function.yaml", "member-role.yaml"):
        template = Template(name, **FULL[name])
        for role in roles(template):
            if "iam:UpdateAssumeRolePolicy" not in actions_of(template, role):
                continue
            denied = [statement for statement in template.statements(role) if statement["Effect"] == "Deny"]
            by_name = next(statement for statement in denied if "Condition" not in statement)
            by_tag = next(statement for statement in denied if "Condition" in statement)
            assert by_name["Action"] == by_tag["Action"] == "iam:UpdateAssumeRolePolicy"
            assert {arn.split(":role/")[1] for arn in by_name["Resource"]} == {
                "aws-service-role/*", "aws-reserved/*", "AWSControlTowerExecution", "aws-controltower-*",
                "stacksets-exec-*", "OrganizationAccountAccessRole",
            }  # fmt: skip
            assert by_tag["Condition"] == {"Null": {"aws:ResourceTag/gatehouse:component": "false"}}
            assert by_tag["Resource"] == "arn:aws:iam::*:role/*"
            seen += 1
    assert seen == 5


def test_reading_is_the_same_in_every_template():
    reading = {
        name: {json.dumps(s, sort_keys=True) for s in read(name)["Resources"]["ReadingPolicy"]["Properties"]["PolicyDocument"]["Statement"]}
        for name in ("gatehouse.yaml", "single-function.yaml", "member-role.yaml")
    }  # fmt: skip
    assert reading["single-function.yaml"] == reading["member-role.yaml"]
    (more,) = map(json.loads, reading["gatehouse.yaml"] - reading["member-role.yaml"])
    assert more["Fn::If"][0] == "LooksUpAccounts"
    assert reading["member-role.yaml"] < reading["gatehouse.yaml"]


def test_only_our_functions_can_assume_the_member_roles():
    template = Template("member-role.yaml", **{**FULL["member-role.yaml"], "Organization": "o-a1b2c3d4e5"})
    expected = {"ReadingRole": "reading", "ChangingRole": "changing"}
    assert set(roles(template)) == set(expected)
    for name, role in roles(template).items():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
        assert trust["Condition"] == {
            "ArnEquals": {"aws:PrincipalArn": [f"arn:aws:iam::111122223333:role/{expected[name]}"]},
            "StringEquals": {"sts:ExternalId": "external", "aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        }
    member = FULL["gatehouse.yaml"]["MemberRoleName"]
    assert [role["RoleName"] for role in roles(template).values()] == [f"{member}-read", member]
    stack = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    settings = {
        function["Handler"]: function["Environment"]["Variables"].get("GATEHOUSE_MEMBER_ROLE")
        for function in stack.of_type("AWS::Lambda::Function").values()
    }
    assert {handler: name for handler, name in settings.items() if name} == {
        "enrich": f"{member}-read", "resolve": member, "respond": member, "rollback": member,
    }  # fmt: skip
    for role in roles(stack):
        for statement in stack.statements(role):
            if "sts:AssumeRole" in listed(statement["Action"]):
                suffix = "-read" if role == "EnrichRole" else ""
                assert statement["Resource"] == f"arn:aws:iam::*:role/{member}{suffix}"


@pytest.mark.parametrize("name", NAMES)
def test_no_partition_region_or_account_is_written_out(name):
    body = read(name)
    text = json.dumps({key: body[key] for key in ("Resources", "Outputs")})
    assert re.findall(r"arn:aws", text) == []
    assert re.findall(r"amazonaws\.com\.cn|(?:us|eu|ap|cn)-[a-z]+-[0-9]", text) == []
    assert re.findall(r"\b[0-9]{12}\b", text) == []
    # Names of services as principals are the same in every partition.
    assert set(re.findall(r"[a-z]+\.amazonaws\.com", text)) <= {
        "lambda.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com",
    }  # fmt: skip


def test_the_dashboard_is_json_and_shows_our_metrics():
    template = Template("gatehouse.yaml", CodeBucket="code")
    ((_, dashboard),) = template.of_type("AWS::CloudWatch::Dashboard").items()
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]
    searches = [metric[0]["expression"] for metric in metrics if isinstance(metric[0], dict)]
    shown = {re.search(r'MetricName="(\w+)"', search)[1] for search in searches}
    assert shown == {"Findings", "Duration", "AWSCalls", "AWSRetries", "Errors"}
    assert len({(widget["x"], widget["y"]) for widget in widgets}) == len(widgets)


def test_alarms_reach_the_topic_and_watch_everything():
    template = Template("gatehouse.yaml", CodeBucket="code")
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    topic = template.attribute("Topic", "Arn")
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())
    watched = {metric["MetricStat"]["Metric"]["MetricName"] for alarm in alarms.values() for metric in alarm.get("Metrics", []) if "MetricStat" in metric}  # fmt: skip
    watched |= {alarm["MetricName"] for alarm in alarms.values() if "MetricName" in alarm}
    assert watched == {
        "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionsStarted", "Errors", "Throttles",
        "ApproximateNumberOfMessagesVisible", "FailedInvocations", "NumberOfNotificationsFailed",
    }  # fmt: skip
    functions = set(template.of_type("AWS::Lambda::Function"))
    # The two that are called by hand tell their caller that they are throttled.
    by_hand = {"RespondFunction", "RollbackFunction"}
    for name, expected in (("FunctionAlarm", functions), ("ThrottleAlarm", functions - by_hand)):
        metrics = [metric["MetricStat"]["Metric"] for metric in alarms[name]["Metrics"] if "MetricStat" in metric]
        assert {metric["Dimensions"][0]["Value"] for metric in metrics} == expected
    assert "QuietAlarm" not in Template("gatehouse.yaml", CodeBucket="code", QuietDays=0).resources


def test_the_workflow_is_given_what_its_file_asks_for():
    machine = Template("gatehouse.yaml", CodeBucket="code").resources["Workflow"]["Properties"]
    asked = set(re.findall(r"\$\{([A-Za-z]+)\}", (DEPLOY / "gatehouse.asl.json").read_text()))
    assert asked == set(machine["DefinitionSubstitutions"])
    functions = Template("gatehouse.yaml", CodeBucket="code").of_type("AWS::Lambda::Function")
    timeouts = {name: function["Timeout"] for name, function in functions.items()}
    states = json.loads((DEPLOY / "gatehouse.asl.json").read_text())["States"]
    for state in states.values():
        function = state.get("Parameters", {}).get("FunctionName") if state["Type"] == "Task" else None
        if function:
            assert state["TimeoutSeconds"] < timeouts[function.strip("${}").removesuffix("Arn")], state
