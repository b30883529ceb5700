"""Asking a person by the single function: from the finding to the change and back, by the page.

By the command line: test_approval_commands.py.
"""

import json

import pytest

from support import faults
from support.approvals import LINK, payload
from support.one_function import ROLE

GONE = faults.refused(404, "ResourceNotFoundException", "Function not found: gatehouse")


@pytest.fixture
def made(one_function):
    return one_function()


def test_what_a_person_approves_is_handed_on_made_told_and_undone(made):
    asked = made.ask()
    assert f"{made.address}?token={asked.token}" in asked.mail["Message"]
    for verb in ("show", "approve", "reject"):
        assert f"gatehouse approvals {verb} {asked.finding}" in asked.mail["Message"]
    for _ in range(2):
        shown = made.look(asked)
        assert (shown.status, shown.heading) == (200, "Block this access?") and asked.arn in shown.text
    assert made.handed() == [] and made.sids() == [False]
    assert made.decide(asked, reason="Nobody knows this user.").status == 200
    assert made.sids() == [False] and made.told() == []
    assert made.carry_out()["status"] == "RESOLVED"
    assert made.sids() == [False, True]
    (told,) = made.accounts.messages()
    assert told["MessageAttributes"]["status"]["Value"] == "RESOLVED"
    assert "Maria Keller (a name that was typed)" in told["Message"]
    assert made.look(asked).status == made.decide(asked).status == 409
    (change,) = json.loads(made.gatehouse("history", "--json")[0])
    assert "Maria Keller" in json.dumps(change)
    made.gatehouse("rollback", asked.finding, "--yes")
    assert made.sids() == [False] and made.told() == ["ROLLED_BACK"]


def test_what_is_handed_on_twice_is_done_and_told_once(made):
    """Lambda hands on at least once."""
    made.decide(made.ask())
    (case,) = made.handed()
    assert made.answer(case)["status"] == "RESOLVED"
    assert made.answer(case)["status"] == "ALREADY_RESOLVED"
    assert made.sids() == [False, True] and made.told() == ["RESOLVED"]


def test_what_a_person_rejects_stays_open_and_is_told_once(made):
    asked = made.ask()
    assert made.decide(asked, "reject", reason="She is a partner.").status == 200
    outcome = made.carry_out()
    assert outcome["status"] == "DENIED_APPROVAL" and "She is a partner." in outcome["summary"]
    assert made.told() == ["DENIED_APPROVAL"] and made.sids() == [False]
    # In the cool-down nobody is asked or told again.
    assert made.answer(asked.event)["status"] == "DENIED_APPROVAL"
    assert made.told() == []
    assert made.sweep()["started"] <= 1
    assert made.told() == [] and made.sids() == [False]


def test_the_same_finding_asks_once(made):
    asked = made.ask()
    before = made.request(asked)
    for _ in range(2):
        assert made.answer(asked.event)["status"] == "AWAITING_APPROVAL"
    assert made.sweep()["started"] == 0
    assert made.told() == []
    assert made.request(asked)["nonces"] == before["nonces"] and made.request(asked)["id"] == before["id"]


def test_where_nobody_decides_it_is_said_and_asked_again(made):
    asked = made.ask()
    made.expire(asked)
    assert made.look(asked).status == made.decide(asked).status == 410
    outcome = made.answer(asked.event)
    assert outcome["status"] == "DENIED_APPROVAL" and "nobody decided" in outcome["summary"]
    assert made.told() == ["DENIED_APPROVAL"] and made.handed() == []
    again = made.ask_again(asked.event)
    assert again.token != asked.token
    assert made.look(asked).status == 410 and made.look(again).status == 200
    made.decide(again)
    assert made.carry_out()["status"] == "RESOLVED"


def test_a_sweep_asks_again_where_nobody_decided(made):
    asked = made.ask()
    made.expire(asked)
    assert made.answer(asked.event)["status"] == "DENIED_APPROVAL"
    made.told()
    assert made.sweep()["started"] == 1
    again = made.mailed(asked.event)
    assert made.look(again).status == 200
    # Whatever becomes of handing it on, the next event does what was decided.
    assert made.decide(again).status == 200
    made.aws.handed.clear()
    assert made.answer(asked.event)["status"] == "RESOLVED"
    assert made.sids() == [False, True]


