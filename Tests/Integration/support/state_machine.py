"""Step Functions: moto's interpreter runs the state machine's file, whose tasks reach `Functions` and the stand-in AWS.

Pauses are noted and not waited for, and a task that waits for somebody does so until a test lets its time be up.
"""

import json
import pathlib
import re
import types
import uuid

import boto3
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sns
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from .process import until

FILE = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "gatehouse.asl.json"
HANDLERS = ("enrich", "evaluate", "archive", "resolve", "verify", "notify", "preview", "approve")
# What the state machine's role permits, but for invoking the functions.
PERMITTED = ["sns:Publish"]
PLACEHOLDER = re.compile(r"\$\{([A-Za-z]+)\}")


def substitutions(functions, topic, partition="aws", preview="off"):
    """What a template fills into the file."""
    arns = {f"{handler.capitalize()}FunctionArn": functions.arn(handler) for handler in HANDLERS}
    return {"Partition": partition, "TopicArn": topic, "Preview": preview, **arns}


def definition(values):
    """The file with its placeholders filled in; one that nobody fills is a KeyError."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], FILE.read_text())


class StateMachine:
    """One state machine of an account; `run` is one execution from start to end. `edit` changes its definition."""

    def __init__(self, accounts, functions, topic, monkeypatch, edit=lambda text: text, preview="off"):
        credentials = accounts.function_credentials("workflow", allowed=PERMITTED)
        self.interpret(accounts, functions, credentials, monkeypatch)
        self.arn = self.states.create_state_machine(
            name=f"gatehouse-{uuid.uuid4().hex[:8]}",
            definition=edit(definition(substitutions(functions, topic, preview=preview))),
            roleArn="arn:aws:iam::123456789012:role/gatehouse-workflow",
        )["stateMachineArn"]

    def interpret(self, accounts, functions, credentials, monkeypatch):
        """Makes moto interpret state machines with these functions and the workflow's credentials."""
        self.accounts, self.functions, self.credentials = accounts, functions, credentials
        self.retries, self.waits = [], []
        monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
        monkeypatch.setattr(lambda_eval_utils, "boto_client_for", lambda **_: functions)
        monkeypatch.setattr(state_task_service_sns, "boto_client_for", self.client)
        monkeypatch.setattr(retrier_decl, "time", types.SimpleNamespace(sleep=self.retries.append))
        monkeypatch.setattr(WaitFunction, "_wait_interval", self.note)
        accounts.aws.task_tokens.put_into(monkeypatch)
        self.states = accounts.client("stepfunctions")

    def note(self, env, wait_seconds):
        """In the place of a pause between states."""
        self.waits.append(wait_seconds)

    def client(self, service, region, **_):
        """What the workflow itself calls, with no more than its role permits."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.accounts.aws.url,
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
        )

    def run(self, event, seconds=60):
        return self.start(event).end(seconds)

    def start(self, event):
        """An execution that goes on by itself."""
        text = event.decode() if isinstance(event, bytes) else json.dumps(event)
        name = str(uuid.uuid4())
        arn = self.states.start_execution(stateMachineArn=self.arn, name=name, input=text)["executionArn"]
        return Running(arn, self)


class Running:
    """An execution on its way."""

    def __init__(self, arn, machine):
        self.arn, self.states, self.tokens = arn, machine.states, machine.accounts.aws.task_tokens

    def waiting(self, seconds=60):
        """The task by which it waits for somebody, as soon as it does."""
        return self.tokens.waiting(self.arn, seconds)

    def let_time_out(self):
        """Nobody has answered while the task could wait."""
        self.tokens.let_time_out(self.waiting())

    def end(self, seconds=60):
        def ended():
            execution = self.states.describe_execution(executionArn=self.arn)
            return execution if execution["status"] != "RUNNING" else None

        return Execution(until(ended, seconds, "the end of the execution"), self.states)


class Execution:
    """How an execution ended and which states it went through."""

    def __init__(self, described, states):
        self.arn = described["executionArn"]
        self.status = described["status"]
        self.error = described.get("error")
        self.cause = described.get("cause")
        self.output = json.loads(described["output"]) if "output" in described else None
        history = states.get_execution_history(executionArn=self.arn, maxResults=1000)["events"]
        entered = [event["stateEnteredEventDetails"] for event in history if "stateEnteredEventDetails" in event]
        self.path = [state["name"] for state in entered]
        self.inputs = {state["name"]: json.loads(state["input"]) for state in entered}
