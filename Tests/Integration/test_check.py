"""`gatehouse check`: by our own evaluator, with and without AWS's word."""

import json
import pathlib
import subprocess

import pytest
import yaml

from support import sarif
from support.account import MEMBER

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTHER = "999988887777"
QUEUE = ("--type", "AWS::SQS::Queue", "--account", MEMBER)
CHECKS = ["access-analyzer:ValidatePolicy", "access-analyzer:CheckNoPublicAccess", "access-analyzer:CheckNoNewAccess"]


def policy(principal, action="sqs:SendMessage", **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


OPEN, PARTNER, OWN = policy("*"), policy({"AWS": OTHER}), policy({"AWS": MEMBER})
UNKNOWN = policy("*", Condition={"StringResembles": {"aws:PrincipalArn": "x"}})


@pytest.fixture
def check(command):
    def run(document, *arguments, **options):
        text = document if isinstance(document, (str, bytes)) else json.dumps(document, indent=2)
        (command.folder / "policy.json").write_bytes(text if isinstance(text, bytes) else text.encode())
        return command.run("check", "policy.json", *arguments, **options)

    return run


def test_without_credentials(check):
    out, talk = check(OWN, *QUEUE, credentials=False)
    assert out == "" and "AWS was not asked: no " in talk and "Nothing that" in talk
    out, _ = check(PARTNER, *QUEUE, credentials=False, status=1)
    assert out.startswith("policy.json:4:5: OUTSIDE_ACCESS statement 1 (no Sid) lets in 999988887777: sqs:SendMessage")
    out, _ = check(OPEN, *QUEUE, credentials=False, status=1)
    assert out.startswith("policy.json:4:5: PUBLIC_ACCESS ")
    assert "StringResembles" in check(UNKNOWN, *QUEUE, credentials=False, status=3)[0]
    # Whose resource it is nobody said.
    out, _ = check(PARTNER, "--type", "AWS::SQS::Queue", credentials=False, status=3)
    assert "--account" in out
    assert check(PARTNER, *QUEUE, "--trusted", OTHER, credentials=False)[0] == ""


def test_offline_asks_nobody(check, aws):
    _, talk = check(OWN, *QUEUE, "--offline", allowed=CHECKS)
    assert "--offline" in talk and aws.names() == []


def test_without_a_region(check):
    assert "no region is set" in check(OWN, *QUEUE, allowed=CHECKS, region=None)[1]


def test_aws_is_asked(check, aws):
    out, talk = check(OWN, *QUEUE, allowed=CHECKS)
    assert out == "" and "AWS was asked: ValidatePolicy, CheckNoPublicAccess" in talk
    assert aws.names() == CHECKS[:2]
    asked = dict(aws.access_analyzer.checks.asked)
    assert json.loads(asked["ValidatePolicy"]["policyDocument"]) == OWN
    assert "validatePolicyResourceType" not in asked["ValidatePolicy"]
    assert asked["CheckNoPublicAccess"]["resourceType"] == "AWS::SQS::Queue"


def test_the_account_of_the_credentials(check):
    out, talk = check(PARTNER, "--type", "AWS::SQS::Queue", allowed=[*CHECKS, "sts:GetCallerIdentity"], status=1)
    assert "OUTSIDE_ACCESS" in out and f"(account {MEMBER})" in talk


def test_what_aws_finds_counts(check, aws):
    checks = aws.access_analyzer.checks
    reason = {"description": "Public access in the statement.", "statementIndex": 0, "statementId": ""}
    checks.public = {"result": "FAIL", "message": "It grants public access.", "reasons": [reason]}
    out, _ = check(OWN, *QUEUE, allowed=CHECKS, status=1)
    assert out.splitlines() == ["policy.json:4:5: AWS_PUBLIC_ACCESS AWS: Public access in the statement."]
    checks.public = {"result": "PASS", "message": "", "reasons": []}
    checks.new = {"result": "FAIL", "message": "More access.", "reasons": []}
    assert check(OWN, *QUEUE, allowed=CHECKS)[0] == ""
    out, _ = check(OWN, *QUEUE, "--reference", "policy.json", allowed=CHECKS, status=1)
    assert "AWS_NEW_ACCESS AWS: More access." in out


def finding(kind, code, line, column):
    place = {"line": line, "column": column, "offset": 0}
    return {
        "findingType": kind,
        "issueCode": code,
        "findingDetails": f"About {code}.",
        "learnMoreLink": f"https://docs.aws.amazon.com/{code}",
        "locations": [{"path": [], "span": {"start": place, "end": place}}],
    }


@pytest.mark.parametrize(
    ("kind", "status"), [("ERROR", 3), ("SECURITY_WARNING", 1), ("WARNING", 0), ("SUGGESTION", 0)]
)
def test_what_aws_says_of_the_text(check, aws, kind, status):
    aws.access_analyzer.checks.validation = [finding(kind, "SOMETHING", 6, 4)]
    out, _ = check(OWN, *QUEUE, allowed=CHECKS, status=status)
    assert out.startswith(f"policy.json:6:5: AWS_{kind} AWS: SOMETHING: About SOMETHING. (https://docs")


def test_pages_of_what_aws_says(check, aws):
    checks = aws.access_analyzer.checks
    checks.page, checks.validation = 2, [finding("WARNING", f"W{index}", index + 1, 0) for index in range(5)]
    out, _ = check(OWN, *QUEUE, allowed=CHECKS)
    assert [line.split()[3] for line in out.splitlines()] == [f"W{index}:" for index in range(5)]


@pytest.mark.parametrize("left", range(3))
def test_a_permission_that_is_missing_is_named(check, left):
    (command_reference,) = ["policy.json"]
    allowed = [action for index, action in enumerate(CHECKS) if index != left]
    _, talk = check(OWN, *QUEUE, "--reference", command_reference, allowed=allowed)
    assert f"the permission {CHECKS[left]} is missing" in talk
    assert all(action.split(":")[1] in talk.rpartition("AWS was asked: ")[2] for action in allowed)


def test_errors_of_aws_are_said(check, aws):
    # What AWS does not take as a policy is its word, not ours.
    out, talk = check({"Statement": OWN["Statement"], "Id": 5}, *QUEUE, allowed=CHECKS)
    assert out == ""
    for _ in range(2):
        aws.fail("access-analyzer", "CheckNoPublicAccess", lambda exchange: exchange.close())
    _, talk = check(OWN, *QUEUE, allowed=CHECKS)
    assert "AWS was not asked (CheckNoPublicAccess)" in talk


def test_types_that_aws_does_not_check(check, aws):
    layer = policy("*", "lambda:GetLayerVersion")
    _, talk = check(layer, "--type", "AWS::Lambda::LayerVersion", "--account", MEMBER, allowed=CHECKS, status=1)
    assert "AWS does not check AWS::Lambda::LayerVersion" in talk
    assert aws.names() == ["access-analyzer:ValidatePolicy"]
    trust = policy({"AWS": MEMBER}, "sts:AssumeRole")
    del trust["Statement"][0]["Resource"]
    check(trust, "--type", "AWS::IAM::Role", "--account", MEMBER, allowed=CHECKS)
    name = "AWS::IAM::AssumeRolePolicyDocument"
    asked = aws.access_analyzer.checks.asked[-2:]
    assert [body.get("validatePolicyResourceType", body.get("resourceType")) for _, body in asked] == [name, name]


def test_what_the_reference_has_does_not_count(check, command):
    (command.folder / "now.json").write_text(json.dumps(PARTNER))
    out, _ = check(PARTNER, *QUEUE, "--offline", "--reference", "now.json")
    assert "(the reference has it too)" in out
    check(OPEN, *QUEUE, "--offline", "--reference", "now.json", status=1)
    (command.folder / "now.json").write_text("{}")
    out, _ = check(PARTNER, *QUEUE, "--offline", "--reference", "now.json", status=3)
    assert out.startswith("now.json:1:1: NOT_A_POLICY")


def test_a_removed_deny_is_told(check, command):
    """What a Deny stopped is new when it goes, though the Allow stands."""
    deny = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    [allow], [stop] = OPEN["Statement"], policy("*", Condition=deny, Effect="Deny")["Statement"]
    guarded = {**OPEN, "Statement": [allow, stop]}
    (command.folder / "now.json").write_text(json.dumps(guarded))
    out, _ = check(OPEN, *QUEUE, "--offline", "--reference", "now.json", status=1)
    assert "PUBLIC_ACCESS" in out and "the reference has it too" not in out
    out, _ = check(guarded, *QUEUE, "--offline", "--reference", "now.json")
    assert "(the reference has it too)" in out


def test_what_aws_calls_public_is_known_by_its_statement(check, aws, command):
    reason = {"description": "Public access in the statement.", "statementIndex": 0, "statementId": ""}
    aws.access_analyzer.checks.public = {"result": "FAIL", "message": "It grants public access.", "reasons": [reason]}
    (command.folder / "now.json").write_text(json.dumps(OPEN))
    out, _ = check(OPEN, *QUEUE, "--reference", "now.json", allowed=CHECKS)
    assert out.count("(the reference has it too)") == 2
    # The reference is public too, and not by this.
    out, _ = check(policy("*", "sqs:*"), *QUEUE, "--reference", "now.json", allowed=CHECKS, status=1)
    assert "AWS_PUBLIC_ACCESS" in out and "the reference has it too" not in out


@pytest.mark.parametrize("principal", [{}, {"AWS": []}, {"Service": "*"}])
def test_a_principal_that_is_nobody(check, principal):
    out, _ = check(policy(principal), *QUEUE, "--offline", status=3)
    assert out.startswith("policy.json:4:5: NOT_")


def test_json(check):
    answer = json.loads(check(PARTNER, *QUEUE, "--format", "json", "--offline", status=1)[0])
    (result,) = answer["results"]
    assert answer["verdict"] == "FINDING" and answer["account"] == MEMBER and answer["aws"]["asked"] == []
    assert result["principal"] == {"AWS": OTHER} and result["actions"] == ["sqs:SendMessage"]
    assert (result["line"], result["column"], result["statement"], result["isPublic"]) == (4, 5, 1, False)
    clean = json.loads(check(OWN, *QUEUE, "--format", "json", "--offline")[0])
    assert clean["verdict"] == "NOTHING" and clean["results"] == []


@pytest.mark.parametrize(("document", "status"), [(OWN, 0), (OPEN, 1), (UNKNOWN, 3), ("no policy", 3)])
def test_sarif(check, aws, document, status):
    aws.access_analyzer.checks.validation = [finding("SUGGESTION", "EMPTY", 1, 0)]
    out, _ = check(document, *QUEUE, "--format", "sarif", allowed=CHECKS, status=status)
    log = json.loads(out)
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    sarif.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len({rule["id"] for rule in rules})
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
    assert any(result["level"] == "error" for result in run["results"]) == (status > 0)


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff\xfe", b"[" * 100_000, b"{} x", b"null", b'{"Statement": {"Effect": "Allow", "\\u001b[2J": 1}}', b"{" * 300_000],
)
def test_hostile_bytes(check, text):
    out, talk = check(text, *QUEUE, "--offline", status=3)
    assert out.startswith("policy.json:1:") and "NOT_A_POLICY" in out
    assert "\x1b" not in out + talk


def test_hostile_names(check):
    document = policy({"AWS": f"arn:aws:iam::{OTHER}:role/\x1b[2J\u202e"}, Sid="\x1b[31m")
    out, talk = check(document, *QUEUE, "--offline", status=3)
    assert "\x1b" not in out + talk and "\u202e" not in out + talk


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--type", "AWS::EC2::Snapshot"], "AWS::S3::Bucket"),
        ([], "--type"),
        (["--type", "AWS::SQS::Queue", "--account", "1"], "12 digits"),
        (["--type", "AWS::SQS::Queue", "--organization", "acme"], "o-a1b2c3d4e5"),
    ],
)
def test_wrong_usage(check, arguments, why):
    assert why in check(OWN, *arguments, status=64)[1]


def test_a_file_that_is_not_there(command):
    assert "cannot open" in command.run("check", "none.json", *QUEUE, "--offline", status=1)[1]


def test_standard_input(command):
    out, _ = command.run("check", "-", *QUEUE, "--offline", text=json.dumps(OPEN), status=1)
    assert out.startswith("-:1:")


def test_the_example_for_a_pipeline(command, tmp_path, jq):
    """The workflow's own script, as the runner would run it."""
    workflow = yaml.safe_load((ROOT / "deploy" / "pipeline" / "github-actions.yml").read_text())
    steps = {step.get("name"): step for step in workflow["jobs"]["check"]["steps"]}
    folder = command.folder
    topics = {"AWS.SNS.Topic/open.json": policy("*", "sns:Publish"), "AWS.SNS.Topic/wide.json": policy("*", "sns:*")}
    for place, document in {"AWS.SQS.Queue/a b.json": OWN, **topics}.items():
        (folder / "policies" / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / "policies" / place).write_text(json.dumps(document))
    (folder / "tools").mkdir()
    (folder / "tools" / "gatehouse").symlink_to(command.program.resolve())
    temporary = tmp_path / "runner"
    temporary.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(temporary), "ACCOUNT": MEMBER, "HOME": "/nonexistent"}
    environment["GITHUB_OUTPUT"] = str(temporary / "output")

    def step(name):
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[name]["run"]]
        return subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True)

    assert step("Gatehouse").returncode == 0
    done = step("Check")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=policies/AWS.SNS.Topic/open.json::" in done.stdout
    assert (temporary / "output").read_text() == f"sarif={temporary}/policies.sarif\n"
    log = json.loads((temporary / "policies.sarif").read_text())
    sarif.validate(log)
    [run] = log["runs"]
    assert sorted(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]) == [
        "policies/AWS.SNS.Topic/open.json", "policies/AWS.SNS.Topic/wide.json"
    ]  # fmt: skip
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules)) and {result["ruleId"] for result in run["results"]} <= set(rules)
    (folder / "policies" / "AWS.SNS.Topic" / "wide.json").unlink()
    (folder / "policies" / "AWS.SNS.Topic" / "open.json").unlink()
    assert step("Check").returncode == 0
