"""The commands a message prints, typed into a shell as they stand: each undoes what was done, and nothing else."""

import json
import os
import subprocess
import sys

import pytest

from support.account import REGION, trust_in
from support.events import changed, folder_of, published, published_bytes
from support.fixture import Fixture

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

# The same on one role in a file.
STAND_IN = """\
import json, jmespath, sys
words = sys.argv[1:]
options = dict(zip(words[2::2], words[3::2]))
if words[:2] == ["iam", "get-role"]:
    print(json.dumps(jmespath.search(options["--query"], json.load(open("role.json")))))
elif words[:2] == ["iam", "update-assume-role-policy"]:
    document = json.loads(options["--policy-document"])
    open("written.json", "w").write(json.dumps(document))
"""

ALICE = "arn:aws:iam::999988887777:user/Alice"
ROLE = "arn:aws:iam::123456789012:role/Audit_CrossAccountRole"
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


@pytest.mark.parametrize("by", ["bash", "dash"])
@pytest.mark.parametrize("fixture", ["published-alice", "retry-after-resolved"])
@pytest.mark.parametrize(
    "keys", [{}, {"Version": "2012-10-17"}, {"Version": "2008-10-17", "Id": "o'ur $(own)"}, {"Id": "x"}]
)
def test_the_command_keeps_the_whole_document(tmp_path, by, fixture, keys):
    """A retry finds the access blocked and knows no document before it. moto wants a Version; IAM does not."""
    text = next(call for call in Fixture(fixture).expected["calls"] if call["operation"] == "Publish")["parameters"][
        "Message"
    ]
    sid = "Gatehousea501821097c446c494560295898377b6"
    own = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Sid": sid}
    other = {"Sid": "Gatehouse1", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    kept = [*trust_in(ALICE)["Statement"], other]
    document = {**keys, "Statement": [kept[0], own, kept[1]]}
    (tmp_path / "role.json").write_text(json.dumps({"Role": {"AssumeRolePolicyDocument": document}}))
    (tmp_path / "aws").write_text(f"#!{sys.executable}\n{STAND_IN}")
    (tmp_path / "aws").chmod(0o755)
    line = line_of(text, "aws iam update-assume-role-policy")
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run([by, "-c", line], cwd=tmp_path, env={"PATH": path}, check=True, timeout=60)
    written = json.loads((tmp_path / "written.json").read_text())
    assert written == {**keys, "Statement": kept} and list(written) == list(document)
    # A read that fails writes nothing.
    (tmp_path / "written.json").unlink()
    (tmp_path / "role.json").unlink()
    assert subprocess.run(
        [by, "-c", line], cwd=tmp_path, env={"PATH": path}, capture_output=True, timeout=60
    ).returncode
    assert not (tmp_path / "written.json").exists()


def test_the_printed_command_names_its_region(accounts, blocked, shell):
    text, before = blocked
    line = line_of(text, "gatehouse rollback")
    assert line.endswith(f" --region {REGION}")
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    # The reader's shell is somewhere else: the finding is found all the same, and compared.
    done = shell(f"AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 {line} --yes")
    assert "nothing was compared" not in done.stdout
    assert accounts.trust("Audit_CrossAccountRole") == before


def test_a_profile_goes_before_credentials_that_happen_to_be_there(accounts, shell, function, tmp_path):
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    accounts.published_role()
    accounts.finding(published())
    function("resolve", GATEHOUSE_MODE="enforce").invoke(published_bytes())
    key, secret = accounts.aws.administrator("123456789012")
    (tmp_path / "credentials").write_text(f"[work]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    files = f"AWS_SHARED_CREDENTIALS_FILE={tmp_path}/credentials AWS_CONFIG_FILE={tmp_path}/none"
    wrong = "AWS_ACCESS_KEY_ID=AKIAWRONGWRONGWRONG1 AWS_SECRET_ACCESS_KEY=wrong"
    rollback = f"gatehouse rollback {published()['detail']['id']} --dry-run --region {REGION}"
    shown = shell(f"{files} {wrong} {rollback} --profile work")
    assert "would be taken out" in shown.stdout
    # Without it they are used, and AWS refuses them.
    shell(f"{files} {wrong} {rollback} && exit 1 || exit 0")


def test_an_account_in_a_file_has_its_own_region_and_no_profile(shell):
    if not shell.has_gatehouse:
        pytest.skip("no gatehouse beside the bootstrap")
    for wrong in ("--region nowhere", "--account x.json --profile work"):
        shell(f"gatehouse rollback some-id {wrong}; test $? = 64")
    account = folder_of("rollback") / "account.json"
    line = f"gatehouse rollback {published()['detail']['id']} --resource {ROLE} --account {account} --yes"
    assert "ROLLED_BACK" in shell(f"{line} --region us-east-1").stdout
    assert "--region is eu-west-1" in shell(f"{line} --region eu-west-1; test $? = 1").stderr


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
