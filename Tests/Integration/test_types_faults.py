"""Every type on a bad day: faults between any two calls, others who write at the same time, and documents that no
planner likes. What the binary does not do as it is meant to is an expected failure, which says so when it is mended.
"""

import copy
import json

import pytest

from support import faults
from support.account import MEMBER, Accounts
from support.kinds import BY_POLICY, BY_SHARING, KINDS, OUTSIDER, PARTNER, named

ID = "f0000000-0000-4000-8000-000000000001"
OTHER = "f0000000-0000-4000-8000-000000000002"
SID = "Gatehousef0000000000040008000000000000001"
ROOT = {"AWS": f"arn:aws:iam::{OUTSIDER}:root"}
PARTNERS_ROOT = {"AWS": f"arn:aws:iam::{PARTNER}:root"}
EVERYBODY = {"AWS": "*"}

# By type: what reads the policy or the sharing, and what writes it.
STATE_CALLS = {
    "bucket": ("GetBucketPolicy", "PutBucketPolicy"),
    "directory-bucket": ("GetBucketPolicy", "PutBucketPolicy"),
    "queue": ("GetQueueAttributes", "SetQueueAttributes"),
    "topic": ("GetTopicAttributes", "SetTopicAttributes"),
    "key": ("GetKeyPolicy", "PutKeyPolicy"),
    "secret": ("GetResourcePolicy", "PutResourcePolicy"),
    "repository": ("GetRepositoryPolicy", "SetRepositoryPolicy"),
    "table": ("GetResourcePolicy", "PutResourcePolicy"),
    "stream": ("GetResourcePolicy", "PutResourcePolicy"),
    "file-system": ("DescribeFileSystemPolicy", "PutFileSystemPolicy"),
    "function": ("GetResourcePolicy", "PutResourcePolicy"),
    "volume-snapshot": ("DescribeSnapshotAttribute", "ModifySnapshotAttribute"),
    "database-snapshot": ("DescribeDBSnapshotAttributes", "ModifyDBSnapshotAttribute"),
    "cluster-snapshot": ("DescribeDBClusterSnapshotAttributes", "ModifyDBClusterSnapshotAttribute"),
}