def test_what_was_changed_meanwhile_is_refused_told_and_asked_anew(made):
    asked = made.ask()
    made.edit_role()
    assert made.decide(asked).status == 200
    assert made.carry_out()["status"] == "REFUSED"
    assert made.sids() == [False, False]
    refused, anew = made.accounts.messages()
    assert [each["MessageAttributes"]["status"]["Value"] for each in (refused, anew)] == ["REFUSED", "AWAITING_APPROVAL"]
    assert not LINK.findall(refused["Message"])
    (token,) = LINK.findall(anew["Message"])
    assert token != asked.token and made.look(asked).status == 410
    asked.token = token
    assert made.decide(asked).status == 200
    assert made.carry_out()["status"] == "RESOLVED"
    assert made.sids() == [False, False, True]


@pytest.mark.parametrize("fault", [faults.access_denied, GONE, faults.closed_unexecuted], ids=["denied", "gone", "closed"])
def test_a_decision_that_nobody_was_handed_is_carried_out_by_the_next_event(made, fault):
    asked = made.ask()
    made.aws.fail("lambda", "Invoke", *[fault] * 9)
    decided = made.decide(asked)
    assert decided.status == 200 and "next event or sweep" in decided.text
    assert made.handed() == [] and made.sids() == [False]
    assert made.answer(asked.event)["status"] == "RESOLVED"
    assert made.sids() == [False, True] and made.told() == ["RESOLVED"]


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_that_nobody_was_handed_is_carried_out_by_the_sweep(made, decision):
    asked = made.ask()
    made.aws.fail("lambda", "Invoke", *[faults.access_denied] * 9)
    assert made.decide(asked, decision).status == 200
    if decision == "approve":
        # Whoever was handed it has five minutes.
        assert made.sweep()["started"] == 0 and made.sids() == [False]
        made.edit(asked, decision={**made.request(asked)["decision"], "at": "2026-01-01T00:00:00Z"})
    counts = made.sweep()
    assert counts["failed"] == 0 and counts["started"] == 1
    assert made.sids() == ([False, True] if decision == "approve" else [False])
    assert made.told() == ["RESOLVED" if decision == "approve" else "DENIED_APPROVAL"]


def test_in_observe_mode_nobody_is_asked(one_function):
    made = one_function(Mode="observe")
    event = made.event()
    assert made.answer(event)["status"] == "OBSERVED"
    assert made.told() == ["OBSERVED"] and not [key for key in made.ledger() if key[0].startswith("APPROVAL")]


def test_sessions_are_ended_with_the_change_and_given_back_with_it(one_function):
    made = one_function(RevokeSessions="on")
    iam = made.accounts.client("iam")
    asked = made.ask()
    assert "iam:PutRolePolicy" in made.look(asked).text
    made.decide(asked)
    assert made.carry_out()["status"] == "RESOLVED"
    (name,) = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    document = iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]
    assert "aws:TokenIssueTime" in json.dumps(document)
    made.gatehouse("rollback", asked.finding, "--yes")
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == [] and made.sids() == [False]


def test_no_link_no_token_and_no_key_is_logged_or_handed_on(made):
    asked = made.ask()
    made.decide(asked)
    handed = made.aws.handed[0][1].decode()
    made.carry_out()
    key = made.accounts.client("secretsmanager").list_secrets()["SecretList"][0]["ARN"]
    signing = made.accounts.client("secretsmanager").get_secret_value(SecretId=key)["SecretString"]
    for secret in (asked.token, *asked.token.split("."), json.loads(payload(asked.token))["nonce"], signing):
        assert secret not in made.log and secret not in handed


def test_nothing_was_refused_to_the_deployed_roles(made):
    made.decide(made.ask())
    made.carry_out()
    made.sweep()
    refused = [str(call) for call in made.aws.calls if call.status == 403]
    assert refused == []
