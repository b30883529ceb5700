"""Who may do what by the CloudFormation templates: by mode, by function, in other accounts, and never."""

import json

import pytest

from support.changes import WRITES, is_write
from support.deployments import ASKING, ASKING_WORKFLOW, FULL, REACHING, SESSIONS, actions_of, roles
from support.patterns import matches
from support.template import DEPLOY, Template, listed, read


def trust_policies(name, **parameters):
    return [role["AssumeRolePolicyDocument"] for role in roles(Template(name, **{**FULL[name], **parameters})).values()]


def test_the_member_roles_fit_whatever_the_number_of_regions():
    """IAM's default quota: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    longest = {"ExternalId": "x" * 1224, "Organization": "o-" + "a" * 32}
    for document in trust_policies("member-role.yaml", **longest):
        assert len(json.dumps(document, separators=(",", ":"))) <= 2048
    parameters = set(read("member-role.yaml")["Parameters"])
    assert not [name for name in parameters if name.endswith("Roles") and name != "ProtectedRoles"]


def test_what_the_member_roles_trust_is_where_the_functions_roles_are():
    trusted = {
        name: listed(role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnLike"]["aws:PrincipalArn"])
        for name, role in roles(Template("member-role.yaml", **{**FULL["member-role.yaml"], "GatehouseAccount": "123456789012"})).items()
    }
    for name, reaching in REACHING.items():
        stack = Template(name, **FULL[name])
        for role in roles(stack):
            arn = stack.attribute(role, "Arn")
            lets_in = {member for member, patterns in trusted.items() if any(matches(pattern, arn) for pattern in patterns)}
            if role not in reaching:
                assert lets_in == set(), role
            else:
                assert lets_in == ({"ReadingRole"} if role == "EnrichRole" else {"ReadingRole", "ChangingRole"}), role


@pytest.mark.parametrize("mode, may", [("observe", set()), ("approve", {"archive"}), ("enforce", {"archive", "block"})])
def test_a_mode_is_also_what_the_functions_are_permitted(mode, may):
    writes = {"archive": {"access-analyzer:UpdateFindings"}, "block": WRITES}
    for name, undoes in (("gatehouse.yaml", {"RollbackRole"}), ("single-function.yaml", set())):
        template = Template(name, **{**FULL[name], "Mode": mode})
        acting = [role for role in roles(template) if role not in undoes]
        permitted = {word for word, actions in writes.items() if any(actions & actions_of(template, role) for role in acting)}
        assert permitted == may, name


def test_what_was_approved_may_be_changed_in_approve_mode():
    """By whoever approved it: the ledger says so, and without one nobody can."""
    for name in ("gatehouse.yaml", "single-function.yaml"):
        ledger = {"LedgerTableArn": ASKING["LedgerTableArn"]}
        for mode, may in (("observe", False), ("approve", True), ("enforce", True)):
            template = Template(name, **{**FULL[name], **ledger, "Mode": mode})
            role, function = ("ResolveRole", "ResolveFunction") if name == "gatehouse.yaml" else ("Role", "Function")
            assert bool(WRITES & actions_of(template, role)) == may, (name, mode)
            member = template.resources[function]["Properties"]["Environment"]["Variables"]["GATEHOUSE_MEMBER_ROLE"]
            assert member == ("GatehouseMember" if may else "GatehouseMember-read")


def test_who_asks_and_who_decides_may_do_nothing_else():
    template = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    able = {
        action: {role for role in roles(template) if action in actions_of(template, role)}
        for action in (
            *("states:SendTaskSuccess", "secretsmanager:GetSecretValue", "access-analyzer:CreateAccessPreview"),
            *("iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:ListRolePolicies", "sns:Publish", "sts:AssumeRole"),
        )
    }
    assert able == {
        "states:SendTaskSuccess": {"ApproveRole", "ApprovalPageRole"},
        "secretsmanager:GetSecretValue": {"ApproveRole", "ApprovalPageRole", "NotifyRole"},
        "access-analyzer:CreateAccessPreview": {"PreviewRole"},
        "iam:PutRolePolicy": {"ResolveRole"},
        "iam:DeleteRolePolicy": {"RollbackRole"},
        "iam:ListRolePolicies": {"PreviewRole", "ResolveRole", "RollbackRole"},
        "sns:Publish": {"ApproveRole", "NotifyRole", "ReportRole", "RollbackRole", "WorkflowRole"},
        "sts:AssumeRole": {"EnrichRole", "PreviewRole", "ResolveRole", "RollbackRole"},
    }
    for role in ("ApproveRole", "ApprovalPageRole"):
        services = {action.split(":")[0] for action in actions_of(template, role)}
        tells = {"sns"} if role == "ApproveRole" else set()
        assert services == {"logs", "xray", "dynamodb", "kms", "secretsmanager", "states", *tells}, role
        (answer,) = [each for each in template.statements(role) if each["Action"] == "states:SendTaskSuccess"]
        assert answer["Resource"] == template.attribute("Workflow", "Arn")
    assert not WRITES & actions_of(template, "PreviewRole")
    # Nobody has any of it unless it is switched on.
    alone = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    switched_on = set(able) - {"sns:Publish", "sts:AssumeRole"}
    assert not [role for role in roles(alone) if switched_on & actions_of(alone, role)]


def test_of_the_ledger_the_page_has_requests_and_rejections_alone():
    template = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    (ledger,) = [each for each in template.statements("ApprovalPageRole") if each["Sid"] == "Ledger"]
    assert ledger["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["APPROVAL*", "REJECTION#*"]}}
    assert ledger["Resource"] == ASKING["LedgerTableArn"]


@pytest.mark.parametrize("page, auth", [("iam", "AWS_IAM"), ("public", "NONE")])
def test_only_a_public_page_is_public(page, auth):
    template = Template("gatehouse.yaml", **{**ASKING_WORKFLOW, "ApprovalPage": page})
    assert template.resources["ApprovalPageUrl"]["Properties"]["AuthType"] == auth
    permissions = template.of_type("AWS::Lambda::Permission").values()
    assert len(permissions) == (2 if page == "public" else 0)
    for permission in permissions:
        assert (permission["FunctionName"], permission["Principal"]) == ("ApprovalPageFunction", "*")
    by_action = {each["Action"]: each for each in permissions}
    if page == "public":
        assert by_action["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
        assert str(by_action["lambda:InvokeFunction"]["InvokedViaFunctionUrl"]).lower() == "true"


def test_who_is_told_the_address_has_the_key():
    template = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    told = {}
    for function in template.of_type("AWS::Lambda::Function").values():
        settings = function["Environment"]["Variables"]
        names = {name for name in settings if "APPROVAL" in name and settings[name]}
        told[function["Tags"][0]["Value"]] = {name.removeprefix("GATEHOUSE_APPROVAL_") for name in names}
    assert {part: names for part, names in told.items() if names} == {
        "approve": {"URL", "KEY", "HOURS"}, "notify": {"URL", "KEY"}, "resolve": {"HOURS"}, "approval-page": {"KEY"},
    }  # fmt: skip
    key = template.resources["ApprovalKey"]["Properties"]
    assert key["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
    assert read("gatehouse.yaml")["Rules"]["ApprovalPage"]["Assertions"]


def test_member_roles_preview_and_end_sessions_where_it_is_switched_on():
    said = json.loads((DEPLOY / "permissions.json").read_text())
    previews, writes = set(said["previews"]), {action for action in said["sessions"] if is_write(action)}
    reads = set(said["sessions"]) - writes - {"iam:GetRole"}
    asking, alone = (Template("member-role.yaml", **{**FULL["member-role.yaml"], **more}) for more in (SESSIONS, {}))
    for role, more in (("ReadingRole", previews | reads), ("ChangingRole", reads | writes)):
        assert actions_of(asking, role) - actions_of(alone, role) == more
        assert not actions_of(alone, role) & (previews | reads | writes)


def test_nobody_may_do_two_things():
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    able = {
        action: {role for role in roles(template) if action in actions_of(template, role)}
        for action in ("iam:UpdateAssumeRolePolicy", "sqs:SetQueueAttributes", "sns:Publish", "access-analyzer:UpdateFindings", "lambda:ListLayerVersions")
    }
    assert able == {
        "iam:UpdateAssumeRolePolicy": {"ResolveRole", "RollbackRole"},
        "sqs:SetQueueAttributes": {"ResolveRole", "RollbackRole"},
        "sns:Publish": {"NotifyRole", "WorkflowRole"},
        "access-analyzer:UpdateFindings": {"ArchiveRole"},
        "lambda:ListLayerVersions": {"EnrichRole"},
    }


@pytest.mark.parametrize("name", REACHING)
def test_a_role_reaches_out_by_its_own_function_alone(name):
    """Whoever may pass the role to another function gains nothing by it."""
    template = Template(name, **FULL[name])
    reaching = {}
    for role in roles(template):
        for statement in template.statements(role):
            if statement["Effect"] == "Allow" and {"sts:AssumeRole", *WRITES} & set(listed(statement["Action"])):
                (function,) = statement["Condition"]["ArnEquals"].items()
                reaching.setdefault(role, set()).add(function)
    assert reaching == {
        role: {("lambda:SourceFunctionArn", template.attribute(function, "Arn"))} for role, function in REACHING[name].items()
    }
    for role, function in REACHING[name].items():
        assert template.resources[function]["Properties"]["Role"] == template.attribute(role, "Arn")


def test_members_are_reached_in_the_organization_alone():
    """With IfExists an account that is in no organization would pass: its key is absent."""
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    for role in REACHING["gatehouse.yaml"]:
        (reach,) = [each for each in template.statements(role) if "sts:AssumeRole" in listed(each["Action"])]
        assert reach["Condition"]["StringEquals"] == {"aws:ResourceOrgID": "o-a1b2c3d4e5"}
    alone = Template("gatehouse.yaml", **{**FULL["gatehouse.yaml"], "TrustedOrganization": ""})
    (reach,) = [each for each in alone.statements("ResolveRole") if "sts:AssumeRole" in listed(each["Action"])]
    assert set(reach["Condition"]) == {"ArnEquals"}


@pytest.mark.parametrize("name, role", [("gatehouse.yaml", "ResolveRole"), ("single-function.yaml", "Role")])
@pytest.mark.parametrize("mode, suffix", [("observe", "-read"), ("approve", "-read"), ("enforce", "")])
def test_what_must_not_change_may_only_read_in_other_accounts(name, role, mode, suffix):
    template = Template(name, **{**FULL[name], "Mode": mode})
    (reach,) = [each for each in template.statements(role) if "sts:AssumeRole" in listed(each["Action"])]
    assert reach["Resource"] == f"arn:aws:iam::*:role/GatehouseMember{suffix}"
    (setting,) = {
        function["Environment"]["Variables"]["GATEHOUSE_MEMBER_ROLE"]
        for function in template.of_type("AWS::Lambda::Function").values()
        if function["Role"] == template.attribute(role, "Arn")
    }
    assert setting == f"GatehouseMember{suffix}"
    alone = Template(name, **{**FULL[name], "Mode": mode, "MemberRoleName": "", "MemberExternalId": ""})
    for function in alone.of_type("AWS::Lambda::Function").values():
        assert not function["Environment"]["Variables"].get("GATEHOUSE_MEMBER_ROLE")


def test_who_may_edit_roles_may_not_edit_the_protected_ones():
    seen = 0
    for name in ("gatehouse.yaml", "single-function.yaml", "member-role.yaml"):
        template = Template(name, **FULL[name])
        for role in roles(template):
            if "iam:UpdateAssumeRolePolicy" not in actions_of(template, role):
                continue
            denied = {each["Sid"]: each for each in template.statements(role) if each["Effect"] == "Deny"}
            by_name, by_tag, by_you = (denied.pop(sid) for sid in ("ProtectedByName", "OurOwn", "ProtectedByYou"))
            # What is not a role: test_blocked_types.py.
            assert set(denied) == {"OurOwnResources"}
            # A role's sessions are ended by a policy of the role, whether that is switched on or not.
            edits = ["iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
            assert by_name["Action"] == by_tag["Action"] == by_you["Action"] == edits
            assert "Condition" not in by_name and "Condition" not in by_you
            assert {arn.split(":role/")[1] for arn in by_name["Resource"]} == {
                "aws-service-role/*", "aws-reserved/*", "AWSControlTowerExecution", "aws-controltower-*",
                "stacksets-exec-*", "AWSCloudFormationStackSetExecutionRole", "OrganizationAccountAccessRole",
                "AWSAFTExecution", "AWSAFTAdmin", "AWSAccelerator*", "cdk-hnb659fds-*", "gatehouse/*", "GatehouseMember*",
            }  # fmt: skip
            assert all(arn.startswith("arn:aws:iam::*:role/") for arn in by_name["Resource"])
            assert by_you["Resource"] == ["arn:aws:iam::*:role/break-glass-*"]
            assert by_tag["Condition"] == {"Null": {"aws:ResourceTag/gatehouse:component": "false"}}
            assert by_tag["Resource"] == "arn:aws:iam::*:role/*"
            seen += 1
    assert seen == 4
    # Without members nothing but names is denied: an empty name would deny every role.
    alone = Template("gatehouse.yaml", CodeBucket="code", Mode="enforce")
    (by_name,) = [each for each in alone.statements("ResolveRole") if each["Sid"] == "ProtectedByName"]
    assert not [arn for arn in by_name["Resource"] if arn.endswith(":role/*")]
    assert "ProtectedByYou" not in {each["Sid"] for each in alone.statements("ResolveRole")}


def test_our_own_roles_are_protected_by_their_names():
    """The tag can be taken off; the path cannot."""
    for name in REACHING:
        template = Template(name, **FULL[name])
        (by_name,) = template.resources["ProtectedRolesPolicy"]["Properties"]["PolicyDocument"]["Statement"][:1]
        for role in roles(template):
            assert any(matches(pattern, template.attribute(role, "Arn")) for pattern in by_name["Resource"]), role


def test_reading_is_the_same_in_every_template():
    reading = {
        name: {json.dumps(s, sort_keys=True) for s in read(name)["Resources"]["ReadingPolicy"]["Properties"]["PolicyDocument"]["Statement"]}
        for name in ("gatehouse.yaml", "single-function.yaml", "member-role.yaml")
    }  # fmt: skip
    assert reading["single-function.yaml"] == reading["member-role.yaml"]
    (more,) = map(json.loads, reading["gatehouse.yaml"] - reading["member-role.yaml"])
    assert more["Fn::If"][0] == "LooksUpAccounts"
    assert reading["member-role.yaml"] < reading["gatehouse.yaml"]


def test_only_our_functions_can_assume_the_member_roles():
    template = Template("member-role.yaml", **{**FULL["member-role.yaml"], "Organization": "o-a1b2c3d4e5"})
    path = "arn:aws:iam::111122223333:role/gatehouse/"
    expected = {"ReadingRole": [f"{path}read/*", f"{path}change/*"], "ChangingRole": f"{path}change/*"}
    assert set(roles(template)) == set(expected)
    for name, role in roles(template).items():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
        assert trust["Condition"] == {
            "ArnLike": {"aws:PrincipalArn": expected[name]},
            "StringEquals": {"sts:ExternalId": "external", "aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        }
    member = FULL["gatehouse.yaml"]["MemberRoleName"]
    assert [role["RoleName"] for role in roles(template).values()] == [f"{member}-read", member]
    stack = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    settings = {
        function["Handler"]: function["Environment"]["Variables"].get("GATEHOUSE_MEMBER_ROLE")
        for function in stack.of_type("AWS::Lambda::Function").values()
    }
    assert {handler: name for handler, name in settings.items() if name} == {
        "enrich": f"{member}-read", "resolve": member, "rollback": member,
    }  # fmt: skip
    for role in roles(stack):
        for statement in stack.statements(role):
            if "sts:AssumeRole" in listed(statement["Action"]):
                suffix = "-read" if role == "EnrichRole" else ""
                assert statement["Resource"] == f"arn:aws:iam::*:role/{member}{suffix}"
