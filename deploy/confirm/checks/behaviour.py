"""What our Denies do to AWS services and to callers who come unsigned."""

import json

from ..account import said
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import create_function, kind, make_queue, make_role, make_topic, name_of, queue_url, text, trust_of, write_queue, write_topic

LAMBDA = {"Service": "lambda.amazonaws.com"}


def our_public_deny(at, name, arn, policy=None):
    """The Deny that gatehouse makes against everybody, made for a policy on paper; raises where it makes none."""
    type_ = kind(name)
    document = policy or type_.policy(at.account, arn)
    document["Statement"].append(type_.statement(arn, "Everybody", {"AWS": "*"}))
    denies, why = at.program.denies(type_, arn, at.account.id, document, {"AWS": "*"})
    if not denies:
        raise RuntimeError(f"gatehouse makes no Deny against everybody here: {why}")
    return denies


def service_role(at):
    """Lambda says when a function is made whether it may assume the role."""
    base = trust_of(LAMBDA)
    arns = {}
    ours = our_public_deny(at, "role", f"arn:{at.account.partition}:iam::{at.account.id}:role/confirm-live")
    everybody = [{"Sid": "Everybody", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]
    for name, denies in {"service-open": [], "service-ours": ours, "service-star": everybody}.items():
        arns[name] = make_role(at, name, {**base, "Statement": base["Statement"] + denies})
    if create_function(at, "service-open", arns["service-open"]) is None:
        for suffix in ("spared", "star-reaches"):
            at.judge(suffix, UNKNOWN, "Lambda cannot assume the role without a Deny either")
        return
    if at.check.wants("spared"):
        made = create_function(at, "service-ours", arns["service-ours"])
        at.judge("spared", CONFIRMED if made else CONTRADICTED, f"Lambda {'can' if made else 'cannot'} assume the role")
    if at.check.wants("star-reaches"):
        made = create_function(at, "service-star", arns["service-star"])
        at.judge("star-reaches", CONTRADICTED if made else CONFIRMED, f"Lambda {'can' if made else 'cannot'} assume the role")


def topic_alarms(at):
    """An alarm's message, without our Deny and with it, counted in a queue behind the topic."""
    queue = make_queue(at)
    url = queue_url(at, queue)
    arrived = {}
    for name in ("alarm-open", "alarm-denied"):
        topic = make_topic(at, name)
        base = json.loads(at.call("sns:GetTopicAttributes", TopicArn=topic)["Attributes"]["Policy"])
        source = {"ArnEquals": {"aws:SourceArn": f"{topic.rsplit(':', 1)[0]}:{at.account.prefix}*"}}
        sender = {"Sid": "Topic", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        sender |= {"Action": "sqs:SendMessage", "Resource": queue, "Condition": {"ArnLike": source["ArnEquals"]}}
        write_queue(at, queue, text({"Version": "2012-10-17", "Statement": [sender]}))
        at.call("sns:Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue)
        if name == "alarm-denied":
            ours = our_public_deny(at, "topic", topic)
            write_topic(at, topic, text({**base, "Statement": base["Statement"] + ours}))
        arrived[name] = publishes(at, topic, url, name)
        if not arrived[name]:
            break
    if not arrived["alarm-open"]:
        at.judge("spared", UNKNOWN, "no message of an alarm came without our Deny either")
        return
    is_spared = arrived.get("alarm-denied", False)
    at.judge("spared", CONFIRMED if is_spared else CONTRADICTED, f"the alarm's message {'came' if is_spared else 'did not come'}")


def publishes(at, topic, url, name):
    alarm = name_of(at, name)
    at.make(
        "alarm", alarm, "cloudwatch:PutMetricAlarm", AlarmName=alarm, Namespace="gatehouse-confirm-live", MetricName="none",
        Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic], Tags=at.account.tags(),
    )  # fmt: skip
    # What is written to the topic and the queue holds within a minute.
    at.wait(60)
    at.call("cloudwatch:SetAlarmState", AlarmName=alarm, StateValue="ALARM", StateReason="deploy/confirm-live")

    def received():
        told = at.call(
            "sqs:ReceiveMessage", QueueUrl=url, WaitTimeSeconds=int(min(5, at.account.pace)), MaxNumberOfMessages=10
        )  # fmt: skip
        # Of both alarms: a message names its own.
        return any(alarm in message["Body"] for message in told.get("Messages", []))

    return bool(at.look(received, 8))


def anonymous(at):
    """Nobody is let in: the refusal says whether a Deny by `aws:PrincipalAccount` or the lack of an Allow was the reason."""
    for suffix in ("queue", "topic"):
        if not at.check.wants(suffix):
            continue
        make, write = (make_queue, write_queue) if suffix == "queue" else (make_topic, write_topic)
        arn = make(at)
        answers = {}
        for value in ("anonymous", "not-anonymous"):
            deny = kind(suffix).statement(arn, "Unsigned", {"AWS": "*"})
            deny |= {"Effect": "Deny", "Condition": {"StringEquals": {"aws:PrincipalAccount": value}}}
            own = kind(suffix).policy(at.account, arn)
            write(at, arn, text({**own, "Statement": [*own["Statement"], deny]}))
            at.wait(60)
            answers[value] = unsigned(at, suffix, arn)
        at.judge(suffix, *verdict_of(answers))


def unsigned(at, suffix, arn):
    if suffix == "queue":
        url = queue_url(at, arn)
        _, refused = at.attempt("sqs:SendMessage", signed=False, QueueUrl=url, MessageBody="nothing")
    else:
        _, refused = at.attempt("sns:Publish", signed=False, TopicArn=arn, Message="nothing")
    return refused


def verdict_of(answers):
    if None in answers.values():
        return UNKNOWN, "an unsigned call was let in although no policy allows it"
    by_value = {value: "explicit deny" in said(refused).lower() for value, refused in answers.items()}
    if by_value == {"anonymous": True, "not-anonymous": False}:
        return CONFIRMED, f"explicit deny: {said(answers['anonymous'])}"
    if not any(by_value.values()):
        return UNKNOWN, f"the refusal does not say why: {said(answers['anonymous'])}"
    return CONTRADICTED, f"a Deny of another account name holds as well: {said(answers['not-anonymous'])}"


CHECKS = [
    Check(
        "service-role",
        [
            Fact("service-role.spared", "Our Deny against everybody in a trust policy spares AWS services.",
                 "README: no AWS service loses anything"),
            Fact("service-role.star-reaches", 'A Deny of {"AWS": "*"} without a condition reaches AWS services.',
                 "README", "it counts as doubtful: our own Deny is added"),
        ],
        ["three IAM roles without permissions, for Lambda", "up to three Lambda functions, never called"],
        ["iam:CreateRole", "lambda:CreateFunction"],
        service_role,
        ["role", "function"],
        programs=["gatehouse invoke resolve (on paper)"],
        minutes=6,
    ),
    Check(
        "topic-alarms",
        [Fact("topic-alarms.spared", "Our Deny against everybody in a topic's policy spares alarms of the account.",
              "the Deny spares AWS:SourceOwner", "alarms would go silent")],
        ["two SNS topics, a queue behind them, two CloudWatch alarms"],
        ["sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:SetQueueAttributes", "sqs:ReceiveMessage", "sns:CreateTopic",
         "sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:Subscribe", "cloudwatch:PutMetricAlarm",
         "cloudwatch:SetAlarmState"],
        topic_alarms,
        ["topic", "queue", "alarm"],
        programs=["gatehouse invoke resolve (on paper)"],
        minutes=6,
    ),
    Check(
        "anonymous",
        [
            Fact("anonymous.queue", "aws:PrincipalAccount of an unsigned caller of a queue is `anonymous`.",
                 "README; the Deny against everybody holds for who comes unsigned", "it holds as well where the key is absent"),
            Fact("anonymous.topic", "aws:PrincipalAccount of an unsigned caller of a topic is `anonymous`.",
                 "README; the Deny against everybody holds for who comes unsigned", "it holds as well where the key is absent"),
        ],
        ["an SQS queue and an SNS topic that let the owner in alone, and are called unsigned"],
        ["sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:SetQueueAttributes", "sqs:SendMessage", "sns:CreateTopic",
         "sns:SetTopicAttributes", "sns:Publish"],
        anonymous,
        ["queue", "topic"],
        minutes=6,
    ),
]  # fmt: skip
