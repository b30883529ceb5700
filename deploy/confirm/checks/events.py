"""Access Analyzer's events as EventBridge hands them on."""

import json

from ..account import TAG
from ..analyzer import ANALYZER_CALLS, analyzer_of
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import arn_of, make_role, name_of, text, trust_of

# What gatehouse reads of an event, and refuses the event without; `error` findings have no principal.
MEMBERS = ("id", "status", "resourceType", "resource", "accountId", "region", "principal", "action", "isPublic", "isDeleted")
EXTERNAL = "Access Analyzer Finding"


def run(at):
    """A rule that hands the analyzer's events to a queue, and a role that lets the outsider in."""
    name = name_of(at, at.check.name)
    at.make("queue", name, "sqs:CreateQueue", QueueName=name, tags={TAG: at.account.run})
    url = at.call("sqs:GetQueueUrl", QueueName=name)["QueueUrl"]
    queue = arn_of(at, "sqs", name)
    rule = arn_of(at, "events", f"rule/{name}")
    sender = {"Sid": "Rule", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    sender |= {"Action": "sqs:SendMessage", "Resource": queue, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}
    at.call("sqs:SetQueueAttributes", QueueUrl=url, Attributes={"Policy": text({"Version": "2012-10-17", "Statement": [sender]})})
    pattern = {"source": ["aws.access-analyzer"], "detail-type": [EXTERNAL]}
    at.make("rule", name, "events:PutRule", Name=name, EventPattern=json.dumps(pattern), Tags=at.account.tags())
    at.call("events:PutTargets", Rule=name, Targets=[{"Id": "queue", "Arn": queue}])
    analyzer = analyzer_of(at)
    role = make_role(at, "reported", trust_of({"AWS": at.account.root(at.account.outsider)}))
    at.call(
        "accessanalyzer:StartResourceScan", analyzerArn=analyzer, resourceArn=role, resourceOwnerAccount=at.account.id
    )  # fmt: skip

    def received():
        told = at.call("sqs:ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)
        found = [json.loads(message["Body"]) for message in told.get("Messages", [])]
        return next((event for event in found if event["detail"].get("resource") == role), None)

    event = at.look(received, max(3, int(40 * 60 / max(at.account.pace, 10))))
    if event is None:
        at.judge("shape", UNKNOWN, "no event of our role came within 40 minutes: give --outsider an account of yours")
        return
    missing = [each for each in MEMBERS if each not in event["detail"]]
    why = f"without {', '.join(missing)}" if missing else "an event of a new finding holds them all"
    at.judge("shape", CONTRADICTED if missing else CONFIRMED, why)


CHECKS = [
    Check(
        "events",
        [Fact("events.shape", f"An event of a finding holds {', '.join(MEMBERS)}.",
              "README: every event holds isDeleted; Sources/Findings", "Function.InvalidEvent, with an alarm")],
        ["an EventBridge rule and a queue behind it", "an IAM role without permissions that lets the outsider in",
         "an analyzer of the account, where there is none"],
        ["sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:SetQueueAttributes", "sqs:ReceiveMessage", "events:PutRule",
         "events:PutTargets", "iam:CreateRole", *ANALYZER_CALLS, "accessanalyzer:StartResourceScan"],
        run,
        ["rule", "queue", "role", "analyzer"],
        minutes=60,
    ),
]  # fmt: skip
