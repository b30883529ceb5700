"""The CloudFormation templates: linters, and what a linter does not know."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from support.deployments import ASKING_HANDLERS, ASKING_WORKFLOW, FULL, HANDLERS, REACHING, SETS, WRITERS, roles
from support.patterns import overlap
from support.prepare import tool
from support.service_authorization import formats
from support.template import DEPLOY, NAMES, WITH_ROLES, Template, listed, read

# Checks of checkov that do not hold for us, with the reason; any other that fails, and any here that holds, is told.
NOT_FOR_US = {
    "CKV_AWS_26": "the forwarder's topic carries its alarm and no finding; the one that carries findings has a key",
    "CKV_AWS_27": "SQS encrypts with its own key: EventBridge needs no permission for it, so none is lost for want of it",
    "CKV_AWS_115": "only what writes runs once at a time; a limit on the others takes concurrency from the account",
    "CKV_AWS_116": "the workflow calls the functions and catches; the one function has a failure destination instead",
    "CKV_AWS_117": "the functions call public AWS endpoints and nothing of a VPC",
    "CKV_AWS_173": "the settings hold no secret; Lambda encrypts them with its own key",
}


def test_cfn_lint_has_nothing_to_say():
    command = [pathlib.Path(sys.executable).with_name("cfn-lint"), *(DEPLOY / name for name in NAMES)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "")


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_sam_validates(name, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [tool("sam") / "sam", "validate", "--lint", "--template", DEPLOY / name],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_checkov_finds_nothing_but_what_is_not_for_us(tmp_path):
    files = [argument for name in NAMES for argument in ("--file", DEPLOY / name)]
    done = subprocess.run(
        [
            tool("checkov") / "checkov",
            *files,
            "--framework",
            "cloudformation",
            "--skip-download",
            # checkov 3.3 cannot write what this one found of a function URL; ours has no CORS settings.
            "--skip-check",
            "CKV2_AWS_75",
            "--compact",
            "-o",
            "json",
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    failed = report["results"]["failed_checks"]
    unexpected = [f"{check['check_id']} {check['resource']}" for check in failed if check["check_id"] not in NOT_FOR_US]
    assert unexpected == []
    plain = [check["file_path"] for check in failed if check["check_id"] == "CKV_AWS_26"]
    assert [pathlib.Path(path).name for path in plain] == ["forwarder.yaml"]
    assert {check["check_id"] for check in failed} == set(NOT_FOR_US), "some check is met by now: take it from the list"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_given(name):
    """Beyond 51,200 bytes CloudFormation takes a template from a bucket alone; the next comment must not reach it.

    Those of the functions are beyond it: what each type needs is written out for each function that needs it. So every
    way to deploy them goes by a bucket (test_deploy_readme.py, test_install.py), where a template may have a megabyte.
    """
    assert len((DEPLOY / name).read_bytes()) < (1_000_000 if name in REACHING else 50_000)


@pytest.mark.parametrize("name, parameters", [each for each in SETS if each[0] in WITH_ROLES])
def test_no_permission_is_wider_than_aws_lets_it_be(name, parameters):
    template = Template(name, **parameters)
    allowed = [
        (role, statement)
        for role in roles(template)
        for statement in template.statements(role)
        if statement["Effect"] == "Allow"
    ]
    assert allowed
    named = {action for _, statement in allowed for action in listed(statement["Action"])}
    assert not [action for action in named if action.endswith(":*") or action == "*"]
    possible = formats({action.replace("GenerateDataKey*", "GenerateDataKey") for action in named})
    wrong = []
    for role, statement in allowed:
        actions = [action.replace("GenerateDataKey*", "GenerateDataKey") for action in listed(statement["Action"])]
        resources = listed(statement["Resource"])
        for action in actions:
            if resources == ["*"]:
                narrow = not possible[action]
            else:
                narrow = any(overlap(row, resource) for row in possible[action] for resource in resources)
            if not narrow:
                wrong.append(f"{role}: {action} on {resources}, where AWS knows {possible[action]}")
        for resource in set(resources) - {"*"}:
            if not any(overlap(row, resource) for action in actions for row in possible[action]):
                wrong.append(f"{role}: {resource} is of none of {actions}")
    assert wrong == []


def test_each_handler_has_a_function_and_a_role_of_its_own():
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    functions = {function["Handler"]: function for function in template.of_type("AWS::Lambda::Function").values()}
    assert {handler: function["Timeout"] for handler, function in functions.items()} == HANDLERS
    assert len({function["Role"] for function in functions.values()}) == len(HANDLERS)
    for handler, function in functions.items():
        role = roles(template)[function["Role"].rsplit("/", 1)[1]]
        tag = [{"Key": "gatehouse:component", "Value": handler}]
        assert function["Tags"] == role["Tags"] == tag
        assert role["PermissionsBoundary"].endswith(":policy/boundary")
        assert function.get("ReservedConcurrentExecutions") == (1 if handler in WRITERS else None)
    # The page has a tag and a role of its own, and the handler of the one that asks.
    asking = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    found = {each["Tags"][0]["Value"]: each for each in asking.of_type("AWS::Lambda::Function").values()}
    assert {part: each["Timeout"] for part, each in found.items()} == {**HANDLERS, **ASKING_HANDLERS}
    assert len({each["Role"] for each in found.values()}) == len(found)
    for part, each in found.items():
        assert each["Handler"] == {"approval-page": "approve"}.get(part, part)
        assert roles(asking)[each["Role"].rsplit("/", 1)[1]]["Tags"] == each["Tags"]
        # With a ledger one waits for another by its leases.
        assert "ReservedConcurrentExecutions" not in each
    image = Template("gatehouse.yaml", CodeBucket="code", ImageUri="123456789012.dkr.ecr.us-east-1.amazonaws.com/g:1")
    for function in image.of_type("AWS::Lambda::Function").values():
        assert function["PackageType"] == "Image"
        assert function["ImageConfig"]["Command"][0] in HANDLERS
        assert not {"Handler", "Runtime"} & set(function)


def test_every_role_of_ours_is_tagged_as_ours():
    for name, parameters in SETS:
        for role in roles(Template(name, **parameters)).values():
            assert role["Tags"][0]["Key"] == "gatehouse:component"


@pytest.mark.parametrize("name", NAMES)
def test_no_partition_region_or_account_is_written_out(name):
    body = read(name)
    text = json.dumps({key: body[key] for key in ("Resources", "Outputs")})
    assert re.findall(r"arn:aws", text) == []
    assert re.findall(r"amazonaws\.com\.cn|(?:us|eu|ap|cn)-[a-z]+-[0-9]", text) == []
    assert re.findall(r"\b[0-9]{12}\b", text) == []
    # Names of services as principals are the same in every partition.
    assert set(re.findall(r"[a-z]+\.amazonaws\.com", text)) <= {
        "lambda.amazonaws.com",
        "states.amazonaws.com",
        "events.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "scheduler.amazonaws.com",
    }


@pytest.mark.parametrize("name, parameters", [each for each in SETS if each[0] in WITH_ROLES])
def test_a_boundary_bounds_every_role(name, parameters):
    given = "bounds/tight" if name == "member-role.yaml" else "arn:aws:iam::123456789012:policy/bounds/tight"
    template = Template(name, **{**parameters, "PermissionsBoundary": given})
    for role in roles(template).values():
        assert role["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/bounds/tight"
    for role in roles(Template(name, **{**parameters, "PermissionsBoundary": ""})).values():
        assert "PermissionsBoundary" not in role


@pytest.mark.parametrize("mode", ["observe", "approve", "enforce"])
@pytest.mark.parametrize("name", WITH_ROLES)
def test_no_policy_is_empty(name, mode):
    """IAM refuses a document without statements."""
    sets = [
        *(parameters for whose, parameters in SETS if whose == name),
        {key: value for key, value in FULL[name].items() if key in ("CodeBucket", "GatehouseAccount", "ExternalId", "HomeRegion")},
    ]
    for parameters in sets:
        more = {"Mode": mode} if "Mode" in read(name)["Parameters"] else {}
        template = Template(name, **{**parameters, **more})
        for resource in template.resources.values():
            for document in documents_in(resource):
                assert document["Statement"], resource


def documents_in(value):
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from documents_in(inner)


@pytest.mark.parametrize("name", REACHING)
def test_the_log_level_leaves_the_metrics_in_the_log(name):
    """Lambda takes a line without a level, as metrics are, for INFO, and drops what is below the function's level."""
    assert read(name)["Parameters"]["LogLevel"]["AllowedValues"] == ["TRACE", "DEBUG", "INFO"]


