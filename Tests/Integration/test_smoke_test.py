"""`deploy/smoke-test`, and the end of `deploy/install`: a sample finding through a deployed stack, from event to mail."""

import json

import pytest
from test_install import Shell

from support import aws as stand_in
from support.account import MEMBER, REGION
from support.cloudformation import Stack
from support.deployed import DeployedFunctions, DeployedMachine
from support.functions import failing
from support.http import Answer

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/everything"
QUEUE = f"arn:aws:sqs:{REGION}:{MEMBER}:gatehouse-smoke-test-there-is-no-such-queue"


class World:
    """A deployed stack at work, and the scripts beside it."""

    def __init__(self, aws, accounts, binary, folder, monkeypatch, template="gatehouse.yaml", **parameters):
        self.aws, self.accounts = aws, accounts
        self.shell = Shell(accounts, folder)
        self.stack = Stack(accounts, MEMBER, template, **parameters)
        self.functions = DeployedFunctions(binary, self.stack)
        accounts.subscribe(self.stack.resources["Topic"])
        aws.access_analyzer.add_analyzer(ANALYZER)
        if template == "gatehouse.yaml":
            self.machine = DeployedMachine(self.stack, self.functions, monkeypatch)
        else:
            answer_invocations(aws, self.functions, monkeypatch)

    def run(self, *arguments, status=0):
        assert self.shell.run("smoke-test", "--region", REGION, *arguments) == status, self.shell.output
        return self.shell.output

    def told(self):
        return self.accounts.messages()

    def writes(self):
        """What the functions have changed, but for messages."""
        reads = ("Get", "List", "Describe", "Publish", "AssumeRole")
        return [str(call) for call in self.aws.calls if not call.action.startswith(reads)]


def answer_invocations(aws, functions, monkeypatch):
    """Lambda's Invoke, for which moto would want a container."""
    original = stand_in.AWS.perform

    def perform(self, request, call):
        if str(call) != "lambda:Invoke":
            return original(self, request, call)
        outcome = functions.function("respond").invoke(request.body)
        failed = [] if outcome.kind == "response" else [("X-Amz-Function-Error", "Unhandled")]
        call.status = 200
        return Answer(200, [("Content-Type", "application/json"), *failed], outcome.body)

    monkeypatch.setattr(stand_in.AWS, "perform", perform)


@pytest.fixture
def world(aws, accounts, binary, tmp_path, monkeypatch, started):
    def make(*arguments, **parameters):
        made = World(aws, accounts, binary, tmp_path, monkeypatch, *arguments, **parameters)
        started.append(made.functions)
        return made

    return make


@pytest.mark.parametrize("template", ["gatehouse.yaml", "single-function.yaml"])
def test_from_event_to_mail(world, template):
    made = world(template)
    output = made.run()
    (message,) = made.told()
    assert "1. event: answered by the" in output and "IGNORED: The finding needs nothing" in output
    assert "2. case: answered by the" in output
    assert "decision NOTIFY by the rule default, risk 25 of 100" in output
    assert f"message  {message['MessageId']} to {made.stack.resources['Topic']}" in output
    assert "gatehouse-smoke-test" in message["Subject"] and QUEUE in message["Message"]
    assert "30 minutes" in output and "gatehouse doctor" in output
    assert made.writes() == []
    # Access Analyzer was asked about the first one, and nobody could be about the second.
    assert {call.parameters["analyzerArn"] for call in made.aws.calls if call.action == "GetFinding"} == {ANALYZER}


def test_twice_is_two_messages(world):
    made = world()
    made.run()
    made.run()
    assert len(made.told()) == 2


@pytest.mark.parametrize("mode", ["approve", "enforce"])
def test_where_it_could_act_it_asks(world, mode):
    made = world(Mode=mode, BlockedTypes="AWS::IAM::Role,AWS::SQS::Queue")
    assert "or with --yes" in made.run(status=1)
    assert made.told() == []
    assert "decision NOTIFY" in made.run("--yes")
    assert len(made.told()) == 1
    assert made.writes() == []


