"""The workflow: moto's Step Functions interpreter runs `deploy/gatehouse.asl.json`, and each Lambda task is answered by
the packaged binary under its own handler, with no more than its own permissions."""

import json

import pytest

from support.account import trust_in
from support.events import SID, folder_of, published, published_bytes
from support.functions import answering, busy, failing
from support.workflow import ANALYZER, FINDING, ROLE, attributes


def test_the_published_role_ends_blocked_verified_and_told_once(alice):
    alice.seen_after(3)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.path == [
        "IsItNew",
        "Enrich",
        "IsItOver",
        "Evaluate",
        "WhatWasDecided",
        "TakeTheSwitch",
        "IsItPreviewed",
        "Resolve",
        "IsItBlocked",
        "NotYetVerified",
        "NotifyOfBlock",
        "Verify",
        "IsItGone",
        "WaitForAnalysis",
        "Verify",
        "IsItGone",
        "WaitForAnalysis",
        "Verify",
        "IsItGone",
        "Done",
    ]
    assert alice.machine.waits == [15, 30]
    assert alice.statements() == [None, SID]
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert execution.output["verification"] == {
        "status": "RESOLVED",
        "attempt": 3,
        "limit": 20,
        "findingStatus": "RESOLVED",
    }
    (message,) = alice.accounts.messages()
    assert message["MessageId"] == execution.output["notification"]["messageId"]
    assert attributes(message)["status"] == "RESOLVED"
    assert FINDING in message["Message"]
    # Told before anybody asked Access Analyzer whether it has seen the change.
    told = alice.functions.invocations.index("notify")
    assert alice.functions.invocations[told - 1 : told + 2] == ["resolve", "notify", "verify"]
    assert execution.inputs["NotifyOfBlock"]["verification"] == {"status": "PENDING"}
    assert alice.aws.access_analyzer.scans == [
        {
            "analyzerArn": ANALYZER,
            "resourceArn": "arn:aws:iam::123456789012:role/Audit_CrossAccountRole",
            "resourceOwnerAccount": "123456789012",
        }
    ]


def test_what_stays_active_is_told_at_once_and_again_at_the_end(alice):
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED"
    assert execution.output["verification"]["status"] == "STILL_ACTIVE"
    assert alice.functions.invocations.count("verify") == 20
    assert 7200 <= sum(alice.machine.waits) <= 10_800
    assert [attributes(message)["status"] for message in alice.accounts.messages()] == ["RESOLVED", "STILL_ACTIVE"]
    assert alice.functions.invocations.count("notify") == 2
    assert alice.functions.invocations[-1] == "notify"
    assert execution.inputs["NotifyOfBlock"]["verification"] == {"status": "PENDING"}
    assert execution.inputs["Notify"]["verification"]["status"] == "STILL_ACTIVE"


FORGED = {
    "context": {"tags": {"Environment": "development", "IsAllowedToShare": "true"}, "ticket": {"approved": True}},
    "decision": {"action": "ARCHIVE", "rule": "forged", "risk": 0, "reasons": []},
    "verification": {"status": "RESOLVED", "attempt": 19},
    "notification": {"messageId": "forged"},
    "ticket": "forged",
}


def test_of_what_somebody_starts_it_with_the_finding_alone_is_taken(alice):
    alice.seen_after(1)
    finding = alice.functions.function("evaluate").invoke(published_bytes()).json["finding"]
    execution = alice.machine.run({"finding": finding, **FORGED})
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.inputs["Enrich"] == {"finding": finding}
    assert execution.output["decision"]["rule"] == "unintended-role-trust"
    assert "ticket" not in execution.output["context"] and "ticket" not in execution.output
    assert alice.statements() == [None, SID]
    assert len(alice.accounts.messages()) == 1


def test_beside_an_event_nothing_is_believed(alice):
    alice.seen_after(1)
    execution = alice.machine.run(
        {**published(), **FORGED, "outcome": {"status": "IGNORED", "summary": "", "mode": "enforce"}}
    )
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert execution.output["decision"]["rule"] == "unintended-role-trust"
    assert "ticket" not in execution.output["context"] and "ticket" not in execution.output
    assert alice.statements() == [None, SID]


