"""The weekly report as the templates make it: off until asked for, and with no more than it needs."""

import pytest

from support.changes import WRITES
from support.cloudformation import Stack
from support.account import MEMBER
from support.deployments import FULL, actions_of
from support.template import Template, read

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
TEMPLATES = ["gatehouse.yaml", "single-function.yaml"]


def template(name, **parameters):
    return Template(name, **{**FULL[name], "WeeklyReport": "on", **parameters})


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_off_until_asked_for(name):
    assert read(name)["Parameters"]["WeeklyReport"]["Default"] == "off"
    assert "Report" not in str(Template(name, **FULL[name]).resources)


@pytest.mark.parametrize("name", TEMPLATES)
def test_its_schedule_starts_it_with_the_time_and_nothing_else(name):
    stack = template(name)
    (schedule,) = stack.of_type("AWS::Scheduler::Schedule").values()
    function = stack.attribute("ReportFunction", "Arn")
    assert schedule["ScheduleExpression"] == "cron(0 7 ? * MON *)"
    assert schedule["Target"]["Input"] == '{"time": "<aws.scheduler.scheduled-time>"}'
    assert (schedule["Target"]["Arn"], schedule["Target"]["RoleArn"]) == (function, stack.attribute("ReportScheduleRole", "Arn"))
    (start,) = stack.statements("ReportScheduleRole")
    assert (start["Action"], start["Resource"]) == ("lambda:InvokeFunction", function)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_reads_its_own_log_group_and_tells(name):
    stack = template(name, LedgerTableArn=TABLE)
    properties = stack.resources["ReportFunction"]["Properties"]
    variables = properties["Environment"]["Variables"]
    assert properties["LoggingConfig"]["LogGroup"] == variables["GATEHOUSE_LOG_GROUP"]
    may = actions_of(stack, "ReportRole")
    assert not may & WRITES and not [action for action in may if action.startswith(("sts:", "access-analyzer:", "states:", "lambda:"))]
    assert {action for action in may if action.startswith("dynamodb:")} == {"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"}
    statements = stack.statements("ReportRole")
    (read_log,) = [each for each in statements if each["Action"] == "logs:FilterLogEvents"]
    assert read_log["Resource"] == stack.attribute("FunctionLogs", "Arn")
    (ledger,) = [each for each in statements if each["Sid"] == "Ledger"]
    assert ledger["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["MESSAGE#*"]}}
    without = template(name, LedgerTableArn="")
    assert not [action for action in actions_of(without, "ReportRole") if action.startswith("dynamodb:")]
    for other in set(stack.of_type("AWS::IAM::Role")) - {"ReportRole"}:
        assert "logs:FilterLogEvents" not in actions_of(stack, other), other


@pytest.mark.parametrize("name", TEMPLATES)
def test_one_that_fails_is_alarmed(name):
    alarm = template(name).resources["ReportAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/Lambda", "Errors", 0)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "ReportFunction"}]


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_deployed(accounts, name):
    stack = Stack(accounts, MEMBER, name, WeeklyReport="on")
    assert "report" in {function.handler for function in stack.functions().values()}
