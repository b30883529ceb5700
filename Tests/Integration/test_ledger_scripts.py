"""What `deploy/install` and `deploy/uninstall` do about the ledger: made first, kept, left out, and never deleted."""

import pytest

from support.account import MEMBER, REGION
from support.fake_aws import MISSING, NO_LEDGER, FakeAWS, writable
from test_deploy_scripts import DEPLOYED, THERE
from test_install import Shell

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger-Table-1"
OTHER = "arn:aws:dynamodb:eu-central-1:123456789012:table/of-another-region"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
KNOWN = ["describe-stacks", "'LedgerTableArn'].["]
LEDGER = [
    (["describe-stacks", "--stack-name gatehouse-ledger", "StackStatus"], "CREATE_COMPLETE"),
    (["describe-stacks", "--stack-name gatehouse-ledger", "OutputKey=='TableArn'"], TABLE),
    (["describe-stacks", "--stack-name gatehouse-ledger", "OutputKey=='KeyArn'"], "None"),
]


@pytest.fixture
def shell(accounts, tmp_path):
    return Shell(accounts, tmp_path)


def tables(shell):
    return shell.accounts.client("dynamodb", MEMBER).list_tables()["TableNames"]


def test_a_new_stack_gets_a_ledger(shell):
    assert shell.install() == 0, shell.output
    (name,) = tables(shell)
    assert shell.parameters()["LedgerTableArn"] == f"arn:aws:dynamodb:{REGION}:{MEMBER}:table/{name}"
    assert shell.parameters()["LedgerKeyArn"] == ""
    assert {tag["Key"] for tag in shell.stack("gatehouse-ledger")["Tags"]} == {"gatehouse:stack"}
    assert "deploying the ledger's stack gatehouse-ledger" in shell.output
    assert shell.output.index("gatehouse-ledger") < shell.output.index("deploying the stack gatehouse in")
    assert "There is no ledger" not in shell.output
    # Again: the same table, and the same stack.
    before = shell.parameters()
    assert shell.install() == 0, shell.output
    assert "nothing has changed" in shell.output
    assert tables(shell) == [name] and shell.parameters() == before


@pytest.mark.long
def test_what_was_made_without_a_ledger_stays_so_until_one_is_asked_for(shell):
    assert shell.install("--no-ledger") == 0, shell.output
    assert "There is no ledger: nothing limits how much is changed" in shell.output
    assert shell.install() == 0, shell.output
    assert "was made without a ledger and stays so" in shell.output
    assert shell.parameters()["LedgerTableArn"] == "" and tables(shell) == []
    assert shell.install("--ledger") == 0, shell.output
    (name,) = tables(shell)
    assert shell.parameters()["LedgerTableArn"] == f"arn:aws:dynamodb:{REGION}:{MEMBER}:table/{name}"


@pytest.mark.long
def test_uninstalling_leaves_the_table_and_says_how_to_delete_it(shell):
    assert shell.install() == 0, shell.output
    (name,) = tables(shell)
    assert shell.run("uninstall", "--region", REGION, "--yes", "--everything") == 0, shell.output
    assert shell.stack() is None and shell.stack("gatehouse-ledger")
    assert tables(shell) == [name]
    for command in (
        f"aws cloudformation delete-stack --region {REGION} --stack-name gatehouse-ledger",
        f"aws dynamodb update-table --region {REGION} --table-name {name} --no-deletion-protection-enabled",
        f"aws dynamodb delete-table --region {REGION} --table-name {name}",
    ):
        assert command in shell.output
    # Also when the functions' stack is long gone; and the next one takes the same table.
    assert shell.run("uninstall", "--region", REGION, "--yes") == 0, shell.output
    assert f"the ledger stays, the table {name}" in shell.output
    assert shell.install() == 0, shell.output
    assert tables(shell) == [name]


@pytest.mark.long
def test_a_dry_run_makes_no_table(shell):
    assert shell.install("--dry-run") == 0, shell.output
    assert "the ledger's stack gatehouse-ledger would be made first" in shell.output
    assert "ArchiveLedgerPolicy" in shell.output
    assert tables(shell) == [] and shell.stack("gatehouse-ledger") is None


@pytest.fixture
def install(tmp_path):
    def run(*answers, arguments=(), status=0):
        fake = FakeAWS(tmp_path, *answers)
        zip_file = ["--zip", str(writable(tmp_path, "g.zip")), "--architecture", "arm64"]
        assert fake.run("install", *zip_file, *arguments) == status, fake.output
        return fake

    return run


def deployments(fake):
    """By the stack: the parameters of its deployment, in order."""
    found = {}
    for call in fake.asked:
        if "deploy" in call:
            given = call[call.index("--parameter-overrides") + 1 :] if "--parameter-overrides" in call else []
            found[call[call.index("--stack-name") + 1]] = dict(each.split("=", 1) for each in given)
    return found


def test_a_stack_of_a_version_without_ledgers_gets_one(install):
    fake = install(*LEDGER, (KNOWN, "None"), *THERE, DEPLOYED)
    made = deployments(fake)
    assert list(made) == ["gatehouse-ledger", "gatehouse"]
    assert made["gatehouse"]["LedgerTableArn"] == TABLE


