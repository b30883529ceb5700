"""The templates deployed: an event goes by the deployed rule through the deployed workflow, whose functions are the
packaged binary with the deployed settings and roles, to the deployed topic."""

import json

import pytest

from support.account import MEMBER
from support.cloudformation import Stack
from support.deployed import DeployedFunctions, DeployedMachine
from support.events import SID, changed, published
from support.fixture import Fixture
from support.functions import failing

ROLE = "Audit_CrossAccountRole"
FINDING = "a5018210-97c4-46c4-9456-0295898377b6"


class World:
    """One account with a stack in it, and with the published role and its finding."""

    def __init__(self, accounts, binary, template, **parameters):
        self.accounts = accounts
        self.stack = Stack(accounts, MEMBER, template, **parameters)
        self.functions = DeployedFunctions(binary, self.stack)
        accounts.subscribe(self.stack.resources["Topic"])

    def with_alice(self):
        self.accounts.published_role()
        self.accounts.finding(published())
        return self

    def answer(self, handler, event):
        """What a deployed function answers."""
        return json.load(self.functions.invoke(self.functions.deployed[handler].function_arn, event)["Payload"])

    @property
    def sids(self):
        return [statement.get("Sid") for statement in self.accounts.trust(ROLE)["Statement"]]


@pytest.fixture
def world(accounts, binary, started):
    def make(template="gatehouse.yaml", **parameters):
        made = World(accounts, binary, template, **parameters)
        started.append(made.functions)
        return made

    return make


def deliver(world, monkeypatch, event):
    """The event as EventBridge hands it on: the executions that it starts."""
    targets = world.stack.targets(event)
    machine = DeployedMachine(world.stack, world.functions, monkeypatch)
    assert set(targets) <= {machine.arn}
    return [machine.run(event) for _ in targets]


def statuses(accounts):
    return [message["MessageAttributes"]["status"]["Value"] for message in accounts.messages()]


def test_a_finding_is_resolved_through_the_deployed_workflow(aws, accounts, world, monkeypatch):
    made = world(Mode="enforce").with_alice()
    findings = aws.access_analyzer.findings["arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"]
    monkeypatch.setattr(
        aws.access_analyzer, "start_resource_scan", lambda *_: findings[FINDING].update(status="RESOLVED") or {}
    )
    (execution,) = deliver(made, monkeypatch, published())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert execution.output["verification"]["status"] == "RESOLVED"
    assert made.sids == [None, SID]
    (message,) = accounts.messages()
    assert message["TopicArn"] == made.stack.resources["Topic"]
    assert message["MessageId"] == execution.output["notification"]["messageId"]
    refused = [str(call) for call in aws.calls if call.status == 403 and call.service != "organizations"]
    assert refused == []


def test_observe_changes_nothing_and_says_what_it_would_do(accounts, world, monkeypatch):
    made = world().with_alice()
    (execution,) = deliver(made, monkeypatch, published())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "OBSERVED"
    assert made.sids == [None]
    assert statuses(accounts) == ["OBSERVED"]


def test_in_observe_mode_even_a_function_that_wants_to_cannot(world):
    made = world().with_alice()
    environment = made.functions.environment
    made.functions.environment = lambda handler: {**environment(handler), "GATEHOUSE_MODE": "enforce"}
    case = made.answer("evaluate", published())
    assert case["decision"]["action"] == "RESOLVE"
    assert made.answer("resolve", case)["errorType"] == "Function.AccessDenied"
    assert made.sids == [None]


def test_the_published_key_is_archived(aws, accounts, world, monkeypatch):
    made = world(Mode="approve")
    fixture = Fixture("enrich-kms-key")
    fixture.load(aws)
    (execution,) = deliver(made, monkeypatch, json.loads(fixture.event))
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["context"]["keyAliases"][0] == "alias/DevelopmentKey"
    assert execution.output["outcome"]["status"] == "ARCHIVED"
    assert statuses(accounts) == []


def test_what_needs_nothing_starts_nothing(world, monkeypatch):
    made = world()
    for event in (changed(status="RESOLVED"), changed(isDeleted=True)):
        assert deliver(made, monkeypatch, event) == []


def test_a_broken_step_is_told_by_the_deployed_role_of_the_workflow(accounts, world, monkeypatch):
    made = world(Mode="enforce").with_alice()
    made.functions.trouble("enrich", failing("Function.Internal"))
    (execution,) = deliver(made, monkeypatch, published())
    assert execution.status == "FAILED"
    assert made.sids == [None]
    assert statuses(accounts) == ["FAILED"]