def compact(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


class Place:
    """One resource with a finding, and functions that live through many of them."""

    def __init__(self, kept):
        self.kept, self.aws = kept, kept.aws

    def make(self, kind, *statements, shared_with=(OUTSIDER, PARTNER), principal=None, text=None, tags=None, **detail):
        """The account anew, with the kind's resource and a finding on it."""
        self.kept.reset()
        self.kind, self.accounts = kind, Accounts(self.aws)
        if kind.is_shared:
            self.held = kind.make(self.accounts, shared_with=list(shared_with), tags=tags)
        else:
            text = text or compact(kind.document(*(statements or [kind.allow(ROOT, Sid="Partner")])))
            self.held = kind.make(self.accounts, text, tags=tags)
        self.before = self.state
        return self.find(principal=principal, **detail)

    def find(self, **finding):
        """Another finding on the resource; gives its case."""
        event = self.kind.event(**finding)
        self.accounts.finding(event)
        detail = event["detail"]
        told = {key: detail[key] for key in ("id", "status", "resource", "resourceType", "accountId", "region")}
        told |= {key: detail[key] for key in ("principal", "condition", "isPublic", "isDeleted")}
        told |= {"kind": "ExternalAccess", "analyzerArn": event["resources"][0], "actions": detail["action"]}
        decision = {"action": "RESOLVE", "rule": "close", "risk": 1, "reasons": ["by the test"]}
        self.case = {"finding": {**told, "error": None}, "decision": decision}
        return self.case

    def invoke(self, handler, event):
        # Member accounts and organizations are not what is tried here.
        return self.kept.function(
            handler, MEMBER, GATEHOUSE_MODE="enforce", GATEHOUSE_ORGANIZATION_LOOKUPS="off"
        ).invoke(event)

    def resolve(self, case=None):
        """The outcome's status and summary, or the error's type and message."""
        return self.told(self.invoke("resolve", case or self.case))

    def rollback(self, case=None):
        by_id = {"findingId": self.case["finding"]["id"], "resource": self.kind.arn}
        return self.told(self.invoke("rollback", case or by_id))

    def told(self, outcome):
        self.answer = outcome.json
        if outcome.kind == "error":
            return outcome.error_type, outcome.json["errorMessage"]
        return outcome.json["outcome"]["status"], outcome.json["outcome"]["summary"]

    @property
    def state(self):
        return self.held.shared_with if self.kind.is_shared else self.held.policy

    @property
    def denies(self):
        """Our statements."""
        statements = json.loads(self.held.policy)["Statement"]
        return [one for one in statements if one.get("Sid", "").startswith("Gatehouse")]

    @property
    def is_blocked(self):
        return OUTSIDER not in self.held.shared_with if self.kind.is_shared else len(self.denies) == 1

    @property
    def reading(self):
        return STATE_CALLS[self.kind.name][0]

    @property
    def writing(self):
        return STATE_CALLS[self.kind.name][1]

    def calls_of(self, action):
        return [call for call in self.aws.calls if call.action == action]

    def edit(self, change):
        """Somebody else writes the document, between any two calls of ours."""
        document = json.loads(self.held.policy)
        change(document["Statement"])
        self.held.policy = compact(document)


@pytest.fixture
def place(kept):
    return Place(kept)


def by_name(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.name)


def by_name_slowly(kinds):
    """Where each test waits for seconds: one of each kind of interface, and the others with --long."""
    quick = ("bucket", "table", "function", "volume-snapshot")
    marked = [pytest.param(kind, marks=[] if kind.name in quick else pytest.mark.long) for kind in kinds]
    return pytest.mark.parametrize("kind", marked, ids=lambda kind: kind.name)


def meant(reason):
    """What is meant, and not so yet."""
    return pytest.mark.xfail(strict=True, reason=reason)


def first(change):
    """A fault: something happens, and then AWS does what it was asked."""

    def fault(exchange):
        change()
        exchange.reply(exchange.execute())

    return fault


def then(change):
    """A fault: AWS does what it was asked, and then something happens."""

    def fault(exchange):
        answer = exchange.execute()
        change()
        exchange.reply(answer)

    return fault


# Faults


@by_name_slowly(KINDS)
@pytest.mark.parametrize(
    "fault",
    [faults.throttled, faults.server_error, faults.closed_unexecuted, faults.closed_executed, faults.closed_inside_body],
    ids=lambda fault: fault.__name__,
)
def test_one_fault_at_any_call(place, kind, fault):
    place.make(kind)
    place.resolve()
    actions = {(call.service, call.action) for call in place.aws.calls}
    assert len(actions) >= 5
    for service, action in sorted(actions):
        place.make(kind)
        place.aws.fail(service, action, fault)
        status, why = place.resolve()
        assert status == "RESOLVED", (action, why)
        assert place.is_blocked, action
        assert place.resolve()[0] == "ALREADY_RESOLVED", action


@by_name_slowly(KINDS)
@pytest.mark.parametrize(
    ("fault", "error_type"),
    [
        (faults.throttled, "Function.Throttled"),
        (faults.server_error, "Function.ServiceUnavailable"),
        (faults.access_denied, "Function.AccessDenied"),
        (faults.not_found_page, "Function.ServiceUnavailable"),
    ],
    ids=["throttled", "server_error", "access_denied", "not_found_page"],
)
def test_a_service_that_stays_down(place, kind, fault, error_type):
    for action in STATE_CALLS[kind.name]:
        place.make(kind)
        place.aws.fail(None, action, *[fault] * 20)
        status, why = place.resolve()
        if (kind.name, action, fault) == ("function", "GetResourcePolicy", faults.not_found_page):
            # Where Lambda does not know the operation, statements are taken out one by one; this one cannot be.
            assert status == "REFUSED", why
            assert place.state == place.before
            continue
        assert status == error_type, (action, why)
        assert action in why or place.kind.arn in why
        assert place.state == place.before
        place.aws.queued.clear()
        assert place.resolve()[0] == "RESOLVED"


@by_name_slowly(KINDS)
@pytest.mark.parametrize("fault", [faults.closed_executed, faults.closed_inside_headers, faults.captive_portal])
def test_a_rollback_whose_answer_was_lost(place, kind, fault):
    place.make(kind)
    place.resolve()
    case = copy.deepcopy(place.answer) if kind.is_shared else None
    place.aws.fail(None, place.writing, fault)
    status, why = place.rollback(case)
    if fault is faults.captive_portal:
        # Somebody's page says 200, and nothing was written: that is never told as done.
        assert status == "Function.ServiceUnavailable", why
        assert place.is_blocked
        status, why = place.rollback(case)
    assert status == "ROLLED_BACK", why
    assert sorted(place.state) == sorted(place.before)


def test_a_page_in_the_place_of_a_bucket_policy(place):
    place.make(named("bucket"))
    place.aws.fail("s3", "GetBucketPolicy", *[faults.captive_portal] * 9)
    assert place.resolve()[0] == "Function.ServiceUnavailable"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("bucket", 409, "OperationAborted"),
        ("directory-bucket", 409, "OperationAborted"),
        ("function", 409, "ResourceConflictException"),
        ("table", 400, "ResourceInUseException"),
        ("stream", 400, "LimitExceededException"),
    ],
)
def test_a_service_that_is_busy_with_another_change(place, name, status, code):
    """DynamoDB takes no second write within 15 seconds, and two findings on a table come together."""
    place.make(named(name))
    place.aws.fail(None, place.writing, *[faults.refused(status, code, "try again later")] * 9)
    retried = ("Function.Throttled", "Function.ServiceUnavailable", "Function.ResourceBusy", "Function.DeadlineExceeded")
    assert place.resolve()[0] in retried
    assert place.state == place.before


