"""The state machine's file by itself: nothing is forgotten, nothing leads nowhere."""

import heapq
import json
from random import Random

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from support.state_machine import FILE, HANDLERS, PLACEHOLDER, definition

DEFINITION = json.loads(FILE.read_text())
STATES = DEFINITION["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}

# Seconds, as the templates set them.
FUNCTION_TIMEOUTS = {"Enrich": 30, "Evaluate": 15, "Archive": 30, "Resolve": 60, "Verify": 30, "Notify": 30}

RETRIED = {
    "Function.ResourceBusy",
    "Function.Throttled",
    "Function.ServiceUnavailable",
    "Function.DeadlineExceeded",
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
}


def successors(state):
    found = [state[key] for key in ("Next", "Default") if key in state]
    return found + [rule["Next"] for key in ("Choices", "Catch") for rule in state.get(key, [])]


def errors(task):
    return [error for retrier in task["Retry"] for error in retrier["ErrorEquals"]]


def test_every_state_is_there_and_reached():
    reached, waiting = set(), [DEFINITION["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += successors(STATES[name])
    assert reached == set(STATES)


def test_every_state_goes_on_or_ends():
    for name, state in STATES.items():
        ends = state["Type"] in ("Succeed", "Fail")
        assert ends != bool(successors(state)), name
        assert "End" not in state, name


def test_every_choice_has_an_otherwise():
    for name, state in STATES.items():
        if state["Type"] == "Choice":
            assert "Default" in state, name
    decided = {
        rule["StringEquals"]: rule["Next"]
        for rule in STATES["WhatWasDecided"]["Choices"]
        if rule.get("Variable") == "$.decision.action"
    }
    assert decided == {
        "ARCHIVE": "Archive", "RESOLVE": "Resolve", "NOTIFY": "Notify", "APPROVE": "Notify", "IGNORE": "Done",
    }


@pytest.mark.parametrize("name", TASKS)
def test_every_task_can_be_retried_caught_and_timed_out(name):
    task = TASKS[name]
    assert [rule["ErrorEquals"] for rule in task["Catch"]] == [["States.DataLimitExceeded"], ["States.ALL"]]
    for retrier in task["Retry"]:
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["BackoffRate"] > 1 and retrier["IntervalSeconds"] < retrier["MaxDelaySeconds"]
        assert 0 < retrier["MaxAttempts"] <= (300 if "Function.ResourceBusy" in retrier["ErrorEquals"] else 20)
    if "Notify" in name or name.startswith("Tell"):
        assert errors(task) == ["States.ALL"]
    else:
        assert set(errors(task)) == RETRIED
    if task["Resource"].endswith(":lambda:invoke"):
        function = task["Parameters"]["FunctionName"].removeprefix("${").removesuffix("FunctionArn}")
        assert task["TimeoutSeconds"] < FUNCTION_TIMEOUTS[function]


def waiting_for_its_turn(task):
    (retrier,) = [retrier for retrier in task["Retry"] if "Lambda.TooManyRequestsException" in retrier["ErrorEquals"]]
    return retrier


def pauses(retrier):
    """The longest pause before each retry; a random part of it is waited."""
    rate, longest = retrier["BackoffRate"], retrier["MaxDelaySeconds"]
    return [min(longest, retrier["IntervalSeconds"] * rate**attempt) for attempt in range(retrier["MaxAttempts"])]


def test_the_execution_lasts_longer_than_every_wait():
    looks = sum(min(600, 15 * 2**look) for look in range(19))
    turns = sum(sum(pauses(waiting_for_its_turn(TASKS[step]))) for step in ("Enrich", "Evaluate", "Resolve", "Verify"))
    telling = sum(min(300, 5 * 2**attempt) for attempt in range(8)) + 9 * TASKS["Notify"]["TimeoutSeconds"]
    assert DEFINITION["TimeoutSeconds"] > looks + 20 * TASKS["Verify"]["TimeoutSeconds"] + turns + 4 * telling
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    events = 5 * sum(retrier["MaxAttempts"] for task in TASKS.values() for retrier in task["Retry"])
    assert events + 20 * 10 < 25_000


@pytest.mark.parametrize("findings, seconds", [(500, 3), (2000, 2)])
def test_a_storm_outlasts_nobodys_patience(findings, seconds):
    """One writer, asked by all at once, answers the others that they are too many: everybody gets a turn in the end."""
    random = Random(20261126)
    waits = pauses(waiting_for_its_turn(TASKS["Resolve"]))
    asking = [(random.uniform(0, 60), 0) for _ in range(findings)]
    heapq.heapify(asking)
    free_at = lost = 0
    while asking:
        now, attempt = heapq.heappop(asking)
        if now >= free_at:
            free_at = now + seconds
        elif attempt == len(waits):
            lost += 1
        else:
            heapq.heappush(asking, (now + random.uniform(0, waits[attempt]), attempt + 1))
    assert lost == 0
    assert free_at < DEFINITION["TimeoutSeconds"]


def test_an_input_is_an_event_or_a_finding_and_nothing_else():
    start = STATES[DEFINITION["StartAt"]]
    ways = [(choice["Variable"], choice["Next"]) for choice in start["Choices"]]
    assert ways == [("$.finding", "TakeTheFinding"), ("$.detail", "Enrich"), ("$[0]", "NameTheList")]
    assert STATES["TakeTheFinding"]["Parameters"] == {"finding.$": "$.finding"}


def complaints(definition):
    """What cfn-lint's schema of state machines says."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/workflow", "Definition": definition}
    template = {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    return [match.message for match in lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))]


def test_it_is_amazon_states_language():
    values = {handler: f"arn:aws:lambda:us-east-1:123456789012:function:{handler}" for handler in HANDLERS}
    filled = {f"{handler.capitalize()}FunctionArn": arn for handler, arn in values.items()}
    filled |= {"Partition": "aws", "TopicArn": "arn:aws:sns:us-east-1:123456789012:findings"}
    whole = json.loads(definition(filled))
    assert complaints(whole) == []
    whole["States"]["Notify"]["Retries"] = []
    assert len(complaints(whole)) == 1


def test_every_placeholder_is_one_that_templates_fill():
    wanted = {"Partition", "TopicArn"} | {f"{handler.capitalize()}FunctionArn" for handler in HANDLERS}
    assert set(PLACEHOLDER.findall(FILE.read_text())) == wanted


def test_no_partition_region_or_account_is_written_down():
    text = FILE.read_text()
    assert "arn:aws" not in text
    assert not any(part in text for part in ("us-east-1", "amazonaws.com", "123456789012"))