def test_rollback_takes_the_change_back(accounts, world, monkeypatch):
    made = world(Mode="enforce").with_alice()
    deliver(made, monkeypatch, published())
    assert made.sids == [None, SID]
    case = made.answer("rollback", {"findingId": FINDING, "resource": f"arn:aws:iam::{MEMBER}:role/{ROLE}"})
    assert case["outcome"]["status"] == "ROLLED_BACK"
    assert made.sids == [None]


def test_what_is_not_to_be_blocked_is_refused_by_the_setting_name(aws, world):
    made = world(Mode="enforce")
    fixture = Fixture("queue-account")
    fixture.load(aws)
    outcome = made.answer("resolve", json.loads(fixture.event))["outcome"]
    assert outcome["status"] == "REFUSED"
    assert "GATEHOUSE_BLOCKED_TYPES does not hold AWS::SQS::Queue" in outcome["summary"]


def test_what_is_not_to_be_blocked_is_not_permitted_either(aws, world):
    """Whatever the function is told."""
    made = world(Mode="enforce")
    fixture = Fixture("queue-account")
    fixture.load(aws)
    environment = made.functions.environment
    made.functions.environment = lambda handler: {**environment(handler), "GATEHOUSE_BLOCKED_TYPES": ""}
    assert made.answer("resolve", json.loads(fixture.event))["errorType"] == "Function.AccessDenied"


def test_a_type_that_is_switched_on_is_blocked_and_undone(aws, world):
    made = world(Mode="enforce", BlockedTypes="AWS::SQS::Queue,AWS::SecretsManager::Secret")
    fixture = Fixture("queue-account")
    fixture.load(aws)
    case = made.answer("resolve", json.loads(fixture.event))
    assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
    undone = made.answer("rollback", {"findingId": case["finding"]["id"], "resource": case["finding"]["resource"]})
    assert undone["outcome"]["status"] == "ROLLED_BACK", undone["outcome"]["summary"]
    refused = [str(call) for call in aws.calls if call.status == 403 and call.service != "organizations"]
    assert refused == []


def test_undoing_does_not_ask_what_may_be_blocked(accounts, world, monkeypatch):
    """What was blocked is undone although the setting no longer names its type; the permission still has to be there."""
    made = world(Mode="enforce").with_alice()
    deliver(made, monkeypatch, published())
    environment = made.functions.environment
    made.functions.environment = lambda handler: {**environment(handler), "GATEHOUSE_BLOCKED_TYPES": "AWS::S3::Bucket"}
    case = made.answer("rollback", {"findingId": FINDING, "resource": f"arn:aws:iam::{MEMBER}:role/{ROLE}"})
    assert case["outcome"]["status"] == "ROLLED_BACK"
    assert made.sids == [None]


def test_undoing_by_its_workflow_is_told(accounts, world, monkeypatch):
    made = world(Mode="enforce").with_alice()
    deliver(made, monkeypatch, published())
    accounts.messages()
    machine = DeployedMachine(made.stack, made.functions, monkeypatch, "RollbackWorkflow")
    execution = machine.run({"findingId": FINDING, "resource": f"arn:aws:iam::{MEMBER}:role/{ROLE}"})
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.path == ["Rollback", "IsItACase", "Notify", "Done"]
    assert made.sids == [None]
    assert statuses(accounts) == ["ROLLED_BACK"]


def test_undoing_what_nobody_knows_tells_its_caller(accounts, world, monkeypatch):
    made = world(Mode="enforce")
    machine = DeployedMachine(made.stack, made.functions, monkeypatch, "RollbackWorkflow")
    execution = machine.run({"findingId": FINDING})
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "REFUSED"
    assert execution.path == ["Rollback", "IsItACase", "Done"]
    assert statuses(accounts) == []


def test_the_one_function_resolves_a_finding(accounts, world):
    made = world("single-function.yaml", Mode="enforce").with_alice()
    (target,) = made.stack.targets(published())
    assert target == made.functions.deployed["respond"].function_arn
    assert made.answer("respond", published())["outcome"]["status"] == "RESOLVED"
    assert made.sids == [None, SID]
    assert statuses(accounts) == ["RESOLVED"]


def test_deployed_again_with_another_mode_it_is_the_same_stack(accounts, world):
    made = world()
    client = accounts.client("cloudformation")
    previous = [{"ParameterKey": "CodeBucket", "UsePreviousValue": True}]
    client.update_stack(
        StackName="gatehouse",
        UsePreviousTemplate=True,
        Parameters=[*previous, {"ParameterKey": "Mode", "ParameterValue": "approve"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    assert {function.environment_vars["GATEHOUSE_MODE"] for function in made.stack.functions().values()} == {"approve"}
