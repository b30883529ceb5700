"""The state machine's file by itself: nothing is forgotten, nothing leads nowhere."""

import heapq
import json
from random import Random

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from support.state_machine import FILE, HANDLERS, PLACEHOLDER, definition
from support.template import Template

DEFINITION = json.loads(FILE.read_text())
STATES = DEFINITION["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}

# Seconds, as the templates set them.
FUNCTION_TIMEOUTS = {
    "Enrich": 30, "Evaluate": 15, "Archive": 30, "Preview": 60, "Resolve": 60, "Verify": 30, "Notify": 30,
}  # fmt: skip

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

# What is no failure: another has the resource, or too much is asked at once.
WAITING = ["Function.ResourceBusy", "Function.Throttled", "Lambda.TooManyRequestsException"]


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
        "ARCHIVE": "Archive", "RESOLVE": "TakeTheSwitch", "NOTIFY": "Notify", "APPROVE": "TakeTheSwitch", "IGNORE": "Done",
    }


@pytest.mark.parametrize("name", TASKS)
def test_every_task_can_be_retried_caught_and_timed_out(name):
    task = TASKS[name]
    # Of whom a person has not answered in time is no failure, and is not asked by the same question again.
    waits = [["States.Timeout"]] if name == "Approve" else []
    assert [rule["ErrorEquals"] for rule in task["Catch"]] == [["States.DataLimitExceeded"], *waits, ["States.ALL"]]
    for retrier in task["Retry"]:
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["BackoffRate"] > 1 and retrier["IntervalSeconds"] < retrier["MaxDelaySeconds"]
        assert 0 < retrier["MaxAttempts"] <= (300 if "Function.ResourceBusy" in retrier["ErrorEquals"] else 20)
    if name.startswith("Tell"):
        assert errors(task) == ["States.ALL"]
    elif "Notify" in name:
        assert errors(task) == [*WAITING, "States.ALL"]
    else:
        assert set(errors(task)) == RETRIED - ({"States.Timeout"} if waits else set())
    if task["Resource"].endswith(":lambda:invoke"):
        function = task["Parameters"]["FunctionName"].removeprefix("${").removesuffix("FunctionArn}")
        assert task["TimeoutSeconds"] < FUNCTION_TIMEOUTS[function]


