"""For every type, the commands of the message typed into a shell as they stand: each undoes what was done, and keeps
what somebody else did meanwhile. With the published AWS CLI and jq, as in CloudShell."""

import json
import os
import subprocess
from dataclasses import replace

import pytest

from support.account import MEMBER, REGION
from support.kinds import OUTSIDER, PARTNER, named
from support.prepare import tool
from support.ways import (
    ACL,
    ACLS,
    BUCKET_KIND,
    GUEST,
    LAYER,
    NO_POLICY,
    OF_LAYER,
    OWNER,
    WAYS,
    Blocked,
    permission,
    policy,
    root,
    user,
    way,
)

FOR_A_SHELL = 'o\'ur "$(touch pwned)" `touch pwned` \\ ü'
# Lambda's get-resource-policy and put-resource-policy of whole documents are not in the published AWS CLI yet.
NOT_PUBLISHED = ("function",)
# One of each form of command; a start of the AWS CLI takes about a second.
QUICK = ("bucket", "queue", "volume-snapshot", "policy-and-acl", "block", "layer")
PUBLISHED = [way for way in WAYS if way.name not in NOT_PUBLISHED]


class Shell:
    """bash as a person with rights on the account has it in CloudShell."""

    def __init__(self, accounts, binary, folder):
        self.work, self.tools, self.home = folder / "work", folder / "tools", folder / "home"
        for made in (self.work, self.tools, self.home):
            made.mkdir()
        # Version 1 takes old names of SQS and RDS before AWS_ENDPOINT_URL; version 2, CloudShell's, does not.
        self.write("aws", f'#!/bin/sh\nexec "{tool("awscli")}/aws" --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n')
        if (binary.parent / "gatehouse").exists():
            (self.tools / "gatehouse").symlink_to(binary.parent / "gatehouse")
        key, secret = accounts.aws.administrator(MEMBER)
        self.environment = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": accounts.aws.url,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            # Where it is given an endpoint, the AWS CLI begins a session even for a directory bucket's policy; without
            # one it sends what this lets it send.
            "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": "true",
        }

    def write(self, program, text):
        (self.tools / program).write_text(text)
        (self.tools / program).chmod(0o755)

    @property
    def has_gatehouse(self):
        return (self.tools / "gatehouse").exists()

    def run(self, line):
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def __call__(self, line):
        done = self.run(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert list(self.work.iterdir()) == [], f"the line did something of its own: {line}"
        return done


@pytest.fixture
def shell(accounts, binary, tmp_path, jq):
    return Shell(accounts, binary, tmp_path)


@pytest.fixture
def blocked(accounts, function):
    """A way whose access was just blocked, and the message's text."""

    def make(way):
        place = Blocked(way, accounts, function)
        return place, place.block()

    return make


def by_hand(text):
    """The command for the AWS CLI; None where the message has none."""
    lines = text.splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith("Or with the AWS CLI alone")]
    return lines[headings[0] + 1] if headings else None


def in_order(way, access):
    """The same where what is added again comes last, wherever it was before: grants, and single statements."""
    if "acl" in access:
        access = {**access, "acl": {**access["acl"], "Grants": sorted(access["acl"]["Grants"], key=str)}}
    if not way.takes_statements or access["policy"] is None:
        return access
    statements = sorted(access["policy"]["Statement"], key=lambda statement: statement["Sid"])
    return {**access, "policy": {**access["policy"], "Statement": statements}}


def by_name(ways, quick=()):
    marked = [pytest.param(way, marks=[] if way.name in quick else pytest.mark.long) for way in ways]
    return pytest.mark.parametrize("way", marked, ids=lambda way: way.name)


@by_name(PUBLISHED, QUICK)
def test_by_the_aws_command_line(blocked, shell, way):
    place, text = blocked(way)
    shell(by_hand(text))
    assert in_order(way, place.held.access) == in_order(way, place.before)


