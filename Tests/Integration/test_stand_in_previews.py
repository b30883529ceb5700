"""The stand-in's access previews and inline policies of roles: what they answer, and what they refuse, as AWS does."""

import json

import pytest
from botocore.exceptions import ClientError

from support.account import MEMBER, OWN, REGION, trust_in
from support.events import changed, published
from support.kinds import KEY, KEY_ACTIONS

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/AccessAnalyzer"
ROLE = f"arn:aws:iam::{MEMBER}:role/Audit_CrossAccountRole"
ALICE = "arn:aws:iam::999988887777:user/Alice"


@pytest.fixture
def client(accounts):
    accounts.finding(published())
    return accounts.client("accessanalyzer")


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def denying(principal="*", action="sts:AssumeRole", **condition):
    deny = {"Effect": "Deny", "Principal": {"AWS": principal}, "Action": action, "Condition": condition}
    document = trust_in(ALICE)
    return {"iamRole": {"trustPolicy": json.dumps({**document, "Statement": [*document["Statement"], deny]})}}


def asked(client, configuration, resource=ROLE, **arguments):
    """The findings of a preview, when it is ready."""
    identifier = client.create_access_preview(analyzerArn=ANALYZER, configurations={resource: configuration})["id"]
    states = [client.get_access_preview(accessPreviewId=identifier, analyzerArn=ANALYZER) for _ in range(2)]
    assert [state["accessPreview"]["status"] for state in states] == ["CREATING", "COMPLETED"]
    return client.list_access_preview_findings(accessPreviewId=identifier, analyzerArn=ANALYZER, **arguments)


@pytest.mark.parametrize(
    "configuration, change, status",
    [
        (denying(ArnEquals={"aws:PrincipalArn": ALICE}), "CHANGED", "RESOLVED"),
        (denying(ALICE), "CHANGED", "RESOLVED"),
        (denying("999988887777"), "CHANGED", "RESOLVED"),
        (denying(["arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:root"]), "CHANGED", "RESOLVED"),
        (denying(action="sts:*"), "CHANGED", "RESOLVED"),
        (denying(StringEquals={"aws:PrincipalAccount": "999988887777"}), "UNCHANGED", "ACTIVE"),
        (denying(ArnEquals={"aws:PrincipalArn": ALICE + "2"}), "UNCHANGED", "ACTIVE"),
        (denying(ArnNotEquals={"aws:PrincipalArn": ALICE}), "UNCHANGED", "ACTIVE"),
        (denying(ALICE, action="sts:TagSession"), "UNCHANGED", "ACTIVE"),
        (denying(ALICE + "2"), "UNCHANGED", "ACTIVE"),
        ({"iamRole": {"trustPolicy": json.dumps(trust_in(ALICE))}}, "UNCHANGED", "ACTIVE"),
    ],
)
def test_what_a_document_does_to_a_finding(client, configuration, change, status):
    (finding,) = asked(client, configuration)["findings"]
    assert (finding["changeType"], finding["status"]) == (change, status)
    assert (finding["existingFindingId"], finding["existingFindingStatus"]) == (published()["detail"]["id"], "ACTIVE")
    assert finding["id"] != finding["existingFindingId"]


def test_only_the_findings_of_the_resource_in_pages(accounts, client):
    for number in range(3):
        accounts.finding(changed(id=f"f{number}"), status="ARCHIVED")
        accounts.finding(changed(id=f"other{number}", resource=ROLE + "2"))
    page = asked(client, denying(ALICE), maxResults=3)
    assert len(page["findings"]) == 3
    archived = {"status": {"eq": ["ARCHIVED"]}}
    assert {one["existingFindingId"] for one in asked(client, denying(ALICE), filter=archived)["findings"]} == {
        "f0",
        "f1",
        "f2",
    }


@pytest.mark.parametrize(
    "configurations",
    [
        {},
        {ROLE: denying(), ROLE + "2": denying()},
        {ROLE: {"sqsQueue": {"queuePolicy": "{}"}}},
        {KEY: denying()},
        {ROLE.replace(MEMBER, OWN): denying()},
        {"role": denying()},
        {ROLE: {"iamRole": {"trustPolicy": "{"}}},
        {ROLE: {"iamRole": {"trustPolicy": "[]"}}},
        {KEY: {"kmsKey": {"keyPolicies": {"default": ""}}}},
        {"arn:aws:s3:::b": {"s3Bucket": {"bucketPolicy": "no JSON"}}},
    ],
)
def test_what_cannot_be_previewed(client, configurations):
    answer = code_of(client.create_access_preview, analyzerArn=ANALYZER, configurations=configurations)
    assert answer == ("ValidationException", 400)


def test_a_policy_that_is_taken_away(client):
    queue = f"arn:aws:sqs:{REGION}:{MEMBER}:orders"
    assert asked(client, {"sqsQueue": {"queuePolicy": ""}}, queue)["findings"] == []


