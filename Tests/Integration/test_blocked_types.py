"""`BlockedTypes`: what may be changed, and that nothing else is permitted. The truth is deploy/permissions.json.

The actions and resources that the packaged binary asks for: test_permissions.py.
"""

import json
import re

import pytest

from support.changes import ACTIONS, CHANGES, EVERY_TYPE, ROLE, TYPES, WRITES, blocks, looks_again, plans, undoes
from support.deployments import FULL, roles
from support.patterns import matches
from support.service_authorization import tagged
from support.template import DEPLOY, Template, listed, read

# A resource of each type, in the stack's account and region where its ARN says so.
ARNS = {
    "AWS::DynamoDB::Stream": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-25T10:00:00.000",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
    "AWS::EC2::Snapshot": "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",
    "AWS::ECR::Repository": "arn:aws:ecr:us-east-1:123456789012:repository/team/app",
    "AWS::EFS::FileSystem": "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/path/app",
    "AWS::KMS::Key": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "AWS::Lambda::Function": "arn:aws:lambda:us-east-1:123456789012:function:app:live",
    "AWS::Lambda::LayerVersion": "arn:aws:lambda:us-east-1:123456789012:layer:tools:7",
    "AWS::RDS::DBClusterSnapshot": "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:last",
    "AWS::RDS::DBSnapshot": "arn:aws:rds:us-east-1:123456789012:snapshot:last",
    "AWS::S3::Bucket": "arn:aws:s3:::reports",
    "AWS::S3Express::DirectoryBucket": "arn:aws:s3express:us-east-1:123456789012:bucket/reports--use1-az4--x-s3",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:news",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:jobs",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf",
}
# What has no account in its ARN: whose it is a condition says.
WITHOUT_ACCOUNT = ("AWS::EC2::Snapshot", "AWS::S3::Bucket")

# Each role with what it needs, by the template, and by the parameter that lets it change something or not.
NEEDS = {
    ("gatehouse.yaml", "Mode=enforce"): {
        "ResolveRole": blocks, "RollbackRole": undoes, "VerifyRole": looks_again,
        "EnrichRole": None, "EvaluateRole": None, "ArchiveRole": None, "NotifyRole": None,
    },
    ("gatehouse.yaml", "Mode=approve"): {"ResolveRole": plans, "RollbackRole": undoes, "VerifyRole": looks_again},
    ("gatehouse.yaml", "Mode=observe"): {"ResolveRole": plans, "RollbackRole": undoes, "VerifyRole": looks_again},
    ("single-function.yaml", "Mode=enforce"): {"Role": blocks},
    ("single-function.yaml", "Mode=approve"): {"Role": plans},
    ("single-function.yaml", "Mode=observe"): {"Role": plans},
    ("member-role.yaml", "Changes=allowed"): {"ReadingRole": plans, "ChangingRole": lambda types: blocks(types) | undoes(types)},
    ("member-role.yaml", "Changes=denied"): {"ReadingRole": plans, "ChangingRole": plans},
}  # fmt: skip
CASES = sorted(NEEDS)
TEMPLATES = ("gatehouse.yaml", "single-function.yaml", "member-role.yaml")


def template_of(name, switch, types):
    key, value = switch.split("=")
    return Template(name, **{**FULL[name], key: value, "BlockedTypes": types})


def allowed(template, role):
    return [each for each in template.statements(role) if each["Effect"] == "Allow"]


def actions(template, role):
    return {action for each in allowed(template, role) for action in listed(each["Action"])}


def permits(template, role, action, arn):
    """Whether a role may do it, with every condition met; a Deny with a condition is about what is ours."""
    found = [
        each["Effect"]
        for each in template.statements(role)
        if action in listed(each["Action"]) and any(matches(pattern, arn) for pattern in listed(each["Resource"]))
        if each["Effect"] == "Allow" or "Condition" not in each
    ]
    return "Allow" in found and "Deny" not in found


@pytest.mark.parametrize("name, switch", CASES)
def test_a_role_may_do_what_its_types_need_and_nothing_else(figures, name, switch):
    """With all types, with none but the default, and with each type alone."""
    missing, unused = [], []
    # No value of the parameter: what a role has whatever the types are.
    nothing = template_of(name, switch, "none")
    for types in (EVERY_TYPE, *TYPES):
        template = template_of(name, switch, types)
        for role, needs in NEEDS[name, switch].items():
            granted, before = actions(template, role), actions(nothing, role)
            needed = needs(types) if needs else set()
            missing += [f"{types}: {role}: {action}" for action in sorted(needed - granted)]
            unused += [f"{types}: {role}: {action}" for action in sorted(granted - before - needed)]
    figures.append(f"{name} {switch}: {len(missing)} missing, {len(unused)} unused")
    assert (missing, unused) == ([], [])


