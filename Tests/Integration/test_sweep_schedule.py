"""The sweep as the templates make it: off until asked for, only with a ledger, and with no more than it needs."""

import pytest

from support.account import MEMBER
from support.changes import BY_UNDOING, WRITES
from support.cloudformation import Stack
from support.deployments import ASKING, FULL, REACHING, actions_of, roles
from support.template import Template, read

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
SWEEP = {"LedgerTableArn": TABLE, "SweepSchedule": "rate(6 hours)"}
SWEPT = [name for name in REACHING if "SweepSchedule" in read(name)["Parameters"]]


def template(name="gatehouse.yaml", **parameters):
    return Template(name, **{**FULL[name], **SWEEP, **parameters})


@pytest.mark.parametrize("name", SWEPT)
@pytest.mark.parametrize("without", ["LedgerTableArn", "SweepSchedule"])
def test_it_is_off_until_asked_for_and_without_a_ledger(name, without):
    assert read(name)["Parameters"]["SweepSchedule"]["Default"] == ""
    stack = template(name, **{without: ""})
    assert not [key for key in stack.resources if "Sweep" in key]
    assert "Sweep" not in str(stack.resources)


@pytest.mark.parametrize("name", SWEPT)
def test_a_schedule_without_a_ledger_is_refused(name):
    rule = read(name)["Rules"]["Sweep"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "SweepSchedule"}, ""]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "LedgerTableArn"}, ""]}]}


@pytest.mark.parametrize("name", SWEPT)
def test_its_schedule_starts_it_and_nothing_else(name):
    stack = template(name)
    (schedule,) = stack.of_type("AWS::Scheduler::Schedule").values()
    function = stack.attribute("SweepFunction", "Arn")
    assert schedule["ScheduleExpression"] == "rate(6 hours)"
    assert schedule["Target"]["Arn"] == function and schedule["Target"]["Input"] == "{}"
    assert schedule["Target"]["RoleArn"] == stack.attribute("SweepScheduleRole", "Arn")
    (start,) = stack.statements("SweepScheduleRole")
    assert (start["Action"], start["Resource"]) == ("lambda:InvokeFunction", function)


@pytest.mark.parametrize("name", SWEPT)
def test_it_has_the_time_that_lambda_gives_and_reserves_nothing(name):
    function = template(name).resources["SweepFunction"]["Properties"]
    assert (function["Handler"], function["Timeout"]) == ("sweep", 900)
    assert "ReservedConcurrentExecutions" not in function
    assert function["Environment"]["Variables"]["GATEHOUSE_LEDGER_TABLE"] == TABLE
    image = template(name, ImageUri="123456789012.dkr.ecr.us-east-1.amazonaws.com/g:1").resources["SweepFunction"]
    assert image["Properties"]["ImageConfig"] == {"Command": ["sweep"]}


def test_beside_the_workflow_it_looks_and_hands_on():
    stack = template()
    may = actions_of(stack, "SweepRole")
    assert may >= {
        "access-analyzer:ListAnalyzers", "access-analyzer:ListFindings", "access-analyzer:GetFinding",
        "states:StartExecution", "iam:GetRole", "dynamodb:ConditionCheckItem", "dynamodb:Query",
    }  # fmt: skip
    assert not may & WRITES and not {"sns:Publish", "access-analyzer:UpdateFindings"} & may
    workflow = stack.attribute("Workflow", "Arn")
    (start,) = [each for each in stack.statements("SweepRole") if each["Action"] == "states:StartExecution"]
    assert start["Resource"] == workflow
    variables = stack.resources["SweepFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["GATEHOUSE_STATE_MACHINE_ARN"] == workflow
    # In other accounts it reads, by its own function alone.
    assert variables["GATEHOUSE_MEMBER_ROLE"] == "GatehouseMember-read"
    (reach,) = [each for each in stack.statements("SweepRole") if each["Action"] == "sts:AssumeRole"]
    assert reach["Resource"] == "arn:aws:iam::*:role/GatehouseMember-read"
    assert reach["Condition"]["ArnEquals"] == {"lambda:SourceFunctionArn": stack.attribute("SweepFunction", "Arn")}
    assert "/gatehouse/read/" in stack.attribute("SweepRole", "Arn")
    alone = template(MemberRoleName="", MemberExternalId="")
    assert "sts:AssumeRole" not in actions_of(alone, "SweepRole")


def test_beside_the_one_function_it_does_what_that_does():
    """With its role, its settings and no workflow: what it finds it answers itself."""
    stack = template("single-function.yaml")
    own, sweep = (stack.resources[name]["Properties"] for name in ("Function", "SweepFunction"))
    assert sweep["Role"] == own["Role"]
    assert sweep["Environment"] == own["Environment"]
    assert "GATEHOUSE_STATE_MACHINE_ARN" not in sweep["Environment"]["Variables"]
    assert {"access-analyzer:ListAnalyzers", "access-analyzer:ListFindings", *WRITES} - BY_UNDOING <= actions_of(stack, "Role")
    both = [stack.attribute("Function", "Arn"), stack.attribute("SweepFunction", "Arn")]
    reaching = [each for each in stack.statements("Role") if "lambda:SourceFunctionArn" in str(each)]
    assert len(reaching) > 10
    for statement in reaching:
        assert statement["Condition"]["ArnEquals"] == {"lambda:SourceFunctionArn": both}


@pytest.mark.parametrize("name", SWEPT)
def test_a_sweep_that_fails_is_alarmed(name):
    alarm = template(name).resources["SweepAlarm"]["Properties"]
    watched = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    assert [(one["Namespace"], one["MetricName"], one["Dimensions"]) for one in watched] == [
        ("AWS/Lambda", "Errors", [{"Name": "FunctionName", "Value": "SweepFunction"}]),
        ("Gatehouse", "Errors", [{"Name": "Handler", "Value": "sweep"}]),
    ]
    assert alarm["Threshold"] == 0


@pytest.mark.parametrize("name", SWEPT)
def test_every_role_is_bounded_and_tagged(name):
    stack = template(name, PermissionsBoundary="arn:aws:iam::123456789012:policy/boundary")
    for role in roles(stack).values():
        assert role["PermissionsBoundary"].endswith(":policy/boundary")
        assert role["Tags"][0]["Key"] == "gatehouse:component"


@pytest.mark.parametrize("name", SWEPT)
def test_it_is_deployed(accounts, name):
    stack = Stack(accounts, MEMBER, name, Mode="enforce", **SWEEP)
    handlers = {function.handler for function in stack.functions().values()}
    assert "sweep" in handlers


def test_every_function_that_can_be_switched_on_fits_into_an_alarm():
    """CloudWatch takes ten metrics for one:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html"""
    for alarm in template(**ASKING).of_type("AWS::CloudWatch::Alarm").values():
        assert len([each for each in alarm.get("Metrics", []) if "MetricStat" in each]) <= 10
