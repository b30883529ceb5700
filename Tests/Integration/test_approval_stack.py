"""Approvals in the templates: the page, its address, the key of its links, and what each may do with them."""

import re

import boto3
import pytest
from botocore.exceptions import ClientError

import support.deployed  # noqa: F401, conditions of policies
from support.account import MEMBER, REGION
from support.approvals import PERMITTED
from support.cloudformation import Stack
from support.deployments import FULL, actions_of, roles
from support.patterns import matches
from support.template import DEPLOY, Template, listed, read

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
KEY = FULL["ledger.yaml"]["KeyArn"]
APPROVALS = {"LedgerTableArn": TABLE, "LedgerKeyArn": KEY, "ApprovalPage": "iam", "ApprovalHours": "48"}
NAME = "single-function.yaml"
PAGE = ("ApprovalKey", "ApprovalPageFunction", "ApprovalPageUrl", "ApprovalPageRole", "ApprovalPagePolicy", "ApprovalPageAlarm")
ONLY_PUBLIC = ("ApprovalPagePermission", "ApprovalPageInvokePermission")
SESSIONS = {"iam:DeleteRolePolicy", "iam:PutRolePolicy"}


def template(**parameters):
    return Template(NAME, **{**FULL[NAME], **APPROVALS, **parameters})


def settings(stack, function):
    return stack.resources[function]["Properties"]["Environment"]["Variables"]


def at(stack, role, sid):
    return [each for each in stack.statements(role) if each["Sid"] == sid]


def test_there_is_no_page_unless_it_is_asked_for():
    for stack in (template(ApprovalPage="off"), Template(NAME, **FULL[NAME])):
        assert not set(stack.resources) & {*PAGE, *ONLY_PUBLIC}
        assert "secretsmanager:GetSecretValue" not in actions_of(stack, "Role")
        assert not [name for name in settings(stack, "Function") if name in ("GATEHOUSE_APPROVAL_URL", "GATEHOUSE_APPROVAL_KEY")]
    # By the command line people decide all the same.
    assert settings(template(ApprovalPage="off"), "Function")["GATEHOUSE_APPROVAL_HOURS"] == "48"
    assert "GATEHOUSE_APPROVAL_HOURS" not in settings(Template(NAME, **FULL[NAME]), "Function")


