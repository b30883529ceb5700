"""Statements of a layer version, and of a function where Lambda has no whole documents yet, taken out one by one and
put back, by the packaged binary: from the event to the message and the way back, on bad days, and with others who
write meanwhile."""

import json
from dataclasses import replace

import pytest

from support import faults
from support.account import MEMBER
from support.kinds import FUNCTION, OUTSIDER, PARTNER
from support.place import by_fault, first, then
from support.ways import FUNCTIONS, LAYERS, OF_LAYER, permission, policy, root, way

WAYS = [*LAYERS, *FUNCTIONS]
# Where two statements let the principal in.
TWICE = [way("layer-twice"), way("function-url")]
INVOKE = "lambda:InvokeFunction"


def by_name(ways):
    return pytest.mark.parametrize("way", ways, ids=lambda way: way.name)


def by_name_slowly(ways):
    """Where each test waits for seconds: one of each kind, and the others with --long."""
    quick = ("layer", "function-url")
    marked = [pytest.param(way, marks=[] if way.name in quick else pytest.mark.long) for way in ways]
    return pytest.mark.parametrize("way", marked, ids=lambda way: way.name)


def meant(reason):
    """What is meant, and not so yet."""
    return pytest.mark.xfail(strict=True, reason=reason)


def statements(place, access=None):
    document = (access or place.held.access)["policy"]
    return document["Statement"] if document else []


def sids(place, access=None):
    return [statement["Sid"] for statement in statements(place, access)]


def staying(place):
    """The statements that are not the principal's, in their order."""
    return [statement for statement in statements(place, place.before) if statement["Sid"] in ("other", "trigger")]


def is_back(place):
    """Whether every statement is what it was; one that was added again comes last."""
    return sorted(statements(place), key=str) == sorted(statements(place, place.before), key=str)


def removal(way):
    return "RemoveLayerVersionPermission" if way in LAYERS else "RemovePermission"


def addition(way):
    return "AddLayerVersionPermission" if way in LAYERS else "AddPermission"


def edit(place, change):
    """Somebody else writes the statements, between any two calls of ours; that makes a new revision."""
    document = json.loads(place.held.policy or json.dumps(policy()))
    change(document["Statement"])
    place.held.policy = json.dumps(document) if document["Statement"] else None


def new(place):
    """A statement of somebody else's."""
    is_layer = place.way in LAYERS
    return permission(place.way.kind.arn, "new", root("222233334444"), OF_LAYER if is_layer else INVOKE)


# From the event to the message, and back


@by_name(WAYS)
def test_statements_there_and_back(blocked, way):
    place = blocked(way)
    text = place.block()
    removed = [sid for sid in sids(place, place.before) if sid not in ("other", "trigger")]
    assert statements(place) == staying(place)
    verb = "was" if len(removed) == 1 else "were"
    for said in (way.kind.arn, MEMBER, place.event["detail"]["id"], f"{', '.join(removed)} {verb} taken out of"):
        assert said in text, said
    assert ("Functions that use the layer already keep it." in text) == (way in LAYERS)
    # What was taken out is in the case; the id alone does not say it.
    status, why = place.rollback(place.by_id)
    assert status == "REFUSED" and "the case" in why, why
    assert statements(place) == staying(place)
    status, why = place.rollback()
    assert status == "ROLLED_BACK", why
    assert is_back(place)
    status, why = place.rollback()
    assert status == "REFUSED" and "nothing to put back" in why, why


@by_name(WAYS)
def test_a_second_event_changes_nothing(blocked, way):
    place = blocked(way)
    place.block()
    after, start = place.held.access, len(place.aws.calls)
    again = place.respond()
    assert again["outcome"]["status"] == "ALREADY_RESOLVED", again["outcome"]
    assert place.held.access == after
    assert not [call for call in place.aws.calls[start:] if call.action.startswith(("Put", "Add", "Remove"))]


