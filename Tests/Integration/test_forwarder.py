"""The hub: each other region hands its findings on to the home region, whose stack answers them as its own."""

import json

import pytest

import support.cloudformation  # noqa: F401, what moto lacks
from support.account import MEMBER
from support.deployments import FULL, REACHING, roles
from support.events import published
from support.fake_aws import NO_LEDGER, FakeAWS, writable
from support.patterns import matches
from support.template import DEPLOY, Template
from support.terraform import MODULE, Refused
from test_deploy_scripts import DEPLOYED, EVENT, THERE, message
from test_event_patterns import asks_for_something, events, lets_through

HOME = FULL["forwarder.yaml"]["HomeRegion"]


def forwarder(**parameters):
    return Template("forwarder.yaml", **{**FULL["forwarder.yaml"], **parameters})


def rule(template):
    (found,) = template.of_type("AWS::Events::Rule").values()
    return found


def test_its_pattern_is_the_main_one_for_its_own_region():
    for switch in ("on", "off"):
        pattern = dict(rule(forwarder(GlobalResources=switch))["EventPattern"])
        assert pattern.pop("region") == ["us-east-1"]
        for name in REACHING:
            main = Template(name, CodeBucket="code", GlobalResources=switch)
            assert rule(main)["EventPattern"] == pattern


def test_what_it_hands_on_comes_through_at_home():
    """An event keeps its account, source and region on its way."""
    home = rule(Template("gatehouse.yaml", CodeBucket="code", OtherRegions="us-east-1"))["EventPattern"]
    for folder, event in events().items():
        here = {**event, "region": "us-east-1"}
        assert lets_through(rule(forwarder())["EventPattern"], here) == asks_for_something(here), folder
        assert lets_through(home, {**event, "region": "eu-west-3"}) == asks_for_something(event), folder


def test_no_event_goes_round():
    """Neither between two forwarders nor in the home region."""
    assert not lets_through(rule(forwarder())["EventPattern"], {**published(), "region": "eu-west-3"})
    at_home = forwarder(HomeRegion="us-east-1")
    assert {resource["Type"] for resource in at_home.resources.values()} == {"AWS::SQS::Queue"}


def test_it_may_put_events_on_the_home_bus_and_nothing_else():
    template = forwarder()
    bus = f"arn:aws:events:{HOME}:123456789012:event-bus/default"
    (target,) = rule(template)["Targets"]
    assert target["Arn"] == bus
    assert target["RoleArn"] == template.attribute("Role", "Arn")
    (name,) = roles(template)
    (statement,) = template.statements(name)
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", bus)


def test_what_is_not_handed_on_waits_and_is_alarmed():
    template = forwarder()
    (target,) = rule(template)["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": template.attribute("UndeliveredQueue", "Arn")}
    queue = template.resources["UndeliveredQueue"]["Properties"]
    main = Template("gatehouse.yaml", CodeBucket="code")
    assert queue == main.resources["UndeliveredQueue"]["Properties"]
    ours, theirs = (each.resources["UndeliveredAlarm"]["Properties"] for each in (template, main))
    assert ours["Metrics"] == theirs["Metrics"] and ours["AlarmActions"] == [template.attribute("Topic", "Arn")]


def test_its_role_is_one_that_no_member_trusts_and_nobody_edits():
    template, stack = forwarder(), Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    arn = template.attribute("Role", "Arn")
    member = Template("member-role.yaml", **{**FULL["member-role.yaml"], "GatehouseAccount": "123456789012"})
    for role in roles(member).values():
        trusted = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnLike"]["aws:PrincipalArn"]
        assert not any(matches(pattern, arn) for pattern in ([trusted] if isinstance(trusted, str) else trusted))
    (denied,) = [each for each in stack.statements("ResolveRole") if each["Sid"] == "ProtectedByName"]
    assert any(matches(pattern, arn) for pattern in denied["Resource"])