@by_name(WAYS, [way.name for way in WAYS])
def test_by_gatehouse(blocked, shell, way):
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    place, text = blocked(way)
    (line,) = [line for line in text.splitlines() if line.startswith("gatehouse rollback")]
    shell(f"{line} --yes")
    assert in_order(way, place.held.access) == in_order(way, place.before)


@by_name([way for way in WAYS if way.name in NOT_PUBLISHED], NOT_PUBLISHED)
def test_a_command_that_is_not_published_yet_is_one_for_a_shell(blocked, shell, way):
    """Only that: nothing can run it."""
    _, text = blocked(way)
    line = by_hand(text)
    assert "aws lambda put-resource-policy --resource-arn " in line
    assert subprocess.run(["bash", "-n", "-c", line], capture_output=True, timeout=60).returncode == 0


# Names as hostile as the services permit, and all that an ACL may hold.
QUEUE, SECRET, TOPIC = named("queue"), named("secret"), named("topic")
HOSTILE = [
    way("bucket").named("bucket", "arn:aws:s3:::0.re-ports.null"),
    way("queue").named("queue", QUEUE.arn.replace("orders", "--or_ders-.fifo")),
    way("topic").named("topic", TOPIC.arn.replace("news", "--ne_ws-")),
    way("key").named("key", named("key").arn.replace("11112222-3333-4444-5555-666677778888", "mrk-" + "a" * 32)),
    way("secret").named("secret", SECRET.arn.replace("login-", "/_+=.@!-/--query-")),
    way("repository").named("repository", named("repository").arn.replace("team/app", "0/a_b.c-d/null")),
    way("table").named("table", named("table").arn.replace("Orders", "-._Orders")),
    replace(
        ACLS[0],
        name="acl",
        resource={
            "acl": {
                "Owner": {"ID": OWNER, "DisplayName": FOR_A_SHELL},
                "Grants": [*ACL["Grants"], user(GUEST, "WRITE", DisplayName=FOR_A_SHELL)],
            }
        },
    ),
    replace(
        way("layer"),
        name="layer",
        resource={
            "policy": policy(
                permission(LAYER, "other", root(PARTNER), OF_LAYER),
                permission(LAYER, "--region", root(OUTSIDER), OF_LAYER),
            )
        },
    ),
]


@by_name(HOSTILE, ("acl", "layer"))
def test_names_that_a_shell_could_misread(blocked, shell, way):
    place, text = blocked(way)
    shell(by_hand(text))
    assert in_order(way, place.held.access) == in_order(way, place.before)


@by_name([way("bucket"), way("queue"), way("repository")], ("bucket",))
def test_a_document_that_a_shell_could_misread(blocked, shell, way):
    statement = way.kind.allow(root(PARTNER), Sid="Partner", Condition={"StringEquals": {"aws:UserAgent": FOR_A_SHELL}})
    document = way.kind.letting_in(OUTSIDER)
    document["Statement"].append(statement)
    place, text = blocked(replace(way, resource={"policy": json.dumps(document, indent=2)}))
    shell(by_hand(text))
    assert in_order(way, place.held.access) == in_order(way, place.before)


# What somebody else does between the change and the command


@by_name([way for way in PUBLISHED if "policy" in way.resource and way.means is None], ("bucket", "layer"))
def test_a_statement_that_somebody_added_meanwhile_stays(blocked, shell, way):
    place, text = blocked(way)
    before = place.before["policy"]
    new = {**before["Statement"][0], "Sid": "New"}
    statements = (place.held.access["policy"] or policy())["Statement"]
    place.held.policy = json.dumps({**before, "Statement": [new, *statements]})
    shell(by_hand(text))
    expected = {"policy": {**before, "Statement": [new, *before["Statement"]]}}
    assert in_order(way, place.held.access)["policy"] == in_order(way, expected)["policy"]


@by_name([way for way in PUBLISHED if way.is_shared], ("volume-snapshot",))
def test_an_account_that_somebody_added_meanwhile_stays(blocked, shell, way):
    place, text = blocked(way)
    place.held.shared_with = [*place.held.shared_with, "222233334444"]
    shell(by_hand(text))
    assert place.held.access["sharedWith"] == sorted([*place.before["sharedWith"], "222233334444"])


