"""The packaged sweep: what no event told, what was begun, and the workflow that it starts."""

import json
import time

import pytest

from support import dynamodb, faults
from support.account import MEMBER
from support.actions import Permissions
from support.changes import EVERY_TYPE
from support.events import published, published_bytes
from support.granted import FULL, LEDGER
from support.template import Template
from test_ledger_processes import Killer

ROLE = "Audit_CrossAccountRole"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:gatehouse"


@pytest.fixture
def world(accounts):
    accounts.table = dynamodb.make_table(accounts.client("dynamodb"))
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


@pytest.fixture
def run(world, function):
    def start(handler, **more):
        settings = {
            "allowed": ["*"],
            "GATEHOUSE_MODE": "enforce",
            "GATEHOUSE_ORGANIZATION_LOOKUPS": "off",
            "GATEHOUSE_TOPIC_ARN": world.topic_arn,
            "GATEHOUSE_LEDGER_TABLE": world.table,
        }
        started = function(handler, own=MEMBER, **{**settings, **more})
        started.key = started.environment["AWS_ACCESS_KEY_ID"]
        return started

    return start


def test_what_no_event_told(world, run):
    sweep = run("sweep")
    counts = sweep.invoke({}).json
    assert counts == {"analyzers": 1, "findings": 1, "started": 1, "known": 0, "completed": 0, "drifted": 0, "failed": 0}
    assert len(world.trust(ROLE)["Statement"]) == 2 and len(world.messages()) == 1
    # As EventBridge Scheduler calls it.
    again = sweep.invoke({"version": "0", "source": "aws.scheduler", "detail": {}, "detail-type": "Scheduled Event"}).json
    assert again["known"] == 1 and again["started"] == 0 and world.messages() == []


def test_what_a_dead_process_began(aws, world, run):
    killer = Killer(aws)
    respond = run("respond")
    calls = {}

    def watch(call):
        if call.access_key == respond.key and call.action == "UpdateAssumeRolePolicy" and not calls:
            calls["write"] = True
            killer.plans[respond.key] = (respond, 0, True)
            return killer.kill
        return None

    aws.watch = watch
    respond.api.offer(published_bytes(), respond.arn, 3, "-")
    deadline = time.monotonic() + 20
    while respond.running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not respond.running and world.messages() == []
    time.sleep(3 + 30 + 5 + 2)
    counts = run("sweep").invoke({}).json
    assert counts["completed"] == 1 and counts["failed"] == 0
    assert len(world.trust(ROLE)["Statement"]) == 2 and len(world.messages()) == 1


def test_it_starts_the_workflow_once_for_each_attempt(aws, world, run):
    started = []

    def answer(exchange):
        body = json.loads(exchange.request.body)
        started.append(body)
        exchange.reply(faults.Answer(200, [("Content-Type", "application/x-amz-json-1.0")], b'{"executionArn":"x","startDate":1}'))

    aws.fail("states", "StartExecution", *[answer] * 3)
    # With no more than the template permits it.
    template = Template("gatehouse.yaml", **FULL, LedgerTableArn=LEDGER, SweepSchedule="rate(6 hours)", BlockedTypes=EVERY_TYPE)
    allowed = sorted(Permissions(template.statements("SweepRole")).actions)
    sweep = run("sweep", GATEHOUSE_STATE_MACHINE_ARN=MACHINE, allowed=allowed)
    for _ in range(2):
        assert sweep.invoke({}).json["started"] == 1
    first, second = started
    # Step Functions takes the same name with the same input for the same execution.
    assert first["stateMachineArn"] == MACHINE and first == second
    assert len(first["name"]) <= 80 and set(json.loads(first["input"])) == {"finding"}
    assert len(world.trust(ROLE)["Statement"]) == 1
    exists = faults.error_answer("dynamodb", 400, "ExecutionAlreadyExists", "Execution Already Exists")
    aws.queued.clear()
    aws.fail("states", "StartExecution", lambda exchange: exchange.reply(exists))
    assert sweep.invoke({}).json["known"] == 1


def test_what_fails_is_counted_and_keeps_nothing_back(aws, world, run):
    aws.fail("iam", "GetRole", *[faults.access_denied] * 20)
    counts = run("sweep").invoke({}).json
    assert counts["findings"] == 1 and counts["failed"] + counts["started"] == 1
    assert len(world.trust(ROLE)["Statement"]) == 1
