"""The ledger in DynamoDB: the suite that its twin in memory passes, and the packaged functions with it."""

import json
import os
import pathlib
import subprocess

import pytest

from support import dynamodb, faults
from support.account import MEMBER
from support.events import published, published_bytes

ROOT = pathlib.Path(__file__).resolve().parents[2]
FINDING = published()["detail"]["id"]
ROLE = "Audit_CrossAccountRole"
MORE = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off"}


@pytest.fixture
def table(accounts):
    return dynamodb.make_table(accounts.client("dynamodb"))


@pytest.fixture
def world(accounts, table):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


@pytest.fixture
def run(world, function, table):
    """Starts a handler with the ledger."""

    def start(handler, **more):
        settings = {**MORE, "GATEHOUSE_TOPIC_ARN": world.topic_arn, "GATEHOUSE_LEDGER_TABLE": table, **more}
        return function(handler, own=MEMBER, **settings)

    return start


def ledger(world, prefix):
    return [item for item in dynamodb.items(world.client("dynamodb")) if item["sk"].startswith(prefix)]


def status(outcome):
    assert outcome.kind == "response", outcome.body
    return outcome.json["outcome"]["status"]


def subjects(world):
    return [message["Subject"] for message in world.messages()]


def test_the_suite_of_the_twin_passes(accounts, table):
    """Run by `swift test`, which has been built before this in Tests/run."""
    built = list((ROOT / ".build").glob("*/debug/gatehousePackageTests.xctest"))
    if not built:
        pytest.skip("swift build --build-tests has not been run")
    key, secret = accounts.aws.administrator(MEMBER)
    environment = {
        **os.environ,
        "GATEHOUSE_TEST_LEDGER": table.rpartition("/")[2],
        "AWS_ENDPOINT_URL": accounts.aws.url,
        "AWS_REGION": accounts.region,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
    }
    run = subprocess.run(
        ["swift", "test", "--skip-build", "--filter", "LedgerTests"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert "dynamoDB" in run.stdout


@pytest.mark.parametrize("by", ["name", "ARN"])
def test_a_block_is_recorded_and_told_once(world, run, table, by):
    respond = run("respond", GATEHOUSE_LEDGER_TABLE=table if by == "ARN" else table.rpartition("/")[2])
    assert status(respond.invoke(published_bytes())) == "RESOLVED"
    (change,) = ledger(world, "CHANGE#")
    assert change["data"]["state"] == "MADE" and change["data"]["findingId"] == FINDING
    assert "expires" not in change and ledger(world, "LEASE") == []
    again = respond.invoke(published_bytes())
    assert status(again) == "ALREADY_RESOLVED" and again.json["notification"] is None
    assert len(subjects(world)) == 1


def test_a_rollback_needs_the_findings_id_alone(aws, world, run):
    before = world.trust(ROLE)
    assert status(run("respond").invoke(published_bytes())) == "RESOLVED"
    world.messages()
    aws.calls.clear()
    undone = run("rollback").invoke(json.dumps({"findingId": FINDING}).encode())
    assert status(undone) == "ROLLED_BACK"
    assert world.trust(ROLE) == before
    # The ledger knows what Access Analyzer would have to be asked for.
    assert not [name for name in aws.names() if name.startswith("access-analyzer")]
    assert [subject.split(":")[0].split(" ")[0] for subject in subjects(world)] == ["UNDONE"]
    refused = run("respond").invoke(published_bytes())
    assert status(refused) == "REFUSED" and "gave this access back on" in refused.json["outcome"]["summary"]
    assert "assumed-role/gatehouse-rollback" in refused.json["outcome"]["summary"]


def test_above_the_limit_a_person_is_told(world, run):
    respond = run("respond", GATEHOUSE_MAX_CHANGES_PER_HOUR="0")
    answer = respond.invoke(published_bytes())
    assert "outcome" not in answer.json and answer.json["decision"]["action"] == "NOTIFY"
    assert "GATEHOUSE_MAX_CHANGES_PER_HOUR" in answer.json["decision"]["reasons"][-1]
    assert len(world.trust(ROLE)["Statement"]) == 1 and len(subjects(world)) == 1


def test_no_write_without_its_record(aws, world, run):
    """Whatever is wrong with the table, the role stays as it is; when it is well again, a retry works."""
    respond = run("respond")
    for fault in (faults.access_denied, faults.server_error, faults.closed_unexecuted):
        aws.fail("dynamodb", "TransactWriteItems", *[fault] * 12)
        failed = respond.invoke(published_bytes())
        assert failed.kind == "error" and "GATEHOUSE_LEDGER_TABLE" in failed.json["errorMessage"], failed.body
        assert failed.error_type in ("Function.AccessDenied", "Function.ServiceUnavailable")
        assert len(world.trust(ROLE)["Statement"]) == 1
        aws.queued.clear()
    assert status(respond.invoke(published_bytes())) == "RESOLVED"


def test_a_table_that_is_not_there_is_named(world, run):
    failed = run("respond", GATEHOUSE_LEDGER_TABLE="elsewhere").invoke(published_bytes())
    assert failed.error_type == "Function.InvalidConfiguration"
    assert "GATEHOUSE_LEDGER_TABLE names a table that does not exist" in failed.json["errorMessage"]
    assert len(world.trust(ROLE)["Statement"]) == 1


def test_an_answer_of_the_ledger_that_is_lost_is_no_loss(aws, world, run):
    respond = run("respond")
    # The lease, the intention, the settlement, the lease again, the claim, the count, and that it was told.
    for position in range(7):
        aws.fail("dynamodb", "TransactWriteItems", *[None] * position, faults.closed_executed)
        answer = respond.invoke(published_bytes())
        assert status(answer) in ("RESOLVED", "ALREADY_RESOLVED")
        aws.queued.clear()
    assert len(world.trust(ROLE)["Statement"]) == 2
    assert len(ledger(world, "CHANGE#")) == 1 and len(subjects(world)) == 1


@pytest.mark.parametrize(
    "item",
    [
        {"version": {"N": "2"}, "revision": {"N": "1"}, "data": {"S": "{}"}},
        {"version": {"N": "1"}, "revision": {"N": "1"}, "data": {"S": "{"}},
        {"version": {"N": "1"}, "revision": {"N": "1"}, "data": {"S": '{"kind":"BLOCK"}'}},
        {"note": {"S": "of somebody else's"}},
    ],
)
def test_what_it_does_not_know_stops_it_before_it_writes(world, run, item):
    arn = f"arn:aws:iam::{MEMBER}:role/{ROLE}"
    key = {"pk": {"S": f"RESOURCE#{arn}"}, "sk": {"S": "CHANGE#20260101T000000Z-0"}}
    world.client("dynamodb").put_item(TableName="gatehouse-ledger", Item={**key, **item})
    failed = run("respond").invoke(published_bytes())
    assert failed.error_type == "Function.InvalidConfiguration" and "CHANGE#20260101T000000Z-0" in failed.json["errorMessage"]
    assert len(world.trust(ROLE)["Statement"]) == 1
    lease = {"pk": key["pk"], "sk": {"S": "LEASE"}}
    assert "Item" not in world.client("dynamodb").get_item(TableName="gatehouse-ledger", Key=lease)
