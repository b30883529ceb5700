"""What a bucket's ACL grants is taken out and put back, and Block Public Access switched on and set back, by the
packaged binary: from the event to the message and the way back, on bad days, and with others who write meanwhile."""

import json
from dataclasses import replace

import pytest
from moto.backends import get_backend

from support import bucket_access, faults
from support.account import MEMBER
from support.kinds import OUTSIDER
from support.place import by_fault, then
from support.ways import (
    ACL,
    ACLS,
    BLOCKS,
    BUCKET_KIND,
    EVERYBODY,
    GUEST,
    OWNER,
    POLICY_AND_ACL,
    group,
    root,
    user,
)

SID = "Gatehousef0000000000040008000000000000001"
ALL_FLAGS = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
OTHER = user("b" * 64, "READ")
WAYS = [*ACLS, POLICY_AND_ACL, *BLOCKS]


def by_name(ways):
    return pytest.mark.parametrize("way", ways, ids=lambda way: way.name)


def by_name_slowly(ways):
    """Where each test waits for seconds: one of each kind, and the others with --long."""
    quick = ("acl-everybody", "block")
    marked = [pytest.param(way, marks=[] if way.name in quick else pytest.mark.long) for way in ways]
    return pytest.mark.parametrize("way", marked, ids=lambda way: way.name)


def meant(reason):
    """What is meant, and not so yet."""
    return pytest.mark.xfail(strict=True, reason=reason)


def grants_without(way):
    """The grants that stay, in their order."""
    if way.principal == EVERYBODY:
        return [
            grant
            for grant in ACL["Grants"]
            if not grant["Grantee"].get("URI", "").startswith(group("global/", "")["Grantee"]["URI"])
        ]
    return [grant for grant in ACL["Grants"] if grant["Grantee"].get("ID") != way.principal["CanonicalUser"]]


def edit_acl(place, change):
    """Somebody else writes the ACL, between any two calls of ours."""
    document = place.held.access["acl"]
    change(document["Grants"])
    place.held.resource().acl = bucket_access.acl_of(document)


# From the event to the message, and back


@by_name(ACLS)
def test_grants_there_and_back(blocked, way):
    place = blocked(way)
    text = place.block()
    assert place.held.access == {**place.before, "acl": {**ACL, "Grants": grants_without(way)}}
    whom = (
        "everybody (READ, READ_ACP)" if way.principal == EVERYBODY else f"the canonical user {GUEST} (READ, WRITE_ACP)"
    )
    for said in (
        way.kind.arn,
        MEMBER,
        place.event["detail"]["id"],
        f"The grants of {whom} were taken out",
        "single objects",
    ):
        assert said in text, said
    # What was granted is in the case; the id alone does not say it.
    status, why = place.rollback(place.by_id)
    assert status == "REFUSED" and "the case" in why, why
    assert place.held.access["acl"]["Grants"] == grants_without(way)
    assert place.rollback()[0] == "ROLLED_BACK"
    assert place.held.access == place.before
    status, why = place.rollback()
    assert status == "REFUSED" and "nothing to put back" in why


def test_policy_and_grants_there_and_back(blocked):
    place = blocked(POLICY_AND_ACL)
    text = place.block()
    assert [change["operation"] for change in place.case["outcome"]["changes"]] == [
        "s3:PutBucketPolicy",
        "s3:PutBucketAcl",
    ]
    now = place.held.access
    assert now["acl"]["Grants"] == grants_without(POLICY_AND_ACL)
    *kept, deny = now["policy"]["Statement"]
    assert kept == place.before["policy"]["Statement"] and (deny["Sid"], deny["Effect"]) == (SID, "Deny")
    assert SID in text and "The grants of everybody" in text
    before = len(place.aws.calls)
    status, why = place.rollback()
    assert status == "ROLLED_BACK", why
    names = [call.action for call in place.aws.calls[before:] if call.action.startswith("PutBucket")]
    assert names == ["PutBucketAcl", "PutBucketPolicy"]
    assert place.held.access == place.before


@by_name(BLOCKS)
def test_block_public_access_there_and_back(blocked, way):
    place = blocked(way)
    text = place.block()
    assert place.held.access == {**place.before, "publicAccessBlock": ALL_FLAGS}
    assert "All public access to the bucket reports is blocked" in text
    status, why = place.rollback(place.by_id)
    assert status == "REFUSED" and "the case" in why, why
    assert place.held.access["publicAccessBlock"] == ALL_FLAGS
    assert place.rollback()[0] == "ROLLED_BACK"
    assert place.held.access == place.before
    status, why = place.rollback()
    assert status == "REFUSED" and "nothing to undo" in why, why