# Others who write


@by_name(BY_POLICY)
def test_somebody_writes_right_after_us(place, kind):
    place.make(kind)
    new = kind.allow({"AWS": f"arn:aws:iam::{MEMBER}:role/New"}, Sid="New")
    place.aws.fail(None, place.writing, then(lambda: place.edit(lambda statements: statements.insert(0, new))))
    assert place.resolve()[0] == "RESOLVED"
    sids = [statement.get("Sid") for statement in json.loads(place.held.policy)["Statement"]]
    assert sids == ["New", "Own", "Partner", SID]
    assert place.rollback()[0] == "ROLLED_BACK"
    assert [statement.get("Sid") for statement in json.loads(place.held.policy)["Statement"]] == sids[:-1]


@by_name([named("table"), named("stream"), named("function")])
def test_somebody_writes_right_before_us_where_there_is_a_token(place, kind):
    place.make(kind)
    new = kind.allow({"AWS": f"arn:aws:iam::{MEMBER}:role/New"}, Sid="New")
    place.aws.fail(None, place.writing, first(lambda: place.edit(lambda statements: statements.insert(0, new))))
    assert place.resolve()[0] == "RESOLVED"
    sids = [statement.get("Sid") for statement in json.loads(place.held.policy)["Statement"]]
    assert sids == ["New", "Own", "Partner", SID]
    assert [call.status for call in place.calls_of(place.writing)][-1] == 200


@by_name(KINDS)
def test_a_reading_that_is_late(place, kind):
    """A replica answers what was there before, twice, after the write."""
    place.make(kind)
    seen = []

    def remember(exchange):
        seen.append(exchange.execute())
        exchange.reply(seen[0])

    def repeat(exchange):
        exchange.execute()
        exchange.reply(seen[0])

    place.aws.fail(None, place.reading, remember, repeat, repeat)
    assert place.resolve()[0] == "RESOLVED"
    assert place.is_blocked
    assert len(place.calls_of(place.writing)) == 1


