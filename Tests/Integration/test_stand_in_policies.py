"""The stand-in's policies of resources: kept to the byte, and refused as their services refuse them."""

import json
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from support.kinds import BY_POLICY, OUTSIDER, STREAM, named

# Changes of a statement that no service takes.
WRONG = {
    "unknown-element": {"Resources": "*"},
    "no-effect": {"Effect": "Permit"},
    "no-action": {"Action": []},
    "foreign-action": {"Action": "iam:GetRole"},
    "both-actions": {"NotAction": "x:y"},
    "both-principals": {"NotPrincipal": "*"},
    "dead-principal": {"Principal": {"AWS": "AIDAJQABLZS4A3QDU576Q"}},
    "federated": {"Principal": {"Federated": "accounts.google.com"}},
    "no-principal": {"Principal": None},
    "condition-is-a-list": {"Condition": []},
    "foreign-resource": {"Resource": "arn:aws:s3:::somebody-elses"},
}
LONGEST = {"queue": 8192, "topic": 30_720, "key": 32_768, "repository": 10_240, "file-system": 20_000}


@pytest.fixture(params=BY_POLICY, ids=lambda kind: kind.name)
def kind(request):
    return request.param


class Writer:
    """Writes a kind's policy through its service's own interface."""

    def __init__(self, kind, accounts):
        self.kind, self.held = kind, kind.make(accounts, kind.letting_in(OUTSIDER))
        self.client = accounts.client(kind.client)

    def __call__(self, policy):
        self.kind.write(self.client, policy if isinstance(policy, str) else json.dumps(policy))

    def code(self, policy):
        """The code of the refusal; nothing was written."""
        before = self.held.policy
        with pytest.raises((ClientError, HTTPError)) as caught:
            self(policy)
        assert self.held.policy == before
        error = caught.value
        return error.headers["x-amzn-ErrorType"] if isinstance(error, HTTPError) else error.response["Error"]["Code"]


@pytest.fixture
def write(kind, accounts):
    return Writer(kind, accounts)


def test_a_policy_is_kept_to_the_byte(kind, write):
    text = json.dumps(kind.document(Id="o'ur \u00e4"), indent=3, ensure_ascii=False)
    write(text)
    assert write.held.policy == text


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_statement_that_no_service_takes(kind, write, change):
    assert write.code(kind.document(kind.allow("*", **change))) == kind.malformed


@pytest.mark.parametrize(
    "text",
    ["{", '{"Version":"2012-10-17","Statement":[]}', '{"Statement":["x"]}', '{"Version":"2012-10-17"}', "[]"],
)
def test_a_text_that_is_no_policy(kind, write, text):
    assert write.code(text) == kind.malformed


def test_a_key_that_comes_twice(kind, write):
    text = json.dumps(kind.document()).replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    assert write.code(text) == kind.malformed


def test_two_statements_of_one_sid(kind, write):
    policy = kind.document(kind.allow("*", Sid="Own"))
    if kind.name == "repository":
        write(policy)
    else:
        assert write.code(policy) == kind.malformed


def test_a_policy_that_is_too_long(kind, write):
    longest = LONGEST.get(kind.name, 20_480)
    codes = {"key": "LimitExceededException", "function": "PolicyLengthExceededException"}
    empty = len(json.dumps(kind.document(Id=""), separators=(",", ":")))
    # White space counts where the service says so, and nowhere else.
    write(json.dumps(kind.document(Id="x" * (longest - empty)), separators=(",", ":")))
    assert write.code(kind.document(Id="x" * (longest - empty + 1))) == codes.get(kind.name, kind.malformed)


def test_a_queue_takes_seven_actions_and_twenty_statements(accounts):
    kind = named("queue")
    write = Writer(kind, accounts)
    actions = [f"sqs:Action{number}" for number in range(8)]
    write(kind.document(kind.allow("*", Action=actions[:7])))
    assert write.code(kind.document(kind.allow("*", Action=actions))) == kind.malformed
    write(kind.document(*[kind.allow("*", Action="sqs:SendMessage")] * 19))
    assert write.code(kind.document(*[kind.allow("*", Action="sqs:SendMessage")] * 20)) == kind.malformed


def test_a_topic_takes_its_own_arn_and_its_own_actions_alone(accounts):
    kind = named("topic")
    write = Writer(kind, accounts)
    assert write.code(kind.document(kind.allow("*", Resource="*"))) == kind.malformed
    assert write.code(kind.document(kind.allow("*", Action="sns:*"))) == kind.malformed


def test_a_bucket_takes_actions_that_fit_its_resources_alone(accounts):
    kind = named("bucket")
    write = Writer(kind, accounts)
    assert write.code(kind.document(kind.allow("*", Action="s3:GetObject", Resource=kind.arn))) == kind.malformed
    assert write.code(kind.document(kind.allow("*", Action="s3:ListBucket", Resource=f"{kind.arn}/*"))) == kind.malformed


def test_a_bucket_that_blocks_public_policies(accounts):
    kind = named("bucket")
    write = Writer(kind, accounts)
    write.client.put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    assert write.code(kind.document(kind.allow("*"))) == "AccessDenied"
    write(kind.document(kind.allow({"AWS": f"arn:aws:iam::{OUTSIDER}:root"})))


def test_a_key_is_not_locked_up(accounts):
    kind = named("key")
    write = Writer(kind, accounts)
    assert write.code(kind.document(kind.allow("*", Effect="Deny", Action="kms:*"))) == kind.malformed


def test_a_repository_takes_no_resource(accounts):
    kind = named("repository")
    assert Writer(kind, accounts).code(kind.document(kind.allow("*", Resource="*"))) == kind.malformed


def test_a_revision_that_is_not_the_current_one(accounts):
    kind = named("stream")
    write = Writer(kind, accounts)
    text = json.dumps(kind.document())
    revision = write.client.get_resource_policy(ResourceArn=STREAM)["RevisionId"]
    write.client.put_resource_policy(ResourceArn=STREAM, Policy=text, ExpectedRevisionId=revision)
    with pytest.raises(ClientError) as caught:
        write.client.put_resource_policy(ResourceArn=STREAM, Policy=text, ExpectedRevisionId=revision)
    assert caught.value.response["Error"]["Code"] == "PolicyNotFoundException"