def test_the_parameters_are_what_they_say():
    body = read(NAME)
    parameters = body["Parameters"]
    assert [parameters["ApprovalPage"][key] for key in ("Default", "AllowedValues")] == ["off", ["off", "iam", "public"]]
    assert [parameters["ApprovalHours"][key] for key in ("Default", "MinValue", "MaxValue")] == [24, 1, 720]
    assert [parameters["RevokeSessions"][key] for key in ("Default", "AllowedValues")] == ["off", ["off", "on"]]
    rule = body["Rules"]["ApprovalPage"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ApprovalPage"}, "off"]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "LedgerTableArn"}, ""]}]}


@pytest.mark.parametrize("page, auth", [("iam", "AWS_IAM"), ("public", "NONE")])
def test_who_may_open_the_page(page, auth):
    stack = template(ApprovalPage=page)
    assert set(PAGE) <= set(stack.resources)
    address = stack.resources["ApprovalPageUrl"]["Properties"]
    assert address == {"TargetFunctionArn": "ApprovalPageFunction", "AuthType": auth}
    permissions = {name: stack.resources[name]["Properties"] for name in ONLY_PUBLIC if name in stack.resources}
    if page == "iam":
        assert permissions == {}
    else:
        # A new address needs both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        everybody = {"FunctionName": "ApprovalPageFunction", "Principal": "*"}
        assert permissions == {
            "ApprovalPagePermission": {**everybody, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
            "ApprovalPageInvokePermission": {**everybody, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
        }
    output = read(NAME)["Outputs"]["ApprovalPageAddress"]
    assert stack.resolve(output["Value"]) == "ApprovalPageUrl.FunctionUrl" and output["Condition"] == "HasPage"


def test_the_page_may_record_and_hand_on_and_nothing_else():
    stack = template(ApprovalPage="public", MemberRoleName="GatehouseMember", MemberExternalId="external")
    basic = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    of_keys = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
    # In the workflow it ends a task; here it invokes the function that asked.
    assert actions_of(stack, "ApprovalPageRole") == {*PERMITTED, *basic, *of_keys} - {"states:SendTaskSuccess"}
    (hand_on,) = at(stack, "ApprovalPageRole", "HandOn")
    assert hand_on["Resource"] == stack.attribute("Function", "Arn")
    # Whichever of the two asked gets what was decided.
    (hand_on,) = at(template(SweepSchedule="rate(1 day)"), "ApprovalPageRole", "HandOn")
    assert hand_on["Resource"] == [stack.attribute(name, "Arn") for name in ("Function", "SweepFunction")]
    for statement in stack.statements("ApprovalPageRole"):
        assert statement["Sid"] == "Trace" or statement["Resource"] != "*"
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            ((_, condition),) = statement["Condition"].items()
            assert set(condition) == {"kms:ViaService"}
    role = stack.resources["ApprovalPageRole"]["Properties"]
    assert role["Path"] == "/gatehouse/" and role["Tags"] == [{"Key": "gatehouse:component", "Value": "approval-page"}]


def test_of_the_ledger_the_page_has_the_requests_alone():
    (ledger,) = at(template(), "ApprovalPageRole", "Ledger")
    ((operator, keys),) = ledger["Condition"].items()
    assert (ledger["Resource"], operator) == (TABLE, "ForAllValues:StringLike")
    (patterns,) = keys.values()
    assert set(keys) == {"dynamodb:LeadingKeys"}
    schema = (DEPLOY.parent / "Sources" / "Ledger" / "Ledger.docc" / "Schema.md").read_text()
    known = re.findall(r"^\| `([A-Z#a-z-]+)` \| `?[A-Za-z#]", schema.split("| `pk` | `sk` | data | what |")[1], re.MULTILINE)
    let_in = {key for key in known if any(matches(pattern, key) for pattern in patterns)}
    assert let_in == {"APPROVAL#FINDING", "APPROVALS", "REJECTION#ARN"}
    assert {"RESOURCE#ARN", "CURRENT", "FINDING#FINDING", "COUNTER#changes#HOUR", "CONTROL"} <= set(known) - let_in


def test_what_the_page_is_told():
    stack = template()
    assert settings(stack, "ApprovalPageFunction") == {
        "GATEHOUSE_MODE": "enforce",
        "GATEHOUSE_LEDGER_TABLE": TABLE,
        "GATEHOUSE_APPROVAL_KEY": "secretsmanager:" + stack.attribute("ApprovalKey", "Arn"),
        "GATEHOUSE_COOL_DOWN_DAYS": "14",
    }
    page, own = (stack.resources[name]["Properties"] for name in ("ApprovalPageFunction", "Function"))
    assert page["Handler"] == "approve"
    for same in ("Code", "Runtime", "Architectures", "MemorySize", "TracingConfig", "LoggingConfig"):
        assert page[same] == own[same]
    image = template(ImageUri="123456789012.dkr.ecr.us-east-1.amazonaws.com/g:1").resources["ApprovalPageFunction"]["Properties"]
    assert image["ImageConfig"] == {"Command": ["approve"]} and not {"Handler", "Runtime"} & set(image)


def test_who_asks_makes_the_links():
    stack = template(SweepSchedule="rate(6 hours)")
    key = stack.attribute("ApprovalKey", "Arn")
    for function in ("Function", "SweepFunction"):
        its = settings(stack, function)
        assert its["GATEHOUSE_APPROVAL_URL"] == "ApprovalPageUrl.FunctionUrl"
        assert its["GATEHOUSE_APPROVAL_KEY"] == f"secretsmanager:{key}"
        assert its["GATEHOUSE_APPROVAL_HOURS"] == "48"
    readers = {role for role in roles(stack) if "secretsmanager:GetSecretValue" in actions_of(stack, role)}
    assert readers == {"Role", "ApprovalPageRole"}
    for role in readers:
        (read_key,) = at(stack, role, "ApprovalKey")
        (decrypt,) = at(stack, role, "ApprovalKeyKey")
        assert (read_key["Action"], read_key["Resource"]) == ("secretsmanager:GetSecretValue", key)
        assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", stack.attribute("Key", "Arn"))
        assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}


def test_the_key_is_random_encrypted_and_ours():
    secret = template().resources["ApprovalKey"]["Properties"]
    assert secret["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
    assert secret["KmsKeyId"] == "Key.Arn" or secret["KmsKeyId"].startswith("arn:aws:kms:")
    assert secret["Tags"] == [{"Key": "gatehouse:component", "Value": "approval-key"}]


@pytest.mark.parametrize("mode, ledger, may", [
    ("observe", True, False), ("approve", False, False), ("approve", True, True), ("enforce", False, True), ("enforce", True, True),
])  # fmt: skip
def test_what_somebody_approved_may_be_done(mode, ledger, may):
    """In `approve` with a ledger what is written was approved; without one nobody can approve."""
    given = {"LedgerTableArn": TABLE if ledger else "", "LedgerKeyArn": "", "ApprovalPage": "off", "Mode": mode}
    stack = template(**given, MemberRoleName="GatehouseMember", MemberExternalId="external")
    assert ("iam:UpdateAssumeRolePolicy" in actions_of(stack, "Role")) == may
    (reach,) = at(stack, "Role", "OtherAccounts")
    member = "GatehouseMember" if may else "GatehouseMember-read"
    assert reach["Resource"] == f"arn:aws:iam::*:role/{member}"
    assert settings(stack, "Function")["GATEHOUSE_MEMBER_ROLE"] == member


def test_sessions_are_ended_only_where_that_is_switched_on():
    stack = template(RevokeSessions="on")
    (write,), (change,), (look,) = (at(stack, "Role", sid) for sid in ("ChangeRoleSessions", "ChangeRole", "RoleSessions"))
    assert set(write["Action"]) == SESSIONS
    assert (write["Resource"], write["Condition"]) == (change["Resource"], change["Condition"])
    assert set(look["Action"]) == {"iam:GetRolePolicy", "iam:ListRolePolicies"}
    assert settings(stack, "Function")["GATEHOUSE_REVOKE_SESSIONS"] == "on"
    for without in (template(), template(RevokeSessions="on", BlockedTypes="AWS::SQS::Queue"), template(RevokeSessions="on", Mode="observe")):
        assert not SESSIONS & actions_of(without, "Role")
    assert "GATEHOUSE_REVOKE_SESSIONS" not in settings(template(), "Function")


def test_the_page_is_watched():
    alarm = template().resources["ApprovalPageAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/Lambda", "Url5xxCount", 0)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "ApprovalPageFunction"}]


def test_no_resource_waits_for_itself():
    """The function has the page's address, and the page may invoke the function: neither may wait for the other."""
    body = read(NAME)["Resources"]

    def named(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "Ref":
                    yield inner
                elif key == "Fn::GetAtt":
                    yield inner[0]
                elif key == "Fn::Sub":
                    text, values = (inner, {}) if isinstance(inner, str) else inner
                    names = {each.split("}")[0].split(".")[0] for each in text.split("${")[1:]}
                    yield from names - set(values)
                    yield from named(values)
                else:
                    yield from named(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from named(inner)

    waits = {name: {other for other in named(resource) if other in body} for name, resource in body.items()}
    while ready := [name for name, others in waits.items() if not others]:
        waits = {name: others - set(ready) for name, others in waits.items() if name not in ready}
    assert waits == {}


def test_the_settings_fit_with_the_page_as_well():
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    accounts = ",".join(["123456789012"] * 200)
    stack = template(TrustedAccounts=accounts, RevokeSessions="on", MemberRoleName="m" * 59, MemberExternalId="x" * 64)
    long = {
        "GATEHOUSE_APPROVAL_URL": f"https://{'a' * 32}.lambda-url.ap-southeast-2.on.aws/",
        "GATEHOUSE_APPROVAL_KEY": "secretsmanager:arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:ApprovalKey-AbCdEfGhIjKl-AbCdEf",
        "GATEHOUSE_TOPIC_ARN": "arn:aws:sns:ap-southeast-2:123456789012:gatehouse-Topic-AbCdEfGhIjKl",
    }
    variables = {**settings(stack, "Function"), **long}
    assert sum(len(name) + len(value) for name, value in variables.items()) <= 4096


@pytest.mark.parametrize("page", ["iam", "public"])
def test_it_is_deployed(accounts, page):
    tables = accounts.client("dynamodb", MEMBER)
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    tables.create_table(
        TableName="gatehouse-ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
    )
    stack = Stack(accounts, MEMBER, NAME, Mode="enforce", LedgerTableArn=TABLE, ApprovalPage=page)
    assert "approve" in {function.handler for function in stack.functions().values()}
    assert stack.outputs["ApprovalPageAddress"].startswith("https://")
    (function,) = [each for each in stack.functions().values() if each.handler == "respond"]
    assert function.environment_vars["GATEHOUSE_APPROVAL_URL"] == stack.outputs["ApprovalPageAddress"]
    location, _, arn = function.environment_vars["GATEHOUSE_APPROVAL_KEY"].partition(":")
    assert location == "secretsmanager"

    def client(service, role):
        session = accounts.session(stack.role_arn(role))
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=accounts.aws.url,
            aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=session["AWS_SESSION_TOKEN"],
        )

    keys = {client("secretsmanager", role).get_secret_value(SecretId=arn)["SecretString"] for role in ("ApprovalPageRole", "Role")}
    (key,) = keys
    assert len(key) == 64 and key.isalnum()
    with pytest.raises(ClientError, match="is not authorized"):
        client("iam", "ApprovalPageRole").list_roles()
