"""What `deploy/install` and `deploy/uninstall` do about approvals, previews and sessions."""

import pytest

from support.account import MEMBER, REGION
from support.fake_aws import NO_LEDGER, FakeAWS, writable
from test_deploy_scripts import DEPLOYED, THERE
from test_install import Shell
from test_ledger_scripts import KNOWN, LEDGER, TABLE

PAGE = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/"
GONE = [(["delete-stack"], ""), (["wait stack-delete-complete"], ""), (["list-stack-resources"], "None"), (["head-bucket"], 254)]
WITH_LEDGER = [(KNOWN, f"LedgerTableArn\t{TABLE}"), *LEDGER, (["describe-stacks", "'LedgerTableArn'"], TABLE)]


@pytest.fixture
def install(tmp_path):
    def run(*answers, arguments=(), status=0):
        fake = FakeAWS(tmp_path, *answers)
        zip_of = ["--zip", str(writable(tmp_path, "g.zip")), "--architecture", "arm64"]
        assert fake.run("install", *zip_of, *arguments) == status, fake.output
        return fake

    return run


def deployed(fake):
    (call,) = [call for call in fake.asked if call[2:4] == ["cloudformation", "deploy"] and "gatehouse" in call]
    return call[call.index("--parameter-overrides") + 1 :]


@pytest.mark.parametrize("arguments, given", [
    (["--approvals", "iam"], "ApprovalPage=iam"),
    (["--approvals", "public"], "ApprovalPage=public"),
    (["--approvals", "off"], "ApprovalPage=off"),
    (["--preview"], "Preview=on"),
    (["--no-preview"], "Preview=off"),
    (["--revoke-sessions"], "RevokeSessions=on"),
    (["--no-revoke-sessions"], "RevokeSessions=off"),
])  # fmt: skip
def test_an_option_is_a_parameter(install, arguments, given):
    names = ("ApprovalPage", "Preview", "RevokeSessions")
    fake = install(*WITH_LEDGER, *THERE, (["deploy", "deploy/ledger.yaml"], "done"), DEPLOYED, arguments=arguments)
    assert [each for each in deployed(fake) if each.split("=")[0] in names] == [given]


def test_what_is_not_given_stays(install):
    fake = install(*WITH_LEDGER, (["describe-stacks", "'ApprovalPage'"], "iam"), *THERE, DEPLOYED)
    assert not [each for each in deployed(fake) if each.split("=")[0] in ("ApprovalPage", "Preview", "RevokeSessions")]
    assert "wants signed requests" in fake.output


@pytest.mark.parametrize("arguments, says", [
    (["--approvals", "on"], "--approvals is off, iam or public, not on"),
    (["--approvals"], "--approvals wants a value"),
    (["--approvals", "public", "--no-ledger"], "--approvals public needs the ledger, where requests and decisions are kept"),
    (["--preview", "--no-preview"], "give --preview or --no-preview, not both"),
    (["--revoke-sessions", "--no-revoke-sessions"], "give --revoke-sessions or --no-revoke-sessions, not both"),
    (["--single-function", "--preview"], "--preview is for the workflow"),
])  # fmt: skip
def test_wrong_usage_is_said(install, arguments, says):
    fake = install(arguments=arguments, status=2)
    assert says in fake.output and fake.asked == []


@pytest.mark.parametrize("answers, arguments, says", [
    ([(KNOWN, "LedgerTableArn\t")], ["--approvals", "iam"], "was made without a ledger, where requests and decisions are kept: give --ledger with"),
    ([(["describe-stacks", "'ApprovalPage'"], "public")], ["--no-ledger"], "has an approval page, which needs the ledger: give --approvals off with"),
])  # fmt: skip
def test_a_page_without_a_ledger_is_refused_before_anything_is_made(install, answers, arguments, says):
    fake = install(*answers, NO_LEDGER, *THERE, arguments=arguments, status=1)
    assert says in fake.output
    assert fake.calls("put-object") == fake.calls("cloudformation deploy") == fake.calls("create-bucket") == []