def reprinted(text):
    """The document as a service may print it: lists of one as scalars, scalars as lists, keys in another order, white
    space."""
    document = json.loads(text)
    for statement in document["Statement"]:
        if isinstance(statement["Action"], list):
            statement["Action"] = statement["Action"][0] if len(statement["Action"]) == 1 else statement["Action"][::-1]
        for tests in statement.get("Condition", {}).values():
            for key, value in tests.items():
                tests[key] = [value] if isinstance(value, str) else value
    return json.dumps(dict(reversed(document.items())), indent=2)


@by_name(BY_POLICY)
def test_a_document_that_is_printed_anew(place, kind):
    def reprint():
        place.held.policy = reprinted(place.held.policy)

    place.make(kind)
    place.aws.fail(None, place.writing, then(reprint))
    assert place.resolve()[0] == "RESOLVED"
    assert place.resolve()[0] == "ALREADY_RESOLVED"
    assert len(place.calls_of(place.writing)) == 1
    assert place.rollback()[0] == "ROLLED_BACK"
    assert json.loads(place.held.policy) == json.loads(reprinted(place.before))


@pytest.mark.parametrize("key", ["Resource", "aws:PrincipalAccount"])
def test_lists_that_come_back_in_another_order(place, key):
    """Our change is then told as none of ours, and nobody gets a mail of it."""
    kind = named("bucket")

    def turn(statements):
        deny = statements[-1]
        holder = deny if key in deny else deny["Condition"]["StringNotEqualsIfExists"]
        holder[key] = holder[key][::-1]

    partner = kind.allow(PARTNERS_ROOT, Sid="Partner")
    place.make(kind, kind.allow(EVERYBODY, Sid="Open"), partner, principal=EVERYBODY)
    place.aws.fail(None, place.writing, then(lambda: place.edit(turn)))
    assert place.resolve()[0] == "RESOLVED"


def deleted(place):
    """The resource goes away, as its owner deletes it."""
    kind, held = place.kind, place.held
    if kind.name == "bucket":
        place.accounts.client("s3").delete_bucket(Bucket=held.rest)
    elif kind.name == "secret":
        place.accounts.client("secretsmanager").delete_secret(SecretId=kind.arn, ForceDeleteWithoutRecovery=True)
    elif kind.name == "function":
        place.accounts.client("lambda").delete_function(FunctionName=held.name)
    else:
        parts = {
            "directory-bucket": lambda backend: backend.pop(kind.arn),
            "queue": lambda backend: backend.queues.pop(held.rest),
            "topic": lambda backend: backend.topics.pop(kind.arn),
            "key": lambda backend: backend.keys.pop(held.name),
            "repository": lambda backend: backend.repositories.pop(held.name),
            "table": lambda backend: backend.tables.pop("Orders"),
            "stream": lambda backend: backend.tables.pop("Orders"),
            "file-system": lambda backend: backend.file_systems_by_id.pop(held.name),
            "volume-snapshot": lambda backend: backend.snapshots.pop(held.name),
            "database-snapshot": lambda backend: backend.database_snapshots.pop(held.name),
            "cluster-snapshot": lambda backend: backend.cluster_snapshots.pop(held.name),
        }
        parts[kind.name](held.backend)


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        pytest.param(
            kind,
            moment,
            id=f"{kind.name}-{moment}",
            # Each waits for seconds.
            marks=[pytest.mark.long] if moment == "after-the-write" and kind.name not in ("bucket", "function") else [],
        )
        for kind in KINDS
        for moment in ("before-the-read", "before-the-write", "after-the-write")
    ],
)
def test_a_resource_that_is_deleted_in_between(place, kind, moment):
    place.make(kind)
    action = place.reading if moment == "before-the-read" else place.writing
    fault = then if moment == "after-the-write" else first
    place.aws.fail(None, action, fault(lambda: deleted(place)))
    status, why = place.resolve()
    assert status == "ALREADY_RESOLVED", why