def test_a_grant_that_somebody_added_meanwhile_stays(blocked, shell, accounts):
    place, text = blocked(ACLS[0])
    new = user("b" * 64, "READ")
    now = place.held.access["acl"]
    accounts.client("s3").put_bucket_acl(Bucket="reports", AccessControlPolicy={**now, "Grants": [*now["Grants"], new]})
    shell(by_hand(text))
    assert new in place.held.access["acl"]["Grants"]


def test_a_statement_that_somebody_added_to_a_policy_of_ours_stays(blocked, shell):
    place, text = blocked(NO_POLICY)
    document = json.loads(place.held.policy)
    document["Statement"].append(BUCKET_KIND.allow(root(MEMBER), Sid="New"))
    place.held.policy = json.dumps(document)
    shell(by_hand(text))
    assert [statement["Sid"] for statement in place.held.access["policy"]["Statement"]] == ["New"]


# A read that fails

READS_FAIL = """#!/bin/sh
case "$2" in get-* | describe-*) echo "An error occurred (AccessDenied)" >&2; exit 254 ;; esac
exec "{aws}/aws" --endpoint-url "$AWS_ENDPOINT_URL" "$@"
"""
READING = [way for way in PUBLISHED if "policy" in way.resource and way.means is None and not way.takes_statements]


@by_name(READING, ("bucket", "queue"))
def test_a_read_that_fails_changes_nothing(blocked, shell, way):
    place, text = blocked(way)
    after = place.held.access
    shell.write("aws", READS_FAIL.format(aws=tool("awscli")))
    assert shell.run(by_hand(text)).returncode != 0
    assert place.held.access == after


READS_FAIL_ALONE = """#!/bin/sh
case "$2" in get-* | describe-*) exit 254 ;; esac
echo "$*" >> ../written
"""


@by_name([way("bucket"), way("topic"), way("repository"), way("table")], ("topic",))
def test_a_read_that_fails_sends_no_write(blocked, shell, way, tmp_path):
    """Of these the AWS CLI itself takes an empty document."""
    _, text = blocked(way)
    shell.write("aws", READS_FAIL_ALONE)
    shell.run(by_hand(text))
    assert not (tmp_path / "written").exists()


# Much to put back

# As much as S3 and Lambda take: a hundred grants, and 20 KiB of statements.
MANY_GRANTS = [user(f"{number:064x}", "READ") for number in range(16, 110)]
LONG = [
    replace(ACLS[0], name="acl", resource={"acl": {**ACL, "Grants": [*ACL["Grants"], *MANY_GRANTS]}}),
    replace(
        way("layer"),
        name="layer",
        resource={
            "policy": policy(
                *(permission(LAYER, f"other-{number}", root(PARTNER), OF_LAYER) for number in range(100)),
                permission(LAYER, "outsider", root(OUTSIDER), OF_LAYER),
            )
        },
    ),
]


@by_name(LONG, ("acl", "layer"))
def test_a_long_case_is_undone_by_gatehouse(blocked, shell, way):
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    place, text = blocked(way)
    (line,) = [line for line in text.splitlines() if line.startswith("gatehouse rollback")]
    shell(f"{line} --yes")
    assert in_order(way, place.held.access) == in_order(way, place.before)


@by_name(LONG, ("acl", "layer"))
def test_a_long_case_is_undone_by_the_aws_command_line(blocked, shell, way):
    place, text = blocked(way)
    shell(by_hand(text))
    assert in_order(way, place.held.access) == in_order(way, place.before)


def test_a_change_that_cannot_be_shown_has_no_other_command(blocked):
    """The name turns what follows it around, so a message must not show it, nor a command for the policy instead."""
    grants = [*ACL["Grants"], user(GUEST, "WRITE", DisplayName="name\u202etxt")]
    _, text = blocked(replace(ACLS[1], resource={"acl": {**ACL, "Grants": grants}}))
    assert by_hand(text) is None
    assert "gatehouse rollback" in text
