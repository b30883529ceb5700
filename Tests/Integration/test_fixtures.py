"""Every fixture through the packaged binary: what the simulated account answered must come out of real calls too.

One process answers all fixtures with the same settings, as in Lambda. What a process keeps (rules, an organization, a
member's credentials) or what must be read in full before a write is tried in a process of its own.
"""

import re
from collections import Counter

import pytest

from support.fixture import Fixture, names, reads, writes
from support.granted import actions
from support.kept import Kept
from support.spelling import dumps, loads
from support.writes import CHANGES


@pytest.fixture
def alone(running_aws, binary):
    functions = Kept(running_aws, binary)
    yield functions
    functions.stop()


@pytest.mark.parametrize("name", names())
def test_comes_out_as_on_the_simulated_account(kept, alone, name):
    fixture = Fixture(name)
    if fixture.beyond_moto:
        pytest.skip(fixture.beyond_moto)
    aws, expected = kept.aws, fixture.expected
    outcome = invoke(alone if needs_a_process(fixture) else kept, fixture)
    # A read that an earlier fixture has cancelled may arrive this late: a process of its own has none.
    if too_many(aws, fixture):
        outcome = invoke(alone, fixture)

    if "error" in expected:
        assert outcome.kind == "error", outcome.body[:2000]
        assert outcome.json["errorType"] == expected["error"]["errorType"]
        if expected["error"]["errorType"] == "Function.InvalidEvent":
            assert outcome.json["errorMessage"] == expected["error"]["errorMessage"]
    else:
        assert outcome.kind == "response", outcome.body[:2000]
        answer = loads(outcome.body)
        assert text(without_message_id(without_age(answer))) == text(
            without_message_id(without_age(expected["output"]))
        )
    # Reads go out side by side: one that fails may cancel another before it is sent. A write has waited for all.
    assert not too_many(aws, fixture)
    if any(call["operation"] in CHANGES for call in expected["calls"]):
        assert not Counter(fixture.expected_reads) - Counter(reads(aws))
    assert text(by_name(without_end(writes(aws)))) == text(by_name(without_end(expected["calls"])))


def invoke(functions, fixture):
    functions.reset()
    fixture.load(functions.aws)
    handler, allowed = fixture.expected["handler"], None
    if fixture.withheld:
        allowed = sorted(set(actions(handler)) - fixture.withheld)
    settings = fixture.account.get("environment", {})
    function = functions.function(handler, fixture.account["account"], fixture.region, allowed=allowed, **settings)
    outcome = function.invoke(fixture.event)
    # Shown when the test fails.
    print(function.log)
    return outcome


def too_many(aws, fixture):
    """The reads that nobody expects."""
    return Counter(reads(aws)) - Counter(fixture.expected_reads) - came_late(aws)


def needs_a_process(fixture):
    """Whether it would see what an earlier one left in the process, or leave something."""
    keys = ("organization", "objects", "parameters", "secrets", "assumableRoles")
    is_kept = fixture.withheld or any(key in fixture.account for key in keys)
    return is_kept or any(call["operation"] == "UpdateAssumeRolePolicy" for call in fixture.expected["calls"])


def came_late(aws):
    """What is read a second time because the first is too old by now: a machine may be that slow."""
    times, late = {}, Counter()
    for call in aws.calls:
        if call.at - times.setdefault(call.action, call.at) > 0.2:
            late[call.action] += 1
    return late


# Sessions are ended that began before a change, and a change is made by the clock.
MOMENT = re.compile(r'(began before |TokenIssueTime\\*": \\*")[0-9TZ:-]+')


def text(value):
    return MOMENT.sub(r"\1", dumps(value, indent=1))


def without_message_id(case):
    """The id that SNS gives is another each time."""
    if isinstance(case.get("notification"), dict):
        case["notification"]["messageId"] = ""
    return case


def without_age(case):
    """A resource's age is another each day."""
    if "ageDays" in case.get("context", {}):
        case["context"]["ageDays"] = ""
    return case


def without_end(calls):
    """A rule to paste ends 90 days from today, by the clock of whoever writes the message."""
    for call in calls:
        if call["operation"] == "Publish":
            parameters = call["parameters"]
            parameters["Message"] = re.sub(r'"expires":"(\d{4}-\d\d-\d\d)"', '"expires":"…"', parameters["Message"])
    return calls


def by_name(calls):
    """Parameters in one order, as a form has none; what is inside a document keeps its own."""
    return [{**call, "parameters": dict(sorted(call["parameters"].items()))} for call in calls]
