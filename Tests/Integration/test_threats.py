"""The threat model: the tests that it names are there, and what no other file shows.

Where the page says that nothing stops an attacker, the test here shows how far he comes. It fails once something does stop
him; then the page has a line to change."""

import json
import re

import pytest

from support import dynamodb
from support.account import MEMBER, trust_in
from support.deployments import FULL, roles
from support.documents import ROOT, codes, rows, text
from support.events import changed, published, published_bytes
from support.kinds import BY_SHARING, PARTNER
from support.template import Template, listed
from test_scp import SOMEBODY, denied

PAGE = "Sources/Handlers/Handlers.docc/ThreatModel.md"
FINDING = published()["detail"]["id"]
ROLE = "Audit_CrossAccountRole"
STRANGER = "666666666666"
LEDGER = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off", "allowed": ["*"]}

# Something of ours, or of what we live on, for each service of the table of what the policy leaves.
OURS = {
    "access-analyzer": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/gatehouse",
    "cloudformation": "arn:aws:cloudformation:us-east-1:123456789012:stack/gatehouse/51af3dc0",
    "cloudwatch": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:gatehouse-RollbackAlarm-1ABCDEF",
    "dynamodb": "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger",
    "iam": "arn:aws:iam::123456789012:role/aws-controltower-back-door",
    "kms": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "logs": "arn:aws:logs:us-east-1:123456789012:log-group:gatehouse-FunctionLogs-1ABCDEF",
    "s3": "arn:aws:s3:::gatehouse-rules/rules.json",
    "sns": "arn:aws:sns:us-east-1:123456789012:gatehouse-Topic-1ABCDEF",
    "sqs": "arn:aws:sqs:us-east-1:123456789012:gatehouse-UndeliveredQueue-1ABCDEF",
    "ssm": "arn:aws:ssm:us-east-1:123456789012:parameter/gatehouse/rules",
    "states": "arn:aws:states:us-east-1:123456789012:stateMachine:gatehouse-RollbackWorkflow-1ABCDEF",
}


def finding_of(event):
    """The finding of an event as a case has it, written by hand."""
    detail = event["detail"]
    told = {key: detail[key] for key in ("id", "status", "resource", "resourceType", "accountId", "region")}
    told |= {key: detail[key] for key in ("principal", "condition", "isPublic", "isDeleted")}
    return {**told, "kind": "ExternalAccess", "analyzerArn": event["resources"][0], "actions": detail["action"], "error": None}


# The page


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`((?:\w+/)?\w+\.(?:py|swift))::(\w+)`", text(PAGE))
    assert len(named) >= 80
    for file, name in named:
        paths = list((ROOT / "Tests").rglob(file))
        assert len(paths) == 1, file
        assert re.search(rf"\b(def|func) {name}\(", paths[0].read_text()), f"{file}::{name}"


def test_every_line_says_what_shows_it():
    """A test, a fixture, or why there can be none. That fixtures are there: test_documents.py."""
    lines = [line for line in text(PAGE).splitlines() if line.startswith("| ") and line.count(" | ") == 3]
    lines = [line for line in lines if not line.endswith("| shown by |") and "---" not in line]
    assert len(lines) >= 80
    for line in lines:
        shown = line.removesuffix(" |").rpartition(" | ")[2]
        assert re.fullmatch(r"`([\w/]+\.(py|swift)::\w+|events/[\w/-]+)`(, `[^`]+`)*|none: .+", shown), line


# What stops him


def test_a_forged_case_puts_no_line_of_its_own_into_the_mail(accounts, function):
    """Whoever may invoke `notify` chooses words, and neither lines nor what a terminal acts on."""
    topic = accounts.topic()
    words = "x\n\nUndo it:\n  touch pwned\r\n\u2028\u2029\u0085  touch pwned\x1b[2J\u202e\u200b\x00"
    case = {
        "finding": finding_of(json.loads(json.dumps(published()).replace("aws:arn:", "arn:aws:"))),
        "decision": {"action": "NOTIFY", "rule": words, "risk": 1, "reasons": [words]},
        "outcome": {"status": "REFUSED", "summary": words, "mode": words, "changes": []},
    }
    case["finding"]["resource"] = f"arn:aws:iam::{MEMBER}:role/{ROLE}"
    assert function("notify", GATEHOUSE_TOPIC_ARN=topic).invoke(case).kind == "response"
    (message,) = accounts.messages()
    said = message["Message"]
    assert "touch pwned" in said
    assert not [line for line in said.splitlines() if line.strip().startswith(("touch", "Undo it"))]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", said)
    assert "\n" not in message["Subject"]


@pytest.mark.parametrize("name", ["gatehouse.yaml", "single-function.yaml"])
def test_findings_are_read_of_our_own_analyzers_alone(name):
    """A case may name any analyzer; an attacker's own would confirm whatever he likes."""
    template = Template(name, **FULL[name])
    seen = 0
    for role in roles(template):
        for statement in template.statements(role):
            actions = [action for action in listed(statement["Action"]) if action.startswith("access-analyzer:")]
            if actions and actions != ["access-analyzer:ListAnalyzers"]:
                for resource in listed(statement["Resource"]):
                    assert re.fullmatch(r"arn:aws:access-analyzer:[^:]+:123456789012:analyzer/\*", resource), role
                seen += 1
    assert seen


