"""Where the rules come from: the setting itself, a file, S3 and Parameter Store."""

import json

import pytest

from support.account import MEMBER, REGION
from support.events import published_bytes
from test_start import assert_refused_to_start

RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {
            "name": "auditors-are-welcome",
            "owner": "security@example.com",
            "when": {"principal.AWS": {"eq": ["arn:aws:iam::999988887777:user/Alice"]}},
            "action": "ARCHIVE",
        }
    ],
}
KEY = "team a/rules+1.json"


@pytest.fixture
def bucket(accounts):
    client = accounts.client("s3")
    client.create_bucket(Bucket="team.rules")
    return lambda text: client.put_object(Bucket="team.rules", Key=KEY, Body=text)


def decision(running):
    answer = running.invoke(published_bytes())
    assert answer.kind == "response", answer.json
    return answer.json["decision"]


def test_rules_in_the_setting(accounts, function):
    decided = decision(function("evaluate", GATEHOUSE_RULES=json.dumps(RULES)))
    assert decided["action"] == "ARCHIVE"
    assert decided["rule"] == "auditors-are-welcome"
    assert decided["owner"] == "security@example.com"


def test_rules_in_s3(aws, accounts, function, bucket):
    bucket(json.dumps(RULES))
    running = function("evaluate", GATEHOUSE_RULES=f"s3://team.rules/{KEY}")
    assert decision(running)["rule"] == "auditors-are-welcome"
    assert decision(running)["rule"] == "auditors-are-welcome"
    assert [call.action for call in aws.calls].count("GetObject") == 1


@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_rules_in_parameter_store(aws, accounts, function, kind):
    accounts.client("ssm").put_parameter(Name="/gatehouse/rules", Value=json.dumps(RULES), Type=kind)
    for name in "ssm:/gatehouse/rules", f"arn:aws:ssm:{REGION}:{MEMBER}:parameter/gatehouse/rules":
        assert decision(function("evaluate", GATEHOUSE_RULES=name))["rule"] == "auditors-are-welcome"


def test_rules_that_cannot_be_fetched_yet(aws, accounts, function, bucket):
    running = function("evaluate", GATEHOUSE_RULES=f"s3://team.rules/{KEY}")
    failure = running.invoke(published_bytes())
    assert failure.error_type == "Function.InvalidConfiguration"
    assert f"s3://team.rules/{KEY}" in failure.json["errorMessage"]
    bucket("{}")
    failure = running.invoke(published_bytes())
    assert failure.error_type == "Function.InvalidConfiguration"
    assert "version" in failure.json["errorMessage"]
    bucket(json.dumps(RULES))
    assert decision(running)["rule"] == "auditors-are-welcome"


def test_wrong_rules_stop_the_start(function):
    wrong = {
        "version": 1,
        "default": "NOTIFY",
        "rules": [{"name": "keys", "when": {"keyAliases": {"equals": ["x"]}}, "action": "ARCHIVE"}],
    }
    assert_refused_to_start(
        function("evaluate", GATEHOUSE_RULES=json.dumps(wrong)), "GATEHOUSE_RULES", "keys", "equals"
    )


def test_a_file_that_is_not_there_stops_the_start(function):
    assert_refused_to_start(function("evaluate", GATEHOUSE_RULES="/var/task/rules.json"), "/var/task/rules.json")


def test_a_location_that_is_none_stops_the_start(function):
    assert_refused_to_start(
        function("respond", GATEHOUSE_RULES="https://example.com/rules"), "GATEHOUSE_RULES", "s3://"
    )
