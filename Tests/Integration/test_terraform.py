"""The Terraform module itself: what it takes, what it refuses, and what it has beyond deploy/gatehouse.yaml."""

import json

import hcl2
import pytest

from support.same_stack import PAIRS, snake
from support.template import listed, read
from support.terraform import MODULE, Refused, Terraform

# The template's parameters that say where the program comes from; the module takes a file.
NOT_VARIABLES = {"CodeBucket", "CodeKey", "WorkflowKey"}
SWITCHES = {"False": "off", "True": "on"}

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def parsed():
    """Every file of the module, read by a parser that is not Terraform's own."""
    merged = {}
    for file in sorted(MODULE.glob("*.tf")):
        for kind, blocks in hcl2.loads(file.read_text()).items():
            merged.setdefault(kind, []).extend(blocks if isinstance(blocks, list) else [blocks])
    return merged


def unquoted(name):
    return name.strip('"')


def test_variables_are_the_parameters():
    found = {unquoted(name): body for each in parsed()["variable"] for name, body in each.items()}
    parameters = read("gatehouse.yaml")["Parameters"]
    for name in set(parameters) - NOT_VARIABLES:
        ours, theirs = parameters[name], found[snake(name)]
        default = theirs["default"]
        default = ",".join(map(unquoted, default)) if isinstance(default, list) else unquoted(str(default))
        assert SWITCHES.get(default, default) == str(ours.get("Default", "")), name
        assert unquoted(theirs["description"]), name


def test_the_parser_finds_the_same_resources():
    """Without Terraform on the machine this is what is left: every type and name that the pairs name is written."""
    found = {
        f"{unquoted(kind)}.{unquoted(name)}"
        for each in parsed()["resource"]
        for kind, named in each.items()
        for name in named
        if not name.startswith("__")
    }
    wanted = {address.split("[")[0] for address in PAIRS.values()}
    assert wanted <= found


@pytest.fixture(scope="module")
def extras(terraform, package_file):
    return terraform.plan(
        package_file=str(package_file),
        analyzer="ORGANIZATION",
        unused_access_days=90,
        archive_rules={
            "own-partner": [
                {"criteria": "principal.AWS", "eq": ["111122223333"]},
                {"criteria": "error", "exists": "false"},
            ]
        },
        policy_generation={"trail_bucket": "our-trail", "trail_key_arn": KEY},
    )


def test_analyzers_and_archive_rules(extras):
    external = extras.resources["aws_accessanalyzer_analyzer.external[0]"]
    assert (external["analyzer_name"], external["type"]) == ("gatehouse", "ORGANIZATION")
    unused = extras.resources["aws_accessanalyzer_analyzer.unused[0]"]
    assert unused["type"] == "ORGANIZATION_UNUSED_ACCESS"
    assert unused["configuration"][0]["unused_access"][0]["unused_access_age"] == 90
    rule = extras.resources['aws_accessanalyzer_archive_rule.external["own-partner"]']
    assert [each["criteria"] for each in rule["filter"]] == ["principal.AWS", "error"]
    assert rule["filter"][0]["eq"] == ["111122223333"]


def test_policy_generation_is_for_our_account_alone(extras):
    role = extras.resources["aws_iam_role.policy_generation[0]"]
    assert role["path"] == "/service-role/"
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": "access-analyzer.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    allowed = {
        action: statement
        for statement in json.loads(extras.resources["aws_iam_role_policy.policy_generation[0]"]["policy"])["Statement"]
        for action in listed(statement["Action"])
    }
    assert set(allowed) == {
        "cloudtrail:GetTrail",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:GetServiceLastAccessedDetails",
        "s3:GetObject",
        "s3:ListBucket",
        "kms:Decrypt",
    }
    assert allowed["s3:GetObject"]["Resource"] == "arn:aws:s3:::our-trail/*"
    assert allowed["s3:ListBucket"]["Resource"] == "arn:aws:s3:::our-trail"
    assert allowed["kms:Decrypt"]["Resource"] == KEY
    assert allowed["kms:Decrypt"]["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


def test_a_first_plan(package_file, terraform):
    """Nothing decides by an ARN or id, which nobody knows before the first apply, how many resources there are."""
    fresh = Terraform(assigns="unknown")
    wanted = {"package_file": str(package_file), "notification_email": "a@example.com", "unused_access_days": 90}
    wanted |= {"policy_generation": {"trail_bucket": "our-trail"}, "rules_parameter": "/rules"}
    try:
        plan = fresh.plan(**wanted)
    finally:
        fresh.stop()
    assert set(plan.resources) == set(terraform.plan(**wanted).resources)


def test_another_partition(package_file, terraform):
    china = Terraform(region="cn-north-1", partition="aws-cn")
    try:
        plan = china.plan(
            package_file=str(package_file),
            mode="enforce",
            member_role_name="GatehouseMember",
            member_external_id="some-external-id",
            rules_bucket="our-rules",
            rules_key="rules.json",
            organization_look_ups=True,
            policy_generation={"trail_bucket": "our-trail"},
        )
    finally:
        china.stop()
    assert "arn:aws-cn:" in plan.text
    assert "arn:aws:" not in plan.text
    assert "sns.cn-north-1.amazonaws.com.cn" in plan.text


@pytest.mark.parametrize(
    "wrong, word",
    [
        ({"mode": "yolo"}, "mode is observe, approve or enforce"),
        ({"blocked_types": ["AWS::S3::Buckets"]}, "blocked_types are one or more of AWS::DynamoDB::Stream, "),
        ({"blocked_types": []}, "blocked_types are one or more of AWS::DynamoDB::Stream, "),
        ({"trusted_accounts": ["1234"]}, "account ids of 12 digits"),
        ({"rules_bucket": "our-rules"}, "With rules_bucket give rules_key"),
        ({"quiet_days": 8}, "quiet_days is 0 to 7"),
        ({"other_regions": ["Ireland"]}, "other_regions are names of regions"),
        ({"log_level": "WARN"}, "log_level is TRACE, DEBUG or INFO"),
        ({"trusted_accounts": ["123456789012"] * 201}, "200 at most"),
        ({"member_role_name": "GatehouseMember"}, "With member_role_name give member_external_id"),
        ({"log_retention_days": 29}, "log_retention_days is one of"),
        ({"ledger_table_arn": "gatehouse-ledger"}, "ledger_table_arn is the ARN of a DynamoDB table"),
        ({"ledger_key_arn": KEY}, "With ledger_key_arn give ledger_table_arn"),
        ({"max_changes_per_hour": 0}, "max_changes_per_hour is a whole number from 1 on"),
        ({"sweep_schedule": "hourly"}, "sweep_schedule is rate"),
        ({"sweep_schedule": "rate(6 hours)"}, "With sweep_schedule give ledger_table_arn"),
        ({"cool_down_days": 0.5}, "cool_down_days is 1 to 3650"),
        ({"approval_page": "open"}, "approval_page is off, iam or public"),
        ({"approval_page": "iam"}, "With approval_page give ledger_table_arn"),
        ({"approval_hours": 721}, "approval_hours is 1 to 720"),
        (
            {"analyzer": "NONE", "archive_rules": {"own": [{"criteria": "error", "exists": "false"}]}},
            "with analyzer NONE",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_is_refused(terraform, package_file, wrong, word):
    with pytest.raises(Refused) as refused:
        terraform.plan(package_file=str(package_file), **wrong)
    assert word in " ".join(str(refused.value).split())


def test_format(terraform):
    done = terraform.run("fmt", "-check", "-recursive", "-diff")
    assert done.returncode == 0, done.stdout