@pytest.mark.parametrize("name", REACHING)
def test_the_most_settings_fit_into_a_function(name):
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    parameters = read(name)["Parameters"]
    accounts = ",".join(["123456789012"] * 200)
    assert parameters["TrustedAccounts"]["MaxLength"] == len(accounts)
    given = {"TrustedAccounts": accounts, "MemberExternalId": "x" * 400, "MemberRoleName": "m" * 59}
    for parameters in [parameters for whose, parameters in SETS if whose == name]:
        # What deploy/README.md says of stacks with integrations.
        fewer = {"TrustedAccounts": accounts[: 13 * 170 - 1]} if "EventBusArn" in parameters else {}
        for function in Template(name, **{**parameters, **given, **fewer}).of_type("AWS::Lambda::Function").values():
            assert len(json.dumps(function["Environment"]["Variables"])) <= 4096


@pytest.mark.parametrize("name", REACHING)
def test_a_member_role_without_its_external_id_is_refused(name):
    rule = read(name)["Rules"]["Members"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MemberRoleName"}, ""]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "MemberExternalId"}, ""]}]}


@pytest.mark.parametrize("name", REACHING)
def test_a_failed_creation_leaves_no_log_groups(name):
    logs = {key: each for key, each in read(name)["Resources"].items() if each["Type"] == "AWS::Logs::LogGroup"}
    assert logs
    for group in logs.values():
        assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    if "WorkflowLogs" in logs:
        # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        name = Template(name, CodeBucket="code").resources["WorkflowLogs"]["Properties"]["LogGroupName"]
        assert name == "/aws/vendedlogs/states/gatehouse-1234567db123"


@pytest.mark.parametrize("name", REACHING)
def test_undelivered_events_need_no_key_of_ours(name):
    template = Template(name, **FULL[name])
    queue = template.resources["UndeliveredQueue"]["Properties"]
    assert queue["SqsManagedSseEnabled"] is True and "KmsMasterKeyId" not in queue
    services = [
        each["Principal"].get("Service") for each in template.resources["Key"]["Properties"]["KeyPolicy"]["Statement"]
    ]
    assert services == [None, "cloudwatch.amazonaws.com"]


def test_an_urgent_topic_may_have_a_key_of_its_own():
    template = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    (encrypt,) = [each for each in template.statements("NotifyRole") if each["Sid"] == "Encrypt"]
    assert encrypt["Resource"] == [template.attribute("Key", "Arn"), FULL["gatehouse.yaml"]["UrgentTopicKeyArn"]]


@pytest.mark.parametrize("name", REACHING)
def test_keys_are_used_through_their_service_alone(name):
    template = Template(
        name, **FULL[name], **({"RulesKeyArn": "arn:aws:kms:us-east-1:1:key/1"} if name.startswith("single") else {})
    )
    using = [
        statement
        for role in roles(template)
        for statement in template.statements(role)
        if statement["Effect"] == "Allow" and "kms:Decrypt" in listed(statement["Action"])
    ]
    assert len(using) >= 2
    for statement in using:
        (condition,) = statement["Condition"].values()
        assert set(condition) == {"kms:ViaService"}


def test_a_writer_runs_once_at_a_time_where_it_writes():
    for mode, resolve in (("observe", None), ("approve", None), ("enforce", 1)):
        functions = Template("gatehouse.yaml", CodeBucket="code", Mode=mode).of_type("AWS::Lambda::Function")
        assert functions["ResolveFunction"].get("ReservedConcurrentExecutions") == resolve
        assert functions["RollbackFunction"].get("ReservedConcurrentExecutions") == 1
        single = Template("single-function.yaml", CodeBucket="code", Mode=mode).of_type("AWS::Lambda::Function")
        assert single["Function"].get("ReservedConcurrentExecutions") == resolve


def test_undoing_by_the_workflow_is_told():
    template = Template("gatehouse.yaml", CodeBucket="code")
    machine = template.resources["RollbackWorkflow"]["Properties"]
    states = machine["Definition"]["States"]
    assert states["Rollback"]["Resource"] == template.attribute("RollbackFunction", "Arn")
    assert states["Notify"]["Resource"] == template.attribute("NotifyFunction", "Arn")
    functions = template.of_type("AWS::Lambda::Function")
    for state, function in (("Rollback", "RollbackFunction"), ("Notify", "NotifyFunction")):
        assert states[state]["TimeoutSeconds"] < functions[function]["Timeout"]
    (steps,) = template.statements("RollbackWorkflowRole")
    assert steps["Resource"] == [states["Rollback"]["Resource"], states["Notify"]["Resource"]]


def test_the_workflow_is_given_what_its_file_asks_for():
    template = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    machine = template.resources["Workflow"]["Properties"]
    asked = set(re.findall(r"\$\{([A-Za-z]+)\}", (DEPLOY / "gatehouse.asl.json").read_text()))
    assert asked == set(machine["DefinitionSubstitutions"])
    functions = template.of_type("AWS::Lambda::Function")
    given = {value for name, value in machine["DefinitionSubstitutions"].items() if name.endswith("FunctionArn")}
    (steps,) = [each for each in template.statements("WorkflowRole") if each["Sid"] == "Steps"]
    assert set(steps["Resource"]) == given
    timeouts = {name: function["Timeout"] for name, function in functions.items()}
    states = json.loads((DEPLOY / "gatehouse.asl.json").read_text())["States"]
    for state in states.values():
        function = state.get("Parameters", {}).get("FunctionName") if state["Type"] == "Task" else None
        if function:
            seconds = timeouts[function.strip("${}").removesuffix("Arn")]
            assert "TimeoutSecondsPath" in state or state["TimeoutSeconds"] < seconds, state
    # What is not switched on has no function, and no execution comes there.
    alone = Template("gatehouse.yaml", CodeBucket="code").resources["Workflow"]["Properties"]["DefinitionSubstitutions"]
    assert (alone["Preview"], alone["PreviewFunctionArn"], alone["ApproveFunctionArn"]) == ("off", "none", "none")
