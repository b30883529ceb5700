"""Each type that moto has, from the event to blocked to rolled back: by the packaged binary, to the byte."""

import json
import shlex

import pytest

from support import faults
from support.account import MEMBER
from support.kinds import BY_POLICY, BY_SHARING, KINDS, OUTSIDER, PARTNER

# Every external access is blocked, keys included.
RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {
            "name": "close",
            "reason": "It is not intended.",
            "when": {"kind": {"eq": ["ExternalAccess"]}},
            "action": "RESOLVE",
        }
    ],
}
SID = "Gatehousef0000000000040008000000000000001"
EVERYBODY = {"AWS": "*"}
# Reading, planning, writing, reading back, with the finding and its archived siblings before: no more than this.
MOST_CALLS = 8


class World:
    """One resource with a finding, and the functions that answer it."""

    def __init__(self, kind, accounts, function, principal=None):
        self.kind, self.accounts, self.aws = kind, accounts, accounts.aws
        self.topic = accounts.topic()
        self.start = lambda handler, **more: function(
            handler,
            own=MEMBER,
            GATEHOUSE_MODE="enforce",
            GATEHOUSE_RULES=json.dumps(RULES),
            GATEHOUSE_TOPIC_ARN=self.topic,
            GATEHOUSE_ORGANIZATION_LOOKUPS="off",
            **more,
        )
        self.event = kind.event(principal=principal)
        accounts.finding(self.event)

    def respond(self):
        """The case of one event."""
        outcome = self.start("respond").invoke(self.event)
        assert outcome.kind == "response", outcome.body
        return outcome.json

    def rollback(self, case):
        outcome = self.start("rollback").invoke(case)
        assert outcome.kind == "response", outcome.body
        return outcome.json["outcome"]

    def message(self):
        """The text of the one mail that was sent."""
        (message,) = self.accounts.messages()
        return message


@pytest.fixture
def world(accounts, function):
    return lambda kind, principal=None: World(kind, accounts, function, principal)


def by_name(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.name)