def test_which_analyzers_can_be_asked(accounts, client):
    def asking(analyzer):
        return code_of(client.create_access_preview, analyzerArn=analyzer, configurations={ROLE: denying()})

    accounts.aws.access_analyzer.add_analyzer(ANALYZER + "2", "ORGANIZATION")
    assert asking(ANALYZER + "2") == ("ValidationException", 400)
    accounts.aws.access_analyzer.analyzers[ANALYZER]["status"] = "DISABLED"
    assert asking(ANALYZER) == ("ValidationException", 400)
    elsewhere = ANALYZER.replace(MEMBER, OWN)
    accounts.aws.access_analyzer.add_analyzer(elsewhere)
    assert asking(elsewhere) == ("ResourceNotFoundException", 404)
    assert asking(ANALYZER + "3") == ("ResourceNotFoundException", 404)


def test_a_preview_that_is_not_there_or_not_ready(client):
    identifier = client.create_access_preview(analyzerArn=ANALYZER, configurations={ROLE: denying()})["id"]
    ours, other = {"accessPreviewId": identifier, "analyzerArn": ANALYZER}, {"analyzerArn": ANALYZER}
    assert code_of(client.list_access_preview_findings, **ours)[0] == "ConflictException"
    missing = ("ResourceNotFoundException", 404)
    assert code_of(client.get_access_preview, accessPreviewId="none", **other) == missing
    assert code_of(client.list_access_preview_findings, accessPreviewId="none", **other) == missing


def test_one_that_failed(accounts, client):
    accounts.aws.access_analyzer.previews.load({"failed": "INVALID_CONFIGURATION"})
    identifier = client.create_access_preview(analyzerArn=ANALYZER, configurations={ROLE: denying()})["id"]
    preview = client.get_access_preview(accessPreviewId=identifier, analyzerArn=ANALYZER)["accessPreview"]
    assert (preview["status"], preview["statusReason"]["code"]) == ("FAILED", "INVALID_CONFIGURATION")


def test_snapshots_are_read_by_whom_they_are_shared_with(accounts, client):
    snapshot = f"arn:aws:ec2:{REGION}::snapshot/snap-0123456789abcdef0"
    accounts.finding(changed(id="s", resource=snapshot, principal={"AWS": "999988887777"}, action=["ec2:CopySnapshot"]))
    for left, status in ((["111122223333"], "RESOLVED"), (["999988887777"], "ACTIVE")):
        (finding,) = asked(client, {"ebsSnapshot": {"userIds": left, "groups": []}}, snapshot)["findings"]
        assert finding["status"] == status


def test_every_action_has_to_be_denied(accounts, client):
    accounts.finding(changed(id="k", resource=KEY, resourceType="AWS::KMS::Key", action=list(KEY_ACTIONS)))
    for actions, status in ((list(KEY_ACTIONS), "RESOLVED"), (KEY_ACTIONS[0], "ACTIVE"), ("kms:*", "RESOLVED")):
        deny = {"Effect": "Deny", "Principal": {"AWS": ALICE}, "Action": actions, "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": deny})
        (finding,) = asked(client, {"kmsKey": {"keyPolicies": {"default": text}}}, KEY)["findings"]
        assert finding["status"] == status, actions


# Inline policies


def inline(length=0, **more):
    """A policy of so many characters, or of as few as possible."""
    statement = {"Sid": "", "Effect": "Deny", "Action": "*", "Resource": "*", **more}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    short = len(json.dumps(document, separators=(",", ":")))
    statement["Sid"] = "A" * max(0, length - short)
    return json.dumps(document)


@pytest.fixture
def iam(accounts):
    accounts.role("trusted", trust_in(ALICE))
    accounts.role("managed", trust_in(ALICE), path="/aws-reserved/sso.amazonaws.com/")
    return accounts.client("iam")


def test_inline_policies_have_a_limit_together(iam):
    # White space does not count.
    assert len(inline(10_240)) > 10_240
    iam.put_role_policy(RoleName="trusted", PolicyName="large", PolicyDocument=inline(10_240))
    given = {"RoleName": "trusted", "PolicyDocument": inline()}
    assert code_of(iam.put_role_policy, PolicyName="more", **given) == ("LimitExceeded", 409)
    iam.put_role_policy(PolicyName="large", **given)
    iam.put_role_policy(PolicyName="more", **given)
    assert set(iam.list_role_policies(RoleName="trusted")["PolicyNames"]) == {"large", "more"}


def test_inline_policies_that_iam_refuses(iam):
    given = {"RoleName": "trusted", "PolicyName": "p"}
    for text in ("{", inline(Principal={"AWS": "*"}), inline(Effect="Perhaps")):
        assert code_of(iam.put_role_policy, PolicyDocument=text, **given) == ("MalformedPolicyDocument", 400)
    managed = {"RoleName": "managed", "PolicyName": "p", "PolicyDocument": inline()}
    assert code_of(iam.put_role_policy, **managed) == ("UnmodifiableEntity", 400)
    assert code_of(iam.put_role_policy, **{**managed, "RoleName": "none"}) == ("NoSuchEntity", 404)
    for call in (iam.get_role_policy, iam.delete_role_policy):
        assert code_of(call, **given) == ("NoSuchEntity", 404)
