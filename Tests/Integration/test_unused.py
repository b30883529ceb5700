"""`gatehouse unused`: findings of unused access, with what AWS recommends."""

import csv
import io
import json
import re

import pytest

from support.account import MEMBER, REGION

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/unused"
ROLE = f"arn:aws:iam::{MEMBER}:role/Reporting"
USER = f"arn:aws:iam::{MEMBER}:user/Alice"
ALLOWED = [
    "access-analyzer:ListAnalyzers", "access-analyzer:ListFindings", "access-analyzer:GetFinding",
    "access-analyzer:GenerateFindingRecommendation", "access-analyzer:GetFindingRecommendation", "iam:ListRolePolicies",
    "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion",
]  # fmt: skip
IAM = [action for action in ALLOWED if action.startswith("iam:")]


def policy(*actions):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def finding(identifier, kind, resource, **detail):
    return {
        "id": identifier,
        "findingType": kind,
        "resource": resource,
        "resourceType": "AWS::IAM::User" if ":user/" in resource else "AWS::IAM::Role",
        "resourceOwnerAccount": MEMBER,
        "status": "ACTIVE",
        "createdAt": "2026-11-20T00:00:00Z",
        "analyzedAt": "2026-11-20T00:00:00Z",
        "updatedAt": "2026-11-20T00:00:00Z",
        "findingDetails": [detail],
    }


PERMISSION = {"serviceNamespace": "s3", "actions": [{"action": "PutObject"}, {"action": "DeleteObject"}]}


@pytest.fixture
def unused(command, aws, accounts):
    analyzers = aws.access_analyzer
    analyzers.add_analyzer(ANALYZER, "ACCOUNT_UNUSED_ACCESS")
    analyzers.add_analyzer(ANALYZER.replace("/unused", "/outside"))
    for one in [
        finding("permission", "UnusedPermission", ROLE, unusedPermissionDetails=PERMISSION),
        finding("role", "UnusedIAMRole", ROLE, unusedIamRoleDetails={"lastAccessed": "2026-01-02T00:00:00Z"}),
        finding("key", "UnusedIAMUserAccessKey", USER, unusedIamUserAccessKeyDetails={"accessKeyId": "AKIAX"}),
        {**finding("old", "UnusedIAMRole", ROLE), "status": "ARCHIVED"},
    ]:
        analyzers.add_finding(ANALYZER, one)
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    accounts.role("Reporting", {"Version": "2012-10-17", "Statement": [trust]})
    iam = accounts.client("iam")
    made = iam.create_policy(PolicyName="wide", PolicyDocument=json.dumps(policy("s3:GetObject", "s3:PutObject")))["Policy"]
    iam.attach_role_policy(RoleName="Reporting", PolicyArn=made["Arn"])
    text = json.dumps(policy("s3:GetObject"))
    analyzers.recommendations.steps["permission"] = [
        {"recommendedAction": "CREATE_POLICY", "recommendedPolicy": text, "existingPolicyId": made["PolicyId"]},
        {"recommendedAction": "DETACH_POLICY", "existingPolicyId": made["Arn"]},
    ]

    def run(*arguments, **options):
        return command.run("unused", *arguments, **{"allowed": ALLOWED, **options})

    run.policy = made
    return run


def test_everything_is_shown_with_a_diff(unused, aws):
    out, talk = unused()
    assert f"UnusedPermission {ROLE}\n  finding permission, {ANALYZER}\n  not used: s3: PutObject, DeleteObject\n" in out
    arn = unused.policy["Arn"]
    assert f"  Put this policy in the place of the managed policy {arn}:\n--- before\n+++ after\n" in out
    assert re.search(r'^-\s+"s3:PutObject"$', out, re.MULTILINE)
    assert f"  Detach the managed policy {arn}.\n" in out
    assert "last used 2026-01-02T00:00:00Z" in out and "access key AKIAX, never used" in out
    assert "old" not in out and "3 active findings of unused access" in talk and "AWS is working on" in talk
    writes = [name for name in aws.names() if not name.split(":")[1].startswith(("Get", "List", "Generate"))]
    assert writes == []


def test_pages_of_steps(unused, aws):
    aws.access_analyzer.recommendations.page = 1
    answer = json.loads(unused("--format", "json")[0])
    (steps,) = [one["recommendation"] for one in answer if one["id"] == "permission"]
    assert [step["action"] for step in steps] == ["CREATE_POLICY", "DETACH_POLICY"]
    assert steps[0]["policy"] == policy("s3:GetObject")
    assert [line for line in steps[0]["diff"].splitlines() if line.startswith("-") and "PutObject" in line]


def test_csv(unused):
    out, _ = unused("--format", "csv", "--no-recommendation")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["kind"] for row in rows] == ["UnusedPermission", "UnusedIAMRole", "UnusedIAMUserAccessKey"]
    assert rows[0]["unused"] == "s3: PutObject, DeleteObject" and rows[0]["recommendation"] == ""


def test_one_resource(unused):
    answer = json.loads(unused("--resource", USER, "--format", "json")[0])
    assert [one["id"] for one in answer] == ["key"]


def test_policies_that_cannot_be_read(unused):
    out, talk = unused(allowed=[action for action in ALLOWED if action not in IAM], status=1)
    assert f"policy {unused.policy['PolicyId']}:" in out
    assert re.search(r'^\+\s+"s3:GetObject"$', out, re.MULTILINE) and "PutObject\"" not in out
    assert f"the policies of {ROLE}" in talk


def test_a_recommendation_that_failed(unused, aws):
    aws.access_analyzer.recommendations.failures["permission"] = {"code": "X", "message": "not for SSO roles"}
    out, talk = unused(status=1)
    assert "AWS has none: X: not for SSO roles" in talk and "UnusedIAMRole" in out


def test_without_an_analyzer(unused):
    assert "ACCOUNT_UNUSED_ACCESS" in unused("--analyzer", "outside", status=1)[1]
    assert "no analyzer" in unused("--region", "eu-central-1", status=1)[1]


def test_on_an_account_in_a_file(command):
    """Without AWS: findings and recommendations of the file."""
    managed = f"arn:aws:iam::{MEMBER}:policy/wide"
    found = finding("permission", "UnusedPermission", ROLE, unusedPermissionDetails=PERMISSION)
    step = {"recommendedAction": "CREATE_POLICY", "recommendedPolicy": policy("s3:GetObject"), "existingPolicyId": "wide"}
    account = {
        "account": MEMBER,
        "region": REGION,
        "analyzers": {ANALYZER: "ACCOUNT_UNUSED_ACCESS"},
        "findings": [{**found, "analyzerArn": ANALYZER}],
        "roles": {ROLE: {"trustPolicy": {"Version": "2012-10-17", "Statement": []}}},
        "managedPolicies": {managed: {"policy": policy("s3:*"), "roles": ["Reporting"]}},
        "recommendations": {"permission": [step]},
    }
    (command.folder / "account.json").write_text(json.dumps(account))
    out, _ = command.run("unused", "--account", "account.json", credentials=False)
    assert f"Put this policy in the place of the managed policy {managed}:" in out
    assert re.search(r'^-\s+"s3:\*"$', out, re.MULTILINE) and re.search(r'^\+\s+"s3:GetObject"$', out, re.MULTILINE)