def compact(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


@by_name(BY_POLICY)
def test_a_policy_there_and_back(world, accounts, kind):
    place = world(kind)
    text = compact(kind.letting_in(OUTSIDER))
    held = kind.make(accounts, text)
    case = place.respond()
    assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
    before, after = json.loads(text), json.loads(held.policy)
    assert after["Statement"][:-1] == before["Statement"]
    deny = after["Statement"][-1]
    assert (deny["Sid"], deny["Effect"]) == (SID, "Deny")
    # One action is a scalar.
    assert deny["Action"] == (kind.actions[0] if len(kind.actions) == 1 else list(kind.actions))
    assert ("Resource" in deny) == (kind.resource is not None)
    message = place.message()
    assert message["Subject"].startswith("BLOCKED, NOT YET VERIFIED")
    for said in (kind.arn, MEMBER, OUTSIDER, place.event["detail"]["id"]):
        assert said in message["Message"], said
    undone = place.rollback({"findingId": place.event["detail"]["id"], "resource": kind.arn})
    assert undone["status"] == "ROLLED_BACK", undone["summary"]
    assert held.policy == text


@by_name(BY_POLICY)
def test_a_policy_keeps_its_order_and_its_spelling(world, accounts, kind):
    """Scalars stay scalars, keys their order, numbers and characters their spelling; only white space may change."""
    place = world(kind)
    statement = {
        "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}, "Bool": {"aws:SecureTransport": True}},
        **kind.allow({"AWS": [f"arn:aws:iam::{OUTSIDER}:root"]}, Action=kind.actions[0]),
    }
    text = json.dumps({**kind.document(statement), "Id": "one id"}, indent=2)
    text = text.replace("3600", "3.60e3").replace('"one id"', '"one\\u0020id"')
    held = kind.make(accounts, text)
    place.event["detail"]["action"] = [kind.actions[0]]
    place.event["detail"]["condition"] = {"aws:MultiFactorAuthAge": "3600"}
    accounts.finding(place.event)
    case = place.respond()
    assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
    assert "3.60e3" in held.policy and "true" in held.policy
    undone = place.rollback({"findingId": place.event["detail"]["id"], "resource": kind.arn})
    assert undone["status"] == "ROLLED_BACK", undone["summary"]
    assert "3.60e3" in held.policy
    assert list(json.loads(held.policy)) == list(json.loads(text))
    assert json.loads(held.policy) == json.loads(text)


@by_name([kind for kind in BY_POLICY if kind.name != "file-system"])
def test_everybody_and_back(world, accounts, kind):
    place = world(kind, EVERYBODY)
    partner = kind.allow({"AWS": f"arn:aws:iam::{PARTNER}:root"}, Sid="Partner")
    text = compact(kind.document(kind.allow(EVERYBODY, Sid="Open"), partner))
    held = kind.make(accounts, text)
    case = place.respond()
    assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
    deny = json.loads(held.policy)["Statement"][-1]
    spared = deny["Condition"]["StringNotEqualsIfExists"]["aws:PrincipalAccount"]
    assert {MEMBER, PARTNER} <= set(spared)
    assert deny["Condition"]["BoolIfExists"]["aws:PrincipalIsAWSService"] == "false"
    undone = place.rollback({"findingId": place.event["detail"]["id"], "resource": kind.arn})
    assert undone["status"] == "ROLLED_BACK", undone["summary"]
    assert held.policy == text


@by_name(BY_SHARING)
@pytest.mark.parametrize("principal", [None, EVERYBODY], ids=["account", "everybody"])
def test_a_snapshot_there_and_back(world, accounts, kind, principal):
    place = world(kind, principal)
    whom = ["all", PARTNER] if principal else [PARTNER, OUTSIDER]
    held = kind.make(accounts, shared_with=whom)
    case = place.respond()
    assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
    assert held.shared_with == [PARTNER]
    message = place.message()
    assert message["Subject"].startswith("BLOCKED, NOT YET VERIFIED")
    # The list is in the case; the id alone does not say whom to let in again.
    alone = place.rollback({"findingId": place.event["detail"]["id"], "resource": kind.arn})
    assert alone["status"] == "REFUSED"
    assert held.shared_with == [PARTNER]
    undone = place.rollback(case)
    assert undone["status"] == "ROLLED_BACK", undone["summary"]
    assert sorted(held.shared_with) == sorted(whom)


@by_name(BY_SHARING)
def test_the_mail_says_how_a_snapshot_is_shared_again(world, accounts, kind):
    place = world(kind)
    kind.make(accounts, shared_with=[OUTSIDER])
    place.respond()
    undo = place.message()["Message"].partition("To undo it")[2]
    assert any(line.startswith(f"aws {kind.service} modify-") and OUTSIDER in line for line in undo.splitlines())


@by_name(KINDS)
def test_a_resolve_makes_few_calls(world, accounts, kind, figures):
    place = world(kind)
    if kind.is_shared:
        kind.make(accounts, shared_with=[OUTSIDER])
    else:
        kind.make(accounts, kind.letting_in(OUTSIDER))
    case = place.start("evaluate").invoke(place.event).json
    assert case["decision"]["action"] == "RESOLVE"
    before = len(place.aws.calls)
    outcome = place.start("resolve").invoke(case)
    assert outcome.json["outcome"]["status"] == "RESOLVED", outcome.body
    names = place.aws.names()[before:]
    figures.append(f"{kind.name}: {len(names)} calls: {', '.join(names)}")
    assert len(names) <= MOST_CALLS, names


@by_name(KINDS)
def test_a_second_event_changes_and_tells_nothing(world, accounts, kind):
    place = world(kind)
    if kind.is_shared:
        held = kind.make(accounts, shared_with=[OUTSIDER, PARTNER])
    else:
        held = kind.make(accounts, kind.letting_in(OUTSIDER))
    respond = place.start("respond")
    assert respond.invoke(place.event).json["outcome"]["status"] == "RESOLVED"
    place.message()
    after = held.shared_with if kind.is_shared else held.policy
    again = respond.invoke(place.event).json
    assert again["outcome"]["status"] == "ALREADY_RESOLVED", again["outcome"]
    assert after == (held.shared_with if kind.is_shared else held.policy)


def by_name_but(kinds, reason):
    """All kinds; these do not do it yet."""
    mark = pytest.mark.xfail(strict=True, reason=reason)
    marked = [pytest.param(kind, marks=[mark] if kind in kinds else []) for kind in KINDS]
    return pytest.mark.parametrize("kind", marked, ids=lambda kind: kind.name)


@by_name_but(BY_SHARING, "without a ledger nothing in a snapshot's list says that it was us: a retry tells nobody")
def test_a_mail_that_could_not_be_sent_goes_out_with_the_retry(world, accounts, kind):
    place = world(kind)
    if kind.is_shared:
        kind.make(accounts, shared_with=[OUTSIDER, PARTNER])
    else:
        kind.make(accounts, kind.letting_in(OUTSIDER))
    respond = place.start("respond")
    place.aws.fail("sns", "Publish", *[faults.server_error] * 9)
    assert respond.invoke(place.event).error_type == "Function.ServiceUnavailable"
    place.aws.queued.clear()
    assert respond.invoke(place.event).json["outcome"]["status"] == "ALREADY_RESOLVED"
    assert place.message()["Subject"].startswith("BLOCKED, NOT YET VERIFIED")


@by_name(KINDS)
def test_a_finding_that_stays_although_our_change_is_there(world, accounts, kind):
    place = world(kind)
    if kind.is_shared:
        kind.make(accounts, shared_with=[OUTSIDER, PARTNER])
    else:
        kind.make(accounts, kind.letting_in(OUTSIDER))
    case = place.respond()
    place.message()
    case["verification"] = {"status": "PENDING", "attempt": 19, "limit": 20}
    verified = place.start("verify").invoke(case).json
    assert verified["verification"]["status"] == "STILL_ACTIVE"
    place.start("notify").invoke(verified)
    assert place.message()["Subject"].startswith("BLOCKED, STILL LISTED")


@by_name(KINDS)
def test_every_printed_command_is_for_a_shell(world, accounts, kind):
    place = world(kind)
    if kind.is_shared:
        kind.make(accounts, shared_with=[OUTSIDER])
    else:
        kind.make(accounts, kind.letting_in(OUTSIDER))
    place.respond()
    lines = [line.strip() for line in place.message()["Message"].splitlines()]
    commands = [line for line in lines if line.startswith(("aws ", "gatehouse "))]
    assert any(command.startswith("gatehouse rollback ") for command in commands)
    for command in commands:
        words = shlex.split(command)
        assert "\ue000" not in command and words
