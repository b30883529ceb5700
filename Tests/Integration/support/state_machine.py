"""Step Functions: moto's interpreter runs the state machine's file, whose tasks reach `Functions` and the stand-in AWS.

Pauses are noted and not waited for.
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
HANDLERS = ("enrich", "evaluate", "archive", "resolve", "verify", "notify")
# What the state machine's role permits, but for invoking the functions.
PERMITTED = ["sns:Publish"]
PLACEHOLDER = re.compile(r"\$\{([A-Za-z]+)\}")


def substitutions(functions, topic, partition="aws"):
    """What a template fills into the file."""
    arns = {f"{handler.capitalize()}FunctionArn": functions.arn(handler) for handler in HANDLERS}
    return {"Partition": partition, "TopicArn": topic, **arns}


def definition(values):
    """The file with its placeholders filled in; one that nobody fills is a KeyError."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], FILE.read_text())


class StateMachine:
    """One state machine of an account; `run` is one execution from start to end. `edit` changes its definition."""

    def __init__(self, accounts, functions, topic, monkeypatch, edit=lambda text: text):
        credentials = accounts.function_credentials("workflow", allowed=PERMITTED)
        self.interpret(accounts, functions, credentials, monkeypatch)
        self.arn = self.states.create_state_machine(
            name=f"gatehouse-{uuid.uuid4().hex[:8]}",
            definition=edit(definition(substitutions(functions, topic))),
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
        text = event.decode() if isinstance(event, bytes) else json.dumps(event)
        name = str(uuid.uuid4())
        arn = self.states.start_execution(stateMachineArn=self.arn, name=name, input=text)["executionArn"]

        def ended():
            execution = self.states.describe_execution(executionArn=arn)
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