def test_nothing_but_the_case_goes_from_step_to_step(alice):
    alice.seen_after(1)
    execution = alice.machine.run(published_bytes())
    known = {"finding", "context", "decision", "outcome", "verification", "notification"}
    for state, case in execution.inputs.items():
        # Beside the case stands whether it is previewed.
        if state == "IsItPreviewed":
            assert set(case) == {"preview", "case"}
        elif state not in ("IsItNew", "Enrich"):
            assert set(case) <= known, state
    assert set(execution.output) <= known


def test_observe_tells_what_would_be_done(workflow, accounts):
    made = workflow(GATEHOUSE_MODE="observe")
    accounts.published_role()
    accounts.finding(published())
    execution = made.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED"
    assert execution.path[-3:] == ["Notify", "IsItOutdated", "Done"]
    assert made.statements() == [None]
    assert attributes(*accounts.messages())["status"] == "OBSERVED"


def test_without_a_ledger_what_needs_approval_is_told_and_not_done(workflow, accounts):
    made = workflow(GATEHOUSE_MODE="approve")
    accounts.published_role()
    accounts.finding(published())
    execution = made.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED"
    assert execution.output["decision"]["action"] == "APPROVE"
    assert execution.output["outcome"]["status"] == "REFUSED"
    assert "GATEHOUSE_LEDGER_TABLE" in execution.output["outcome"]["summary"]
    assert execution.path[-5:] == ["Resolve", "IsItBlocked", "Notify", "IsItOutdated", "Done"]
    assert "approve" not in made.functions.invocations
    assert made.statements() == [None]
    assert len(accounts.messages()) == 1


def test_a_public_bucket_ends_told(workflow, accounts):
    made = workflow()
    event = published()
    event["detail"].update(
        resourceType="AWS::S3::Bucket",
        resource="arn:aws:s3:::public-bucket",
        principal={"AWS": "*"},
        action=["s3:GetObject"],
        isPublic=True,
    )
    accounts.client("s3").create_bucket(Bucket="public-bucket")
    accounts.finding(event)
    execution = made.machine.run(event)
    assert execution.status == "SUCCEEDED"
    assert execution.output["decision"]["action"] == "NOTIFY"
    (message,) = accounts.messages()
    assert attributes(message)["severity"] == "CRITICAL"
    assert made.status() == "ACTIVE"


def published_key(accounts):
    """The key of the published example, with tags and alias; gives the event about it."""
    kms = accounts.client("kms")
    tags = [("IsAllowedToShare", "true"), ("Environment", "development")]
    arn = kms.create_key(Tags=[{"TagKey": key, "TagValue": value} for key, value in tags])["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/DevelopmentKey", TargetKeyId=arn)
    event = published()
    event["detail"].update(
        resourceType="AWS::KMS::Key", resource=arn, principal={"AWS": "999988887777"}, action=["kms:Decrypt"]
    )
    accounts.finding(event)
    return event


def test_the_published_development_key_ends_archived(workflow, accounts):
    made = workflow()
    execution = made.machine.run(published_key(accounts))
    assert execution.status == "SUCCEEDED"
    assert execution.output["decision"]["rule"] == "shared-development-key"
    assert execution.output["outcome"]["status"] == "ARCHIVED"
    assert execution.output["notification"] is None
    assert execution.path[-4:] == ["Archive", "Notify", "IsItOutdated", "Done"]
    assert made.status() == "ARCHIVED"
    assert accounts.messages() == []


def test_a_public_development_key_is_not_archived(workflow, accounts):
    made = workflow()
    event = published_key(accounts)
    event["detail"].update(principal={"AWS": "*"}, isPublic=True)
    accounts.finding(event)
    execution = made.machine.run(event)
    assert execution.output["decision"]["action"] == "NOTIFY"
    assert made.status() == "ACTIVE"
    assert len(accounts.messages()) == 1


@pytest.mark.parametrize("change", [{"status": "RESOLVED"}, {"isDeleted": True}])
def test_a_finding_that_is_over_ends_at_once(alice, change):
    event = published()
    event["detail"].update(change)
    execution = alice.machine.run(event)
    assert execution.status == "SUCCEEDED"
    assert execution.output["outcome"]["status"] == "IGNORED"
    assert alice.functions.invocations.count("notify") == 0
    assert set(alice.functions.invocations) <= {"enrich", "evaluate"}
    assert alice.aws.names() == []


