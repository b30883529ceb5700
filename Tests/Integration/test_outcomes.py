"""Modes, brakes and second deliveries against a real role."""

import json

import pytest

from support.account import MEMBER, trust_in
from support.events import SID, changed, published, published_bytes

ALICE = "arn:aws:iam::999988887777:user/Alice"


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


@pytest.fixture
def respond(world, function):
    return function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)


def writes(aws):
    return [name for name in aws.names() if name in ("iam:UpdateAssumeRolePolicy", "access-analyzer:UpdateFindings")]


def test_observe_writes_nothing_and_says_what_it_would_do(aws, world, function):
    before = world.trust_text("Audit_CrossAccountRole")
    respond = function("respond", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    case = respond.invoke(published_bytes()).json
    assert case["outcome"]["status"] == "OBSERVED"
    assert case["outcome"]["mode"] == "observe"
    assert case["outcome"]["changes"][0]["after"]["Statement"][1]["Sid"] == SID
    assert writes(aws) == []
    assert world.trust_text("Audit_CrossAccountRole") == before
    (message,) = world.messages()
    assert message["MessageAttributes"]["status"]["Value"] == "OBSERVED"


def test_approve_mode_needs_a_ledger_and_changes_nothing_without(aws, world, function):
    respond = function("respond", GATEHOUSE_MODE="approve", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    case = respond.invoke(published_bytes()).json
    assert case["decision"]["action"] == "APPROVE"
    assert case["outcome"]["status"] == "REFUSED"
    assert writes(aws) == []
    assert len(world.messages()) == 1


def test_the_same_event_again_finds_it_done(aws, world, respond):
    first = respond.invoke(published_bytes()).json
    text = world.trust_text("Audit_CrossAccountRole")
    second = respond.invoke(published_bytes()).json
    assert [first["outcome"]["status"], second["outcome"]["status"]] == ["RESOLVED", "ALREADY_RESOLVED"]
    assert world.trust_text("Audit_CrossAccountRole") == text
    assert writes(aws) == ["iam:UpdateAssumeRolePolicy"]


def test_the_same_access_reported_by_another_region_is_not_denied_twice(aws, world, respond):
    respond.invoke(published_bytes())
    event = json.loads(json.dumps(changed(id="ffffffff-0000-4000-8000-000000000000")).replace("us-east-1", "eu-west-1"))
    world.finding(event)
    case = respond.invoke(event).json
    assert case["outcome"]["status"] == "ALREADY_RESOLVED"
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2


def test_a_path_with_shell_characters_is_quoted(world, respond):
    arn = world.role("Deep", trust_in(ALICE), path="/a$(id)/`id`;/")
    event = changed(id="d5018210-97c4-46c4-9456-0295898377b6", resource=arn)
    world.finding(event, resource=arn)
    assert respond.invoke(event).json["outcome"]["status"] == "RESOLVED"
    (message,) = world.messages()
    assert f"'{arn}'" in message["Message"]
    assert len(world.trust("Deep")["Statement"]) == 2


def test_a_role_that_is_gone(world, respond):
    world.client("iam").delete_role(RoleName="Audit_CrossAccountRole")
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "ALREADY_RESOLVED"
    assert world.messages() == []


def test_an_exempt_role_stays_as_it_is(aws, world, respond):
    world.client("iam").tag_role(
        RoleName="Audit_CrossAccountRole", Tags=[{"Key": "gatehouse:exempt", "Value": "until-2030"}]
    )
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "EXEMPT"
    assert writes(aws) == []
    assert len(world.messages()) == 1


def test_a_protected_role_stays_as_it_is(aws, world, respond):
    arn = world.role("OrganizationAccountAccessRole", trust_in(ALICE))
    event = changed(resource=arn)
    world.finding(event)
    assert respond.invoke(event).json["outcome"]["status"] == "PROTECTED"
    assert writes(aws) == []


def test_a_finding_that_says_something_else_is_refused(aws, world, respond):
    world.finding(published(), principal={"AWS": "arn:aws:iam::999988887777:user/Bob"})
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "REFUSED"
    assert writes(aws) == []


@pytest.mark.parametrize("status", ["RESOLVED", "ARCHIVED"])
def test_a_finding_that_is_over_by_now(aws, world, respond, status):
    world.finding(published(), status=status)
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "IGNORED"
    assert writes(aws) == []


def test_a_finding_nobody_knows(aws, world, respond):
    event = changed(id="00000000-0000-4000-8000-000000000000")
    assert respond.invoke(event).json["outcome"]["status"] == "IGNORED"
    assert writes(aws) == []


def test_an_access_archived_as_intended_is_left_alone(aws, world, respond):
    world.finding(changed(id="archived"), status="ARCHIVED")
    case = respond.invoke(published_bytes()).json
    assert case["outcome"]["status"] == "REFUSED"
    assert "archived" in json.dumps(case["outcome"])
    assert writes(aws) == []


def test_what_is_not_a_role_is_told_and_not_touched(aws, world, respond):
    event = changed(
        resourceType="AWS::S3::Bucket",
        resource="arn:aws:s3:::bucket",
        action=["s3:GetObject"],
        id="e5018210-97c4-46c4-9456-0295898377b6",
    )
    world.finding(event, resource="arn:aws:s3:::bucket")
    case = respond.invoke(event).json
    assert case["decision"]["action"] == "NOTIFY"
    assert "outcome" not in case
    assert [call.action for call in aws.calls if call.service == "sns"] == ["Publish"]
    assert {call.action for call in aws.calls if call.service == "s3"} == {
        "GetBucketTagging",
        "GetPublicAccessBlock",
        "GetBucketOwnershipControls",
    }
    assert MEMBER in world.messages()[0]["Message"]


def test_rollback_takes_exactly_our_statement_out(world, function):
    before = world.trust("Audit_CrossAccountRole")
    function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes())
    rollback = function("rollback")
    case = rollback.invoke(
        {
            "findingId": published()["detail"]["id"],
            "resource": f"arn:aws:iam::{MEMBER}:role/Audit_CrossAccountRole",
        }
    ).json
    assert case["outcome"]["status"] == "ROLLED_BACK"
    assert world.trust("Audit_CrossAccountRole") == before


def test_rollback_finds_the_role_by_asking_the_analyzers(world, function):
    before = world.trust("Audit_CrossAccountRole")
    function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes())
    case = function("rollback").invoke({"findingId": published()["detail"]["id"]}).json
    assert case["outcome"]["status"] == "ROLLED_BACK"
    assert world.trust("Audit_CrossAccountRole") == before
