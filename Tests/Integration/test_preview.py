"""Access Analyzer's word beforehand, through the packaged binary: what fixtures cannot show of it."""

import json

import pytest

from support import faults
from support.access_previews import policies
from support.account import MEMBER, OWN, REGION, trust_in
from support.events import SID, changed
from support.granted import actions
from support.ways import WAYS

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/AccessAnalyzer"
ROLE = f"arn:aws:iam::{MEMBER}:role/Audit_CrossAccountRole"
NAME = "Audit_CrossAccountRole"
ALICE = "arn:aws:iam::999988887777:user/Alice"
ASKED = ("CreateAccessPreview", "GetAccessPreview", "ListAccessPreviewFindings")
# Everything that a preview needs of the member's role.
OF_MEMBER = ["access-analyzer:ListAnalyzers", *(f"access-analyzer:{action}" for action in ASKED), "iam:GetRole"]


class Previewed:
    """A role that lets somebody in, its finding, and the functions that answer it one after the other."""

    def __init__(self, accounts, function):
        self.accounts, self.aws, self.start = accounts, accounts.aws, function
        self.previews = accounts.aws.access_analyzer.previews
        self.previews.load({})

    def open(self, principal=ALICE):
        """The role; gives the event."""
        self.accounts.role(NAME, trust_in(principal))
        event = changed(principal={"AWS": principal}, resource=ROLE, isPublic=principal == "*")
        self.accounts.finding(event)
        return event

    def function(self, handler, **more):
        given = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off", **more}
        return self.start(handler, own=MEMBER, **given)

    def answer(self, handler, event, **more):
        outcome = self.function(handler, **more).invoke(event)
        assert outcome.kind == "response", outcome.body
        return outcome.json

    def count(self, action):
        return self.aws.names().count(f"access-analyzer:{action}")

    def asked(self):
        """The policies that Access Analyzer was asked about, in order."""
        calls = [call for call in self.aws.calls if call.action == "CreateAccessPreview" and call.status == 200]
        found = [policies(configuration) for call in calls for configuration in call.parameters["configurations"].values()]
        return [json.loads(text) for texts in found for text in texts]


@pytest.fixture
def previewed(accounts, function):
    return Previewed(accounts, function)


# The whole way


@pytest.mark.parametrize(
    "principal, status, form, previews",
    [
        (ALICE, "CONFIRMED", "CONDITION", 1),
        ("999988887777", "CONFIRMED", "PRINCIPAL", 2),
        ("*", "UNCONFIRMED", "CONDITION", 1),
    ],
)
def test_from_the_decision_to_the_change_and_back(previewed, principal, status, form, previews):
    previewed.previews.load({"pending": 1})
    case = previewed.answer("evaluate", previewed.open(principal))
    before = previewed.accounts.trust_text(NAME)
    case = previewed.answer("preview", case)
    assert (case["preview"]["status"], case["preview"]["form"]) == (status, form)
    assert previewed.accounts.trust_text(NAME) == before and previewed.count("CreateAccessPreview") == previews
    case = previewed.answer("resolve", case)
    assert case["outcome"]["status"] == "RESOLVED" and case["preview"]["status"] == status
    # What was confirmed is what was made.
    assert previewed.accounts.trust(NAME) == previewed.asked()[-1]
    deny = previewed.accounts.trust(NAME)["Statement"][-1]
    assert deny["Sid"] == SID and ("Condition" in deny) == (form == "CONDITION")
    assert previewed.count("CreateAccessPreview") == previews
    undone = previewed.answer("rollback", case)
    assert undone["outcome"]["status"] == "ROLLED_BACK"
    assert previewed.accounts.trust(NAME) == json.loads(before)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_what_is_asked_is_what_is_made(place, way):
    """Whatever the type: a configuration that AWS's own model takes, and the change that is made afterwards."""
    place.make(way)
    place.aws.access_analyzer.previews.load({})
    outcome = place.invoke("preview", place.case)
    assert outcome.kind == "response", outcome.body
    preview = outcome.json.get("preview")
    calls = [call for call in place.aws.calls if call.action == "CreateAccessPreview"]
    assert all(call.status == 200 for call in calls), [call.status for call in calls]
    assert place.held.access == place.before
    place.case = outcome.json
    status, why = place.resolve()
    assert status == "RESOLVED", why
    if way.kind.service == "lambda":
        assert preview["status"] == "UNAVAILABLE" and not calls
        return
    # Everybody is denied by a key that Access Analyzer does not weigh.
    everybody = way.principal == {"AWS": "*"} and not way.is_shared
    assert preview["status"] == "CONFIRMED" or everybody and preview["status"] == "UNCONFIRMED"
    (configuration,) = calls[-1].parameters["configurations"].values()
    (given,) = configuration.values()
    access = place.held.access
    for text in policies(configuration):
        assert json.loads(text) == access["policy"]
    if "sharedWith" in access:
        left = given["attributes"]["restore"]["accountIds"] if "attributes" in given else given["userIds"] + given["groups"]
        assert sorted(left) == access["sharedWith"]
    if "bucketAclGrants" in given:
        assert len(given["bucketAclGrants"]) == len(access["acl"]["Grants"])
    if block := given.get("bucketPublicAccessBlock"):
        made = access["publicAccessBlock"]
        flags = {"ignorePublicAcls": made["IgnorePublicAcls"], "restrictPublicBuckets": made["RestrictPublicBuckets"]}
        assert block == flags