def test_what_is_there_without_any_type_changes_nothing():
    """So that the comparison above takes nothing for given but what enrichment looks up."""
    look_ups = json.loads((DEPLOY / "permissions.json").read_text())["lookUps"]
    looked_up = {action for actions in look_ups.values() for action in actions}
    assert not looked_up & WRITES
    for name, switch in CASES:
        nothing = template_of(name, switch, "none")
        for role, needs in NEEDS[name, switch].items():
            given = actions(nothing, role) & ACTIONS
            reads = (name, role) in (
                ("gatehouse.yaml", "EnrichRole"), ("single-function.yaml", "Role"), ("member-role.yaml", "ReadingRole"),
            )  # fmt: skip
            assert given <= (looked_up if reads else set()), (name, role)


def test_the_split_of_what_a_type_needs_is_whole():
    """Between them the ways need everything that the file names, and each type is written somehow."""
    assert blocks(EVERY_TYPE) | undoes(EVERY_TYPE) == ACTIONS
    assert looks_again(EVERY_TYPE) < plans(EVERY_TYPE)
    for name in TYPES:
        assert blocks(name) & WRITES and undoes(name) & WRITES and looks_again(name), name


def test_the_default_is_roles():
    for name in TEMPLATES:
        assert read(name)["Parameters"]["BlockedTypes"]["Default"] == ROLE


# Which resources


@pytest.mark.parametrize("name, role", [
    ("gatehouse.yaml", "ResolveRole"), ("gatehouse.yaml", "RollbackRole"), ("single-function.yaml", "Role"),
    ("member-role.yaml", "ChangingRole"),
])  # fmt: skip
def test_a_type_opens_its_own_resources_alone(name, role):
    assert set(ARNS) == set(TYPES)
    templates = {types: Template(name, **{**FULL[name], "BlockedTypes": types}) for types in TYPES}
    for types, template in templates.items():
        writes = (undoes if role == "RollbackRole" else blocks)(types) & WRITES
        assert all(permits(template, role, action, ARNS[types]) for action in writes), types
        for other in set(TYPES) - {types}:
            for action in WRITES:
                assert not permits(template, role, action, ARNS[other]), (types, other, action)
        for action in looks_again(types):
            # A stream's tags are its table's.
            of = "AWS::DynamoDB::Table" if action == "dynamodb:ListTagsOfResource" else types
            assert permits(template, role, action, ARNS[of]), (types, action)


def every_resource(template, role, action):
    return [one for each in allowed(template, role) if action in listed(each["Action"]) for one in listed(each["Resource"])]


@pytest.mark.parametrize("name, role", [
    ("gatehouse.yaml", "ResolveRole"), ("gatehouse.yaml", "RollbackRole"), ("gatehouse.yaml", "VerifyRole"),
    ("single-function.yaml", "Role"), ("member-role.yaml", "ReadingRole"), ("member-role.yaml", "ChangingRole"),
])  # fmt: skip
def test_resources_are_of_this_account_and_region(name, role):
    """Members are reached from every region."""
    template = Template(name, **FULL[name])
    for types in TYPES:
        arn = ARNS[types]
        in_another_account = arn.replace("123456789012", "111122223333")
        in_another_region = arn.replace("us-east-1", "eu-west-3")
        for action in CHANGES[types]:
            resources = every_resource(template, role, action)
            if not resources or resources == ["*"]:
                continue
            if types in WITHOUT_ACCOUNT:
                for each in allowed(template, role):
                    if action in listed(each["Action"]) and listed(each["Resource"]) != ["*"]:
                        assert each["Condition"]["StringEquals"] == {"aws:ResourceAccount": "123456789012"}, action
            else:
                assert not permits(template, role, action, in_another_account), (action, resources)
            if name == "gatehouse.yaml" and in_another_region != arn:
                assert not permits(template, role, action, in_another_region), (action, resources)
            if role == "ChangingRole" and action in WRITES:
                assert permits(template, role, action, in_another_region), (action, resources)


