"""`gatehouse policy generate`: a policy of what a role did, and its difference from what is attached."""

import json

import pytest

from support.account import MEMBER, REGION

TRAIL = f"arn:aws:cloudtrail:{REGION}:{MEMBER}:trail/all"
READER = f"arn:aws:iam::{MEMBER}:role/ReadsTrail"
HOW = ("--trail", TRAIL, "--access-role", READER)
ALLOWED = [
    "access-analyzer:StartPolicyGeneration", "access-analyzer:GetGeneratedPolicy", "iam:GetRole", "iam:ListRolePolicies",
    "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion",
]  # fmt: skip


def policy(*actions, resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


USED = policy("s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "ec2:DescribeInstances", resource="${BucketName}")


@pytest.fixture
def generate(command, aws, accounts):
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    accounts.role("Reporting", {"Version": "2012-10-17", "Statement": [trust]}, path="/team/")
    iam = accounts.client("iam")
    inline = policy("s3:*", "sqs:SendMessage", "sqs:DeleteQueue")
    iam.put_role_policy(RoleName="Reporting", PolicyName="inline", PolicyDocument=json.dumps(inline))
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=json.dumps(policy("dynamodb:*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Reporting", PolicyArn=managed)
    aws.access_analyzer.generation.policies = [json.dumps(USED)]

    def run(*arguments, **options):
        return command.run("policy", "generate", *arguments, **{"allowed": ALLOWED, **options})

    return run


def test_the_policy_and_its_difference(generate, aws):
    out, talk = generate("Reporting", *HOW, "--days", "7")
    text, _, difference = out.partition("--- attached\n+++ generated\n")
    assert json.loads(text) == USED
    managed = f"arn:aws:iam::{MEMBER}:policy/managed"
    assert difference.splitlines() == [
        "@@ inline policy inline @@",
        "-s3:*   (wider than needed)",
        "+s3:GetObject",
        "+s3:ListBucket",
        "-sqs:DeleteQueue",
        f"@@ managed policy {managed} @@",
        "-dynamodb:*",
        "@@ not given by any attached policy @@",
        "+ec2:DescribeInstances",
    ]
    assert "AWS is reading the trail" in talk and "2 of them not used" in talk
    ((identifier, job),) = aws.access_analyzer.generation.jobs.items()
    assert job["principal"] == f"arn:aws:iam::{MEMBER}:role/team/Reporting" and f"Job {identifier}" in talk
    assert job["details"]["accessRole"] == READER
    assert job["details"]["trails"] == [{"cloudTrailArn": TRAIL, "allRegions": True}]
    # What was done changes nothing.
    assert [name for name in aws.names() if name.startswith("iam:") and not name.startswith(("iam:Get", "iam:List"))] == []


def test_to_a_file_and_as_json(generate, aws, command):
    aws.access_analyzer.generation.policies = [json.dumps(USED), json.dumps(policy("a:B"))]
    out, _ = generate(f"arn:aws:iam::{MEMBER}:role/team/Reporting", *HOW, "--output", "made.json")
    assert out.startswith("--- attached")
    assert json.loads((command.folder / "made.json").read_text()) == USED
    assert json.loads((command.folder / "made.json.2").read_text()) == policy("a:B")
    answer = json.loads(generate("Reporting", *HOW, "--json")[0])
    assert answer["policies"][0] == USED and answer["isComplete"] is True
    assert answer["difference"]["notAttached"] == ["ec2:DescribeInstances", "a:B"]


def test_a_job_that_failed(generate, aws):
    aws.access_analyzer.generation.failure = {"code": "AUTHORIZATION_ERROR", "message": "the role may not read the trail"}
    out, talk = generate("Reporting", *HOW, status=1)
    assert out == "" and "AUTHORIZATION_ERROR: the role may not read the trail" in talk


def test_one_at_a_time(generate, aws):
    aws.access_analyzer.generation.looks = 1000
    body = {
        "policyGenerationDetails": {"principalArn": READER},
        "cloudTrailDetails": {
            "trails": [{"cloudTrailArn": TRAIL}],
            "accessRole": READER,
            "startTime": "2026-11-01T00:00:00Z",
            "endTime": "2026-11-20T00:00:00Z",
        },
    }
    aws.access_analyzer.generation.start(body, MEMBER)
    _, talk = generate("Reporting", *HOW, status=1)
    assert "another policy is being made" in talk


def test_a_job_goes_on(generate, aws):
    generate("Reporting", *HOW)
    (identifier,) = aws.access_analyzer.generation.jobs
    out, _ = generate("Reporting", "--job", identifier)
    assert out.startswith("{")
    assert len(aws.access_analyzer.generation.jobs) == 1
    assert "ValidationException" in generate("Reporting", "--job", "none", status=1)[1]
    # Whose job it is, AWS says.
    talk = generate(f"arn:aws:iam::{MEMBER}:role/Other", "--job", identifier, status=1)[1]
    assert "is about" in talk and "team/Reporting" in talk


def test_a_policy_that_is_not_complete(generate, aws):
    aws.access_analyzer.generation.is_complete = False
    assert "does not hold everything" in generate("Reporting", *HOW)[1]
    aws.access_analyzer.generation.policies = []
    out, talk = generate("Reporting", *HOW)
    assert "found nothing that the role did" in talk and "-s3:*\n" in out


def test_a_role_that_is_not_there(generate, aws):
    assert "NoSuchEntity" in generate("Nobody", *HOW, status=1)[1]
    assert aws.access_analyzer.generation.jobs == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ("Reporting",),
        ("Reporting", "--trail", TRAIL),
        ("Reporting", *HOW, "--days", "91"),
        ("Reporting", *HOW, "--job", "a"),
        ("Reporting", "--trail", READER, "--access-role", READER),
        ("Reporting", "--trail", TRAIL, "--access-role", TRAIL),
        ("a b", *HOW),
        ("arn:aws:iam::1:role/x", *HOW),
    ],
)
def test_wrong_usage(generate, aws, arguments):
    generate(*arguments, status=64)
    assert aws.names() == []


def test_on_an_account_in_a_file(command):
    """Without AWS: the policies of the file."""
    trust = {"Version": "2012-10-17", "Statement": []}
    role, managed = f"arn:aws:iam::{MEMBER}:role/Reporting", f"arn:aws:iam::{MEMBER}:policy/wide"
    account = {
        "account": MEMBER,
        "roles": {role: {"trustPolicy": trust, "inlinePolicies": {"inline": policy("sqs:*")}}},
        "managedPolicies": {managed: {"policy": policy("s3:*"), "roles": ["Reporting"]}},
        "generatedPolicies": {role: [policy("s3:GetObject")]},
    }
    (command.folder / "account.json").write_text(json.dumps(account))
    run = ("policy", "generate", "Reporting", *HOW, "--account", "account.json")
    out, _ = command.run(*run, credentials=False)
    assert out.endswith(
        "--- attached\n+++ generated\n@@ inline policy inline @@\n-sqs:*\n"
        f"@@ managed policy {managed} @@\n-s3:*   (wider than needed)\n+s3:GetObject\n"
    )
    del account["generatedPolicies"]
    (command.folder / "account.json").write_text(json.dumps(account))
    assert "has no generatedPolicies" in command.run(*run, credentials=False, status=1)[1]
