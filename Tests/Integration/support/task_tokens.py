"""Step Functions' tasks that wait for somebody: which token is of which attempt, and what comes of it.

moto takes every token, and knows none when its execution has ended. Here a token is of one attempt of one task: whoever
sends something for another one is refused as AWS refuses him. Nobody waits for the clock: the time is up when a test says
so. https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

import base64
import binascii
import json
import secrets
import threading
from dataclasses import dataclass

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
    CallbackOutcomeTimedOut,
)

from .http import Answer

LIMIT = 262_144
HEADERS = [("Content-Type", "application/x-amz-json-1.0")]
# What every token begins with, as AWS's own do.
MARK = b"\x00\x2a\x00\x00\x00\x02"

original_eval_execution = StateTaskServiceCallback._eval_execution


@dataclass
class Task:
    """One attempt of a task that has got a token."""

    token: str
    machine: str
    execution: str
    # How long it may wait, from when it waits.
    seconds: int = None
    # "given" while the function is asked, "waiting", "closed" when the token is of no use any more, and "forgotten".
    state: str = "given"
    outcome: object = None


class TaskTokens:
    """Every token that was given out."""

    def __init__(self):
        self.changed = threading.Condition()
        self.tasks = {}

    def reset(self):
        """Forgets every token. Who still waits goes on waiting: an execution of one test must not act in the next."""
        with self.changed:
            for task in self.tasks.values():
                task.state = "forgotten"
            self.tasks.clear()

    def give(self, machine, execution):
        token = base64.b64encode(MARK + secrets.token_bytes(480)).decode()
        with self.changed:
            self.tasks[token] = Task(token, machine, execution)
        return token

    def close(self, token):
        """The attempt is over."""
        with self.changed:
            if token in self.tasks:
                self.tasks[token].state = "closed"
                self.changed.notify_all()

    def wait(self, token, seconds):
        """In the place of the interpreter's wait; gives what was sent, or None when the time is up."""
        with self.changed:
            task = self.tasks[token]
            task.seconds = seconds
            # It may have been answered before the function had ended.
            if task.outcome is None:
                task.state = "waiting"
                self.changed.notify_all()
                self.changed.wait_for(lambda: task.state == "closed")
            return task.outcome

    # What a test does

    def waiting(self, execution, seconds=60):
        """The task by which an execution waits, as soon as it does."""

        def found():
            return [task for task in self.tasks.values() if (task.execution, task.state) == (execution, "waiting")]

        with self.changed:
            assert self.changed.wait_for(found, seconds), f"no task of {execution} waits"
            (task,) = found()
            return task

    def let_time_out(self, task):
        """The seconds that the task may wait have passed."""
        assert task.state == "waiting"
        self.close(task.token)

    # What Step Functions answers

    @staticmethod
    def knows(call):
        return call.service == "states" and call.action in ("SendTaskSuccess", "SendTaskFailure")

    def resource(self, call):
        """The state machine that the caller has to be permitted to answer."""
        task = self.tasks.get(call.parameters.get("taskToken"))
        return task.machine if task else "*"

    def answer(self, call):
        given = call.parameters
        token = given.get("taskToken", "")
        with self.changed:
            task = self.tasks.get(token)
            if task is None:
                code = "TaskDoesNotExist" if is_well_formed(token) else "InvalidToken"
                return refuse(code, f"Invalid token: '{token}'")
            if call.action == "SendTaskSuccess" and not is_output(given.get("output")):
                return refuse("InvalidOutput", "Invalid Output: it is not JSON, or longer than 262144 bytes")
            if task.state == "closed" or task.outcome is not None:
                return refuse("TaskTimedOut", f"Task Timed Out: 'Provided task does not exist anymore: {token}'")
            if call.action == "SendTaskSuccess":
                task.outcome = CallbackOutcomeSuccess(token, given["output"])
            else:
                task.outcome = CallbackOutcomeFailure(token, given.get("error"), given.get("cause"))
            if task.state == "waiting":
                task.state = "closed"
            self.changed.notify_all()
        return Answer(200, HEADERS, b"{}")

    # The interpreter

    def put_into(self, monkeypatch):
        """Makes moto's interpreter give out these tokens, and wait by them."""
        tokens = self

        def wait(service, timeout_seconds, callback_endpoint):
            outcome = tokens.wait(callback_endpoint.callback_id, timeout_seconds)
            return outcome or CallbackOutcomeTimedOut(callback_endpoint.callback_id)

        def eval_execution(service, env):
            """One attempt. moto has one token for all of a state's attempts."""
            if not service._is_integration_pattern():
                return original_eval_execution(service, env)
            data = env.states.context_object.context_object_data
            token = tokens.give(data["StateMachine"]["Id"], data["Execution"]["Id"])
            data["Task"] = {"Token": token}
            env.callback_pool_manager.add(token)
            try:
                return original_eval_execution(service, env)
            finally:
                # Whatever the attempt has come to, its token is of no use any more.
                tokens.close(token)

        monkeypatch.setattr(StateTaskServiceCallback, "_wait_for_task_token_timeout", wait)
        monkeypatch.setattr(StateTaskServiceCallback, "_eval_execution", eval_execution)


def is_well_formed(token):
    try:
        return base64.b64decode(token, validate=True).startswith(MARK)
    except (binascii.Error, ValueError, TypeError):
        return False


def is_output(text):
    if not isinstance(text, str) or len(text.encode()) > LIMIT:
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def refuse(code, message):
    """JSON 1.0 has the error's name in the body."""
    body = json.dumps({"__type": f"com.amazonaws.swf.service.v2.model#{code}", "message": message}).encode()
    return Answer(400, HEADERS, body)
