"""How single operations are authorised, on which the templates' permissions rely."""

from ..account import is_refusal, said
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import make_function, make_key, make_topic
from ..sessions import SESSION_CALLS, Answers, allow, make_actor, session_of


def no_session(at, suffix, refused):
    at.judge(suffix, UNKNOWN, f"the caller cannot assume a role of the account: {said(refused)}")


def via_sns(at):
    """A publisher who may use the key through SNS alone."""
    account, answers = at.account, Answers(at)
    key = make_key(at, "key-topic")
    topic = make_topic(at, "encrypted")
    at.call("sns:SetTopicAttributes", TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)
    via = {"StringEquals": {"kms:ViaService": f"sns.{account.region}.amazonaws.com"}}
    may_use = allow(["kms:GenerateDataKey", "kms:Decrypt"], key, **via)
    actor = make_actor(at, "publisher", [allow("sns:Publish", topic), may_use])
    session, refused = session_of(at, actor)
    if session is None:
        return no_session(at, "sns", refused)

    def publish():
        return at.attempt("sns:Publish", session=session, TopicArn=topic, Message="nothing")

    def directly():
        return at.attempt("kms:GenerateDataKey", session=session, KeyId=key, KeySpec="AES_256")

    is_direct, said_of_direct = answers.is_allowed(directly, 2)
    if is_direct:
        return at.judge("sns", UNKNOWN, "the key can be used without SNS as well: the condition was not asked")
    refusals = []

    def is_taken():
        told, refused = publish()
        refusals.append(refused)
        return told is not None

    is_published = at.look(is_taken, 8)
    why = "published" if is_published else said(refusals[-1])
    return at.judge("sns", CONFIRMED if is_published else CONTRADICTED, f"through SNS: {why}; directly: {said_of_direct}")


def list_tags(at):
    arn = make_function(at)
    _, refused = at.attempt("lambda:ListTags", Resource=arn)
    at.judge("unqualified", CONTRADICTED if refused else CONFIRMED, said(refused) if refused else "answered")


def snapshot(at):
    """Of a snapshot that is not there: who is not authorised is told that, who is learns that there is none."""
    account, answers = at.account, Answers(at)
    name = f"{account.prefix}snapshot"
    arn = f"arn:{account.partition}:rds:{account.region}:{account.id}:snapshot:{name}"
    actor = make_actor(at, "snapshots", [allow("rds:DescribeDBSnapshots", arn)])
    session, refused = session_of(at, actor)
    if session is None:
        return no_session(at, "snapshot", refused)

    def describe(identifier):
        told, refused = at.attempt("rds:DescribeDBSnapshots", session=session, DBSnapshotIdentifier=identifier)
        if refused is not None and not is_refusal(refused):
            return "authorised", None
        return told, refused

    is_named, said_of_it = answers.is_allowed(lambda: describe(name))
    is_other, said_of_other = answers.is_allowed(lambda: describe(f"{name}-other"), 2)
    if is_named == is_other and is_named:
        return at.judge("snapshot", UNKNOWN, "another snapshot is described as well: permissions are not looked at")
    why = f"the snapshot that is permitted: {said_of_it}; another: {said_of_other}"
    return at.judge("snapshot", CONFIRMED if is_named else CONTRADICTED, why)


CHECKS = [
    Check(
        "kms-via",
        [Fact("kms-via.sns", "kms:ViaService is present when SNS encrypts for a publisher.",
              "README; UrgentTopicKeyArn and the topic's key in the templates", "no message is sent, with an alarm")],
        ["a KMS key, an SNS topic that is encrypted with it, an IAM role that may publish to it"],
        [*SESSION_CALLS, "kms:CreateKey", "kms:GenerateDataKey", "sns:CreateTopic", "sns:SetTopicAttributes", "sns:Publish"],
        via_sns,
        ["key", "topic", "role"],
        minutes=5,
        cost="$0.04 for the hour, then pending deletion, which is free",
    ),
    Check(
        "lambda-tags",
        [Fact("lambda-tags.unqualified", "lambda:ListTags takes the unqualified ARN of a function.",
              "README; tags are read before a function's policy is changed", "tags count as unreadable: EXEMPT")],
        ["a Lambda function, never called, and its role without permissions"],
        ["iam:CreateRole", "lambda:CreateFunction", "lambda:GetFunction", "lambda:ListTags"],
        list_tags,
        ["function", "role"],
    ),
    Check(
        "rds-authorisation",
        [Fact("rds-authorisation.snapshot",
              "rds:DescribeDBSnapshots is authorised against the snapshot's ARN alone when one is named.",
              "README; the permissions to look a snapshot up", "the look-up is unavailable and told as such")],
        ["an IAM role that may describe one snapshot, which is not there"],
        [*SESSION_CALLS, "rds:DescribeDBSnapshots"],
        snapshot,
        ["role"],
    ),
]  # fmt: skip
