"""What goes to other programs, and what CloudTrail tells: the event bus, chats, and who opened an access."""

import json
import time

import pytest

from support import faults, trail
from support.account import MEMBER, OWN, trust_in
from support.events import published, published_bytes
from support.fixture import Fixture
from support.granted import actions
from support.http import Answer

ALICE = "arn:aws:iam::999988887777:user/Alice"
ROLE = "arn:aws:iam::123456789012:role/Audit_CrossAccountRole"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/security"
SETTINGS = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off"}


@pytest.fixture
def world(accounts):
    """The published scenario, and a queue behind the topic."""
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


def queue(accounts, name):
    sqs = accounts.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return arn, lambda: [json.loads(each["Body"]) for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])]


@pytest.fixture
def bus(world):
    """The bus, whose rule for what was not done or failed, and for what was blocked, puts events into a queue."""
    events = world.client("events")
    events.create_event_bus(Name="security")
    arn, received = queue(world, "outcomes")
    pattern = {"source": ["gatehouse"], "detail-type": ["Gatehouse Outcome"], "detail": {"outcome": {"status": ["RESOLVED"]}}}
    events.put_rule(Name="blocked", EventBusName="security", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="blocked", EventBusName="security", Targets=[{"Id": "queue", "Arn": arn}])
    return received


def changed_trust(at="2020-05-13T03:00:00Z", who="arn:aws:sts::123456789012:assumed-role/Deploy/alice"):
    document = json.dumps(trust_in(ALICE))
    record = {
        "eventName": "UpdateAssumeRolePolicy",
        "eventSource": "iam.amazonaws.com",
        "eventTime": at,
        "awsRegion": "us-east-1",
        "recipientAccountId": MEMBER,
        "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-cli/2.15.0",
        "userIdentity": {"type": "AssumedRole", "arn": who},
        "requestParameters": {"roleName": "Audit_CrossAccountRole", "policyDocument": document},
    }
    trail.add(record, ["Audit_CrossAccountRole"])


def respond(function, world, **more):
    running = function("respond", own=MEMBER, GATEHOUSE_TOPIC_ARN=world.topic_arn, **{**SETTINGS, **more})
    return running.invoke(published_bytes())


def test_a_rule_on_the_bus_gets_what_was_done(world, bus, function):
    assert respond(function, world, GATEHOUSE_EVENT_BUS=BUS).json["outcome"]["status"] == "RESOLVED"
    (event,) = bus()
    assert (event["source"], event["detail-type"], event["resources"]) == ("gatehouse", "Gatehouse Outcome", [ROLE])
    assert event["detail"]["finding"]["id"] == published()["detail"]["id"]
    assert event["detail"]["outcome"]["changes"] == [{"resource": ROLE, "operation": "iam:UpdateAssumeRolePolicy"}]
    assert "Statement" not in json.dumps(event["detail"])
    assert len(world.messages()) == 1


def test_a_bus_that_is_not_there_keeps_nobody_waiting(world, function):
    """EventBridge takes the event and drops it."""
    assert respond(function, world, GATEHOUSE_EVENT_BUS="nowhere").kind == "response"
    assert len(world.messages()) == 1