ONLY_READER = {"aws:PrincipalArn": "*:role/Reader"}


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        (permission(FUNCTION, "two", {"AWS": [root(OUTSIDER)["AWS"], root(PARTNER)["AWS"]]}, INVOKE), {}),
        (permission(FUNCTION, "actions", root(OUTSIDER), [INVOKE, "lambda:GetFunction"]), {}),
        (permission(FUNCTION, "limited", root(OUTSIDER), INVOKE, Condition={"StringLike": ONLY_READER}), ONLY_READER),
    ],
    ids=["two", "actions", "limited"],
)
def test_what_lambda_could_not_be_told_again_stays(blocked, statement, condition):
    """Lambda adds statements of one principal and one action, with conditions of a few keys."""
    resource = {"policy": policy(statement), "hasWholePolicies": False}
    place = blocked(replace(FUNCTIONS[0], resource=resource, condition=condition))
    outcome = place.respond()["outcome"]
    assert outcome["status"] == "REFUSED", outcome["summary"]
    assert f"(Sid {statement['Sid']})" in outcome["summary"]
    assert place.held.access == place.before


@meant("without a ledger a retry finds the access closed and tells nobody: what was taken out is in no message and in no case")
@by_name(WAYS)
def test_a_mail_that_could_not_be_sent_goes_out_with_the_retry(blocked, way):
    place = blocked(way)
    place.aws.fail("sns", "Publish", *[faults.server_error] * 9)
    assert place.start("respond").invoke(place.event).error_type == "Function.ServiceUnavailable"
    place.aws.queued.clear()
    place.respond()
    assert "gatehouse rollback" in place.message()["Message"]


# Faults


@by_name_slowly(WAYS)
@by_fault
def test_one_fault_at_any_call(place, way, fault):
    for call in place.calls(lambda: place.block(way)):
        place.make(way)
        place.fail(call, fault)
        status, why = place.resolve()
        assert place.was_met(call), call
        assert status == "RESOLVED", (call, why)
        assert statements(place) == staying(place), call
        resolved = place.resolved
        assert place.resolve()[0] == "ALREADY_RESOLVED", call
        status, why = place.rollback(resolved)
        assert status == "ROLLED_BACK", (call, why)
        assert is_back(place), call


@by_name_slowly(WAYS)
@by_fault
def test_one_fault_at_any_call_of_the_way_back(place, way, fault):
    place.block(way)
    for call in place.calls(place.rollback):
        place.block(way)
        place.fail(call, fault)
        status, why = place.rollback()
        assert place.was_met(call), call
        assert status == "ROLLED_BACK", (call, why)
        assert is_back(place), call
        assert len(set(sids(place))) == len(sids(place))


@by_name([way("layer"), way("function-statement")])
@pytest.mark.parametrize(
    ("fault", "error_type"),
    [
        (faults.throttled, "Function.Throttled"),
        (faults.server_error, "Function.ServiceUnavailable"),
        (faults.access_denied, "Function.AccessDenied"),
    ],
    ids=["throttled", "server_error", "access_denied"],
)
def test_a_write_that_stays_impossible(place, way, fault, error_type):
    place.make(way)
    place.aws.fail("lambda", removal(way), *[fault] * 20)
    status, why = place.resolve()
    assert (status, removal(way) in why) == (error_type, True), why
    assert place.held.access == place.before
    place.aws.queued.clear()
    assert place.resolve()[0] == "RESOLVED"
    place.aws.fail("lambda", addition(way), *[fault] * 20)
    blocked = place.resolved
    status, why = place.rollback(blocked)
    assert (status, addition(way) in why) == (error_type, True), why
    assert statements(place) == staying(place)
    place.aws.queued.clear()
    assert place.rollback(blocked)[0] == "ROLLED_BACK"
    assert is_back(place)


@by_name(TWICE)
def test_the_second_removal_fails(place, way):
    """What was taken out already is told with the way back, and stands in no other case."""
    place.make(way)
    place.aws.fail("lambda", removal(way), None, *[faults.access_denied] * 20)
    status, why = place.resolve()
    assert (status, "The rest was not done" in why, removal(way) in why) == ("REFUSED", True, True), why
    assert len(statements(place)) == len(statements(place, place.before)) - 1
    assert "--changes" in place.answer["outcome"]["rollback"]["command"]
    assert place.rollback()[0] == "ROLLED_BACK"
    assert is_back(place)