@by_name(WAYS)
def test_a_second_event_changes_nothing(blocked, way):
    place = blocked(way)
    place.block()
    after, before = place.held.access, len(place.aws.calls)
    again = place.respond()
    assert again["outcome"]["status"] == "ALREADY_RESOLVED", again["outcome"]
    assert place.held.access == after
    assert not [call for call in place.aws.calls[before:] if call.action.startswith(("Put", "Delete"))]


@meant("without a ledger a retry finds the access closed and does not tell what there was before: it is in no message and in no case")
@by_name(WAYS)
def test_a_mail_that_could_not_be_sent_goes_out_with_the_retry(blocked, way):
    place = blocked(way)
    place.aws.fail("sns", "Publish", *[faults.server_error] * 9)
    assert place.start("respond").invoke(place.event).error_type == "Function.ServiceUnavailable"
    place.aws.queued.clear()
    place.respond()
    assert "--changes" in place.message()["Message"]


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
        assert place.held.access == place.blocked, call
        assert place.resolve()[0] == "ALREADY_RESOLVED", call


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
        assert place.held.access == place.before, call


@by_name([*ACLS, *BLOCKS])
@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.server_error, "Function.ServiceUnavailable"), (faults.access_denied, "Function.AccessDenied")],
    ids=["server_error", "access_denied"],
)
def test_a_write_that_stays_impossible(place, way, fault, error_type):
    place.make(way)
    write = "PutPublicAccessBlock" if way in BLOCKS else "PutBucketAcl"
    place.aws.fail("s3", write, *[fault] * 20)
    status, why = place.resolve()
    assert (status, write in why) == (error_type, True), why
    assert place.held.access == place.before
    place.aws.queued.clear()
    assert place.resolve()[0] == "RESOLVED"


# Two remedies, of which the second fails


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.server_error, "Function.ServiceUnavailable"), (faults.access_denied, "Function.AccessDenied")],
    ids=["server_error", "access_denied"],
)
def test_the_second_write_fails_and_a_retry_makes_it(place, fault, error_type):
    place.make(POLICY_AND_ACL)
    place.aws.fail("s3", "PutBucketAcl", *[fault] * 20)
    status, why = place.resolve()
    assert (status, "PutBucketAcl" in why) == (error_type, True), why
    assert place.held.access["acl"] == place.before["acl"]
    assert place.held.access["policy"]["Statement"][-1]["Sid"] == SID
    place.aws.queued.clear()
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert place.held.access["acl"]["Grants"] == grants_without(POLICY_AND_ACL)
    assert len(place.held.access["policy"]["Statement"]) == len(place.before["policy"]["Statement"]) + 1


def test_what_a_retry_finished_is_undone_as_a_whole(place):
    place.make(POLICY_AND_ACL)
    place.aws.fail("s3", "PutBucketAcl", *[faults.server_error] * 20)
    place.resolve()
    place.aws.queued.clear()
    place.resolve()
    status, why = place.rollback()
    assert status == "ROLLED_BACK", why
    assert place.held.access == place.before


@pytest.fixture
def half(blocked):
    """A public grant stays beside the one that is to be taken out, and S3 takes no ACL with it any more."""
    flags = {**dict.fromkeys(ALL_FLAGS, False), "BlockPublicAcls": True}
    statement = BUCKET_KIND.allow({"CanonicalUser": GUEST}, Sid="Guest")
    resource = {"policy": BUCKET_KIND.document(statement), "acl": ACL, "publicAccessBlock": flags}
    place = blocked(replace(POLICY_AND_ACL, resource=resource, principal={"CanonicalUser": GUEST}))
    place.respond()
    return place


def test_the_second_write_is_refused(half):
    outcome = half.case["outcome"]
    assert (outcome["status"], "S3 rejected the new ACL" in outcome["summary"]) == ("REFUSED", True), outcome["summary"]
    assert half.held.access["acl"] == half.before["acl"]
    assert half.held.access["policy"]["Statement"][-1]["Sid"] == SID
    assert [change["operation"] for change in outcome["changes"]] == ["s3:PutBucketPolicy"]
    # What was done is told, with the way back.
    message = half.message()["Message"]
    assert f"A Deny (Sid {SID})" in message and "The access is still open." in message
    assert f"gatehouse rollback {half.by_id['findingId']}" in message
    assert half.rollback()[0] == "ROLLED_BACK"
    assert half.held.access == half.before


