"""`deploy/install` and `deploy/uninstall` with the AWS CLI against the stand-in."""

import hashlib
import os
import subprocess

import pytest
from moto.s3.models import s3_backends

# What moto lacks: parts of CloudFormation, conditions of policies, and what doctor asks.
import support.asked_by_doctor
import support.cloudformation
import support.deployed  # noqa: F401
from support.account import MEMBER, REGION
from support.prepare import tool
from support.template import DEPLOY

BUCKET = f"gatehouse-{MEMBER}-{REGION}"


class Shell:
    """Runs the scripts as the account's administrator."""

    def __init__(self, accounts, folder):
        key, secret = accounts.aws.administrator(MEMBER)
        self.accounts = accounts
        self.folder = folder
        self.zip = folder / "gatehouse.zip"
        self.zip.write_bytes(b"the first version")
        self.environment = {
            "PATH": f"{tool('awscli')}:{os.environ['PATH']}",
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_ENDPOINT_URL": accounts.aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, script, *arguments, **environment):
        done = subprocess.run(
            [DEPLOY / script, *arguments],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.output = done.stdout + done.stderr
        return done.returncode

    def install(self, *arguments, smoke=False):
        zip_of = [] if "--image" in arguments else ["--zip", str(self.zip)]
        leave_out = [] if smoke else ["--no-smoke-test"]
        return self.run("install", "--region", REGION, *zip_of, "--architecture", "arm64", *leave_out, *arguments)

    def stack(self, name="gatehouse"):
        found = self.accounts.client("cloudformation").describe_stacks()["Stacks"]
        return next((stack for stack in found if stack["StackName"] == name), None)

    def parameters(self):
        return {item["ParameterKey"]: item["ParameterValue"] for item in self.stack()["Parameters"]}

    def uploads(self):
        bucket = s3_backends[MEMBER]["aws"].buckets.get(BUCKET)
        return sorted(bucket.keys) if bucket else None


@pytest.fixture
def shell(accounts, tmp_path):
    return Shell(accounts, tmp_path)


def test_installs_and_updates(shell):
    assert shell.install("--email", "security@example.com", "--organization", "o-a1b2c3d4e5") == 0, shell.output
    first = shell.parameters()
    assert shell.stack()["StackStatus"] == "CREATE_COMPLETE"
    assert first["Mode"] == "observe"
    assert first["Architecture"] == "arm64"
    assert first["NotificationEmail"] == "security@example.com"
    assert first["CodeBucket"] == BUCKET
    # The template is too long to be given as it is.
    (template,) = set(shell.uploads()) - {first["CodeKey"], first["WorkflowKey"]}
    assert template.endswith(".template")
    assert all(key.startswith("gatehouse/gatehouse/") for key in shell.uploads())
    assert "Confirm the subscription" in shell.output
    assert "--mode enforce" in shell.output
    assert "RollbackWorkflow" in shell.output
    assert "no analyzer in us-east-1 yet" in shell.output

    # Again, with nothing new: the same stack, the same objects.
    assert shell.install() == 0, shell.output
    assert "nothing has changed" in shell.output
    assert shell.parameters() == first
    assert len(shell.uploads()) == 3

    # What is not given stays; a new version has a new key.
    shell.zip.write_bytes(b"the second version")
    assert shell.install("--mode", "enforce", "--blocked-types", "AWS::IAM::Role, AWS::SQS::Queue") == 0, shell.output
    second = shell.parameters()
    assert second["CodeKey"] != first["CodeKey"]
    assert first["BlockedTypes"] == "AWS::IAM::Role"
    assert {key: second[key] for key in second if second[key] != first[key]} == {
        "Mode": "enforce",
        "BlockedTypes": "AWS::IAM::Role,AWS::SQS::Queue",
        "CodeKey": second["CodeKey"],
    }
    assert "It acts." in shell.output


@pytest.mark.long
def test_uninstalls(shell):
    # Without an update before: moto forgets log groups there.
    assert shell.install() == 0, shell.output
    assert shell.run("uninstall", "--region", REGION) == 1
    assert "--yes" in shell.output
    assert shell.run("uninstall", "--region", REGION, "--yes") == 0, shell.output
    assert shell.stack() is None
    assert "log group" in shell.output and "stays" in shell.output
    assert len(shell.uploads()) == 3
    # Another stack's files in the bucket stay, and so does the bucket.
    other = f"gatehouse/other/{'0' * 64}.rules.json"
    shell.accounts.client("s3").put_object(Bucket=BUCKET, Key=other, Body=b"{}")
    # A slip in the name deletes nothing.
    assert shell.run("uninstall", "--region", REGION, "--yes", "--everything", "--stack", "gatehuose") == 1
    assert "none of that name was deleted" in shell.output
    assert len(shell.uploads()) == 4
    # Asked is before anything is deleted also where the stack is gone by now.
    assert shell.run("uninstall", "--region", REGION, "--everything") == 1
    assert "this asks before it goes on" in shell.output
    assert len(shell.uploads()) == 4
    assert shell.run("uninstall", "--region", REGION, "--yes", "--everything") == 0, shell.output
    assert "there is no stack" in shell.output
    # Its log groups are still known by the name of the deleted stack.
    assert "FunctionLogs" in shell.output and "/aws/vendedlogs/states/gatehouse-" in shell.output
    assert shell.uploads() == [other]
    assert "holds more" in shell.output
    shell.accounts.client("s3").delete_object(Bucket=BUCKET, Key=other)
    assert shell.run("uninstall", "--region", REGION, "--yes", "--everything") == 0, shell.output
    assert shell.uploads() is None


@pytest.mark.long
def test_a_stack_stays_what_it_is(shell):
    """Another template would replace everything in the stack."""
    assert shell.install("--single-function") == 0, shell.output
    assert shell.install("--mode", "observe") == 0, shell.output
    assert "nothing has changed" in shell.output
    outputs = {output["OutputKey"] for output in shell.stack()["Outputs"]}
    assert "Function" in outputs and "Workflow" not in outputs
    assert shell.install("--stack", "large") == 0, shell.output
    assert shell.install("--stack", "large", "--single-function") == 1
    assert "would replace all that is in it" in shell.output


@pytest.mark.long
def test_nobody_is_told_without_an_address_and_that_is_said(shell):
    assert shell.install() == 0, shell.output
    assert "NOBODY GETS MESSAGES OR ALARMS" in shell.output
    assert shell.install("--email", "security@example.com") == 0, shell.output
    assert "NOBODY" not in shell.output
    # The address stays, and it is known.
    assert shell.install() == 0, shell.output
    assert "NOBODY" not in shell.output


@pytest.mark.long
def test_tags_of_ones_own(shell):
    assert shell.install("--tag", "cost centre=security, 1", "--tag", "owner=me") == 0, shell.output
    tags = {tag["Key"]: tag["Value"] for tag in shell.stack()["Tags"]}
    assert tags == {"gatehouse:stack": "gatehouse", "cost centre": "security, 1", "owner": "me"}


@pytest.mark.long
def test_paths_are_meant_from_where_one_stands(shell, binary, tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "g.zip").write_bytes(b"a zip of here")
    (tmp_path / "here" / "rules.json").write_text('{"version": 1, "default": "NOTIFY", "rules": []}')
    shell.folder = tmp_path / "here"
    assert (
        shell.run("install", "--region", REGION, "--zip", "g.zip", "--architecture", "arm64", "--rules", "rules.json", "--no-smoke-test")
        == 0
    ), shell.output
    given = shell.parameters()
    digest = hashlib.sha256(b"a zip of here").hexdigest()
    assert given["CodeKey"] == f"gatehouse/gatehouse/{digest}.zip"
    assert given["RulesKey"] in shell.uploads()


@pytest.mark.long
def test_an_images_stack_keeps_it_until_it_is_given_something_else(shell):
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/gatehouse@sha256:" + "0" * 64
    assert shell.install("--image", image) == 0, shell.output
    assert (shell.parameters()["ImageUri"], shell.parameters()["Architecture"]) == (image, "arm64")
    # Neither an image nor a zip: nothing is packaged, and neither image nor architecture changes.
    assert shell.run("install", "--region", REGION, "--mode", "enforce") == 0, shell.output
    assert "keeps its image" in shell.output
    assert (shell.parameters()["ImageUri"], shell.parameters()["Architecture"]) == (image, "arm64")
    assert [key for key in shell.uploads() if key.endswith(".zip")] == []


def test_rules_with_mistakes_are_not_deployed(shell, binary, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"version": 1, "default": "NOTFY", "rules": []}')
    assert shell.install("--rules", str(rules)) == 1
    assert "NOTFY" in shell.output and "nothing was deployed" in shell.output
    # Before anything else: nobody was even asked who we are.
    assert "account" not in shell.output
    assert shell.stack() is None and shell.uploads() is None


def test_a_dry_run_shows_the_change_set_and_leaves_nothing(shell):
    assert shell.install("--dry-run") == 0, shell.output
    assert "ResolveFunction" in shell.output and "AWS::Lambda::Function" in shell.output
    assert shell.stack() is None
    assert shell.uploads() is None
    # A bucket that was there stays with what was in it.
    shell.accounts.client("s3").create_bucket(Bucket=BUCKET)
    shell.accounts.client("s3").put_object(Bucket=BUCKET, Key="gatehouse/gatehouse/kept", Body=b"")
    assert shell.install("--dry-run") == 0, shell.output
    assert shell.stack() is None
    assert shell.uploads() == ["gatehouse/gatehouse/kept"]


@pytest.mark.long
def test_the_small_template_with_rules_of_ones_own(shell, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"version": 1, "default": "NOTIFY", "rules": []}')
    assert (
        shell.install("--single-function", "--stack", "small", "--rules", str(rules), "--parameter", "MemorySize=512")
        == 0
    ), shell.output
    given = {item["ParameterKey"]: item["ParameterValue"] for item in shell.stack("small")["Parameters"]}
    assert given["RulesBucket"] == BUCKET
    assert given["RulesKey"] in shell.uploads()
    assert given["MemorySize"] == "512"


@pytest.mark.parametrize(
    "arguments, status, says",
    [
        (["--mode", "loud"], 2, "observe, approve or enforce"),
        (["--blocked-types", "AWS::S3::Bucket,AWS::S3"], 2, "'AWS::S3' is none of AWS::DynamoDB::Stream AWS::DynamoDB::Table"),
        (["--blocked-types", "AWS::S3::Bucket,,AWS::IAM::Role"], 2, "'' is none of"),
        (["--blocked-types", "AWS::IAM::User"], 2, "'AWS::IAM::User' is none of"),
        (["--blocked-types", "*"], 2, "'*' is none of"),
        (["--email", "nobody"], 2, "--email is an address"),
        (["--what"], 2, "deploy/install: unknown argument --what\ndeploy/install --help says how it is used\n"),
        (["--tag", "alone"], 2, "--tag wants KEY=VALUE"),
        (["--dry-run", "--test-alarms"], 2, "give one of them"),
        (["--architecture", "mips"], 2, "x86_64 or arm64"),
        (["--stack"], 2, "--stack wants a value"),
        (["--rules", "missing.json"], 2, "there is no file missing.json"),
        (["--parameter", "nonsense"], 2, "NAME=VALUE"),
        (["--help"], 0, "usage: deploy/install"),
    ],
)
def test_wrong_usage_is_said(shell, arguments, status, says):
    assert shell.install(*arguments) == status
    assert says in shell.output


def test_what_is_missing_is_said(shell, tmp_path):
    assert shell.run("install", "--zip", str(shell.zip)) == 1
    assert "no region" in shell.output
    assert shell.run("install", "--region", REGION, "--zip", str(shell.zip), AWS_SECRET_ACCESS_KEY="wrong") == 1
    assert "no usable AWS credentials" in shell.output
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "cat"):
        (programs / name).symlink_to(next(p for p in (f"/bin/{name}", f"/usr/bin/{name}") if os.path.exists(p)))
    assert shell.run("install", "--region", REGION, "--zip", str(shell.zip), PATH=str(programs)) == 1
    assert "the AWS CLI is not on the PATH" in shell.output