def test_the_page_and_the_ledger_go_together(install):
    page = (["describe-stacks", "'ApprovalPage'"], "public")
    fake = install(page, NO_LEDGER, (KNOWN, "LedgerTableArn\t"), *THERE, DEPLOYED, arguments=["--no-ledger", "--approvals", "off"])
    assert {"ApprovalPage=off", "LedgerTableArn="} <= set(deployed(fake))


def test_the_single_function_asks_for_no_previews(install):
    there = [each for each in THERE if "OutputKey=='Workflow'" not in each[0] and "OutputKey=='Function'" not in each[0]]
    single = [(["describe-stacks", "OutputKey=='Workflow'"], "None"), (["describe-stacks", "OutputKey=='Function'"], "Function-1")]
    fake = install(*single, *there, arguments=["--preview"], status=1)
    assert "deploy/single-function.yaml, which asks for no previews: leave --preview out" in fake.output


def test_the_next_steps_say_who_can_open_it(install):
    public = (["describe-stacks", "'ApprovalPage'"], "public")
    approve = (["describe-stacks", "'Mode'"], "approve")
    fake = install(*WITH_LEDGER, public, approve, *THERE, DEPLOYED, arguments=["--approvals", "public"])
    assert "The approval page is public: Access Analyzer will report its function" in fake.output
    assert "asks before it blocks: gatehouse approvals list" in fake.output


def test_without_a_ledger_the_mode_asks_nobody(install):
    fake = install(NO_LEDGER, (KNOWN, "LedgerTableArn\t"), (["describe-stacks", "'Mode'"], "approve"), *THERE, DEPLOYED)
    assert "blocks nothing: nobody can be asked without a ledger" in fake.output


def test_uninstalling_ends_what_waits_for_a_person(tmp_path):
    """A state machine is deleted once its executions have ended."""
    executions = "arn:aws:states:us-east-1:123456789012:execution:Workflow:"
    fake = FakeAWS(
        tmp_path,
        NO_LEDGER,
        (KNOWN, "LedgerTableArn\t"),
        (["list-executions"], f"{executions}a\t{executions}b"),
        (["stop-execution"], ""),
        (["describe-stacks", "OutputKey=='ApprovalPageAddress'"], PAGE),
        *GONE,
        *THERE,
    )
    assert fake.run("uninstall", "--yes") == 0, fake.output
    stopped = [line for line in fake.calls("stop-execution")]
    assert len(stopped) == 2 and executions + "b" in stopped[1]
    calls = [" ".join(call) for call in fake.asked]
    assert calls.index(stopped[1]) < next(place for place, line in enumerate(calls) if "delete-stack" in line)
    assert "ended 2 executions of the workflow" in fake.output
    assert f"its approval page {PAGE} is gone: links that were sent lead nowhere" in fake.output


def test_uninstalling_a_single_function_has_none_to_end(tmp_path):
    there = [each for each in THERE if "OutputKey=='Workflow'" not in each[0]]
    single = (["describe-stacks", "OutputKey=='Workflow'"], "None")
    fake = FakeAWS(tmp_path, NO_LEDGER, (KNOWN, "LedgerTableArn\t"), single, *GONE, *there)
    assert fake.run("uninstall", "--yes") == 0, fake.output
    assert fake.calls("list-executions") == []
    assert "approval page" not in fake.output


@pytest.mark.long
@pytest.mark.parametrize("template", [["--single-function"], []], ids=["single", "workflow"])
def test_the_page_comes_and_goes_with_the_stack(accounts, tmp_path, template):
    shell = Shell(accounts, tmp_path)
    assert shell.install(*template, "--approvals", "public", "--mode", "approve", "--revoke-sessions") == 0, shell.output
    assert "ApprovalPageAddress" in shell.output and "https://" in shell.output
    assert (shell.parameters()["ApprovalPage"], shell.parameters()["RevokeSessions"]) == ("public", "on")
    secrets = accounts.client("secretsmanager", MEMBER)
    assert len(secrets.list_secrets()["SecretList"]) == 1
    assert shell.install("--no-ledger") == 1
    assert "give --approvals off with --no-ledger" in shell.output
    assert shell.run("uninstall", "--region", REGION, "--yes") == 0, shell.output
    assert "its approval page https://" in shell.output
    assert secrets.list_secrets()["SecretList"] == []
    assert shell.stack() is None