# Several findings, and the way back


@by_name(KINDS)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in-order", "reversed"])
def test_two_findings_are_undone_in_any_order(place, kind, order):
    partner = kind.allow(PARTNERS_ROOT, Sid="Other")
    cases = [place.make(kind, kind.allow(ROOT, Sid="Partner"), partner)]
    cases.append(place.find(identifier=OTHER, principal={"AWS": PARTNER}))
    answers = []
    for case in cases:
        assert place.resolve(case)[0] == "RESOLVED"
        answers.append(place.answer)
    for number in order:
        by_id = {"findingId": cases[number]["finding"]["id"], "resource": kind.arn}
        given = answers[number] if kind.is_shared else by_id
        assert place.rollback(given)[0] == "ROLLED_BACK"
        # Once more finds nothing, and changes nothing.
        after = place.state
        assert place.rollback(given)[0] == "REFUSED"
        assert place.state == after
    assert sorted(place.state) == sorted(place.before)


def changed(**elements):
    return lambda statement: statement.update(elements)


def with_test(operator, key, value):
    return lambda statement: statement.setdefault("Condition", {}).setdefault(operator, {}).update({key: value})


EDITS = {
    "effect": changed(Effect="Allow"),
    "another-account": changed(Principal=PARTNERS_ROOT, Condition={}),
    "an-operator-of-its-own": with_test("Bool", "aws:SecureTransport", "true"),
    "another-action": lambda statement: statement.update(Action="*"),
}


@by_name(BY_POLICY)
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_our_statement_that_somebody_edited(place, kind, edit):
    place.make(kind)
    place.resolve()
    place.edit(lambda statements: edit(statements[-1]))
    after = place.state
    status, why = place.rollback()
    assert status == "CONFLICT" and SID in why
    assert place.state == after


@pytest.mark.parametrize(
    "edit",
    [
        with_test("ArnNotEquals", "aws:PrincipalArn", f"arn:aws:iam::{OUTSIDER}:role/Back"),
        changed(Resource="arn:aws:s3:::reports/part/*", Action=["s3:GetObject", "s3:ListBucket"]),
    ],
    ids=["somebody-is-spared", "another-resource"],
)
@meant("without a ledger an edit that keeps one of our forms is thrown away with the statement")
def test_our_statement_that_somebody_edited_in_our_own_words(place, edit):
    place.make(named("bucket"))
    place.resolve()
    place.edit(lambda statements: edit(statements[-1]))
    after = place.state
    assert place.rollback()[0] == "CONFLICT"
    assert place.state == after


def test_a_conflict_shows_the_difference(place):
    place.make(named("bucket"))
    place.resolve()
    place.edit(lambda statements: EDITS["effect"](statements[-1]))
    assert place.rollback()[0] == "CONFLICT"
    assert "Allow" in json.dumps(place.answer["outcome"])


@by_name(BY_SHARING)
def test_a_case_that_names_somebody_else(place, kind):
    """Events and cases say what to look at, and are not believed."""
    place.make(kind)
    place.resolve()
    case = copy.deepcopy(place.answer)
    (change,) = case["outcome"]["changes"]
    (attribute,) = change["before"]
    change["before"], change["after"] = {attribute: ["666666666666", "all"]}, {attribute: []}
    assert place.rollback(case)[0] in ("REFUSED", "CONFLICT")
    assert place.state == [PARTNER]


@by_name(BY_POLICY)
@pytest.mark.parametrize("text", ["{", "[]", '{"Version":"2012-10-17","Statement":[1]}', "\ufeff{}"])
def test_a_document_that_cannot_be_read_is_not_rolled_back(place, kind, text):
    place.make(kind)
    place.resolve()
    place.held.policy = text
    assert place.rollback()[0] == "REFUSED"
    assert place.state == text


# Documents


