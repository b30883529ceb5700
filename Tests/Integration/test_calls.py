"""Which calls reach AWS, in which order: no more than a resolve needs, and nothing where nothing is to do."""

import json

import pytest

from support.account import MEMBER, Accounts, trust_in
from support.events import changed, published, published_bytes
from support.runtime_api import Function

LOOK = {"access-analyzer:GetFinding", "access-analyzer:ListFindings", "iam:GetRole"}
ACT = ["iam:UpdateAssumeRolePolicy", "iam:GetRole"]

# Without an organization: each of its calls once, but the account's and the principal's.
ENRICH = [
    "access-analyzer:GetFindingV2",
    "iam:GetRole",
    "organizations:DescribeAccount",
    "organizations:DescribeAccount",
    "organizations:ListTagsForResource",
    "organizations:ListParents",
]


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


def test_plain_resolve(aws, world, function):
    case = function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes()).json
    assert case["outcome"]["status"] == "RESOLVED"
    names = aws.names()
    assert set(names[:3]) == LOOK
    assert names[3:] == ACT
    assert all(call.status == 200 for call in aws.calls)


def test_respond_looks_the_resource_up_and_adds_one_publish(aws, world, function):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    respond.invoke(published_bytes())
    names = aws.names()
    assert set(names[: len(ENRICH)]) == set(ENRICH)
    names = names[len(ENRICH) :]
    looks = names[: -len(ACT) - 1]
    # The role as enrichment read it will do, unless this machine took a quarter of a second since.
    assert set(looks) in (LOOK, LOOK - {"iam:GetRole"}) and len(looks) == len(set(looks))
    assert names[len(looks) :] == [*ACT, "sns:Publish"]


def test_notify_only_publishes(aws, world, function):
    case = function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes()).body
    before = len(aws.calls)
    function("notify", GATEHOUSE_TOPIC_ARN=world.topic_arn).invoke(case)
    assert aws.names()[before:] == ["sns:Publish"]


def test_evaluate_calls_nobody(aws, world, function):
    case = function("evaluate").invoke(published_bytes()).json
    assert case["decision"]["action"] == "RESOLVE"
    assert aws.names() == []


@pytest.mark.parametrize("detail", [{"status": "RESOLVED"}, {"status": "ARCHIVED"}, {"isDeleted": True}])
def test_nothing_is_called_for_what_is_over(aws, world, function, detail):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    case = respond.invoke(changed(**detail)).json
    assert case["outcome"]["status"] == "IGNORED"
    assert aws.names() == []


def test_iam_is_signed_for_its_own_region_everything_else_for_ours(aws, world, function):
    event = json.dumps(published()).replace("us-east-1", "eu-central-1").encode()
    world.finding(json.loads(event))
    function("resolve", GATEHOUSE_MODE="enforce", AWS_REGION="eu-central-1", AWS_DEFAULT_REGION="").invoke(event)
    regions = {call.service: call.region for call in aws.calls}
    assert regions == {"access-analyzer": "eu-central-1", "iam": "us-east-1"}


@pytest.mark.parametrize(
    "partition, region, iam",
    [("aws-cn", "cn-northwest-1", "cn-north-1"), ("aws-us-gov", "us-gov-east-1", "us-gov-west-1")],
)
def test_other_partitions(aws, binary, started, partition, region, iam):
    accounts = Accounts(aws, region)
    text = json.dumps(published()).replace("aws:arn:", "arn:aws:").replace("arn:aws:", f"arn:{partition}:")
    event = json.loads(text.replace("us-east-1", region))
    accounts.role("Audit_CrossAccountRole", trust_in(event["detail"]["principal"]["AWS"]))
    accounts.finding(event)
    environment = accounts.environment("resolve", GATEHOUSE_MODE="enforce")
    started.append(Function(binary, "resolve", environment))
    case = started[0].invoke(event).json
    assert case["outcome"]["status"] == "RESOLVED"
    assert {call.service: call.region for call in aws.calls} == {"access-analyzer": region, "iam": iam}
    assert len(accounts.trust("Audit_CrossAccountRole")["Statement"]) == 2


def test_own_account_comes_with_the_event_and_is_not_asked_for(aws, world, function):
    resolve = function("resolve", own=MEMBER, GATEHOUSE_MODE="enforce", GATEHOUSE_MEMBER_ROLE="GatehouseMember")
    assert resolve.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"
    assert not [name for name in aws.names() if name.startswith("sts:")]


def test_a_warm_function_keeps_its_connection_and_nothing_else(aws, world, function):
    resolve = function("resolve", GATEHOUSE_MODE="enforce")
    resolve.invoke(published_bytes())
    world.role(
        "Other",
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::999988887777:user/Alice"},
                    "Action": "sts:AssumeRole",
                },
            }
        ),
    )
    other = changed(id="b5018210-97c4-46c4-9456-0295898377b6", resource=f"arn:aws:iam::{MEMBER}:role/Other")
    world.finding(other)
    before = len(aws.calls)
    case = resolve.invoke(other).json
    assert case["outcome"]["status"] == "RESOLVED"
    assert set(aws.names()[before : before + 3]) == LOOK
    assert aws.names()[before + 3 :] == ACT
    assert len(world.trust("Other")["Statement"]) == 2
