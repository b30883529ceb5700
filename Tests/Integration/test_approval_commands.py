"""`gatehouse approvals`: deciding by the command line, beside the single function that asked."""

import json

import pytest

from support import faults
from support.approvals import STRANGER

GONE = faults.refused(404, "ResourceNotFoundException", "Function not found: gatehouse")


@pytest.fixture
def made(one_function):
    return one_function()


def test_by_the_command_line_it_is_handed_to_the_function_that_asked(made):
    asked = made.ask()
    listed, _ = made.gatehouse("approvals", "list")
    assert asked.finding in listed and asked.arn in listed and "WAITS UNTIL" in listed
    shown, _ = made.gatehouse("approvals", "show", asked.finding)
    assert "iam:UpdateAssumeRolePolicy on" in shown and "Proven:" in shown and made.topic in shown
    (request,) = json.loads(made.gatehouse("approvals", "list", "--json")[0])
    assert request == json.loads(made.gatehouse("approvals", "show", asked.finding.replace("-", ""), "--json")[0])
    assert not {"nonces", "taskToken"} & set(request) and asked.token not in json.dumps(request)
    said, _ = made.gatehouse("approvals", "approve", asked.finding, "--yes", "--reason", "the project is over")
    assert "handed to the function that asked" in said
    assert made.sids() == [False]
    decision = made.request(asked)["decision"]
    assert decision["by"] == "arn:aws:sts::123456789012:assumed-role/OnCall/gatehouse"
    assert (decision["isClaimed"], decision["way"], decision["reason"]) == (False, "command line", "the project is over")
    assert made.carry_out()["status"] == "RESOLVED"
    assert made.told() == ["RESOLVED"]
    assert "Nothing waits" in made.gatehouse("approvals", "list")[0]
    # Once more: it says how it stands, and does nothing again.
    said, _ = made.gatehouse("approvals", "approve", asked.finding, "--yes")
    assert "It was approved before" in said and made.handed() == []
    shown, _ = made.gatehouse("approvals", "show", asked.finding)
    assert "APPROVED, RESOLVED" in shown and "the project is over" in shown


def test_where_the_function_is_gone_it_is_done_here(made):
    asked = made.ask()
    made.aws.fail("lambda", "Invoke", *[GONE] * 9)
    said, talk = made.gatehouse("approvals", "approve", asked.finding, "--yes")
    assert "It is done here, because" in talk and "RESOLVED" in said
    assert made.sids() == [False, True] and made.told() == ["RESOLVED"]
    key = made.on_call["AWS_ACCESS_KEY_ID"]
    assert [call.access_key for call in made.aws.calls if call.action == "UpdateAssumeRolePolicy"] == [key]
    made.gatehouse("rollback", asked.finding, "--yes")
    assert made.sids() == [False]


def test_what_the_page_could_not_hand_on_the_command_line_does(made):
    asked = made.ask()
    made.aws.fail("lambda", "Invoke", *[faults.access_denied] * 9)
    made.decide(asked)
    assert "APPROVED, NOT KNOWN TO BE DONE" in made.gatehouse("approvals", "list")[0]
    made.aws.queued.clear()
    assert "handed to the function" in made.gatehouse("approvals", "approve", asked.finding)[0]
    assert made.carry_out()["status"] == "RESOLVED"
    assert made.request(asked)["decision"]["by"] == "Maria Keller"


def test_a_change_that_is_no_longer_what_was_shown_is_not_made_here_either(made):
    asked = made.ask()
    made.edit_role()
    made.aws.fail("lambda", "Invoke", *[GONE] * 9)
    _, talk = made.gatehouse("approvals", "approve", asked.finding, "--yes", status=1)
    assert made.sids() == [False, False] and "REFUSED" in made.told()
    assert talk.strip()


def test_by_the_command_line_it_is_left_open(made):
    asked = made.ask()
    said, _ = made.gatehouse("approvals", "reject", asked.finding, "--yes", "--reason", "our auditor, until March")
    assert "Rejected: the access stays open." in said
    outcome = made.carry_out()
    assert outcome["status"] == "DENIED_APPROVAL" and "our auditor, until March" in outcome["summary"]
    assert made.told() == ["DENIED_APPROVAL"] and made.sids() == [False]
    assert made.look(asked).status == 409