def test_its_key_is_handed_to_the_functions(install):
    with_key = (["describe-stacks", "--stack-name gatehouse-ledger", "OutputKey=='KeyArn'"], KEY)
    fake = install(with_key, *LEDGER, (KNOWN, f"LedgerTableArn\t{TABLE}"), *THERE, DEPLOYED, arguments=["--ledger-key", KEY])
    made = deployments(fake)
    assert made["gatehouse-ledger"] == {"KeyArn": KEY}
    assert made["gatehouse"]["LedgerKeyArn"] == KEY


@pytest.mark.parametrize("stack", [[NO_LEDGER], LEDGER], ids=["no-stack", "another-stack"])
def test_a_table_that_is_not_of_the_ledgers_stack_is_kept(install, stack):
    fake = install(*stack, (KNOWN, f"LedgerTableArn\t{OTHER}"), *THERE, DEPLOYED)
    made = deployments(fake)
    assert list(made) == ["gatehouse"] and "LedgerTableArn" not in made["gatehouse"]
    assert f"keeps its ledger, {OTHER}" in fake.output


def test_a_table_of_ones_own_is_taken_as_it_is(install):
    fake = install(NO_LEDGER, (KNOWN, "LedgerTableArn\t"), *THERE, DEPLOYED, arguments=["--parameter", f"LedgerTableArn={OTHER}"])
    made = deployments(fake)
    assert list(made) == ["gatehouse"] and made["gatehouse"]["LedgerTableArn"] == OTHER


def test_a_ledger_that_is_left_out_keeps_its_table(install):
    """Not with moto, which cannot take an inline policy of several roles away."""
    fake = install(*LEDGER, (KNOWN, f"LedgerTableArn\t{TABLE}"), *THERE, DEPLOYED, arguments=["--no-ledger"])
    made = deployments(fake)
    assert list(made) == ["gatehouse"]
    assert (made["gatehouse"]["LedgerTableArn"], made["gatehouse"]["LedgerKeyArn"]) == ("", "")
    assert f"the functions use no ledger from now on; its table stays: {TABLE}" in fake.output
    assert fake.calls("delete") == []


def test_without_its_ledger_the_functions_are_not_deployed(install):
    refused = (["cloudformation deploy", "--stack-name gatehouse-ledger"], "!Failed to create/update the stack")
    why = (["describe-stack-events", "gatehouse-ledger"], "Table\tno permission")
    fake = install(NO_LEDGER, refused, why, (KNOWN, "None"), *THERE, DEPLOYED, status=1)
    assert list(deployments(fake)) == ["gatehouse-ledger"]
    assert "no permission" in fake.output
    assert "the ledger's stack gatehouse-ledger was not deployed, and the stack gatehouse is as it was" in fake.output


def test_what_is_left_of_a_ledger_that_failed_is_taken_away(install):
    states = (["describe-stacks", "--stack-name gatehouse-ledger", "StackStatus"], ["ROLLBACK_COMPLETE", "CREATE_COMPLETE"])
    fake = install(
        states, (["delete-stack", "gatehouse-ledger"], ""), (["wait stack-delete-complete"], ""),
        *LEDGER, (KNOWN, "None"), *THERE, DEPLOYED,
    )  # fmt: skip
    assert len(fake.calls("delete-stack")) == 1
    assert deployments(fake)["gatehouse"]["LedgerTableArn"] == TABLE


def test_with_a_ledger_no_concurrency_is_asked_for(install):
    """None is reserved, so that a new account has enough."""
    fake = install(*LEDGER[1:], *[(LEDGER[0][0], ["!Stack with id gatehouse-ledger does not exist", "CREATE_COMPLETE"])], MISSING, *THERE[1:], DEPLOYED)
    assert "WriterConcurrency" not in deployments(fake)["gatehouse"]
    assert fake.calls("get-account-settings") == []


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--ledger", "--no-ledger"], "give --ledger or --no-ledger, not both"),
        (["--no-ledger", "--ledger-key", KEY], "nothing for --ledger-key to encrypt"),
        (["--ledger", "--parameter", f"LedgerTableArn={OTHER}"], "names a table of yours"),
    ],
)
def test_wrong_usage_is_said(install, arguments, says):
    fake = install(arguments=arguments, status=2)
    assert says in fake.output and fake.asked == []


def test_uninstalling_a_stack_without_a_ledger_says_nothing_of_one(tmp_path):
    gone = [(["delete-stack"], ""), (["wait stack-delete-complete"], ""), (["list-stack-resources"], "None"), (["head-bucket"], 254)]
    fake = FakeAWS(tmp_path, NO_LEDGER, (KNOWN, "LedgerTableArn\t"), *gone, *THERE)
    assert fake.run("uninstall", "--yes") == 0, fake.output
    assert "ledger" not in fake.output


def test_uninstalling_names_a_table_of_another_region_with_its_region(tmp_path):
    gone = [(["delete-stack"], ""), (["wait stack-delete-complete"], ""), (["list-stack-resources"], "None"), (["head-bucket"], 254)]
    fake = FakeAWS(tmp_path, NO_LEDGER, (KNOWN, f"LedgerTableArn\t{OTHER}"), *gone, *THERE)
    assert fake.run("uninstall", "--yes") == 0, fake.output
    assert "aws dynamodb delete-table --region eu-central-1 --table-name of-another-region" in fake.output
    assert "delete-stack --region" not in fake.output