def test_it_is_deployed(accounts):
    client = accounts.client("cloudformation", MEMBER, "eu-west-1")
    client.create_stack(
        StackName="gatehouse-forwarder",
        TemplateBody=(DEPLOY / "forwarder.yaml").read_text(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in FULL["forwarder.yaml"].items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = client.describe_stacks(StackName="gatehouse-forwarder")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    rules = accounts.client("events", MEMBER, "eu-west-1")
    (made,) = rules.list_rules()["Rules"]
    assert json.loads(made["EventPattern"])["region"] == ["eu-west-1"]
    (target,) = rules.list_targets_by_rule(Rule=made["Name"])["Targets"]
    assert target["Arn"] == f"arn:aws:events:{HOME}:{MEMBER}:event-bus/default"


def test_terraform_makes_the_same(terraform):
    ours, plan = forwarder(), terraform.plan(module=MODULE / "forwarder", home_region=HOME, notification_email="a@example.com")
    values = {address.split(".")[0]: each for address, each in plan.resources.items()}
    assert len(values) == len(plan.resources) == len(ours.resources) + 2
    assert json.loads(values["aws_cloudwatch_event_rule"]["event_pattern"]) == rule(ours)["EventPattern"]
    (target,) = rule(ours)["Targets"]
    assert values["aws_cloudwatch_event_target"]["arn"] == target["Arn"]
    assert values["aws_cloudwatch_event_target"]["target_id"] == target["Id"]
    assert values["aws_cloudwatch_event_target"]["dead_letter_config"][0]["arn"] == values["aws_sqs_queue"]["arn"]
    role = ours.resources["Role"]["Properties"]
    assert values["aws_iam_role"]["path"] == role["Path"]
    assert json.loads(values["aws_iam_role"]["assume_role_policy"]) == role["AssumeRolePolicyDocument"]
    assert json.loads(values["aws_iam_role_policy"]["policy"]) == role["Policies"][0]["PolicyDocument"]
    alarm, wanted = values["aws_cloudwatch_metric_alarm"], ours.resources["UndeliveredAlarm"]["Properties"]
    assert alarm["alarm_description"] == wanted["AlarmDescription"]
    watched = {each["metric"][0]["metric_name"] for each in alarm["metric_query"] if each["metric"]}
    assert watched == {each["MetricStat"]["Metric"]["MetricName"] for each in wanted["Metrics"][1:]}
    without = terraform.plan(module=MODULE / "forwarder", home_region=HOME, global_resources=False)
    (theirs,) = without.of_type("aws_cloudwatch_event_rule").values()
    assert json.loads(theirs["event_pattern"]) == rule(forwarder(GlobalResources="off"))["EventPattern"]


@pytest.mark.parametrize(
    "wrong, word", [("us-east-1", "in home_region itself events would go round"), ("Ireland", "home_region is the name of a region")]
)
def test_terraform_refuses_a_home_that_is_none(terraform, wrong, word):
    with pytest.raises(Refused) as refused:
        terraform.plan(module=MODULE / "forwarder", home_region=wrong)
    assert word in " ".join(str(refused.value).replace("│", " ").split())


# The scripts: a region is said before the service.
HAS = ["describe-stacks", "'OtherRegions'"]


def answer(region, state="CREATE_COMPLETE"):
    return ([f"--region {region}", "describe-stacks", "gatehouse-forwarder", "StackStatus"], state)


def absent(region):
    return answer(region, "!Stack with id gatehouse-forwarder does not exist")


@pytest.fixture
def install(tmp_path):
    def run(*answers, arguments=(), status=0):
        fake = FakeAWS(tmp_path, NO_LEDGER, *answers, *THERE, DEPLOYED)
        zip_file = ["--zip", str(writable(tmp_path, "g.zip")), "--architecture", "arm64"]
        assert fake.run("install", *zip_file, *arguments) == status, fake.output
        return fake

    return run


TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger-Table-1"
WITH_LEDGER = [
    (["describe-stacks", "'LedgerTableArn'].["], f"LedgerTableArn\t{TABLE}"),
    (["describe-stacks", "'LedgerTableArn'].ParameterValue"], TABLE),
]


@pytest.mark.parametrize("ledger, roles_too", [(WITH_LEDGER, "on"), ([], "off")], ids=["ledger", "no-ledger"])
def test_regions_that_are_named_get_a_forwarder_after_the_stack(install, ledger, roles_too):
    arguments = ["--forward", "eu-west-1, us-west-2"] + ([] if ledger else ["--no-ledger"])
    fake = install(absent("eu-west-1"), answer("us-west-2"), *ledger, arguments=arguments)
    main, *others = fake.calls("cloudformation deploy")
    assert "--stack-name gatehouse " in main and "OtherRegions=eu-west-1,us-west-2" in main
    for region, line in zip(("eu-west-1", "us-west-2"), others, strict=True):
        assert line.startswith(f"--region {region} cloudformation deploy --stack-name gatehouse-forwarder ")
        assert "--template-file deploy/forwarder.yaml" in line and "HomeRegion=us-east-1" in line
        assert "NotificationEmail=security@example.com" in line and f"GlobalResources={roles_too}" in line


def test_what_is_not_named_stays_and_what_is_left_out_goes(install):
    gone = [(["--region us-west-2", "delete-stack"], ""), (["--region us-west-2", "wait stack-delete-complete"], "")]
    has = (HAS, "eu-west-1,us-west-2")
    fake = install(has, answer("eu-west-1"), answer("us-west-2"), *WITH_LEDGER)
    assert len(fake.calls("deploy --stack-name gatehouse-forwarder")) == 2 and fake.calls("delete-stack") == []
    assert "OtherRegions" not in fake.calls("cloudformation deploy")[0]
    fake.answers = [*gone, *fake.answers]
    zip_file = ["--zip", str(fake.folder.parent / "g.zip"), "--architecture", "arm64"]
    assert fake.run("install", *zip_file, "--forward", "eu-west-1") == 0, fake.output
    (deleted,) = fake.calls("delete-stack")
    assert deleted == "--region us-west-2 cloudformation delete-stack --stack-name gatehouse-forwarder"
    assert len(fake.calls("deploy --stack-name gatehouse-forwarder")) == 1


def test_a_dry_run_makes_no_forwarder(install):
    changes = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/a"
    fake = install(
        (HAS, "us-west-2"), (["--no-execute-changeset"], changes), (["describe-change-set"], "a table"),
        (["delete-change-set"], ""), (["s3 rm"], ""), *WITH_LEDGER, arguments=["--dry-run", "--forward", "eu-west-1"],
    )  # fmt: skip
    assert "gatehouse-forwarder would be made or updated in eu-west-1" in fake.output
    assert "gatehouse-forwarder in us-west-2 would be deleted" in fake.output
    assert fake.calls("gatehouse-forwarder") == []


@pytest.mark.parametrize(
    "arguments, status, says",
    [
        (["--forward", "Ireland"], 2, "--forward takes regions with commas between"),
        (["--forward", "eu-west-1,"], 2, "--forward takes regions with commas between"),
        (["--forward", "none", "--parameter", "OtherRegions=eu-west-1"], 2, "give one of them"),
        (["--forward", "eu-west-1,us-east-1"], 1, "us-east-1 is where the stack is"),
    ],
)
def test_wrong_regions_are_said(install, arguments, status, says):
    fake = install(*WITH_LEDGER, arguments=arguments, status=status)
    assert says in fake.output and fake.calls("cloudformation deploy") == []


def test_uninstalling_takes_the_forwarders_away_first(tmp_path):
    gone = [(["delete-stack"], ""), (["wait stack-delete-complete"], ""), (["list-stack-resources"], "None"), (["head-bucket"], 254)]
    fake = FakeAWS(tmp_path, NO_LEDGER, (HAS, "eu-west-1,us-west-2"), answer("eu-west-1"), absent("us-west-2"), *gone, *THERE)
    assert fake.run("uninstall", "--yes") == 0, fake.output
    assert [line.split(" cloudformation delete-stack --stack-name ") for line in fake.calls("delete-stack")] == [
        ["--region eu-west-1", "gatehouse-forwarder"],
        ["--region us-east-1", "gatehouse"],
    ]
    assert "there is no stack gatehouse-forwarder in us-west-2" in fake.output


def test_what_was_not_handed_on_is_replayed_at_home(tmp_path):
    queue = (["--region eu-west-1", "gatehouse-forwarder", "OutputKey=='UndeliveredQueue'"], "https://sqs/elsewhere")
    fake = FakeAWS(
        tmp_path, answer("eu-west-1"), queue, *THERE, (["--region eu-west-1", "get-queue-attributes"], "1"),
        (["--region eu-west-1", "receive-message", "https://sqs/elsewhere"], [message(1), "None"]),
        (["--region us-east-1", "start-execution", "replay-id-1"], "started"), (["--region eu-west-1", "delete-message"], ""),
    )  # fmt: skip
    assert fake.run("replay", "--yes", "--forwarder", "eu-west-1") == 0, fake.output
    (kept,) = (fake.folder / "files").iterdir()
    assert json.loads(kept.read_text()) == json.loads(EVENT)