@by_name(TWICE)
def test_what_a_second_attempt_finished_is_undone_by_both_cases(place, way):
    place.make(way)
    place.aws.fail("lambda", removal(way), None, *[faults.access_denied] * 20)
    place.resolve()
    cases = [place.resolved]
    place.aws.queued.clear()
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert statements(place) == staying(place)
    for case in (place.resolved, *cases):
        assert place.rollback(case)[0] == "ROLLED_BACK"
    assert is_back(place)


@by_name(TWICE)
def test_the_second_addition_fails_and_a_retry_makes_it(place, way):
    place.block(way)
    blocked = place.resolved
    place.aws.fail("lambda", addition(way), None, *[faults.access_denied] * 20)
    status, why = place.rollback(blocked)
    assert (status, addition(way) in why) == ("Function.AccessDenied", True), why
    place.aws.queued.clear()
    status, why = place.rollback(blocked)
    assert status == "ROLLED_BACK", why
    assert is_back(place)


# Others who write


@by_name(WAYS)
def test_a_revision_that_somebody_made_between_reading_and_writing(place, way):
    """Lambda refuses the removal; what is there is read again, and the other's statement stays."""
    place.make(way)
    added = new(place)
    place.aws.fail("lambda", removal(way), first(lambda: edit(place, lambda there: there.append(added))))
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert statements(place) == [*staying(place), added]
    assert not [call for call in place.aws.calls if call.action == addition(way)]
    attempts = [call.status for call in place.aws.calls if call.action == removal(way)]
    assert attempts[0] == 412 and set(attempts[1:]) == {204}, attempts
    status, why = place.rollback()
    assert status == "ROLLED_BACK", why
    assert added in statements(place)
    edit(place, lambda there: there.remove(added))
    assert is_back(place)


def test_blocking_never_grants(place):
    place.make(way("function-url"))
    added = new(place)
    place.aws.fail("lambda", "RemovePermission", first(lambda: edit(place, lambda there: there.append(added))))
    # Gone again before anything of ours may add it.
    place.aws.fail("lambda", "AddPermission", first(lambda: edit(place, lambda there: there.remove(added))))
    place.resolve()
    assert "AddPermission" not in place.writes()


@by_name(WAYS)
def test_somebody_else_takes_the_statements_out_first(place, way):
    place.make(way)
    kept = staying(place)
    place.aws.fail(
        "lambda", removal(way), first(lambda: edit(place, lambda there: there.__setitem__(slice(None), kept)))
    )
    status, why = place.resolve()
    assert status == "ALREADY_RESOLVED", why
    assert statements(place) == kept
    assert not place.answer["outcome"]["changes"]


@pytest.mark.long
@by_name([way("layer"), way("function-statement")])
def test_a_statement_that_somebody_puts_back_is_taken_out_again_by_a_retry(place, way):
    """What was there before may as well be an old answer: nothing is told as done, and a retry finds out."""
    place.make(way)
    (removed,) = [one for one in statements(place, place.before) if one not in staying(place)]
    place.aws.fail("lambda", removal(way), then(lambda: edit(place, lambda there: there.append(removed))))
    status, why = place.resolve()
    assert (status, "a retry finds out" in why) == ("Function.ServiceUnavailable", True), why
    assert place.resolve()[0] == "RESOLVED"
    assert statements(place) == staying(place)


@by_name([way("layer"), way("function-statement")])
def test_another_statement_of_the_same_id_is_not_replaced(place, way):
    """Somebody has used the id for another principal since."""
    place.block(way)
    (removed,) = [one for one in statements(place, place.before) if one not in staying(place)]
    other = {**new(place), "Sid": removed["Sid"]}
    edit(place, lambda there: there.append(other))
    status, why = place.rollback()
    assert status == "REFUSED", why
    assert statements(place) == [*staying(place), other]


@by_name(FUNCTIONS)
def test_whole_documents_that_lambda_has_by_now(place, way):
    """What was taken out as statements is put back so, also where Lambda could write the whole by the time."""
    place.block(way)
    place.held.resource().policy.has_whole = True
    status, why = place.rollback()
    assert status == "ROLLED_BACK", why
    assert is_back(place)