@pytest.mark.parametrize("name, role", [
    ("gatehouse.yaml", "ResolveRole"), ("gatehouse.yaml", "RollbackRole"), ("gatehouse.yaml", "VerifyRole"),
    ("single-function.yaml", "Role"),
])  # fmt: skip
def test_where_other_regions_hand_on_their_findings_their_resources_may_be_changed(name, role):
    """And nothing more: the same permissions, in whichever region."""
    here, hub = Template(name, **FULL[name]), Template(name, **{**FULL[name], "OtherRegions": "eu-west-3"})
    for types, arn in ARNS.items():
        elsewhere, another = arn.replace("us-east-1", "eu-west-3"), elsewhere_in_another_account(arn)
        for action in actions(hub, role) & set(CHANGES[types]):
            assert permits(hub, role, action, arn) == permits(here, role, action, arn)
            assert permits(hub, role, action, elsewhere) == permits(here, role, action, arn), (types, action)
            if types not in WITHOUT_ACCOUNT and every_resource(hub, role, action) != ["*"]:
                assert not permits(hub, role, action, another), (types, action)
    assert [{**each, "Resource": None} for each in hub.statements(role)] == [
        {**each, "Resource": None} for each in here.statements(role)
    ]


def elsewhere_in_another_account(arn):
    return arn.replace("us-east-1", "eu-west-3").replace("123456789012", "111122223333")


def test_tables_alone_are_not_their_streams():
    stream, table = ARNS["AWS::DynamoDB::Stream"], ARNS["AWS::DynamoDB::Table"]
    for name, role in (("gatehouse.yaml", "VerifyRole"), ("gatehouse.yaml", "ResolveRole"), ("member-role.yaml", "ReadingRole")):
        for types, may in (("AWS::DynamoDB::Table", False), ("AWS::DynamoDB::Table,AWS::DynamoDB::Stream", True)):
            template = Template(name, **{**FULL[name], "BlockedTypes": types})
            assert permits(template, role, "dynamodb:GetResourcePolicy", stream) is may
            assert permits(template, role, "dynamodb:GetResourcePolicy", table)
    alone = Template("gatehouse.yaml", **{**FULL["gatehouse.yaml"], "BlockedTypes": "AWS::DynamoDB::Stream"})
    # A stream's tags are its table's.
    assert permits(alone, "ResolveRole", "dynamodb:ListTagsOfResource", table)
    assert not permits(alone, "ResolveRole", "dynamodb:PutResourcePolicy", table)


def test_what_is_ours_is_denied_where_its_tag_is_known():
    """Each write whose resource's tags AWS tells to conditions, and no other: for those the program itself refuses."""
    known = WRITES - {"lambda:PutResourcePolicy"}
    wanted = tagged(known) - {"iam:UpdateAssumeRolePolicy"}
    assert {"kms:PutKeyPolicy", "sqs:SetQueueAttributes"} <= wanted
    for name, role in (
        ("gatehouse.yaml", "ResolveRole"), ("gatehouse.yaml", "RollbackRole"), ("single-function.yaml", "Role"),
        ("member-role.yaml", "ChangingRole"),
    ):  # fmt: skip
        template = Template(name, **FULL[name])
        (ours,) = [each for each in template.statements(role) if each["Sid"] == "OurOwnResources"]
        assert set(ours["Action"]) == wanted, (name, role)
        assert (ours["Effect"], ours["Resource"]) == ("Deny", "*")
        assert ours["Condition"] == {"Null": {"aws:ResourceTag/gatehouse:component": "false"}}


