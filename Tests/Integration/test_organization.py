"""`deploy/organization` with the AWS CLI against the stand-in: what it makes, where, in what order, and how it goes again."""

import json
import os
import subprocess

import pytest
from moto.cloudformation.models import cloudformation_backends
from moto.organizations.exceptions import AWSOrganizationsNotInUseException
from moto.organizations.models import FakeAccount, FakeDelegatedAdministrator, OrganizationsBackend, organizations_backends

import support.cloudformation  # noqa: F401, what moto lacks
from support.fake_aws import FakeAWS
from support.moto import iam_backends
from support.quick_aws import QuickAWS
from support.stack_sets import SERVICE
from support.template import DEPLOY

MANAGER, HOME, OTHERS = "111111111111", "eu-central-1", ("eu-west-1", "us-east-1")
EVERYWHERE = ",".join((HOME, *OTHERS))
SETS = ("gatehouse-analyzer", "gatehouse-member-role", "gatehouse-forwarder")


class Organization:
    """An organization with a unit of two accounts, another with one, and Gatehouse's own in a third."""

    def __init__(self, accounts, folder, quick):
        self.accounts, self.folder = accounts, folder
        self.client = accounts.client("organizations", MANAGER)
        self.client.create_organization(FeatureSet="ALL")
        self.root = self.client.list_roots()["Roots"][0]["Id"]
        self.units = {name: self.unit(name) for name in ("Workloads", "Sandbox", "Security")}
        self.members = {name: self.account(name, unit) for name, unit in
                        (("shop", "Workloads"), ("ledger", "Workloads"), ("trial", "Sandbox"), ("security", "Security"))}  # fmt: skip
        self.gatehouse = self.members["security"]
        self.sets = accounts.aws.stack_sets
        self.sets.manager = MANAGER
        sleep = folder / "bin"
        sleep.mkdir()
        (sleep / "sleep").write_text("#!/bin/sh\nexit 0\n")
        (sleep / "sleep").chmod(0o755)
        self.path = f"{sleep}:{quick.folder}:{os.environ['PATH']}"

    def unit(self, name):
        return self.client.create_organizational_unit(ParentId=self.root, Name=name)["OrganizationalUnit"]["Id"]

    def account(self, name, unit):
        made = self.client.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]["AccountId"]
        self.client.move_account(AccountId=made, SourceParentId=self.root, DestinationParentId=self.units[unit])
        return made

    def switch_on(self):
        for service in (SERVICE, "access-analyzer.amazonaws.com"):
            self.client.enable_aws_service_access(ServicePrincipal=service)
        self.client.register_delegated_administrator(AccountId=self.gatehouse, ServicePrincipal="access-analyzer.amazonaws.com")

    def run(self, *arguments, status=0, account=MANAGER, region=HOME):
        key, secret = self.accounts.aws.administrator(account)
        done = subprocess.run(
            [DEPLOY / "organization", "--region", region, *arguments],
            env={
                "PATH": self.path, "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_ENDPOINT_URL": self.accounts.aws.url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
            },
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.output, self.talk = done.stdout, done.stderr
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def set_up(self, *more, status=0):
        return self.run("--gatehouse", self.gatehouse, "--regions", EVERYWHERE, "--external-id", "some-external-id", "--yes", *more, status=status)

    def where(self, name):
        return sorted((each.account, each.region) for each in self.sets.sets[name].instances if each.stack is not None)

    def asked(self, name):
        return [each[0] for each in self.sets.sets[name].asked]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The AWS CLI, loaded once."""
    running = QuickAWS(tmp_path_factory.mktemp("aws"))
    yield running
    running.stop()


@pytest.fixture
def organization(accounts, tmp_path, monkeypatch, quick):
    # moto knows it as trusted, and not as one that has delegates.
    monkeypatch.setattr(FakeDelegatedAdministrator, "SUPPORTED_SERVICES", [*FakeDelegatedAdministrator.SUPPORTED_SERVICES, SERVICE])
    made = Organization(accounts, tmp_path, quick)
    made.switch_on()
    return made


def test_all_is_set_up_where_it_belongs_and_only_there(organization):
    said = organization.set_up()
    gatehouse = organization.gatehouse
    assert organization.where(SETS[0]) == sorted((gatehouse, region) for region in (HOME, *OTHERS))
    assert organization.where(SETS[1]) == sorted((account, HOME) for account in organization.members.values())
    assert organization.where(SETS[2]) == sorted((gatehouse, region) for region in OTHERS)
    analyzer, members, forwarder = (organization.sets.sets[name] for name in SETS)
    assert (analyzer.automatic, members.automatic, forwarder.automatic) == (False, True, False)
    assert analyzer.parameters["Zone"] == "ORGANIZATION" and forwarder.parameters["HomeRegion"] == HOME
    identifier = organization.client.describe_organization()["Organization"]["Id"]
    wanted = {"GatehouseAccount": gatehouse, "ExternalId": "some-external-id", "Organization": identifier}
    assert wanted.items() <= members.parameters.items()
    # The roles are there, by the templates' own names.
    names = {role.name for role in iam_backends[organization.members["shop"]]["aws"].get_roles()}
    assert {"GatehouseMember", "GatehouseMember-read"} <= names
    assert not [role for role in iam_backends[MANAGER]["aws"].get_roles() if "Gatehouse" in role.name]
    assert f"The management account {MANAGER} is in no such StackSet" in said


def pasted(text, folder):
    """What the commands of a text are called with: its lines as a shell takes them, with stubs of what they start."""
    commands = "\n".join(line for line in text.splitlines() if line.startswith(("    ", "deploy/install ", "deploy/organization ", "aws ")))
    places = {"deploy/install": folder / "deploy", "deploy/organization": folder / "deploy", "aws": folder / "stubs"}
    for name, place in places.items():
        place.mkdir(exist_ok=True)
        stub = place / name.rpartition("/")[2]
        stub.write_text(f"#!/bin/bash\nprintf '%s\\0' {name} \"$@\"; printf '\\n'\n")
        stub.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e"], input=commands, cwd=folder, env={"PATH": f"{folder / 'stubs'}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return [line.split("\0")[:-1] for line in done.stdout.splitlines()]


def test_what_comes_next_can_be_pasted(organization, tmp_path):
    organization.set_up("--email", "security@example.com")
    members = organization.sets.sets[SETS[1]]
    protected = "arn:aws:iam::*:role/break-glass-*,arn:aws:iam::*:role/a$b"
    members.parameters |= {"ProtectedRoles": protected, "PermissionsBoundary": "boundaries/Everybody"}
    said = organization.set_up()
    identifier = organization.client.describe_organization()["Organization"]["Id"]
    install, deploy = pasted(said[said.index("Next, in account") :], tmp_path)
    assert install == [
        "deploy/install", "--region", HOME, "--organization", identifier, "--parameter", "MemberRoleName=GatehouseMember",
        "--parameter", "MemberExternalId=some-external-id", "--parameter", f"OtherRegions={','.join(OTHERS)}",
        "--email", "security@example.com",
    ]  # fmt: skip
    assert deploy[:-1] == [
        "aws", "cloudformation", "deploy", "--region", HOME, "--stack-name", SETS[1], "--template-file", "deploy/member-role.yaml",
        "--capabilities", "CAPABILITY_NAMED_IAM", "--parameter-overrides", *deploy[12:-1],
    ]  # fmt: skip
    # Everything that the members have, and what was given to the StackSet in another way.
    given = dict(each.split("=", 1) for each in deploy[12:-1])
    assert given == {key: value for key, value in members.parameters.items() if value}
    assert given["ProtectedRoles"] == protected and given["PermissionsBoundary"] == "boundaries/Everybody"
    assert given["ExternalId"] == "some-external-id" and given["GatehouseAccount"] == organization.gatehouse


def test_gatehouse_is_not_moved_to_another_account_by_itself(organization, tmp_path):
    organization.set_up("--blocked-types", "AWS::IAM::Role,AWS::S3::Bucket", "--units", f"{organization.units['Workloads']},{organization.units['Security']}")
    organization.sets.sets[SETS[1]].parameters["ProtectedRoles"] = "arn:aws:iam::*:role/break-glass"
    old, new = organization.gatehouse, organization.members["shop"]
    before = {name: (organization.where(name), organization.asked(name)) for name in SETS}
    organization.client.register_delegated_administrator(AccountId=new, ServicePrincipal="access-analyzer.amazonaws.com")
    said = organization.run("--gatehouse", new, "--regions", EVERYWHERE, "--yes", status=1)
    assert f"Gatehouse is not moved from {old} to {new} by itself" in said and "stays as it is" not in said
    assert "ProtectedRoles=arn:aws:iam::*:role/break-glass" in said
    assert {name: (organization.where(name), organization.asked(name)) for name in SETS} == before
    # The two commands that it prints do it.
    remove, again = pasted(said[said.index("Gatehouse runs in") :], tmp_path)
    kept = dict(organization.sets.sets[SETS[1]].parameters)
    organization.run(*remove[1:], "--yes")
    organization.run(*again[1:], "--yes")
    assert {account for name in (SETS[0], SETS[2]) for account, _ in organization.where(name)} == {new}
    del kept["ProtectedRoles"]
    assert organization.sets.sets[SETS[1]].parameters == {**kept, "GatehouseAccount": new}
    assert {account for account, _ in organization.where(SETS[1])} == {organization.members[name] for name in ("shop", "ledger", "security")}


def stand(organization, name, status):
    """What Organizations says of one account."""
    for account in organizations_backends[MANAGER]["aws"].accounts:
        if account.id == organization.members[name]:
            account.status = account.state = status


def test_a_gatehouse_account_that_is_suspended_is_refused(organization):
    stand(organization, "security", "SUSPENDED")
    said = organization.set_up(status=1)
    assert f"the account {organization.gatehouse} is SUSPENDED" in said and organization.sets.sets == {}


def described_with(monkeypatch, change):
    original = FakeAccount.describe

    def describe(account):
        found = original(account)
        change(found)
        return found

    monkeypatch.setattr(FakeAccount, "describe", describe)


def test_accounts_that_have_a_state_and_no_status(organization, monkeypatch):
    """As Organizations answers from September 2026 on."""
    described_with(monkeypatch, lambda found: found.pop("Status"))
    stand(organization, "trial", "PENDING_CLOSURE")
    said = organization.set_up()
    assert "3 accounts" in said
    organization.run("--sweep-list", "--regions", HOME)
    listed = {row.split(",")[0] for row in organization.output.splitlines()[1:]}
    assert listed == {MANAGER, *organization.members.values()} - {organization.members["trial"]}
    stand(organization, "security", "SUSPENDED")
    assert "is SUSPENDED" in organization.set_up(status=1)


def test_the_state_goes_before_the_status(organization, monkeypatch):
    described_with(monkeypatch, lambda found: found.update(State="CLOSED" if found["Id"] == organization.members["trial"] else "ACTIVE"))
    assert "3 accounts" in organization.set_up("--dry-run")


def test_accounts_that_have_a_status_and_no_state(organization, monkeypatch):
    """As an older AWS CLI shows them."""
    described_with(monkeypatch, lambda found: found.pop("State"))
    stand(organization, "trial", "SUSPENDED")
    assert "3 accounts" in organization.set_up("--dry-run")


def test_an_aws_cli_that_knows_neither_is_not_taken_for_no_accounts(organization, monkeypatch):
    described_with(monkeypatch, lambda found: (found.pop("Status"), found.pop("State")))
    assert "update it" in organization.set_up(status=1) and organization.sets.sets == {}
    assert "update it" in organization.run("--sweep-list", "--regions", HOME, status=1)


def test_an_operation_that_made_nothing_has_failed(organization, monkeypatch):
    """The account is in another unit by the time that CloudFormation looks."""
    targets = organization.sets.targets
    monkeypatch.setattr(organization.sets, "targets", lambda given: (targets(given)[0], {}))
    said = organization.set_up(status=1)
    assert f"{SETS[0]}: create-stack-instances made nothing" in said and "is done in 0 stacks" not in said.split(SETS[1])[0]
    assert f"not everywhere as it should be: {' '.join(SETS)}" in said
    # Of a unit nothing is expected by name: what lacks is seen afterwards.
    assert f"{SETS[1]}: no stack was made in" in said and organization.members["trial"] in said


def test_what_lacks_is_made(organization):
    organization.set_up()
    missing = [("analyzer", organization.gatehouse, OTHERS[0]), ("member-role", organization.members["trial"], HOME), ("member-role", organization.members["shop"], HOME)]
    for name, account, region in missing:
        known = organization.sets.sets[f"gatehouse-{name}"]
        (gone,) = [each for each in known.instances if (each.account, each.region) == (account, region)]
        organization.sets.take_down(gone)
        known.instances.remove(gone)
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, "--dry-run")
    for _, account, region in missing:
        assert f"{account}/{region}" in said
    assert said.count("made where it is not there") == 2 and said.count("stays as it is") == 1
    organization.set_up()
    for name, account, region in missing:
        assert (account, region) in organization.where(f"gatehouse-{name}")
    # Those alone.
    assert organization.sets.sets[SETS[1]].asked[-1] == ("CREATE", sorted(organization.members[name] for name in ("trial", "shop")), [HOME])
    assert organization.set_up().count("stays as it is") == 3


@pytest.mark.parametrize("automatic, retains", [(False, False), (True, True)])
def test_automatic_deployment_is_switched_as_it_was_made(organization, automatic, retains):
    organization.set_up()
    members = organization.sets.sets[SETS[1]]
    members.automatic, members.retains = automatic, retains
    said = organization.set_up()
    assert "automatic deployment was Enabled=" in said and said.count("stays as it is") == 2
    assert (members.automatic, members.retains, organization.asked(SETS[1])[-1]) == (True, False, "UPDATE")
    assert organization.set_up().count("stays as it is") == 3


def test_what_no_update_reaches_is_said_with_what_to_do(organization, tmp_path):
    organization.set_up()
    members, trial = organization.sets.sets[SETS[1]], organization.members["trial"]
    (stuck,) = [each for each in members.instances if each.account == trial]
    stuck.status = "INOPERABLE"
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, "--dry-run")
    assert f"CANNOT BE MENDED by this script: {trial}/{HOME}/INOPERABLE" in said and said.count("stays as it is") == 2
    said = organization.set_up(status=1)
    assert "not everywhere as it should be: gatehouse-member-role" in said and "Next" not in said
    # Its command as it is, and the stack deleted in the account.
    (command,) = pasted(said[said.index("is left out by every update") :], tmp_path)
    assert {"delete-stack-instances", "--retain-stacks", SETS[1], HOME} <= set(command)
    assert json.loads(command[-1]) == {"OrganizationalUnitIds": [stuck.unit], "Accounts": [trial], "AccountFilterType": "INTERSECTION"}
    organization.sets.take_down(stuck)
    members.instances.remove(stuck)
    assert f"made where it is not there: {trial}/{HOME}" in organization.set_up()
    assert (trial, HOME) in organization.where(SETS[1])


def test_an_account_that_was_reopened_is_brought_up_to_date(organization):
    organization.set_up()
    trial, members = organization.members["trial"], organization.sets.sets[SETS[1]]
    stand(organization, "trial", "SUSPENDED")
    organization.set_up("--changes", "denied")
    (skipped,) = [each for each in members.instances if each.account == trial]
    assert skipped.status == "SKIPPED_SUSPENDED_ACCOUNT" and skipped.stack.parameters["Changes"] == "allowed"
    # As long as it is suspended there is nothing to do.
    assert organization.set_up().count("stays as it is") == 3
    stand(organization, "trial", "ACTIVE")
    assert f"{trial}/{HOME}/SKIPPED_SUSPENDED_ACCOUNT" in organization.set_up()
    assert skipped.status == "SUCCEEDED" and skipped.stack.parameters["Changes"] == "denied"


@pytest.mark.parametrize("rehomes", [False, True])
def test_more_units_take_nothing_away_from_those_that_are_within(organization, rehomes):
    organization.sets.rehomes = rehomes
    organization.set_up("--units", organization.units["Workloads"])
    members = organization.sets.sets[SETS[1]]
    before = {each.account: each.stack for each in members.instances}
    said = organization.set_up("--units", organization.root)
    assert "TAKEN AWAY" not in said and "DELETE" not in organization.asked(SETS[1])
    assert {account for account, _ in organization.where(SETS[1])} == set(organization.members.values())
    assert all(each.stack is before[each.account] for each in members.instances if each.account in before)
    assert organization.set_up("--units", organization.root).count("stays as it is") == 3


@pytest.mark.parametrize("rehomes", [False, True])
def test_fewer_units_keep_what_they_still_hold(organization, rehomes):
    """Also an account that is suspended, which CloudFormation passes over: it is still in the unit."""
    organization.sets.rehomes = rehomes
    organization.set_up()
    members, workloads = organization.sets.sets[SETS[1]], organization.units["Workloads"]
    before = {each.account: each.stack for each in members.instances}
    if not rehomes:
        stand(organization, "ledger", "SUSPENDED")
    said = organization.set_up("--units", workloads, status=0 if rehomes else 1)
    assert f"TAKEN AWAY from the accounts of {organization.root} but for those of {workloads}" in said
    kept = {organization.members["shop"], organization.members["ledger"]}
    assert {each.account for each in members.instances} == kept and organization.asked(SETS[1])[-2:] == ["CREATE", "DELETE"]
    assert all(each.stack is before[each.account] for each in members.instances)
    # Where CloudFormation still has the root among its units, that is said, and nothing more is taken away.
    assert rehomes == (f"{organization.root} is still among its units" not in said)
    asked = organization.asked(SETS[1])
    organization.set_up("--units", workloads, status=0 if rehomes else 1)
    assert organization.asked(SETS[1]) == asked


def test_a_question_that_fails_takes_nothing_away(organization, monkeypatch):
    """Which accounts a unit still holds cannot be told right before they would be taken away."""
    organization.set_up()
    before = organization.where(SETS[1])
    create = organization.sets.create_stack_instances

    def created_and_then(given):
        monkeypatch.setattr(OrganizationsBackend, "list_accounts_for_parent", refused)
        return create(given)

    def refused(*arguments, **more):
        raise AWSOrganizationsNotInUseException

    monkeypatch.setattr(organization.sets, "create_stack_instances", created_and_then)
    said = organization.set_up("--units", organization.units["Workloads"], status=1)
    assert "cannot be listed" in said and "DELETE" not in organization.asked(SETS[1])
    assert organization.where(SETS[1]) == before


def test_again_it_changes_nothing_and_keeps_what_is_not_given(organization):
    organization.set_up("--blocked-types", "AWS::IAM::Role,AWS::S3::Bucket", "--email", "security@example.com")
    before = [list(organization.asked(name)) for name in SETS]
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, "--yes")
    assert [organization.asked(name) for name in SETS] == before
    assert said.count("stays as it is") == 3
    members, forwarder = (organization.sets.sets[name].parameters for name in SETS[1:])
    assert members["ExternalId"] == "some-external-id" and members["BlockedTypes"] == "AWS::IAM::Role,AWS::S3::Bucket"
    assert forwarder["NotificationEmail"] == "security@example.com"


def test_a_dry_run_and_no_answer_do_nothing(organization):
    said = organization.set_up("--dry-run")
    assert organization.sets.sets == {}
    for name in SETS:
        assert f"StackSet {name}" in said
    assert "4 accounts" in said and "new, in eu-central-1, eu-west-1, us-east-1" in said
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, status=1)
    assert "run it in a terminal, or with --yes" in said and organization.sets.sets == {}


def test_the_lists_are_whole(organization):
    """A region or unit that is left out goes, and one that is new comes."""
    organization.set_up("--units", organization.units["Workloads"])
    assert {account for account, _ in organization.where(SETS[1])} == {organization.members["shop"], organization.members["ledger"]}
    said = organization.run(
        "--gatehouse", organization.gatehouse, "--yes", "--regions", f"{HOME},eu-west-3,eu-west-1",
        "--units", f"{organization.units['Sandbox']},{organization.units['Security']}",
    )  # fmt: skip
    assert f"TAKEN AWAY from the accounts of {organization.units['Workloads']}" in said and "TAKEN AWAY in us-east-1" in said
    assert {account for account, _ in organization.where(SETS[1])} == {organization.members["trial"], organization.gatehouse}
    assert {region for _, region in organization.where(SETS[0])} == {HOME, "eu-west-1", "eu-west-3"}
    assert {region for _, region in organization.where(SETS[2])} == {"eu-west-1", "eu-west-3"}
    # Another home: the roles go before they come, for there is one of a name in an account.
    organization.run("--gatehouse", organization.gatehouse, "--yes", "--regions", f"{HOME},eu-west-1", region="eu-west-1")
    assert organization.asked(SETS[1])[-2:] == ["DELETE", "CREATE"]
    assert {region for _, region in organization.where(SETS[1])} == {"eu-west-1"}
    assert {region for _, region in organization.where(SETS[2])} == {HOME}


def test_where_it_failed_is_said_and_mended_by_running_again(organization):
    trial = organization.members["trial"]
    organization.sets.failing = {(trial, HOME): "Resource of type AWS::IAM::Role with identifier GatehouseMember already exists"}
    said = organization.set_up(status=1)
    assert "create-stack-instances failed in:" in said and trial in said and "already exists" in said
    assert "not everywhere as it should be: gatehouse-member-role" in said and "Next:" not in said
    # All others are done.
    assert len(organization.where(SETS[1])) == 3 and len(organization.where(SETS[2])) == 2
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, "--dry-run")
    assert f"also where it is not as it should be: {trial}/{HOME}/FAILED" in said
    organization.sets.failing = {}
    organization.set_up()
    assert len(organization.where(SETS[1])) == 4 and organization.asked(SETS[1])[-1] == "UPDATE"


def test_what_others_are_doing_is_waited_for(organization):
    """An operation runs for several looks, and one that was begun by an account that has just joined."""
    organization.sets.looks = 3
    organization.set_up()
    known = organization.sets.sets[SETS[1]]
    organization.sets.operation(known, "CREATE", [])
    said = organization.set_up("--changes", "denied")
    assert "busy with another operation: waiting" in said and known.parameters["Changes"] == "denied"


def test_all_is_taken_back(organization):
    organization.set_up()
    said = organization.run("--remove", "--dry-run")
    assert "StackSet gatehouse-member-role would be deleted, with its 4 stacks" in said and len(organization.sets.sets) == 3
    assert "undo first" in said
    assert "run it in a terminal" in organization.run("--remove", status=1)
    organization.run("--remove", "--yes")
    assert organization.sets.sets == {}
    for account in organization.members.values():
        assert not [role for role in iam_backends[account]["aws"].get_roles() if "Gatehouse" in role.name]
        for region in (HOME, *OTHERS):
            assert not cloudformation_backends[account][region].stacks
    assert "nothing is there to take away" in organization.run("--remove", "--yes")


def test_what_cannot_be_taken_back_stays_and_is_said(organization):
    organization.set_up()
    shop = organization.members["shop"]
    organization.sets.failing = {(shop, HOME): "Cannot delete entity, must detach all policies first"}
    said = organization.run("--remove", "--yes", status=1)
    assert "delete-stack-instances failed in:" in said and shop in said
    assert list(organization.sets.sets) == [SETS[1]] and organization.where(SETS[1]) == [(shop, HOME)]
    organization.sets.failing = {}
    organization.run("--remove", "--yes")
    assert organization.sets.sets == {}


def test_without_other_regions_there_are_no_forwarders(organization):
    organization.set_up()
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", HOME, "--yes")
    assert "TAKEN AWAY: there is no other region" in said and list(organization.sets.sets) == list(SETS[:2])
    assert {region for _, region in organization.where(SETS[0])} == {HOME}


def test_a_delegate_works_in_the_managements_name(organization):
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", EVERYWHERE, "--yes", account=organization.gatehouse, status=1)
    assert f"in {MANAGER}" in said and f"register-delegated-administrator --account-id {organization.gatehouse}" in said
    assert organization.sets.sets == {}


def test_what_has_to_be_switched_on_is_said_all_at_once(accounts, tmp_path, quick):
    organization = Organization(accounts, tmp_path, quick)
    organization.sets.is_enabled = False
    said = organization.set_up(status=1)
    for command in (
        f"aws cloudformation activate-organizations-access --region {HOME}",
        "aws organizations enable-aws-service-access --service-principal access-analyzer.amazonaws.com",
        f"aws organizations register-delegated-administrator --account-id {organization.gatehouse} --service-principal access-analyzer.amazonaws.com",
    ):
        assert command in said
    assert organization.sets.sets == {}


def test_a_stack_set_of_somebody_else_is_left_alone(organization):
    organization.set_up()
    organization.sets.describe_stack_set = lambda given: {"StackSet": {"Status": "ACTIVE", "PermissionModel": "SELF_MANAGED"}}
    try:
        said = organization.set_up(status=1)
    finally:
        del organization.sets.describe_stack_set
    assert "SELF_MANAGED permissions, which is not of this script" in said


def test_the_list_for_the_sweep(organization):
    organization.client.create_account(Email="a@example.com", AccountName="at the root")
    organization.run("--sweep-list", "--regions", f"{HOME},eu-west-1", "--units", f"{organization.units['Workloads']},{organization.units['Sandbox']}")
    header, *rows = organization.output.splitlines()
    wanted = sorted(organization.members[name] for name in ("shop", "ledger", "trial"))
    assert header == "account,region" and rows == [f"{account},{region}" for account in wanted for region in (HOME, "eu-west-1")]
    organization.run("--sweep-list", "--regions", HOME)
    # Gatehouse's own and the management account have resources as well.
    assert len(organization.output.splitlines()) == 1 + 6 and f"{MANAGER},{HOME}" in organization.output


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], "--gatehouse is missing"),
        (["--gatehouse", "123456789012"], "--regions is missing"),
        (["--gatehouse", "12", "--regions", HOME], "--gatehouse is an account id"),
        (["--gatehouse", "123456789012", "--regions", "Ireland"], "--regions takes regions"),
        (["--gatehouse", "123456789012", "--regions", HOME, "--units", "ou-1"], "--units takes ids"),
        (["--gatehouse", "123456789012", "--regions", HOME, "--external-id", 'a"b'], "--external-id is"),
        (["--gatehouse", "123456789012", "--regions", HOME, "--unused-access", "400"], "up to 365"),
        (["--gatehouse", "123456789012", "--regions", HOME, "--name", "9"], "--name is letters"),
        (["--remove", "--regions", HOME], "--remove takes all away"),
        (["--remove", "--sweep-list"], "not both"),
        (["--sweep-list"], "--sweep-list wants --regions"),
        (["--everything"], "unknown argument --everything"),
        (["--regions"], "--regions wants a value"),
    ],
)
def test_wrong_usage_is_said_in_one_line(tmp_path, arguments, says):
    fake = FakeAWS(tmp_path)
    assert fake.run("organization", *arguments) == 2
    first, second = fake.output.splitlines()
    assert says in first and second == "deploy/organization --help says how it is used" and fake.asked == []


def test_a_home_that_is_not_among_the_regions_is_refused(organization):
    said = organization.run("--gatehouse", organization.gatehouse, "--regions", "eu-west-1", "--yes", status=1)
    assert f"the home region {HOME} is not among --regions eu-west-1" in said and organization.sets.sets == {}