HOSTILE = {
    "a-key-twice": lambda text: text.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"'),
    "keys-in-small-letters": lambda text: text.replace('"Action"', '"action"'),
    "a-mark-of-byte-order": lambda text: "\ufeff" + text,
    "cut-short": lambda text: text[: len(text) // 2],
    "a-text-for-a-statement": lambda text: '{"Version":"2012-10-17","Statement":["x"]}',
    "null-for-a-sid": lambda text: text.replace('"Own"', "null"),
    "a-deleted-principal": lambda text: text.replace(f"arn:aws:iam::{MEMBER}:root", "AIDAJQABLZS4A3QDU576Q"),
    "deep": lambda text: text.replace('"Own"', "[" * 5_000 + "]" * 5_000),
}


@by_name(BY_POLICY)
@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE)
def test_a_document_that_is_not_touched(place, kind, spoil):
    text = spoil(compact(kind.document(kind.allow(ROOT))))
    place.make(kind, text=text)
    status, why = place.resolve()
    assert status == "REFUSED", why
    assert place.state == text
    assert not place.calls_of(place.writing)


@by_name(BY_POLICY)
@pytest.mark.parametrize(
    "more",
    [
        {"Condition": {"StringFancy": {"aws:x": "y"}}},
        {"Condition": {"StringEquals": {"aws:username": "${aws:username}"}}},
        {"NotAction": "x:y", "Action": None},
        {"Sid": "F\u00fcr \u20ac"},
    ],
    ids=["an-unknown-operator", "a-variable", "all-but-some-actions", "signs-of-the-world"],
)
def test_a_statement_that_cannot_be_judged_is_denied_all_the_same(place, kind, more):
    """The account is denied, whatever lets it in; what was there stays, sign by sign."""
    if "NotAction" in more:
        more = {**more, "NotAction": f"{kind.service}:Nothing"}
    if kind.name in ("topic", "directory-bucket") and "NotAction" in more:
        pytest.skip("the service knows no action of that name")
    place.make(kind, kind.allow(ROOT, **more))
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert json.loads(place.held.policy)["Statement"][:-1] == json.loads(place.before)["Statement"]
    assert place.rollback()[0] == "ROLLED_BACK"
    assert json.loads(place.held.policy) == json.loads(place.before)


@by_name(BY_POLICY)
def test_a_lone_statement_comes_back_as_one(place, kind):
    text = compact({"Version": "2012-10-17", "Statement": kind.allow(ROOT)})
    place.make(kind, text=text)
    assert place.resolve()[0] == "RESOLVED"
    assert place.rollback()[0] == "ROLLED_BACK"
    assert place.state == text


@by_name(BY_POLICY)
def test_a_huge_document_ends_soon(place, kind):
    many = [kind.allow({"AWS": f"arn:aws:iam::{100000000000 + number}:root"}) for number in range(4_000)]
    place.make(kind, kind.allow(ROOT), *many)
    status, why = place.resolve()
    assert status == "REFUSED", why
    assert place.state == place.before


# Whom a Deny reaches


def test_a_role_of_an_account_that_a_file_system_denies(place):
    kind = named("file-system")
    role = {"AWS": f"arn:aws:iam::{OUTSIDER}:role/Kept"}
    place.make(kind, kind.allow(ROOT, Sid="Partner"), kind.allow(role, Sid="Kept"))
    assert place.resolve()[0] == "REFUSED"
    assert place.state == place.before


@by_name([kind for kind in BY_POLICY if kind.name != "file-system"])
def test_a_role_of_an_account_that_is_denied(place, kind):
    role = f"arn:aws:iam::{OUTSIDER}:role/Kept"
    place.make(kind, kind.allow(ROOT, Sid="Partner"), kind.allow({"AWS": role}, Sid="Kept"))
    status, why = place.resolve()
    assert status == "RESOLVED", why
    assert place.denies[0]["Condition"]["ArnNotEquals"] == {"aws:PrincipalArn": role}


