"""Starting: what cannot work is said to the Runtime API and ends the process with status 1."""

import json

import pytest

from support.events import published, published_bytes
from support.granted import HANDLERS


def assert_refused_to_start(function, *words):
    failure = function.initialisation_error()
    assert failure.json["errorType"] == failure.error_type
    assert failure.error_type.startswith("Function.")
    assert failure.json["stackTrace"] == []
    for word in words:
        assert word in failure.json["errorMessage"], failure.json["errorMessage"]
    assert function.process.wait(5) == 1


def test_an_unknown_handler(function):
    assert_refused_to_start(function("make-coffee"), "make-coffee", "_HANDLER")


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_handler_starts_and_waits(function, handler):
    running = function(handler)
    assert running.process.wait(0.5) is None, running.log


def test_a_mode_that_is_none(function):
    assert_refused_to_start(
        function("resolve", GATEHOUSE_MODE="yolo"), "GATEHOUSE_MODE", "observe", "approve", "enforce"
    )


def test_a_topic_that_is_none(function):
    assert_refused_to_start(function("notify", GATEHOUSE_TOPIC_ARN="findings"), "GATEHOUSE_TOPIC_ARN")


def test_trusted_accounts_that_are_none(function):
    running = function("resolve", GATEHOUSE_TRUSTED_ACCOUNTS="123456789012, partner")
    assert_refused_to_start(running, "GATEHOUSE_TRUSTED_ACCOUNTS")


def test_an_endpoint_that_is_none(function):
    running = function("resolve", AWS_ENDPOINT_URL_IAM="not a url")
    assert_refused_to_start(running, "AWS_ENDPOINT_URL_IAM")


def test_the_emulator_reports_the_failed_start(emulated):
    answer = json.loads(emulated("make-coffee").invoke(published_bytes()))
    assert "make-coffee" in answer["errorMessage"]


def test_empty_settings_count_as_unset(accounts, function):
    accounts.published_role()
    accounts.finding(published())
    running = function(
        "respond", GATEHOUSE_MODE="", GATEHOUSE_TOPIC_ARN="", GATEHOUSE_MEMBER_ROLE="", GATEHOUSE_TRUSTED_ACCOUNTS=""
    )
    case = running.invoke(published_bytes()).json
    assert case["outcome"]["status"] == "OBSERVED"
    assert case["notification"] is None


def test_without_credentials_one_clear_error(accounts, function):
    running = function(
        "resolve", GATEHOUSE_MODE="enforce", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_SESSION_TOKEN=""
    )
    failure = running.invoke(published_bytes())
    assert failure.kind == "error"
    assert failure.error_type == "Function.InvalidConfiguration"
    assert "AWS_ACCESS_KEY_ID" in failure.json["errorMessage"]


def test_the_log_is_one_json_object_a_line_with_the_request_id(accounts, function):
    accounts.published_role()
    accounts.finding(published())
    running = function("resolve", GATEHOUSE_MODE="enforce", AWS_LAMBDA_LOG_LEVEL="DEBUG")
    running.invoke(published_bytes())
    running.invoke(b"nonsense")
    metrics = running.process.output
    lines = [json.loads(line) for line in running.log.splitlines() if line.strip() and line not in metrics]
    assert [lines[0][key] for key in ("message", "handler", "mode")] == ["Gatehouse begins", "resolve", "enforce"]
    assert lines[0]["version"]
    assert all({"timestamp", "level", "message"} <= line.keys() for line in lines)
    assert any("requestId" in line for line in lines)
