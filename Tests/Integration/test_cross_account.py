"""A finding of another account: the member's role is assumed for IAM, our own credentials ask Access Analyzer."""

import json

import pytest

from support import faults
from support.account import MEMBER, OWN
from support.events import published, published_bytes

EXTERNAL_ID = "a-secret-between-us"
ROLE = "GatehouseMember"


@pytest.fixture
def world(accounts):
    """Role and member role in the member's account; analyzer, topic and function in our own."""
    accounts.published_role()
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
            }
        ],
    }
    accounts.role(ROLE, trust)
    permissions = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["iam:GetRole", "iam:UpdateAssumeRolePolicy"],
                "Resource": f"arn:aws:iam::{MEMBER}:role/*",
            }
        ],
    }
    accounts.client("iam").put_role_policy(RoleName=ROLE, PolicyName="member", PolicyDocument=json.dumps(permissions))
    accounts.finding(published())
    accounts.topic_arn = accounts.topic(OWN)
    return accounts


@pytest.fixture
def respond(world, function):
    return function(
        "respond",
        account=OWN,
        GATEHOUSE_MODE="enforce",
        GATEHOUSE_TOPIC_ARN=world.topic_arn,
        GATEHOUSE_MEMBER_ROLE=ROLE,
        GATEHOUSE_MEMBER_EXTERNAL_ID=EXTERNAL_ID,
    )


def test_resolved_through_the_member_role(aws, world, respond):
    case = respond.invoke(published_bytes()).json
    assert case["outcome"]["status"] == "RESOLVED"
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2
    (assume,) = [call for call in aws.calls if call.action == "AssumeRole"]
    assert assume.parameters["RoleArn"] == f"arn:aws:iam::{MEMBER}:role/{ROLE}"
    assert assume.parameters["ExternalId"] == EXTERNAL_ID
    assert assume.account == OWN
    accounts_used = {(call.service, call.account) for call in aws.calls}
    assert accounts_used == {
        ("access-analyzer", OWN),
        ("sts", OWN),
        ("iam", MEMBER),
        ("sns", OWN),
        ("organizations", OWN),
    }
    assert len(world.messages()) == 1


def test_the_session_is_kept_for_the_next_event(aws, world, respond):
    respond.invoke(published_bytes())
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "ALREADY_RESOLVED"
    assert aws.names().count("sts:AssumeRole") == 1


def test_under_the_emulator_too(world, emulated):
    respond = emulated(
        "respond",
        account=OWN,
        GATEHOUSE_MODE="enforce",
        GATEHOUSE_TOPIC_ARN=world.topic_arn,
        GATEHOUSE_MEMBER_ROLE=ROLE,
        GATEHOUSE_MEMBER_EXTERNAL_ID=EXTERNAL_ID,
    )
    assert json.loads(respond.invoke(published_bytes()))["outcome"]["status"] == "RESOLVED"
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2


def test_a_wrong_external_id_is_an_error_that_says_so(world, function):
    respond = function(
        "respond",
        account=OWN,
        GATEHOUSE_MODE="enforce",
        GATEHOUSE_MEMBER_ROLE=ROLE,
        GATEHOUSE_MEMBER_EXTERNAL_ID="wrong",
    )
    failure = respond.invoke(published_bytes())
    assert failure.kind == "error"
    assert failure.error_type == "Function.AccessDenied"
    assert "AssumeRole" in failure.json["errorMessage"]
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 1


def test_a_failed_assume_role_is_tried_again_next_time(aws, world, respond):
    # Once for looking the role up, once for changing it.
    aws.fail("sts", "AssumeRole", faults.access_denied, faults.access_denied)
    assert respond.invoke(published_bytes()).error_type == "Function.AccessDenied"
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"


def test_the_member_role_itself_is_protected(aws, world, respond):
    event = json.loads(json.dumps(published()).replace("Audit_CrossAccountRole", ROLE))
    world.finding(event)
    assert respond.invoke(event).json["outcome"]["status"] == "PROTECTED"
    assert "iam:UpdateAssumeRolePolicy" not in aws.names()