@by_name([kind for kind in BY_POLICY if kind.name not in ("file-system", "queue", "topic")])
def test_an_account_that_is_let_in_twice(place, kind):
    """The finding is about the way through the endpoint; the other way may be intended."""
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    place.make(
        kind,
        kind.allow(ROOT, Sid="Intended"),
        kind.allow(ROOT, Sid="Found", Condition=condition),
        condition={"aws:SourceVpce": "vpce-0123456789abcdef0"},
    )
    status, _ = place.resolve()
    assert status == "REFUSED" or place.denies[0]["Condition"]["StringEquals"].get("aws:SourceVpce")


@by_name_slowly([kind for kind in BY_POLICY if kind.name not in ("file-system", "topic")])
def test_what_is_told_of_a_deny_that_spares_an_organization(place, kind):
    """Everybody is let in, and an organization once more by a statement of its own."""
    way = kind.allow(EVERYBODY, Sid="Way", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})
    place.make(kind, kind.allow(EVERYBODY, Sid="Open"), way, principal=EVERYBODY)
    status, why = place.resolve()
    assert (status == "RESOLVED") == place.is_blocked, why


@by_name([named("bucket"), named("function"), named("file-system")])
def test_a_session_of_a_role_that_is_denied(place, kind):
    role = f"arn:aws:iam::{OUTSIDER}:role/Reader"
    session = f"arn:aws:sts::{OUTSIDER}:assumed-role/Reader/bob"
    place.make(
        kind,
        kind.allow({"AWS": role}, Sid="Found"),
        kind.allow({"AWS": session}, Sid="Kept"),
        principal={"AWS": role},
    )
    assert place.resolve()[0] == "REFUSED"
    assert place.state == place.before


@by_name([named("bucket"), named("key")])
def test_a_role_of_a_denied_account_that_a_condition_names(place, kind):
    role = f"arn:aws:iam::{OUTSIDER}:role/Kept"
    kept = kind.allow(EVERYBODY, Sid="Kept", Condition={"ArnEquals": {"aws:PrincipalArn": role}})
    place.make(kind, kind.allow(ROOT, Sid="Found"), kept)
    status, _ = place.resolve()
    assert status == "REFUSED" or place.denies[0]["Condition"]["ArnNotEquals"] == {"aws:PrincipalArn": role}


def test_everybody_under_a_condition_that_narrows_nothing(place):
    kind = named("bucket")
    encrypted = kind.allow(EVERYBODY, Sid="Open", Condition={"Bool": {"aws:SecureTransport": "true"}})
    place.make(kind, encrypted, principal=EVERYBODY)
    status, why = place.resolve()
    assert status == "RESOLVED", why


def test_a_finding_that_is_true_in_part(place):
    """The statement for the bucket itself is gone; S3 takes no action that fits none of the resources."""
    kind = named("bucket")
    place.make(kind, kind.allow(ROOT, Action="s3:GetObject", Resource=f"{kind.arn}/*"))
    status, why = place.resolve()
    assert status == "RESOLVED", why


def test_a_secret_of_a_service(place):
    place.make(named("secret"), tags={"aws:secretsmanager:owningService": "rds"})
    assert place.resolve()[0] == "PROTECTED"
    assert place.state == place.before


def test_a_key_of_aws(place):
    place.make(named("key"))
    place.held.resource().key_manager = "AWS"
    assert place.resolve()[0] == "PROTECTED"
    assert place.state == place.before


def test_an_archived_access_is_not_blocked_with_another(place):
    """A role of the account was archived: a Deny of the account would block it."""
    kind = named("queue")
    case = place.make(kind)
    archived = kind.event(identifier=OTHER, principal={"AWS": f"arn:aws:iam::{OUTSIDER}:role/Kept"})
    place.accounts.finding(archived, "ARCHIVED")
    status, why = place.resolve(case)
    assert status == "REFUSED" and OTHER in why
    assert place.state == place.before