def test_a_refused_second_write_is_not_told_as_nothing(half):
    assert "Nothing was changed" not in half.case["outcome"]["summary"]


def test_the_way_back_stops_where_the_first_is_refused(place):
    """Undone in reverse: while S3 hides public grants, neither is undone."""
    place.block(POLICY_AND_ACL)
    ignoring = {**dict.fromkeys(ALL_FLAGS, False), "IgnorePublicAcls": True}
    place.accounts.client("s3").put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration=ignoring)
    status, why = place.rollback()
    assert status == "REFUSED" and "IgnorePublicAcls" in why, why
    assert place.held.access == {**place.blocked, "publicAccessBlock": ignoring}
    place.accounts.client("s3").delete_public_access_block(Bucket="reports")
    assert place.rollback()[0] == "ROLLED_BACK"
    assert place.held.access == place.before


# Others who write


@by_name([*ACLS, POLICY_AND_ACL])
def test_a_grant_that_somebody_adds_right_after_us_stays(place, way):
    place.make(way)
    place.aws.fail("s3", "PutBucketAcl", then(lambda: edit_acl(place, lambda grants: grants.append(OTHER))))
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert place.held.access["acl"]["Grants"] == [*grants_without(way), OTHER]
    assert place.rollback()[0] == "ROLLED_BACK"
    back = place.held.access["acl"]["Grants"]
    assert back[: len(grants_without(way)) + 1] == [*grants_without(way), OTHER]
    assert sorted(map(str, back)) == sorted(map(str, [*ACL["Grants"], OTHER]))


@pytest.mark.long
def test_grants_that_somebody_puts_back_are_taken_out_again(place):
    place.make(ACLS[0])
    put_back = then(lambda: edit_acl(place, lambda grants: grants.append(group("global/AllUsers", "READ"))))
    place.aws.fail("s3", "PutBucketAcl", put_back)
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert place.held.access["acl"]["Grants"] == grants_without(ACLS[0])
    assert place.writes().count("PutBucketAcl") == 2


def test_what_is_already_granted_again_is_not_granted_twice(place):
    place.block(ACLS[0])
    edit_acl(place, lambda grants: grants.append(group("global/AllUsers", "READ")))
    status, why = place.rollback()
    assert status == "ROLLED_BACK" and "1 grant" in why, why
    grants = place.held.access["acl"]["Grants"]
    assert sorted(map(str, grants)) == sorted(map(str, ACL["Grants"]))


def test_flags_that_somebody_changed_meanwhile_are_left(place):
    place.block(BLOCKS[0])
    some = {**ALL_FLAGS, "BlockPublicPolicy": False}
    place.accounts.client("s3").put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration=some)
    status, why = place.rollback()
    assert status == "CONFLICT", why
    assert place.held.access == {**place.blocked, "publicAccessBlock": some}


def test_a_policy_that_somebody_opens_to_a_partner_meanwhile(place):
    """Flags that would cut a partner off are not set, also where he comes between our reading and our writing."""
    place.make(BLOCKS[0])
    partner = BUCKET_KIND.allow(root(OUTSIDER), Sid="Partner")
    document = {**place.before["policy"], "Statement": [*place.before["policy"]["Statement"], partner]}

    def open_it():
        place.accounts.client("s3").put_bucket_policy(Bucket="reports", Policy=json.dumps(document))

    open_it()
    status, why = place.resolve()
    assert status == "REFUSED" and OUTSIDER in why, why
    assert place.held.access["publicAccessBlock"] is None


# What S3 hides


def of_account(**flags):
    backend = get_backend("s3control")[MEMBER]["aws"]
    backend.put_public_access_block(MEMBER, {**dict.fromkeys(ALL_FLAGS, False), **flags})


@by_name([ACLS[1], POLICY_AND_ACL])
def test_an_acl_of_which_the_account_hides_a_part_is_not_written(place, way):
    place.make(way)
    of_account(IgnorePublicAcls=True)
    status, why = place.resolve()
    assert status == "REFUSED" and "the account's IgnorePublicAcls is on" in why, why
    assert place.held.access == place.before
    assert not place.writes()


def test_the_owner_of_the_bucket_is_not_taken_out(place):
    place.make(replace(ACLS[1], principal={"CanonicalUser": OWNER}))
    status, why = place.resolve()
    assert status == "REFUSED" and "owner" in why, why
    assert place.held.access == place.before