# What nothing stops


def test_a_forged_event_may_be_told_and_changes_nothing(aws, accounts, function):
    """The id is of a true finding; the bucket is not what it is about."""
    accounts.published_role()
    accounts.finding(published())
    topic = accounts.topic()
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=topic)
    detail = {"resourceType": "AWS::S3::Bucket", "resource": "arn:aws:s3:::payroll", "principal": {"AWS": "*"}}
    case = respond.invoke(changed(**detail, isPublic=True, action=["s3:GetObject"])).json
    assert case["decision"]["action"] == "NOTIFY"
    (message,) = accounts.messages()
    assert message["Subject"].startswith("OPEN CRITICAL: anyone can read S3 bucket payroll")
    # What would be blocked is held against Access Analyzer first.
    other = accounts.role("Payroll", trust_in("arn:aws:iam::999988887777:user/Alice"))
    assert respond.invoke(changed(resource=other)).json["outcome"]["status"] == "REFUSED"
    assert not [name for name in aws.names() if name in ("iam:UpdateAssumeRolePolicy", "access-analyzer:UpdateFindings")]


@pytest.mark.parametrize("ledger", [False, True], ids=["without-a-ledger", "with-a-ledger"])
def test_whoever_may_undo_may_share_what_was_never_shared(accounts, function, ledger):
    """Of what was taken out of a list nothing in the resource tells, so the case is believed; a ledger knows better."""
    (snapshot,) = [kind for kind in BY_SHARING if kind.type == "AWS::EC2::Snapshot"]
    held = snapshot.make(accounts, shared_with=[PARTNER])
    more = {"GATEHOUSE_LEDGER_TABLE": dynamodb.make_table(accounts.client("dynamodb"))} if ledger else {}
    change = {"resource": snapshot.arn, "operation": "ec2:ModifySnapshotAttribute", "diff": ""}
    change |= {"before": {"createVolumePermission": [STRANGER]}, "after": {"createVolumePermission": []}}
    case = {
        "finding": finding_of(snapshot.event(principal={"AWS": STRANGER})),
        "outcome": {"status": "RESOLVED", "summary": "forged", "mode": "enforce", "changes": [change]},
    }
    answer = function("rollback", own=MEMBER, **LEDGER, **more).invoke(case)
    assert answer.json["outcome"]["status"] == ("REFUSED" if ledger else "ROLLED_BACK")
    assert held.access == {"sharedWith": [PARTNER] if ledger else [PARTNER, STRANGER]}


@pytest.mark.parametrize("by", ["rollback", "sweep"])
def test_whoever_may_write_the_ledger_undoes_and_no_more(accounts, function, by):
    """Nobody needs to ask for it where the ledger says that it was begun; but only our statement is taken out."""
    dynamo = accounts.client("dynamodb")
    settings = {**LEDGER, "GATEHOUSE_LEDGER_TABLE": dynamodb.make_table(dynamo)}
    accounts.published_role()
    accounts.finding(published())
    before = accounts.trust(ROLE)
    respond = function("respond", own=MEMBER, **settings)
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"

    (change,) = [item["data"] for item in dynamodb.items(dynamo) if item["sk"].startswith("CHANGE#")]
    resource = f"RESOURCE#{change['resource']}"
    forged = trust_in(f"arn:aws:iam::{STRANGER}:root")
    put(dynamo, resource, f"CHANGE#{change['id']}", {**change, "before": forged})
    if by == "sweep":
        undo = {**change, "id": "20260101T000000Z-0123456789abcdef", "kind": "UNDO", "state": "INTENDED", "undoes": change["id"]}
        put(dynamo, resource, f"CHANGE#{undo['id']}", undo)
        put(dynamo, "CURRENT", undo["id"], {"resource": change["resource"]})
    answer = function(by, own=MEMBER, **settings).invoke({"findingId": FINDING} if by == "rollback" else {})
    assert answer.kind == "response"
    assert accounts.trust(ROLE) == before

    put(dynamo, resource, "LEASE", {"owner": "nobody", "since": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"})
    assert respond.invoke(published_bytes()).kind == "response"


def put(dynamo, partition, sort, data):
    """An item of the ledger, written by somebody else."""
    item = {"pk": {"S": partition}, "sk": {"S": sort}, "version": {"N": "1"}, "revision": {"N": "1"}}
    dynamo.put_item(TableName="gatehouse-ledger", Item={**item, "data": {"S": json.dumps(data)}})


def test_what_the_service_control_policy_leaves_is_what_the_page_says():
    """The truth: deploy/scp.json. A line that it covers by now is to be taken out."""
    actions = [code for row in rows(PAGE, "left to others") for code in codes(row[1])]
    assert len(actions) >= 15
    for action in actions:
        assert not denied(SOMEBODY, action, OURS[action.split(":")[0]]), action
