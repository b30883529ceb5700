"""deploy/confirm-live: whole runs in a sandbox account of the stand-in; nothing stays behind, and nothing is made up."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from moto.cloudformation import models

from support.account import MEMBER, REGION
from support.sandbox import ANALYZER, OUTSIDER, SCRIPT
from support.template import DEPLOY

sys.path.insert(0, str(DEPLOY))

from confirm.checks import CHECKS, facts  # noqa: E402

RUN = ("--run", "--account", MEMBER, "--yes", "--pace", "0.01", "--json", "-")
# What the stand-in, as every emulator, does otherwise than AWS: it keeps a deleted role's ARN, takes a second policy at
# once, counts no Deny when it calls a policy public, lets a service in whatever a Deny says, and has no other endpoints.
EMULATED = {
    "trust.dead-principal": "CONTRADICTED",
    "table-grammar.second-write": "CONTRADICTED",
    "secret-public.verdict": "CONTRADICTED",
    "bucket-public.verdict": "CONTRADICTED",
    "bucket-public.block": "CONTRADICTED",
    "service-role.star-reaches": "CONTRADICTED",
    "endpoints.fips": "UNKNOWN",
    "endpoints.dual-stack": "UNKNOWN",
}


def verdicts(results):
    return {name: each["verdict"] for name, each in results.items()}


def test_a_whole_run_judges_every_fact_and_leaves_nothing_behind(sandbox):
    before = sandbox.everything()
    code, results, errors = sandbox.run("--include-public")
    assert sandbox.everything() == before, errors
    found = verdicts(results)
    assert list(found) == [fact.id for fact, _ in facts()]
    # Access Analyzer of the stand-in weighs the keys alone that AWS documents.
    condition = {name: "CONTRADICTED" for name in found if name.endswith(".preview-condition")}
    condition.pop("file-system.preview-condition")
    wanted = {**dict.fromkeys(found, "CONFIRMED"), **EMULATED, **condition}
    assert found == wanted, {name: each["why"] for name, each in results.items() if each["verdict"] != wanted[name]}
    assert code == 3
    # Each call was one that the dry run names.
    assert not [each for each in results.values() if "its plan does not" in each["why"]]
    # What names everybody was never written where it opens something: the public bucket was closed first.
    written = [call.action for call in sandbox.aws.calls if call.path.endswith("-bucket-public-bucket")]
    assert written.index("PutPublicAccessBlock") < written.index("PutBucketPolicy")
    assert "7 days" in errors


def test_the_dry_run_is_the_default_and_calls_nothing(sandbox):
    code, output, errors = sandbox()
    assert code == 0 and sandbox.aws.names() == [] and "dry run" in errors
    for check in CHECKS:
        if check.is_public:
            assert f"== {check.name}:" not in output
            continue
        text = output.split(f"== {check.name}:")[1].split("\n\n")[0]
        for call in check.calls:
            assert call in text
        for fact in check.facts:
            assert f"{fact.id}: {fact.sentence}" in text
        for line in [*check.creates, *check.programs]:
            assert line in text
        assert "min" in text.splitlines()[0] and "$" in text.splitlines()[0]
    assert OUTSIDER in output and "30" in output.split("\n\n")[-1]
    assert "bucket-public" in sandbox("--include-public")[1]


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["--run"], "--account ID"),
        (["--run", "--account", "12345"], "12 digits"),
        (["--account", MEMBER, "--outsider", MEMBER, "--run"], "the account itself"),
        (["--only", "rôle"], "no fact"),
        (["--only", "quue"], "did you mean queue?"),
        (["--only", "bucket-public"], "--include-public"),
        (["--clean-up", "../x", "--account", MEMBER], "12 digits"),
        (["--clean-up", "0123456789ab"], "--account ID"),
        (["--limit", "-1"], "above 0"),
        (["--pace", "nan"], "above 0"),
        (["--frobnicate"], "frobnicate"),
    ],
)
def test_wrong_usage_is_told_and_calls_nothing(sandbox, arguments, why):
    code, output, errors = sandbox(*arguments)
    assert (code, output) == (2, "") and why in errors and "--help" in errors
    assert sandbox.aws.names() == []


def test_another_account_is_refused(sandbox):
    code, output, errors = sandbox("--run", "--account", "999999999999", "--yes")
    assert (code, output) == (1, "") and MEMBER in errors and "nothing was made" in errors
    assert sandbox.aws.names() == ["sts:GetCallerIdentity"]


def test_without_yes_somebody_has_to_be_there(sandbox):
    code, _, errors = sandbox("--run", "--account", MEMBER)
    assert code == 1 and "--yes" in errors and MEMBER in errors and REGION in errors and "no alias" in errors
    assert sandbox.writes() == []


def test_without_gatehouse_nothing_is_begun(sandbox):
    code, _, errors = sandbox("--run", "--account", MEMBER, "--yes", "--gatehouse", "/nowhere/gatehouse")
    assert code == 1 and "deploy/package" in errors and sandbox.aws.names() == []


def test_the_list_has_every_fact(sandbox):
    code, output, _ = sandbox("--list", "--include-public")
    assert code == 0 and [line.split()[0] for line in output.splitlines()] == [fact.id for fact, _ in facts()]


def test_the_policy_that_it_prints_is_enough(sandbox, monkeypatch):
    """As moto authorises; what tags at creation and iam:PassRole are, it does not ask."""
    # What cfn-lint says of the templates, for seconds each, is looked at by the whole run.
    monkeypatch.setattr(models, "validate_template_cfn_lint", lambda text: [])
    code, output, _ = sandbox("--permissions", "--include-public")
    assert code == 0
    policy = json.loads(output)
    assert {"iam:PassRole", "iam:TagRole", "s3express:CreateBucket", "sts:AssumeRole"} <= set(policy["Statement"][0]["Action"])
    assert not [action for action in policy["Statement"][0]["Action"] if "*" in action]
    sandbox.accounts.client("iam").put_user_policy(UserName="somebody", PolicyName="all", PolicyDocument=output)
    checks = "trust,session,queue,key-grammar,templates,ledger,bucket-public,events,rds-authorisation,table-grammar"
    _, results, errors = sandbox.run("--include-public", "--only", checks)
    # S3 says in the same words that a public policy is blocked, which is what one of the facts is about.
    found = {name: each["why"] for name, each in results.items() if "blocked by the BlockPublicPolicy" not in each["why"]}
    assert len(results) - len(found) <= 1
    assert not [why for why in found.values() if "not authorized to perform" in why or "denied (403)" in why]
    assert verdicts(results)["queue.rollback"] == "CONFIRMED" and "left:" not in errors


def test_only_what_is_asked_for_is_looked_at(sandbox):
    code, results, _ = sandbox.run("--only", "trust.bare-star,lambda-tags")
    assert (code, verdicts(results)) == (0, dict.fromkeys(["trust.bare-star", "lambda-tags.unqualified"], "CONFIRMED"))


@pytest.mark.parametrize(
    "fact, lie",
    [
        ("session.principal-arn-path", "path"),
        ("session.resource-tag", "tag"),
        ("session.resource-org-id", "organization"),
        ("session.deny-on-root", "root"),
        ("rds-authorisation.snapshot", "snapshot"),
    ],
)
def test_what_is_not_so_in_a_session_is_contradicted(sandbox, fact, lie):
    sandbox.sessions.lies.add(lie)
    code, results, _ = sandbox.run("--only", fact)
    assert (code, verdicts(results)) == (3, {fact: "CONTRADICTED"}), results


@pytest.mark.parametrize(
    "attributes, fact, verdict",
    [
        ({"weighs": False}, "queue.resolved", "CONTRADICTED"),
        ({"spares_alarms": False}, "topic-alarms.spared", "CONTRADICTED"),
        ({"alarms": False}, "topic-alarms.spared", "UNKNOWN"),
        ({"unsigned": "not-anonymous"}, "anonymous.queue", "CONTRADICTED"),
        ({"unsigned": "something else"}, "anonymous.queue", "UNKNOWN"),
        ({"event": {}}, "events.shape", "CONTRADICTED"),
    ],
)
def test_what_is_not_so_is_contradicted(sandbox, attributes, fact, verdict):
    for name, value in attributes.items():
        setattr(sandbox, name, value)
    code, results, _ = sandbox.run("--only", fact)
    assert verdicts(results) == {fact: verdict}, results
    assert code == (3 if verdict == "CONTRADICTED" else 0)


def test_an_analyzer_that_is_there_is_used_and_stays(sandbox):
    sandbox.aws.access_analyzer.add_analyzer(ANALYZER)
    before = sandbox.everything()
    _, results, _ = sandbox.run("--only", "queue.preview-principal")
    assert verdicts(results) == {"queue.preview-principal": "CONFIRMED"}
    assert "access-analyzer:CreateAnalyzer" not in sandbox.aws.names() and sandbox.everything() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_finds_nothing_left(sandbox, number):
    before = sandbox.everything()
    sandbox.weighs = False
    command = sandbox.command("--run", "--account", MEMBER, "--yes", "--pace", "3", "--only", "topic,trust")
    child = start(sandbox, command)
    until(lambda: "iam:CreateRole" in sandbox.aws.names() and "sns:SetTopicAttributes" in sandbox.aws.names())
    child.send_signal(number)
    output, errors = child.communicate(timeout=60)
    assert child.returncode == 1 and "taken away" in errors
    assert sandbox.everything() == before
    # What was not judged is said so, in a table all the same.
    assert "stopped before it was judged" in output


def test_who_closes_the_terminal_finds_nothing_left(sandbox):
    before = sandbox.everything()
    child = start(sandbox, sandbox.command("--run", "--account", MEMBER, "--yes", "--pace", "3", "--only", "trust"))
    until(lambda: "iam:CreateRole" in sandbox.aws.names())
    # Nobody is there to read what it says.
    child.stdout.close()
    child.stderr.close()
    child.send_signal(signal.SIGHUP)
    assert child.wait(60) == 1 and sandbox.everything() == before


def test_a_file_that_cannot_be_written_is_told_before_anything_is_made(sandbox, tmp_path):
    code, _, errors = sandbox("--run", "--account", MEMBER, "--yes", "--only", "trust", "--json", str(tmp_path / "none" / "x"))
    assert code == 1 and "No such file" in errors and sandbox.aws.names() == []


def test_results_are_a_table_and_a_file(sandbox, tmp_path):
    file = tmp_path / "results.json"
    file.write_text("of an earlier run" * 1000)
    code, output, _ = sandbox("--run", "--account", MEMBER, "--yes", "--pace", "0.01", "--only", "trust.bare-star", "--json", str(file))
    told = json.loads(file.read_text())
    assert code == 0 and told["counts"]["CONFIRMED"] == 1 and "| trust.bare-star |" in output and MEMBER not in output


def test_help_plan_and_list_need_no_sdk(tmp_path):
    """With a Python that has nothing of its own, and without a network."""
    for arguments in (["--help"], [], ["--list"], ["--permissions"]):
        done = subprocess.run(
            [sys.executable, "-S", str(SCRIPT), *arguments], env={"PATH": ""}, cwd=tmp_path, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0 and done.stdout and "virtual environment" not in done.stderr, done.stderr


@pytest.mark.long
def test_without_pypi_it_says_what_to_do(sandbox, tmp_path):
    """In a clone of its own, with a Python that has no boto3."""
    shutil.copytree(DEPLOY, tmp_path / "clone" / "deploy")
    script = tmp_path / "clone" / "deploy" / "confirm-live"
    done = subprocess.run(
        [sys.executable, "-S", str(script), "--run", "--account", MEMBER, "--yes", "--gatehouse", str(sandbox.program)],
        env={**sandbox.environment, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "") and "pip could not get boto3" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr and "Traceback" not in done.stderr
    # Nothing half made is taken for whole the next time.
    assert not (tmp_path / "clone" / ".build" / "confirm-live").exists()
    assert sandbox.aws.names() == []


def test_what_a_killed_run_has_left_is_cleaned_up(sandbox):
    before = sandbox.everything()
    command = sandbox.command("--run", "--account", MEMBER, "--yes", "--pace", "3", "--only", "queue,key,table,secret,bucket,repository")
    child = start(sandbox, command)
    wanted = {"sqs:CreateQueue", "kms:CreateKey", "dynamodb:CreateTable", "secretsmanager:CreateSecret", "ecr:CreateRepository"}
    until(lambda: wanted < set(sandbox.aws.names()))
    child.kill()
    errors = child.communicate(timeout=60)[1]
    run = re.search(r"^run ([0-9a-f]{12}):", errors, re.MULTILINE)[1]
    assert sandbox.everything() != before
    # Of another run nothing is taken.
    code, _, _ = sandbox("--clean-up", "0" * 12, "--account", MEMBER, "--yes", "--pace", "0.01")
    assert code == 0 and sandbox.everything() != before
    code, _, errors = sandbox("--clean-up", run, "--account", MEMBER, "--yes", "--pace", "0.01")
    assert code == 0, errors
    assert sandbox.everything() == before


def test_what_cannot_be_taken_away_is_told(sandbox):
    from support import faults

    sandbox.faults = lambda call: faults.access_denied if str(call) == "iam:DeleteRole" else None
    code, output, errors = sandbox(*RUN, "--only", "trust.bare-star")
    left = json.loads(output)["left"]
    assert code == 1 and len(left) == 1 and "left: role gatehouse-confirm-" in errors
    again = re.search(r"deploy/confirm-live (--clean-up .*)", errors)[1]
    sandbox.faults = None
    assert sandbox(*again.split(), "--yes")[0] == 0
    assert not [name for name in sandbox.everything()["iam"] if name.startswith("gatehouse")]


def start(sandbox, command):
    return subprocess.Popen(
        command, env=sandbox.environment, cwd=sandbox.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        # Whoever runs the tests may have said nohup.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
