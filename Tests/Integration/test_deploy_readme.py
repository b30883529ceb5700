"""deploy/README.md: what it names is there, and what is there it names. Links and paths: test_documents.py."""

import json
import re

import pytest

from support.changes import TYPES
from support.template import DEPLOY, read

OURS = (DEPLOY / "README.md").read_text()


@pytest.mark.parametrize("name", ["gatehouse.yaml", "single-function.yaml"])
def test_every_alarm_says_what_to_do(name):
    alarms = [key for key, resource in read(name)["Resources"].items() if resource["Type"] == "AWS::CloudWatch::Alarm"]
    assert alarms
    for alarm in alarms:
        assert f"| alarm `{alarm}`" in OURS, alarm


def test_parameters_and_outputs_that_are_named_are_there():
    parameters = set(read("gatehouse.yaml")["Parameters"]) | set(read("member-role.yaml")["Parameters"])
    for name in (
        "BlockedTypes",
        "GlobalResources",
        "ProtectedRoles",
        "TrustedAccounts",
        "UrgentTopicKeyArn",
        "QuietDays",
        "PermissionsBoundary",
    ):
        assert f"`{name}" in OURS and name in parameters
    outputs = set(read("gatehouse.yaml")["Outputs"])
    assert {"RollbackWorkflow", "RollbackFunction", "FunctionLogs"} <= outputs
    assert not {"RespondFunction", "ReadingRoles", "ChangingRoles"} & outputs


def test_the_command_that_starts_again_is_the_workflows_own():
    """Words and options, in their order, of the command in the messages and of the one in the page."""
    machine = (DEPLOY / "gatehouse.asl.json").read_text()
    for text in (OURS, machine):
        assert re.search(
            r"aws stepfunctions start-execution --region \S+ --state-machine-arn \S+ (\\\n +)?--input "
            r'\\*"\$\(aws stepfunctions describe-execution --region \S+ --execution-arn \S+ '
            r"--query input --output text\)",
            text,
        )
    assert "Redrive" in OURS and "does not help" in OURS


def test_types_that_can_be_blocked_are_named():
    section = OURS.split("\n## What is blocked\n")[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(AWS::\w+::\w+)`", "".join(table))) == TYPES
    (example,) = re.findall(r"deploy/install --blocked-types (\S+)", section)
    assert set(example.split(",")) < set(TYPES)


@pytest.mark.parametrize("template", sorted(DEPLOY.glob("*.yaml")), ids=lambda path: path.name)
def test_a_template_that_is_too_long_goes_by_a_bucket(template):
    commands = re.findall(rf"aws cloudformation deploy [^`]*?--template-file\s+deploy/{template.name}[^`]*", OURS)
    assert commands or template.name in ("member-role.yaml", "single-function.yaml")
    for command in commands:
        assert ("--s3-bucket" in command) == (template.stat().st_size > 51_200), command


def test_who_may_invoke_may_decide():
    assert "## Who may invoke may decide" in OURS
    assert "lambda:InvokeFunction" in OURS and "deploy/scp.json" in OURS


def section(name):
    return OURS.split(f"\n## {name}\n")[1].split("\n## ")[0]


def test_approvals_are_described():
    approvals = section("Approvals")
    for page in ("iam", "public"):
        assert f"deploy/install --mode approve --approvals {page}" in approvals
    for word in ("ApprovalHours", "approval_page", "approval_hours", "ApprovalKey", "ApprovalPageFunction", "CT.LAMBDA.PV.1"):
        assert word in approvals
    for verb in ("list", "show", "approve", "reject"):
        assert re.search(rf"`(?:gatehouse approvals )?{verb}\b", approvals), verb
    # Both permissions, and the second for the address alone.
    (allowed,) = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", approvals, re.DOTALL)]
    assert [each["Action"] for each in allowed] == ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    assert allowed[1]["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    assert "create-archive-rule" in approvals and "apply-archive-rule" in approvals
    assert "--aws-sigv4 aws:amz:" in approvals and "put-secret-value" in approvals


def test_names_of_approvals_are_the_templates():
    for name in ("gatehouse.yaml", "single-function.yaml"):
        body = read(name)
        assert {"ApprovalKey", "ApprovalPageFunction", "ApprovalPageUrl", "ApprovalPageAlarm"} <= set(body["Resources"])
        assert {"ApprovalPage", "ApprovalHours", "RevokeSessions"} <= set(body["Parameters"])
        secret = body["Resources"]["ApprovalKey"]["Properties"]["GenerateSecretString"]
        assert f"--password-length {secret['PasswordLength']} --exclude-punctuation" in OURS
    assert "Preview" in read("gatehouse.yaml")["Parameters"] and "Preview" not in read("single-function.yaml")["Parameters"]
    assert {"Preview", "RevokeSessions"} <= set(read("member-role.yaml")["Parameters"])


def test_integrations_are_described():
    text = section("Integrations")
    for name in ("gatehouse.yaml", "single-function.yaml"):
        for parameter in ("WhoDidIt", "EventBusArn", "ChatTopicArn", "ChatTopicKeyArn"):
            assert f"`{parameter}" in text and parameter in read(name)["Parameters"], parameter
    assert "WhoDidIt" in read("member-role.yaml")["Parameters"]


def test_what_ending_sessions_does_to_others_is_said():
    assert "everybody's sessions of the role, not the blocked principal's alone" in " ".join(section("Sessions").split())
    assert "deploy/install --revoke-sessions" in section("Sessions") and "deploy/install --preview" in section("Previews")