# A preview that takes its time


def test_what_is_not_ready_is_looked_at_again(previewed):
    previewed.previews.load({"pending": 6})
    preview = previewed.function("preview")
    first = preview.invoke(previewed.open()).json
    assert (first["preview"]["status"], first["preview"]["attempt"]) == ("PENDING", 1)
    second = preview.invoke(first).json
    assert (second["preview"]["status"], second["preview"]["attempt"]) == ("CONFIRMED", 2)
    assert second["preview"]["id"] == first["preview"]["id"] and previewed.count("CreateAccessPreview") == 1
    assert previewed.answer("resolve", second)["outcome"]["status"] == "RESOLVED"


def test_what_is_forgotten_meanwhile_goes_on_by_the_proof(previewed):
    previewed.previews.load({"pending": 6})
    preview = previewed.function("preview")
    first = preview.invoke(previewed.open()).json
    previewed.previews.all.clear()
    second = preview.invoke(first).json
    assert second["preview"]["status"] == "UNAVAILABLE" and "ResourceNotFoundException" in second["preview"]["why"]
    assert previewed.answer("resolve", second)["outcome"]["status"] == "RESOLVED"


# Many findings


@pytest.mark.parametrize("new, status", [([], "CONFIRMED"), ([5], "CONTRADICTED")])
def test_every_page_is_read(previewed, new, status):
    event = previewed.open()
    details = {"resource": ROLE, "resourceType": "AWS::IAM::Role", "principal": {"AWS": "*"}, "action": ["sts:AssumeRole"]}
    others = [{"id": f"new{n}", "changeType": "UNCHANGED", "status": "ACTIVE", **details} for n in range(6)]
    for number in new:
        others[number]["changeType"] = "NEW"
    # The finding itself comes on the second of four pages.
    for number in range(2):
        previewed.accounts.finding(changed(id=f"over{number}", resource=ROLE), status="RESOLVED")
    findings = previewed.aws.access_analyzer.findings[ANALYZER]
    findings[event["detail"]["id"]] = findings.pop(event["detail"]["id"])
    previewed.previews.load({"new": others})
    previewed.previews.page = 2
    case = previewed.answer("preview", event)
    assert case["preview"]["status"] == status, case["preview"]["why"]
    assert previewed.count("ListAccessPreviewFindings") == 5
    assert previewed.answer("resolve", case)["outcome"]["status"] == ("REFUSED" if new else "RESOLVED")
    assert ("iam:UpdateAssumeRolePolicy" in previewed.aws.names()) == (not new)


# What goes wrong


@pytest.mark.parametrize("action", ["ListAnalyzers", *ASKED])
@pytest.mark.parametrize(
    "fault, error", [(faults.throttled, "Function.Throttled"), (faults.server_error, "Function.ServiceUnavailable")]
)
def test_what_passes_by_itself_is_retried(previewed, action, fault, error):
    event = previewed.open()
    preview = previewed.function("preview")
    previewed.aws.fail("access-analyzer", action, *[fault] * 20)
    failure = preview.invoke(event)
    assert failure.kind == "error" and failure.error_type == error, failure.body
    previewed.aws.queued.clear()
    assert preview.invoke(event).json["preview"]["status"] == "CONFIRMED"


@pytest.mark.parametrize("action", ["ListAnalyzers", *ASKED])
@pytest.mark.parametrize("fault", [faults.throttled, faults.closed_executed, faults.closed_inside_body])
def test_once_is_no_failure(previewed, action, fault):
    event = previewed.open()
    previewed.aws.fail("access-analyzer", action, fault)
    preview = previewed.function("preview")
    outcome = preview.invoke(event)
    if action == "CreateAccessPreview" and fault is not faults.throttled:
        # Whether it was made nobody knows; the step is made again, and asks for another.
        assert outcome.error_type == "Function.ServiceUnavailable"
        outcome = preview.invoke(event)
    assert outcome.kind == "response", outcome.body
    assert outcome.json["preview"]["status"] == "CONFIRMED"