def not_taken(code):
    """An answer of 200 that the event was not taken."""

    def fault(exchange):
        body = json.dumps({"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "by the test"}]})
        exchange.reply(Answer(200, [("Content-Type", "application/x-amz-json-1.1")], body.encode()))

    return fault


def test_an_event_that_was_not_taken_is_put_again(aws, world, bus, function):
    aws.fail("events", "PutEvents", not_taken("ThrottlingException"))
    assert respond(function, world, GATEHOUSE_EVENT_BUS=BUS).json["outcome"]["status"] == "RESOLVED"
    assert len(world.messages()) == 1
    assert [event["detail"]["outcome"]["status"] for event in bus()] == ["RESOLVED"]


def test_a_bus_that_stays_throttled_keeps_nobody_waiting(aws, world, bus, function):
    aws.fail("events", "PutEvents", *[not_taken("ThrottlingException")] * 3)
    assert respond(function, world, GATEHOUSE_EVENT_BUS=BUS).kind == "response"
    assert len(world.messages()) == 1 and bus() == []


@pytest.mark.parametrize("fault", [not_taken("NotAuthorizedForSourceException"), faults.access_denied], ids=["entry", "call"])
def test_what_no_retry_mends_keeps_nobody_from_being_told(aws, world, bus, function, fault):
    aws.fail("events", "PutEvents", fault)
    assert respond(function, world, GATEHOUSE_EVENT_BUS=BUS).kind == "response"
    assert len(world.messages()) == 1 and bus() == []


def test_the_chat_gets_a_notification(world, function):
    topic = world.client("sns").create_topic(Name="chat")["TopicArn"]
    arn, received = queue(world, "chat")
    world.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    respond(function, world, GATEHOUSE_CHAT_TOPIC_ARN=topic)
    (sent,) = received()
    form = json.loads(sent["Message"])
    assert (form["version"], form["source"], form["content"]["textType"]) == ("1.0", "custom", "client-markdown")
    assert ALICE in form["content"]["description"] and len(form["content"]["description"]) <= 8000
    assert form["metadata"]["threadId"] == published()["detail"]["id"]
    (mail,) = world.messages()
    assert form["content"]["title"].strip("`") == mail["Subject"]


def test_the_message_says_who_opened_the_access(world, function):
    changed_trust()
    changed_trust(at="2020-05-14T00:00:00Z", who="arn:aws:iam::123456789012:user/later")
    case = respond(function, world, GATEHOUSE_WHO_DID_IT="on").json
    assert case["context"]["openedBy"]["who"] == "arn:aws:sts::123456789012:assumed-role/Deploy/alice"
    (message,) = world.messages()
    assert "Last changed before the finding by (CloudTrail): arn:aws:sts::123456789012:assumed-role/Deploy/alice, UpdateAssumeRolePolicy on " in message["Message"]


def test_it_is_off_until_it_is_switched_on(aws, world, function):
    changed_trust()
    assert "openedBy" not in respond(function, world).json["context"]
    assert "cloudtrail:LookupEvents" not in aws.names()


@pytest.mark.parametrize(
    "fault", [faults.throttled, faults.server_error, faults.access_denied, faults.closed_unexecuted], ids=lambda fault: fault.__name__
)
def test_a_trail_that_does_not_tell_changes_nothing(aws, world, function, fault):
    aws.fail("cloudtrail", "LookupEvents", *[fault] * 10)
    started = time.monotonic()
    case = respond(function, world, GATEHOUSE_WHO_DID_IT="on").json
    assert case["outcome"]["status"] == "RESOLVED"
    assert case["context"]["openedBy"]["why"].startswith("CloudTrail did not tell: ")
    assert "unavailable" not in case["context"]
    assert time.monotonic() - started < 20
    (message,) = world.messages()
    assert "Who changed it last is not known. CloudTrail did not tell: " in message["Message"]


def test_another_accounts_trail_is_asked_with_the_member_role(aws, accounts, function):
    """In the queue's own region, by the role that reads; in our account there is nothing to find."""
    fixture = Fixture("enrich-throttled")
    fixture.load(aws)
    resource = fixture.account["findings"][0]["resource"]
    region, name = resource.split(":")[3], resource.split(":")[5]
    url = f"https://sqs.{region}.amazonaws.com/{MEMBER}/{name}"
    record = {
        "eventName": "SetQueueAttributes",
        "eventSource": "sqs.amazonaws.com",
        "eventTime": "2020-01-01T00:00:00Z",
        "awsRegion": region,
        "recipientAccountId": MEMBER,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{MEMBER}:user/deployer"},
        "requestParameters": {"queueUrl": url},
    }
    trail.add(record, [url])
    accounts.role("GatehouseMember", trust_in(f"arn:aws:iam::{OWN}:root"))
    allowed = {"Effect": "Allow", "Action": actions("enrich"), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    accounts.client("iam").put_role_policy(RoleName="GatehouseMember", PolicyName="read", PolicyDocument=document)
    settings = {"GATEHOUSE_MEMBER_ROLE": "GatehouseMember", "GATEHOUSE_WHO_DID_IT": "on"}
    case = function("enrich", account=OWN, own=OWN, **settings).invoke(fixture.event).json
    assert case["context"]["openedBy"]["who"] == f"arn:aws:iam::{MEMBER}:user/deployer"
    asked = {(call.account, call.region) for call in aws.calls if call.service == "cloudtrail"}
    assert asked == {(MEMBER, region)}
