"""deploy/scp.json: what it denies is ours, whoever has to may go on, and it is one that Organizations takes."""

import json

import pytest

from support.patterns import matches, overlap
from support.service_authorization import formats
from support.template import DEPLOY, Template, listed

FILE = DEPLOY / "scp.json"
STATEMENTS = {each["Sid"]: each for each in json.loads(FILE.read_text())["Statement"]}
DEPLOYER = "arn:aws:iam::123456789012:role/GatehouseDeployment"
SOMEBODY = "arn:aws:iam::123456789012:role/Administrator"
LEDGER = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
FULL = {"CodeBucket": "code", "Mode": "enforce", "MemberRoleName": "GatehouseMember", "MemberExternalId": "external"}


def denied(principal, action, resource, tags=(), by_address=None):
    """Whether some statement denies it, as AWS evaluates the operators that the file holds."""
    for statement in STATEMENTS.values():
        condition = dict(statement["Condition"])
        spared = listed(condition.pop("ArnNotLike")["aws:PrincipalArn"])
        keys = condition.pop("ForAnyValue:StringLike", None)
        # A request that does not say it passes as one that says so.
        unless = condition.pop("BoolIfExists", {"lambda:InvokedViaFunctionUrl": by_address})
        assert condition == {}
        if (
            any(matches(pattern, action) for pattern in listed(statement["Action"]))
            and any(matches(pattern, resource) for pattern in listed(statement["Resource"]))
            and not any(matches(pattern, principal) for pattern in spared)
            # Without a tag in the request there is no value of which any could match.
            and (keys is None or any(matches(keys["aws:TagKeys"], tag) for tag in tags))
            and by_address in (None, unless["lambda:InvokedViaFunctionUrl"])
        ):
            return True
    return False


def stacks():
    return [Template(name, **FULL) for name in ("gatehouse.yaml", "single-function.yaml")]


def member_roles():
    roles = Template("member-role.yaml", GatehouseAccount="111122223333", ExternalId="external").of_type(
        "AWS::IAM::Role"
    )
    return [f"arn:aws:iam::444455556666:role/{role['RoleName']}" for role in roles.values()]


def test_organizations_takes_it():
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
    assert len(FILE.read_text()) <= 5120
    assert all(statement["Effect"] == "Deny" for statement in STATEMENTS.values())


def test_every_action_is_one_of_aws_and_narrowed_as_aws_can():
    for sid, statement in STATEMENTS.items():
        actions = listed(statement["Action"])
        if actions == ["*"]:
            assert "ForAnyValue:StringLike" in statement["Condition"]
            continue
        possible = formats(set(actions))
        for action in actions:
            assert any(
                overlap(row, resource) for row in possible[action] for resource in listed(statement["Resource"])
            ), (sid, action)


@pytest.mark.parametrize(
    "action", ["iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:UntagRole", "iam:PassRole", "iam:PutRolePolicy"]
)
def test_our_roles_are_left_to_the_deployment(action):
    roles = [
        stack.attribute(role, "Arn") for stack in stacks() for role in stack.of_type("AWS::IAM::Role")
    ] + member_roles()
    assert len(roles) > 10
    for role in roles:
        assert denied(SOMEBODY, action, role), role
        assert not denied(DEPLOYER, action, role), role
    # StackSets make the members' roles.
    for role in member_roles():
        assert not denied("arn:aws:iam::444455556666:role/stacksets-exec-0123456789abcdef", action, role)
    assert not denied(SOMEBODY, action, "arn:aws:iam::123456789012:role/theirs")


def test_our_functions_are_invoked_and_changed_by_nobody_else():
    """CloudFormation's names begin with the stack's."""
    for action in (
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:UntagResource",
    ):
        function = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-ResolveFunction-1ABCDEF"
        assert denied(SOMEBODY, action, function)
        assert not denied(DEPLOYER, action, function)
    for stack in stacks()[:1]:
        for workflow in ("WorkflowRole", "RollbackWorkflowRole"):
            assert not denied(stack.attribute(workflow, "Arn"), "lambda:InvokeFunction", function)
    assert not denied(SOMEBODY, "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:theirs")


def test_the_approval_page_is_opened_by_its_address_alone():
    """Invoked otherwise it would believe whom it is told that it was invoked by."""
    page = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-ApprovalPageFunction-1ABCDEF"
    assert not denied(SOMEBODY, "lambda:InvokeFunction", page, by_address="true")
    assert denied(SOMEBODY, "lambda:InvokeFunction", page, by_address="false")
    assert denied(SOMEBODY, "lambda:InvokeFunction", page)
    assert not denied(SOMEBODY, "lambda:InvokeFunctionUrl", page)
    for action in ("UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig", "CreateFunctionUrlConfig", "AddPermission"):
        assert denied(SOMEBODY, f"lambda:{action}", page, by_address=None)
        assert not denied(DEPLOYER, f"lambda:{action}", page)
    handed_on = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-Function-1ABCDEF"
    stack = Template("single-function.yaml", **FULL, LedgerTableArn=LEDGER, ApprovalPage="iam")
    assert not denied(stack.attribute("ApprovalPageRole", "Arn"), "lambda:InvokeFunction", handed_on)


def test_the_ledger_is_deleted_and_opened_by_nobody_else():
    """Its items are written by the functions and, with permission, by who undoes on the command line."""
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger-Table-1ABCDEF"
    resolve = stacks()[0].attribute("ResolveRole", "Arn")
    for action in ("DeleteTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups", "PutResourcePolicy"):
        assert denied(SOMEBODY, f"dynamodb:{action}", table)
        assert denied(resolve, f"dynamodb:{action}", table)
        assert not denied(DEPLOYER, f"dynamodb:{action}", table)
    for action in ("GetItem", "PutItem", "DeleteItem"):
        assert not denied(resolve, f"dynamodb:{action}", table)
    assert not denied(SOMEBODY, "dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:123456789012:table/theirs")


def test_our_tags_are_set_and_taken_off_by_nobody_else():
    bucket = "arn:aws:sqs:us-east-1:123456789012:theirs"
    for tag in ("gatehouse:exempt", "gatehouse:component"):
        for action in ("sqs:TagQueue", "sqs:UntagQueue", "iam:CreateRole"):
            assert denied(SOMEBODY, action, bucket, tags=["Owner", tag])
            assert not denied(DEPLOYER, action, bucket, tags=[tag])
    assert not denied(SOMEBODY, "sqs:TagQueue", bucket, tags=["Owner"])
    assert not denied(SOMEBODY, "sqs:SendMessage", bucket)


def test_the_policies_that_protect_are_protected():
    policy = "arn:aws:iam::123456789012:policy/gatehouse-ProtectedRolesPolicy-1ABCDEF"
    assert denied(SOMEBODY, "iam:CreatePolicyVersion", policy)
    assert not denied(SOMEBODY, "iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/theirs")


def test_nobody_makes_a_role_that_is_spared_for_its_name():
    spared = "arn:aws:iam::123456789012:role/stacksets-exec-back-door"
    for action in ("iam:CreateRole", "iam:UpdateAssumeRolePolicy"):
        assert denied(SOMEBODY, action, spared)


def test_findings_keep_coming_in():
    rule = "arn:aws:events:us-east-1:123456789012:rule/gatehouse-FindingRule-1ABCDEF"
    for action in ("events:DisableRule", "events:DeleteRule", "events:RemoveTargets", "events:PutRule"):
        assert denied(SOMEBODY, action, rule)
        assert not denied(DEPLOYER, action, rule)
