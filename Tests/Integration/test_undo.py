"""The commands a message prints, typed into a shell as they stand: each undoes what was done, and nothing else."""

import os
import subprocess
import sys

import pytest

from support.account import REGION, trust_in
from support.events import changed, published, published_bytes

# The `aws iam` commands of the message, on boto3: the real command line is not needed to see what the shell makes
# of the quoting and what the query leaves.
AWS_COMMAND = """\
import json, os, sys
import boto3, jmespath
words = sys.argv[1:]
assert words[0] == "iam", words
options = dict(zip(words[2::2], words[3::2]))
iam = boto3.client("iam")
if words[1] == "get-role":
    assert options["--output"] == "json"
    print(json.dumps(jmespath.search(options["--query"], iam.get_role(RoleName=options["--role-name"]))))
elif words[1] == "update-assume-role-policy":
    iam.update_assume_role_policy(RoleName=options["--role-name"], PolicyDocument=options["--policy-document"])
else:
    sys.exit(f"not expected: {words}")
"""

ALICE = "arn:aws:iam::999988887777:user/Alice"
HOSTILE = "/a$(touch${IFS}pwned)/`touch${IFS}pwned`;touch'pwned'/"


@pytest.fixture
def shell(accounts, binary, tmp_path):
    """Runs a line in a POSIX shell with `gatehouse` and `aws` on its path, as a person with rights on the account."""
    tools = tmp_path / "tools"
    work = tmp_path / "work"
    tools.mkdir()
    work.mkdir()
    (tools / "script.py").write_text(AWS_COMMAND)
    (tools / "aws").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tools}/script.py" "$@"\n')
    (tools / "aws").chmod(0o755)
    if (binary.parent / "gatehouse").exists():
        (tools / "gatehouse").symlink_to(binary.parent / "gatehouse")
    key, secret = accounts.aws.administrator("123456789012")
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": accounts.aws.url,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
    }

    def run(line):
        done = subprocess.run(["sh", "-c", line], cwd=work, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert list(work.iterdir()) == [], f"the line did something of its own: {line}"
        return done

    run.has_gatehouse = (tools / "gatehouse").exists()
    return run


@pytest.fixture(params=["/", HOSTILE], ids=["plain", "hostile"])
def blocked(request, accounts, function):
    """A role that was just blocked; gives what a person reads about it, and how the role was before."""
    arn = accounts.role("Audit_CrossAccountRole", trust_in(ALICE), path=request.param)
    event = changed(resource=arn)
    accounts.finding(event, resource=arn)
    before = accounts.trust("Audit_CrossAccountRole")
    topic = accounts.topic()
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=topic)
    assert respond.invoke(event).json["outcome"]["status"] == "RESOLVED"
    (message,) = accounts.messages()
    return message["Message"], before


def line_of(text, beginning):
    return next(line.strip() for line in text.splitlines() if line.strip().startswith(beginning))


def test_by_gatehouse(accounts, blocked, shell):
    text, before = blocked
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    shell(line_of(text, "gatehouse rollback") + " --yes")
    assert accounts.trust("Audit_CrossAccountRole") == before


def test_by_the_aws_command_line(accounts, blocked, shell):
    text, before = blocked
    shell(line_of(text, "aws iam update-assume-role-policy"))
    assert accounts.trust("Audit_CrossAccountRole") == before


def test_a_dry_run_writes_nothing(accounts, shell, function):
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    accounts.published_role()
    accounts.finding(published())
    function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes())
    after = accounts.trust_text("Audit_CrossAccountRole")
    shown = shell(f"gatehouse rollback {published()['detail']['id']} --dry-run")
    assert accounts.trust_text("Audit_CrossAccountRole") == after
    assert "Gatehousea501821097c446c494560295898377b6" in shown.stdout + shown.stderr
