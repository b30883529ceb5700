"""The metrics that the packaged binary writes, against the schema of CloudWatch's Embedded Metric Format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json

import jsonschema
import pytest

from support.events import folder_of, published, published_bytes
from support.process import until
from support.template import read

NAME = {"type": "string", "pattern": "^.*$", "minLength": 1, "maxLength": 255}
UNITS = ["Milliseconds", "Count"]
SCHEMA = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "additionalProperties": False,
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 1_600_000_000_000, "maximum": 4_000_000_000_000},
                "CloudWatchMetrics": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "additionalProperties": False,
                        "properties": {
                            "Namespace": {"const": "Gatehouse"},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "array", "minItems": 0, "maxItems": 9, "items": NAME},
                            },
                            "Metrics": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "additionalProperties": False,
                                    "properties": {"Name": NAME, "Unit": {"enum": UNITS}},
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


def lines(function, count):
    """The metric lines so far, each checked; waits for as many: they come after the answer."""
    until(lambda: len(function.process.output) >= count, 10, f"{count} lines on standard output")
    assert len(function.process.output) == count, function.process.output
    return [checked(line) for line in function.process.output]


def checked(text):
    assert len(text.encode()) <= 8192
    line = json.loads(text)
    jsonschema.validate(line, SCHEMA)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for key in {key for keys in directive["Dimensions"] for key in keys}:
            assert isinstance(line[key], str) and line[key], key
        for metric in directive["Metrics"]:
            assert isinstance(line[metric["Name"]], (int, float)) and not isinstance(line[metric["Name"]], bool)
    return line


def counted(line, name):
    """The dimension sets that a metric is counted under."""
    found = []
    for directive in line["_aws"]["CloudWatchMetrics"]:
        if name in [metric["Name"] for metric in directive["Metrics"]]:
            found += directive["Dimensions"]
    return found


@pytest.mark.parametrize("settings", [{}, {"AWS_LAMBDA_LOG_FORMAT": "Text", "AWS_LAMBDA_LOG_LEVEL": "ERROR"}])
def test_a_resolved_finding_is_counted(world, function, settings):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn, **settings)
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"
    (line,) = lines(respond, 1)
    assert ["Outcome", "ResourceType", "Mode"] in counted(line, "Findings")
    assert (line["Outcome"], line["ResourceType"], line["Mode"]) == ("RESOLVED", "AWS::IAM::Role", "enforce")
    assert line["findingId"] == published()["detail"]["id"] and line["rule"] == "unintended-role-trust"
    assert counted(line, "Duration") == [["Handler"], []]
    assert line["Handler"] == "respond" and line["Duration"] > 0 and line["AWSCalls"] >= 5 and line["AWSRetries"] == 0


def test_each_invocation_counts_its_own(world, function):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    for _ in range(2):
        respond.invoke(published_bytes())
    first, second = lines(respond, 2)
    assert [first["Outcome"], second["Outcome"]] == ["RESOLVED", "ALREADY_RESOLVED"]
    assert second["AWSCalls"] < first["AWSCalls"]
    assert first["requestId"] != second["requestId"]


def test_a_failure_is_counted_by_its_type(world, function):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    assert respond.invoke(b"not JSON").error_type == "Function.InvalidEvent"
    (line,) = lines(respond, 1)
    assert ["Handler", "ErrorType"] in counted(line, "Errors")
    assert line["ErrorType"] == "Function.InvalidEvent" and counted(line, "Findings") == []


def test_a_batch_counts_each_finding(world, function):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    body = published_bytes().decode()
    other = body.replace(published()["detail"]["id"], "11111111-2222-3333-4444-555555555555").replace(
        "ACTIVE", "RESOLVED"
    )
    records = [{"messageId": str(number), "body": text} for number, text in enumerate([body, body, other, "poison"])]
    answer = respond.invoke({"Records": records}).json
    assert answer == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    invocation, *records = lines(respond, 4)
    assert counted(invocation, "Findings") == [] and counted(invocation, "Duration")
    assert [line["Outcome"] for line in records if "Outcome" in line] == ["RESOLVED", "IGNORED"]
    # A queue of poison shows.
    assert [line["ErrorType"] for line in records if counted(line, "Errors")] == ["Function.InvalidEvent"]


def test_what_the_templates_count_in_the_log_is_logged(world, function):
    """`StillActive`: the filter's pattern, `{ $.verification = "STILL_ACTIVE" }`, on the line of verify's last look."""
    counted_lines = read("gatehouse.yaml")["Resources"]["StillActive"]["Properties"]
    assert counted_lines["FilterPattern"] == '{ $.verification = "STILL_ACTIVE" }'
    verify = function("verify")
    evaluated = function("evaluate").invoke(published_bytes()).json
    outcome = {"status": "RESOLVED", "summary": "A Deny was added.", "mode": "enforce", "changes": []}
    for attempt, status in ((18, "PENDING"), (19, "STILL_ACTIVE")):
        case = {**evaluated, "outcome": outcome, "verification": {"status": "PENDING", "attempt": attempt}}
        assert verify.invoke(case).json["verification"]["status"] == status
    until(lambda: '"verification":"STILL_ACTIVE"' in verify.log, 5, "the last line of the log")
    logged = [json.loads(line) for line in verify.log.splitlines() if line.startswith("{")]
    assert [line["verification"] for line in logged if "verification" in line] == ["PENDING", "STILL_ACTIVE"]


def test_a_step_that_passes_a_case_on_counts_no_finding(world, function):
    notify = function("notify", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    case = json.loads((folder_of("notify-queue") / "event.json").read_bytes())
    notify.invoke(case)
    (line,) = lines(notify, 1)
    assert counted(line, "Findings") == [] and line["Handler"] == "notify" and line["AWSCalls"] == 1
