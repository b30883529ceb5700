"""The published event through the packaged binary under AWS's emulator: what the whole project is for."""

import json
import shlex

import pytest

from support.events import SID, published, published_bytes

ROLE = "arn:aws:iam::123456789012:role/Audit_CrossAccountRole"
ALICE = "arn:aws:iam::999988887777:user/Alice"
FINDING = "a5018210-97c4-46c4-9456-0295898377b6"


@pytest.fixture
def world(accounts):
    """The published scenario: the role, its finding, and a topic that somebody reads."""
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


def assert_blocked(policy):
    """The Allow as it was, and one proven Deny of ours after it."""
    allow, deny = policy["Statement"]
    assert list(policy) == ["Version", "Statement"]
    assert allow == {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole", "Condition": {}}
    assert deny["Sid"] == SID
    assert deny["Effect"] == "Deny"
    assert deny["Principal"] == {"AWS": "*"}
    assert deny["Action"] in ("sts:AssumeRole", ["sts:AssumeRole"])
    assert deny["Condition"]["ArnEquals"] == {"aws:PrincipalArn": ALICE}


def assert_true_message(message):
    """The mail says what was done, to which role, against whom, and how to take it back."""
    text = message["Message"]
    for part in (FINDING, ROLE, ALICE, "123456789012", "999988887777", "sts:AssumeRole"):
        assert part in text, f"{part} is missing from:\n{text}"
    subject = message["Subject"]
    assert 0 < len(subject) <= 99 and all(" " <= character <= "~" for character in subject)
    attributes = {name: value["Value"] for name, value in message["MessageAttributes"].items()}
    assert attributes["status"] == "RESOLVED"
    assert attributes["resourceType"] == "AWS::IAM::Role"
    assert attributes["accountId"] == "123456789012"
    assert attributes["severity"]


def rollback_command(text):
    """The undo command of a message, as a shell would split it."""
    line = next(line for line in text.splitlines() if "gatehouse rollback" in line)
    return shlex.split(line[line.index("gatehouse rollback") :])


def test_resolve_then_notify(world, emulated):
    resolve = emulated("resolve", GATEHOUSE_MODE="enforce")
    answer = resolve.invoke(published_bytes())
    case = json.loads(answer)
    assert case["outcome"]["status"] == "RESOLVED"
    assert case["outcome"]["mode"] == "enforce"
    assert case["decision"]["action"] == "RESOLVE"
    assert case["finding"]["resource"] == ROLE
    assert case["finding"]["principal"] == {"AWS": ALICE}
    assert_blocked(world.trust("Audit_CrossAccountRole"))
    (change,) = case["outcome"]["changes"]
    assert change["resource"] == ROLE
    assert change["operation"] == "iam:UpdateAssumeRolePolicy"
    assert change["after"] == world.trust("Audit_CrossAccountRole")
    assert len(change["before"]["Statement"]) == 1
    assert world.messages() == []

    notify = emulated("notify", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    told = json.loads(notify.invoke(answer))
    (message,) = world.messages()
    assert told["notification"]["messageId"] == message["MessageId"]
    assert told["notification"]["topicArn"] == world.topic_arn
    assert told["outcome"] == case["outcome"]
    assert_true_message(message)
    assert rollback_command(message["Message"])[2] == FINDING
    assert shlex.split(case["outcome"]["rollback"]["command"])[:3] == ["gatehouse", "rollback", FINDING]


def test_respond_does_it_all(world, emulated):
    respond = emulated("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    case = json.loads(respond.invoke(published_bytes()))
    assert case["outcome"]["status"] == "RESOLVED"
    assert_blocked(world.trust("Audit_CrossAccountRole"))
    (message,) = world.messages()
    assert case["notification"]["messageId"] == message["MessageId"]
    assert_true_message(message)


def test_published_file_keeps_its_odd_spaces():
    text = published_bytes()
    assert b"us-east-1: 123456789012:analyzer" in text
    assert b"role/ Audit_CrossAccountRole" in text
    assert b"aws:arn:iam::999988887777:user/Alice" in text