def test_a_person_is_waited_for_as_long_as_he_may_take():
    task = STATES["Approve"]
    assert task["Resource"].endswith(":states:::lambda:invoke.waitForTaskToken")
    assert task["Parameters"]["Payload"] == {"taskToken.$": "$$.Task.Token", "case.$": "$"}
    assert task["TimeoutSecondsPath"] == "$.outcome.approval.seconds" and "TimeoutSeconds" not in task
    # What was sent is the case, and not an answer of Lambda's with the case in it.
    assert "OutputPath" not in task
    (waits,) = [rule for rule in task["Catch"] if rule["ErrorEquals"] == ["States.Timeout"]]
    assert waits == {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Resolve"}


def test_the_token_is_no_part_of_the_case():
    """What is in a case is logged when an execution fails."""
    assert FILE.read_text().count("$$.Task.Token") == 1


def waiting_for_its_turn(task):
    (retrier,) = [retrier for retrier in task["Retry"] if "Lambda.TooManyRequestsException" in retrier["ErrorEquals"]]
    return retrier


def pauses(retrier):
    """The longest pause before each retry; a random part of it is waited."""
    rate, longest = retrier["BackoffRate"], retrier["MaxDelaySeconds"]
    return [min(longest, retrier["IntervalSeconds"] * rate**attempt) for attempt in range(retrier["MaxAttempts"])]


# The longest way, where what was approved is outdated and asked anew, with each step that waits for its turn.
STEPS = (
    *("Enrich", "Evaluate", "Preview", "Resolve", "Approve", "Resolve"),
    *("Notify", "Resolve", "Approve", "Resolve", "NotifyOfBlock", "Verify", "Notify"),
)


def test_the_execution_lasts_longer_than_every_wait():
    looks = sum(min(600, 15 * 2**look) for look in range(19))
    turns = sum(sum(pauses(waiting_for_its_turn(TASKS[step]))) for step in STEPS)
    telling = sum(min(300, 5 * 2**attempt) for attempt in range(8)) + 9 * TASKS["Notify"]["TimeoutSeconds"]
    # So long a request can be decided at most, with what the program adds; and once more where it is asked anew.
    deciding = 720 * 3600 + 300
    working = looks + 20 * TASKS["Verify"]["TimeoutSeconds"] + turns + 4 * telling
    assert 365 * 86_400 > DEFINITION["TimeoutSeconds"] > 2 * deciding + working
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    events = 5 * sum(retrier["MaxAttempts"] for task in TASKS.values() for retrier in task["Retry"])
    assert events + 20 * 10 < 25_000


def storm(findings, seconds, writers, a_second=10**9):
    """Findings within a minute, each of which asks again by the retries of Resolve until one of the `writers` is free for
    it and the service takes the call; gives how many never had their turn, and when the last one was done."""
    random = Random(20261126)
    waits = pauses(waiting_for_its_turn(TASKS["Resolve"]))
    asking = [(random.uniform(0, 60), 0, random.randrange(writers)) for _ in range(findings)]
    heapq.heapify(asking)
    free_at, taken, lost = [0.0] * writers, {}, 0
    while asking:
        now, attempt, writer = heapq.heappop(asking)
        if now >= free_at[writer] and taken.get(int(now), 0) < a_second:
            free_at[writer] = now + seconds
            taken[int(now)] = taken.get(int(now), 0) + 1
        elif attempt == len(waits):
            lost += 1
        else:
            heapq.heappush(asking, (now + random.uniform(0, waits[attempt]), attempt + 1, writer))
    return lost, max(free_at)


@pytest.mark.parametrize("findings, seconds", [(500, 3), (2000, 2)])
def test_a_storm_outlasts_nobodys_patience(findings, seconds):
    """One writer, asked by all at once, answers the others that they are too many: everybody gets a turn in the end."""
    lost, end = storm(findings, seconds, writers=1)
    assert lost == 0
    assert end < 3 * 86_400


@pytest.mark.parametrize("findings, resources, a_second", [(200, 1, 10**9), (5000, 500, 10), (5000, 5000, 2)])
def test_a_storm_with_a_ledger_is_outlasted_too(findings, resources, a_second):
    """Each resource has one at a time who holds its lease, and the service takes so many calls a second."""
    lost, end = storm(findings, 3, writers=resources, a_second=a_second)
    assert lost == 0
    assert end < 10 * 3600


def test_whoever_is_busy_is_asked_again_wherever_it_is_asked():
    template = Template("gatehouse.yaml", CodeBucket="code")
    undoing = template.resources["RollbackWorkflow"]["Properties"]["Definition"]["States"]
    for task in [task for task in (*TASKS.values(), *undoing.values()) if "lambda" in str(task.get("Resource"))]:
        first = task["Retry"][0]
        assert first["ErrorEquals"] == WAITING
        assert (first["MaxAttempts"], first["MaxDelaySeconds"]) == (300, 120)


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
    filled |= {"Partition": "aws", "TopicArn": "arn:aws:sns:us-east-1:123456789012:findings", "Preview": "on"}
    whole = json.loads(definition(filled))
    assert complaints(whole) == []
    whole["States"]["Notify"]["Retries"] = []
    assert len(complaints(whole)) == 1


def test_every_placeholder_is_one_that_templates_fill():
    wanted = {"Partition", "TopicArn", "Preview"} | {f"{handler.capitalize()}FunctionArn" for handler in HANDLERS}
    assert set(PLACEHOLDER.findall(FILE.read_text())) == wanted


def test_no_partition_region_or_account_is_written_down():
    text = FILE.read_text()
    assert "arn:aws" not in text
    assert not any(part in text for part in ("us-east-1", "amazonaws.com", "123456789012"))