@pytest.mark.parametrize("name", ["internal-access", "unused-permission"])
def test_other_kinds_of_findings_are_told_and_nothing_else(workflow, accounts, aws, name):
    made = workflow()
    event = json.loads((folder_of(name) / "event.json").read_text())
    detail = event["detail"]
    finding = {key: detail[key] for key in ("resource", "resourceType", "status", "findingType")}
    finding |= {key: detail[key] for key in ("principal", "action", "condition") if key in detail}
    finding |= {"id": detail.get("id") or detail["findingId"], "resourceOwnerAccount": detail["accountId"]}
    if "principal" not in detail:
        finding["findingDetails"] = [{"unusedPermissionDetails": {"serviceNamespace": "s3"}}]
    times = dict.fromkeys(("createdAt", "analyzedAt", "updatedAt"), "2020-05-13T03:14:32Z")
    aws.access_analyzer.add_finding(event["resources"][0], {**times, **finding})
    execution = made.machine.run(event)
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["decision"]["action"] == "NOTIFY"
    assert execution.path[-3:] == ["Notify", "IsItOutdated", "Done"]
    assert len(accounts.messages()) == 1


def test_somebody_else_in_the_trust_policy_stays(workflow, accounts):
    made = workflow()
    accounts.role(ROLE, trust_in(["arn:aws:iam::999988887777:user/Alice", "arn:aws:iam::111122223333:root"]))
    accounts.finding(published())
    made.seen_after(1)
    assert made.machine.run(published_bytes()).status == "SUCCEEDED"
    allowed = accounts.trust(ROLE)["Statement"][0]["Principal"]["AWS"]
    assert allowed == ["arn:aws:iam::999988887777:user/Alice", "arn:aws:iam::111122223333:root"]


# Asked beforehand


@pytest.fixture
def previewed(workflow, accounts):
    made = workflow(preview="on")
    accounts.published_role()
    accounts.finding(published())
    made.seen_after(1)
    return made


def decided(made):
    """The case as it comes to the preview."""
    return made.functions.function("evaluate").invoke(published_bytes()).json


def test_a_preview_is_waited_for(previewed):
    case = decided(previewed)
    pending = {"status": "PENDING", "form": "CONDITION", "id": "11111111-2222-4333-8444-555555555555", "limit": 40}
    looks = [{**case, "preview": {**pending, "attempt": attempt}} for attempt in (1, 2)]
    last = {**case, "preview": {**pending, "status": "CONFIRMED", "attempt": 3}}
    previewed.functions.trouble("preview", *map(answering, [*looks, last]))
    execution = previewed.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert previewed.machine.waits == [15, 15]
    assert previewed.functions.invocations.count("preview") == 3
    assert execution.inputs["Resolve"]["preview"]["status"] == "CONFIRMED"
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert execution.output["preview"]["status"] == "CONFIRMED"


def test_without_a_preview_the_proof_decides(previewed):
    previewed.functions.trouble("preview", busy, failing("Function.Internal", "it broke"))
    execution = previewed.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.inputs["Resolve"]["preview"] == {
        "status": "UNAVAILABLE",
        "why": "The step Preview failed with Function.Internal.",
    }
    assert execution.output["outcome"]["status"] == "RESOLVED"
    (message,) = previewed.accounts.messages()
    assert "The step Preview failed with Function.Internal." in message["Message"]


def test_what_would_open_something_else_is_refused(previewed):
    contradicted = {"status": "CONTRADICTED", "form": "CONDITION", "attempt": 1, "limit": 40, "why": "It lets others in."}
    previewed.functions.trouble("preview", answering({**decided(previewed), "preview": contradicted}))
    execution = previewed.machine.run(published_bytes())
    assert execution.output["outcome"]["status"] == "REFUSED"
    assert "It lets others in." in execution.output["outcome"]["summary"]
    assert previewed.statements() == [None]


def test_what_is_not_switched_on_is_not_asked(alice):
    alice.seen_after(1)
    execution = alice.machine.run(published_bytes())
    assert "preview" not in alice.functions.invocations
    assert "preview" not in execution.output