def test_a_rejection_that_nobody_is_told_of_is_said_to_be(made):
    asked = made.ask()
    made.aws.fail("lambda", "Invoke", *[GONE] * 9)
    _, talk = made.gatehouse("approvals", "reject", asked.finding, "--yes")
    assert "Nobody is told of it yet" in talk and "the next event or sweep does" in talk
    assert made.answer(asked.event)["status"] == "DENIED_APPROVAL" and made.told() == ["DENIED_APPROVAL"]


@pytest.mark.parametrize("typed, status", [("yes", 0), ("y", 1), ("", 1)])
def test_at_a_terminal_it_shows_everything_and_takes_nothing_but_yes(made, typed, status):
    asked = made.ask()
    code, shown = made.at_a_terminal("approvals", "approve", asked.finding, typed=typed)
    assert code == status, shown
    for words in (asked.arn, STRANGER, "iam:UpdateAssumeRolePolicy on", "Proven:", "This blocks the access as shown."):
        assert words in shown
    assert len(made.handed()) == (1 if status == 0 else 0)
    if status:
        assert "not confirmed, so nothing was decided" in shown and made.look(asked).status == 200


# What goes wrong at the command line


@pytest.mark.parametrize("words, status, says", [
    (["approve", "00000000-0000-4000-8000-000000000000", "--yes"], 1, "nobody was asked about the finding 00000000-0000-4000-8000-000000000000"),
    (["show", "00000000-0000-4000-8000-000000000000"], 1, "'gatehouse approvals list' shows what waits"),
    (["approve"], 64, "Missing expected argument '<finding>'"),
    (["approve", "a", "--reason", "x" * 1001], 64, "--reason has more than 1,000 characters"),
    (["decide", "a"], 64, "decide"),
])  # fmt: skip
def test_wrong_usage_is_said(made, words, status, says):
    _, talk = made.gatehouse("approvals", *words, status=status)
    assert says in talk


def test_without_a_terminal_it_wants_yes(made):
    asked = made.ask()
    for verb in ("approve", "reject"):
        _, talk = made.gatehouse("approvals", verb, asked.finding, status=1)
        assert "cannot ask for confirmation without a terminal; nothing was decided" in talk and "--yes" in talk
    assert made.request(asked)["state"] == "OPEN" and made.handed() == []


@pytest.mark.parametrize("verb", ["list", "show", "approve", "reject"])
def test_without_a_ledger_it_says_what_to_set(made, verb):
    words = ["approvals", verb, *([] if verb == "list" else ["9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11"])]
    _, talk = made.gatehouse(*words, status=1, GATEHOUSE_LEDGER_TABLE=None)
    assert "there is no ledger: set GATEHOUSE_LEDGER_TABLE, or --ledger" in talk
    if verb == "list":
        # The option does the same.
        assert "Nothing waits" in made.gatehouse(*words, "--ledger", made.table, GATEHOUSE_LEDGER_TABLE=None)[0]


@pytest.mark.parametrize("first, second", [("approve", "reject"), ("reject", "approve")])
def test_what_is_decided_already_is_not_decided_otherwise(made, first, second):
    asked = made.ask()
    made.decide(asked, first)
    _, talk = made.gatehouse("approvals", second, asked.finding, "--yes", status=1)
    word = "approved" if first == "approve" else "rejected"
    assert f"nothing was decided: it was {word} on" in talk and "Maria Keller" in talk and "by the page" in talk
    assert made.request(asked)["decision"]["by"] == "Maria Keller"


def test_what_is_too_late_is_said_to_be(made):
    asked = made.ask()
    made.expire(asked)
    for verb in ("approve", "reject"):
        _, talk = made.gatehouse("approvals", verb, asked.finding, "--yes", status=1)
        assert "nothing was decided: NOBODY DECIDED" in talk and "The next event or sweep asks anew" in talk
    assert "NOBODY DECIDED" in made.gatehouse("approvals", "list")[0]