@pytest.mark.parametrize("action", ["ListAnalyzers", *ASKED])
def test_what_is_not_permitted_goes_on_by_the_proof(previewed, action):
    allowed = [one for one in actions("preview") if one != f"access-analyzer:{action}"]
    case = previewed.answer("preview", previewed.open(), allowed=allowed)
    assert case["preview"]["status"] == "UNAVAILABLE" and "AccessDenied" in case["preview"]["why"]
    case = previewed.answer("resolve", case)
    assert case["outcome"]["status"] == "RESOLVED"
    topic = previewed.accounts.topic()
    previewed.answer("notify", case, GATEHOUSE_TOPIC_ARN=topic)
    (message,) = previewed.accounts.messages()
    assert "Access Analyzer could not be asked beforehand." in message["Message"]


def test_an_analyzer_that_is_not_active_is_not_asked(previewed):
    event = previewed.open()
    previewed.aws.access_analyzer.analyzers[ANALYZER]["status"] = "DISABLED"
    case = previewed.answer("preview", event)
    assert case["preview"]["status"] == "UNAVAILABLE" and previewed.count("CreateAccessPreview") == 0


# Another account


@pytest.fixture
def member(accounts, function):
    """A role in a member's account, which an organization's analyzer in our own reports."""
    made = Previewed(accounts, function)
    trust = trust_in(f"arn:aws:iam::{OWN}:root")
    accounts.role("GatehouseMember", trust)
    accounts.role(NAME, trust_in("999988887777"))
    event = changed(principal={"AWS": "999988887777"}, resource=ROLE)
    event["resources"], event["account"] = [f"arn:aws:access-analyzer:{REGION}:{OWN}:analyzer/Organization"], OWN
    accounts.aws.access_analyzer.add_analyzer(event["resources"][0], "ORGANIZATION")
    accounts.finding(event)
    made.event = event
    return made


def permit(accounts, allowed):
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": allowed, "Resource": "*"}}
    text = json.dumps(document)
    accounts.client("iam").put_role_policy(RoleName="GatehouseMember", PolicyName="member", PolicyDocument=text)


def in_member(member, handler, event):
    settings = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_MEMBER_ROLE": "GatehouseMember"}
    outcome = member.start(handler, account=OWN, own=OWN, **settings).invoke(event)
    assert outcome.kind == "response", outcome.body
    return outcome.json


def test_the_members_own_analyzer_is_asked(member):
    permit(member.accounts, [*OF_MEMBER, "iam:UpdateAssumeRolePolicy"])
    # It knows the access under another id.
    other = "b5018210-97c4-46c4-9456-0295898377b6"
    member.accounts.finding(changed(id=other, principal={"AWS": "999988887777"}, resource=ROLE))
    case = in_member(member, "preview", member.event)
    assert (case["preview"]["status"], case["preview"]["form"]) == ("CONFIRMED", "PRINCIPAL")
    assert case["preview"]["analyzerArn"] == ANALYZER
    callers = {call.account for call in member.aws.calls if call.action in ("ListAnalyzers", *ASKED)}
    assert callers == {MEMBER}
    # Whether it is still open is asked where it was found.
    assert {call.account for call in member.aws.calls if call.action == "GetFinding"} == {OWN}
    case = in_member(member, "resolve", case)
    assert case["outcome"]["status"] == "RESOLVED"
    assert "Condition" not in member.accounts.trust(NAME)["Statement"][-1]


def test_a_member_whose_analyzer_finds_it_elsewhere(member):
    permit(member.accounts, OF_MEMBER)
    member.aws.access_analyzer.add_analyzer(ANALYZER.replace(REGION, "eu-west-1"))
    case = in_member(member, "preview", member.event)
    assert case["preview"]["status"] == "UNAVAILABLE" and "no active account analyzer" in case["preview"]["why"]
    assert member.count("CreateAccessPreview") == 0


def test_a_member_that_does_not_permit_it(member):
    permit(member.accounts, ["iam:GetRole", "iam:UpdateAssumeRolePolicy"])
    case = in_member(member, "preview", member.event)
    assert case["preview"]["status"] == "UNAVAILABLE" and "AccessDenied" in case["preview"]["why"]
    assert in_member(member, "resolve", case)["outcome"]["status"] == "RESOLVED"
