"""What can go wrong while enrich looks a resource up: one gap in the context, and never a failed case."""

import json
import time

import pytest

from support import faults
from support.account import MEMBER, OWN
from support.fixture import Fixture
from support.granted import actions


def load(aws, name):
    """The fixture's accounts, and its event."""
    fixture = Fixture(name)
    return fixture.load(aws), fixture


def gaps(case):
    return {gap["what"]: gap["why"] for gap in case["context"].get("unavailable", [])}


@pytest.fixture
def enrich(aws, function):
    """A function for the queue of the fixtures; the account is that of the fixture."""
    accounts, fixture = load(aws, "enrich-throttled")

    def invoke(seconds=30):
        started = time.monotonic()
        outcome = running.invoke(fixture.event, seconds=seconds)
        assert outcome.kind == "response", outcome.body[:2000]
        return outcome.json, time.monotonic() - started

    running = function("enrich", account=MEMBER, own=MEMBER)
    return invoke


def test_a_permission_that_is_missing(aws, function):
    accounts, fixture = load(aws, "enrich-kms-key")
    running = function("enrich", account=MEMBER, own=MEMBER)
    iam = accounts.client("iam")
    (role,) = [
        role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("gatehouse-enrich")
    ]
    denial = {"Effect": "Deny", "Action": "kms:ListResourceTags", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": denial})
    iam.put_role_policy(RoleName=role, PolicyName="no-tags", PolicyDocument=document)
    case = running.invoke(fixture.event).json
    assert list(gaps(case)) == ["tags"]
    assert gaps(case)["tags"].startswith("AccessDenied")
    assert "kms:ListResourceTags" in gaps(case)["tags"]
    assert "tags" not in case["context"]
    assert case["context"]["keyAliases"] == ["alias/DevelopmentKey", "alias/Shared", "alias/Old"]


def test_a_queue_of_another_account(aws, accounts, function):
    fixture = Fixture("enrich-throttled")
    fixture.load(aws)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}, "Action": "sts:AssumeRole"}
    accounts.role("GatehouseMember", {"Version": "2012-10-17", "Statement": [trust]})
    allowed = {"Effect": "Allow", "Action": actions("enrich"), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    accounts.client("iam").put_role_policy(RoleName="GatehouseMember", PolicyName="read", PolicyDocument=document)
    running = function("enrich", account=OWN, own=OWN, GATEHOUSE_MEMBER_ROLE="GatehouseMember")
    case = running.invoke(fixture.event).json
    assert "tags" not in gaps(case), gaps(case)
    assert case["context"]["tags"] == {"Environment": "development", "IsAllowedToShare": "true", "Owner": "data team"}
    used = {(call.service, call.account) for call in aws.calls}
    assert used == {("access-analyzer", OWN), ("organizations", OWN), ("sts", OWN), ("sqs", MEMBER)}


def test_without_the_member_role_nothing_is_claimed(aws, function):
    fixture = Fixture("enrich-throttled")
    fixture.load(aws)
    running = function("enrich", account=OWN, own=OWN, GATEHOUSE_MEMBER_ROLE="Missing")
    case = running.invoke(fixture.event).json
    assert "tags" not in case["context"]
    assert gaps(case)["tags"].startswith("AccessDenied")


@pytest.mark.parametrize(
    "fault",
    [
        faults.throttled,
        faults.server_error,
        faults.access_denied,
        faults.closed_unexecuted,
        faults.closed_inside_headers,
        faults.closed_inside_body,
        faults.cut_short,
        faults.captive_portal,
        faults.not_http,
        faults.deep,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_look_up_that_keeps_failing_is_one_gap(aws, enrich, fault):
    aws.fail("sqs", "ListQueueTags", *[fault] * 20)
    case, _ = enrich()
    assert list(gaps(case)) == ["tags"]
    assert case["context"]["name"] == "orders"
    why = gaps(case)["tags"]
    assert 0 < len(why) <= 300 and why.isprintable()


def test_one_failure_is_tried_again(aws, enrich):
    aws.fail("sqs", "ListQueueTags", faults.server_error)
    case, _ = enrich()
    assert not gaps(case)
    assert case["context"]["tags"]["Owner"] == "data team"


def test_a_service_that_hangs_costs_a_quarter_of_the_time(aws, enrich):
    aws.fail("sqs", "ListQueueTags", *[faults.slow(12)] * 3)
    case, took = enrich(seconds=8)
    assert list(gaps(case)) == ["tags"]
    assert gaps(case)["tags"].startswith("no answer within 1.")
    assert took < 5


def test_organizations_is_asked_once(aws, enrich):
    first, _ = enrich()
    second, _ = enrich()
    assert first["context"] == second["context"]
    assert first["context"]["account"]["name"] == "workloads"
    assert aws.names().count("organizations:ListParents") == 1
    assert aws.names().count("access-analyzer:GetFindingV2") == 2