@pytest.mark.parametrize("name", ["gatehouse.yaml", "single-function.yaml"])
def test_our_own_resources_of_those_types_are_tagged(name):
    for kind in {"AWS::KMS::Key", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::IAM::Role"}:
        found = Template(name, **FULL[name]).of_type(kind)
        assert found
        for properties in found.values():
            assert [tag["Key"] for tag in properties["Tags"]] == ["gatehouse:component"], kind


# The parameter


def test_the_templates_take_the_types_and_nothing_else():
    for name in TEMPLATES:
        pattern = re.compile(read(name)["Parameters"]["BlockedTypes"]["AllowedPattern"])
        for good in (*TYPES, EVERY_TYPE, ",".join(reversed(TYPES)), "AWS::S3::Bucket,AWS::IAM::Role"):
            assert pattern.fullmatch(good), (name, good)
        for bad in (
            "", ",", f"{ROLE},", f",{ROLE}", f"{ROLE},,{ROLE}", f"{ROLE}, AWS::S3::Bucket", f"{ROLE} ", "AWS::S3",
            "AWS::S3::Buckets", "AWS::IAM::User", "AWS::IAM::RoleAWS::S3::Bucket", "aws::s3::bucket", "all", "*",
        ):  # fmt: skip
            assert not pattern.fullmatch(bad), (name, bad)


def test_a_name_inside_another_is_not_that_name():
    """Nothing of it can be given; should a type come whose name begins or ends like another's, it is not taken for it."""
    for name in TEMPLATES:
        conditions = [key for key in read(name)["Conditions"] if key.startswith("Changes")]
        assert len(conditions) == len(TYPES) + 1, name
        for other in TYPES:
            for longer in (f"{other}s", f"X{other}", f"{other}::More"):
                template = Template(name, **{**FULL[name], "BlockedTypes": f"{longer},{longer}"})
                assert [key for key in conditions if template.holds(key)] == [], (name, longer)
            template = Template(name, **{**FULL[name], "BlockedTypes": other})
            held = [key for key in conditions if template.holds(key)]
            assert len(held) == (2 if other == "AWS::DynamoDB::Table" else 1), (name, other, held)


def test_the_templates_agree():
    """The same conditions, and the same reading; in members in every region."""
    bodies = {name: read(name) for name in TEMPLATES}
    conditions = {
        name: {key: value for key, value in body["Conditions"].items() if key.startswith("Changes")}
        for name, body in bodies.items()
    }
    assert conditions["gatehouse.yaml"] == conditions["single-function.yaml"] == conditions["member-role.yaml"]
    patterns = {body["Parameters"]["BlockedTypes"]["AllowedPattern"] for body in bodies.values()}
    assert len(patterns) == 1
    reading = {
        name: body["Resources"]["BlockedTypesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        for name, body in bodies.items()
    }
    workflow, single, member = (reading[name] for name in TEMPLATES)
    # What is looked up while a change is planned, and to end sessions: in the workflow the roles that need it have it.
    more = {"Quota", "Grants", "RoleSessions"}
    assert [each for each in single if each["Fn::If"][1]["Sid"] not in more] == workflow
    assert {each["Fn::If"][1]["Sid"] for each in single} >= more
    # The region is a variable there, of which a stack that other regions hand their findings on to makes the same star.
    where = re.compile(r'\["([^"]*)\$\{Where\}([^"]*)", \{"Where": \{"Fn::If": \["HasOtherRegions", "\*", [^]]*\]\}\}\]')
    assert json.dumps(member) == where.sub(r'"\1*\2"', json.dumps(single))


def test_the_functions_that_change_or_look_are_told():
    wanted = {"resolve", "verify", "rollback", "respond"}
    found = {}
    for name in ("gatehouse.yaml", "single-function.yaml"):
        for function in Template(name, **FULL[name]).of_type("AWS::Lambda::Function").values():
            value = function["Environment"]["Variables"].get("GATEHOUSE_BLOCKED_TYPES")
            if value is not None:
                found[function["Handler"]] = value
    assert found == dict.fromkeys(wanted, EVERY_TYPE)


# Sizes


def longest(text):
    """A policy where every name is as long as AWS lets it be: region, partition, and a function's 64 characters."""
    text = text.replace("us-east-1", "ap-southeast-1").replace("arn:aws:", "arn:aws-us-gov:")
    return re.sub(r"function:[A-Za-z]+Function|function:Function", "function:" + "f" * 64, text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_policies_fit_with_every_type(figures, name):
    """IAM counts no white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    # ProtectedRoles is as long as people make it.
    template = Template(name, **{**FULL[name], "ProtectedRoles": ""})

    def size(document):
        return len(longest(json.dumps(document, separators=(",", ":"))))

    largest = {"managed": 0, "inline": 0}
    for logical, policy in template.of_type("AWS::IAM::ManagedPolicy").items():
        largest["managed"] = max(largest["managed"], size(policy["PolicyDocument"]))
        assert size(policy["PolicyDocument"]) <= 6_144, logical
    inline = template.of_type("AWS::IAM::Policy").values()
    for logical, role in roles(template).items():
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        documents += [policy["PolicyDocument"] for policy in inline if logical in policy["Roles"]]
        largest["inline"] = max(largest["inline"], sum(map(size, documents)))
        assert sum(map(size, documents)) <= 10_240, logical
        assert len(role.get("ManagedPolicyArns", [])) <= 10, logical
    figures.append(f"{name}: at most {largest['managed']} of 6,144 managed, {largest['inline']} of 10,240 inline")
    assert largest["managed"] > 3_000 and largest["inline"] > 3_000
