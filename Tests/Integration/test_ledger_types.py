"""What leaves no mark in the resource is known from the ledger: a retry tells of it, and the finding's id takes it back."""

import pytest

from support import dynamodb, faults
from support.kinds import BY_SHARING, OUTSIDER, PARTNER
from support.ways import BLOCKS, FUNCTIONS, ACLS, LAYERS, POLICY_AND_ACL, Blocked
from test_types import World

WAYS = [*ACLS, *BLOCKS, *LAYERS, *FUNCTIONS, POLICY_AND_ACL]


def with_ledger(accounts):
    table = dynamodb.make_table(accounts.client("dynamodb"))
    return {"GATEHOUSE_LEDGER_TABLE": table, "allowed": ["*"]}


@pytest.fixture
def blocked(kept, accounts, function):
    kept.stop()
    return lambda way: Blocked(way, accounts, function, **with_ledger(accounts))


def standing(place):
    items = dynamodb.items(place.accounts.client("dynamodb"))
    return [item["data"]["state"] for item in items if item["sk"].startswith("CHANGE#")]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_told_by_the_retry_and_undone_by_the_id(blocked, way):
    place = blocked(way)
    place.aws.fail("sns", "Publish", *[faults.server_error] * 9)
    assert place.start("respond").invoke(place.event).error_type == "Function.ServiceUnavailable"
    place.aws.queued.clear()
    assert place.held.access != place.before
    place.respond()
    assert place.case["outcome"]["status"] == "ALREADY_RESOLVED"
    message = place.message()
    assert message["Subject"].startswith("BLOCKED") and "gatehouse rollback" in message["Message"]
    assert set(standing(place)) == {"MADE"}
    status, why = place.rollback({"findingId": place.event["detail"]["id"]})
    assert status == "ROLLED_BACK", why
    assert same(place.held.access) == same(place.before)
    assert standing(place) == []
    assert place.message()["Subject"].startswith("UNDONE")
    # Asking twice is no error, and tells nobody twice.
    assert place.rollback({"findingId": place.event["detail"]["id"]})[0] == "ROLLED_BACK"
    assert place.accounts.messages() == []
    outcome = place.respond()["outcome"]
    assert outcome["status"] == "REFUSED" and "gave this access back on" in outcome["summary"]


def same(access):
    """The same, but for the order of statements: one that Lambda was told again comes last, with a revision of its own."""
    policy = access.get("policy")
    if policy:
        access = {**access, "policy": sorted(policy["Statement"], key=str)}
    return access


def test_what_was_made_in_part_is_undone(blocked):
    """The second of two statements may not be taken out: the first one is, and the ledger knows it."""
    (twice,) = [way for way in LAYERS if way.name == "layer-twice"]
    place = blocked(twice)
    place.aws.fail("lambda", "RemoveLayerVersionPermission", None, *[faults.access_denied] * 4)
    outcome = place.respond()["outcome"]
    assert outcome["status"] == "REFUSED" and "The rest was not done" in outcome["summary"]
    place.aws.queued.clear()
    assert standing(place) == ["MADE"] and place.held.access != place.before
    status, why = place.rollback({"findingId": place.event["detail"]["id"]})
    assert status == "ROLLED_BACK", why
    assert same(place.held.access) == same(place.before)


@pytest.mark.parametrize("kind", BY_SHARING, ids=lambda kind: kind.name)
def test_a_snapshot_likewise(accounts, function, kind):
    more = with_ledger(accounts)
    place = World(kind, accounts, lambda handler, **settings: function(handler, **settings, **more))
    held = kind.make(accounts, shared_with=[OUTSIDER, PARTNER])
    place.aws.fail("sns", "Publish", *[faults.server_error] * 9)
    assert place.start("respond").invoke(place.event).error_type == "Function.ServiceUnavailable"
    place.aws.queued.clear()
    assert place.respond()["outcome"]["status"] == "ALREADY_RESOLVED"
    assert place.message()["Subject"].startswith("BLOCKED")
    assert place.rollback({"findingId": place.event["detail"]["id"]})["status"] == "ROLLED_BACK"
    assert sorted(held.shared_with) == sorted([OUTSIDER, PARTNER])