def test_no_rules_can_have_it_blocked(world):
    """Rules that would block every queue, in the mode that does it, and those that would archive everything."""
    made = world(Mode="enforce", BlockedTypes="AWS::SQS::Queue", RulesBucket="code", RulesKey="rules.json")
    for action in ("RESOLVE", "APPROVE", "ARCHIVE"):
        rule = {"name": "all", "when": {"resourceType": {"eq": ["AWS::SQS::Queue"]}}, "action": action}
        rules = json.dumps({"version": 1, "default": "NOTIFY", "rules": [rule]}).encode()
        made.accounts.client("s3").put_object(Bucket="code", Key="rules.json", Body=rules)
        made.functions.stop()
        made.functions.running.clear()
        assert "decision NOTIFY by the rule all" in made.run("--yes")
    assert len(made.told()) == 3
    assert made.writes() == []


def test_rules_that_tell_nobody(world):
    made = world(RulesBucket="code", RulesKey="rules.json")
    rules = {"version": 1, "default": "IGNORE", "rules": []}
    made.accounts.client("s3").put_object(Bucket="code", Key="rules.json", Body=json.dumps(rules).encode())
    output = made.run(status=3)
    assert "message  none, since your rules say IGNORE for it" in output and "nothing is wrong" in output
    assert made.told() == []


def test_without_an_analyzer(world, aws):
    made = world()
    aws.access_analyzer.reset()
    output = made.run()
    assert "1. event: left out" in output and "2. case: answered" in output


def test_a_step_that_fails(world):
    made = world()
    made.functions.trouble("evaluate", failing("Function.InvalidConfiguration"))
    output = made.run(status=1)
    assert "1. event:" in output and "2. case: the execution ended FAILED" in output
    assert "Function.InvalidConfiguration" in output and "level = ERROR" in output
    assert made.stack.outputs["FunctionLogs"] in output


def test_a_function_that_fails(world):
    made = world("single-function.yaml")
    environment = made.functions.environment
    made.functions.environment = lambda handler: {**environment(handler), "GATEHOUSE_RULES": "s3://none/rules.json"}
    output = made.run(status=1)
    assert "failed" in output and "level = ERROR" in output


def test_a_topic_that_is_not_set(world):
    made = world("single-function.yaml")
    environment = made.functions.environment
    made.functions.environment = lambda handler: {**environment(handler), "GATEHOUSE_TOPIC_ARN": ""}
    output = made.run(status=3)
    assert "message  none" in output and "GATEHOUSE_TOPIC_ARN" in output


def test_no_stack_and_wrong_usage(world):
    made = world()
    assert "there is no stack other" in made.run("--stack", "other", status=1)
    assert "deploy/smoke-test --help says how it is used" in made.run("--nonsense", status=2)
    assert "usage: deploy/smoke-test" in made.run("--help")


class LateFunctions:
    """The functions of a stack that is made meanwhile."""

    def __init__(self, accounts, binary):
        self.accounts, self.binary, self.made = accounts, binary, None

    def invoke(self, **given):
        if self.made is None:
            stack = Stack.of(self.accounts, MEMBER)
            self.accounts.subscribe(stack.resources["Topic"])
            self.made = DeployedFunctions(self.binary, stack)
        return self.made.invoke(**given)

    def stop(self):
        if self.made is not None:
            self.made.stop()


def test_install_ends_with_it(aws, accounts, binary, tmp_path, monkeypatch, started):
    late = LateFunctions(accounts, binary)
    started.append(late)
    DeployedMachine.interpret(DeployedMachine.__new__(DeployedMachine), accounts, late, {}, monkeypatch)
    shell = Shell(accounts, tmp_path)
    aws.access_analyzer.add_analyzer(ANALYZER)
    assert shell.install("--email", "security@example.com", smoke=True) == 0, shell.output
    assert "Smoke test:" in shell.output and "2. case: answered by the workflow" in shell.output
    assert "gatehouse doctor --region us-east-1 --stack gatehouse" in shell.output
    (message,) = accounts.messages()
    assert message["MessageId"] in shell.output
    # Nothing new, and a mode in which it could act.
    assert shell.install(smoke=True) == 0, shell.output
    assert "left out, since nothing has changed" in shell.output
    assert shell.install("--mode", "enforce", smoke=True) == 0, shell.output
    assert "left out in the mode enforce" in shell.output
    assert accounts.messages() == []
