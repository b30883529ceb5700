"""The report, by the handler of the package and by the command line, of lines that the package itself has logged."""

import datetime
import json
import subprocess
import time

import pytest

from support import dynamodb, faults
from support.account import MEMBER
from support.actions import Permissions
from support.events import published, published_bytes
from support.granted import FULL, LEDGER
from support.process import until
from support.template import Template

GROUP = "gatehouse-FunctionLogs-1"
RULES = {
    "version": 1,
    "rules": [
        {"name": "outside", "action": "RESOLVE", "owner": "team-a", "when": {"resourceType": {"eq": ["AWS::IAM::Role"]}}},
        {"name": "never", "action": "ARCHIVE", "owner": "team-b", "when": {"accountId": {"eq": ["210987654321"]}}},
    ],
}


@pytest.fixture
def world(accounts):
    accounts.table = dynamodb.make_table(accounts.client("dynamodb"))
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    accounts.client("logs").create_log_group(logGroupName=GROUP)
    accounts.client("logs").create_log_stream(logGroupName=GROUP, logStreamName="one")
    return accounts


def logged(world, lines, before=datetime.timedelta(seconds=2)):
    now = int((datetime.datetime.now() - before).timestamp() * 1000)
    events = [{"timestamp": now, "message": line} for line in lines]
    for start in range(0, len(events), 5000):
        world.client("logs").put_log_events(
            logGroupName=GROUP, logStreamName="one", logEvents=events[start : start + 5000]
        )


@pytest.fixture
def answered(world, function):
    """Lines of a function that has answered the published finding in observe mode."""
    respond = function(
        "respond", own=MEMBER, GATEHOUSE_MODE="observe", GATEHOUSE_RULES=json.dumps(RULES), GATEHOUSE_ORGANIZATION_LOOKUPS="off"
    )
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "OBSERVED"
    def lines():
        return [line for line in respond.process.output if '"_aws"' in line]

    until(lines, 10, "a metric line")
    logged(world, [*respond.process.output, "START RequestId: x", '{"level":"INFO","findingId":"x","message":"m"}'])
    return lines()


@pytest.fixture
def report(world, function):
    """The handler, with no more than the template permits it."""
    template = Template("gatehouse.yaml", **FULL, LedgerTableArn=LEDGER, WeeklyReport="on")
    allowed = sorted(Permissions(template.statements("ReportRole")).actions)

    def start(**settings):
        given = {
            "GATEHOUSE_MODE": "observe",
            "GATEHOUSE_RULES": json.dumps(RULES),
            "GATEHOUSE_TOPIC_ARN": world.topic_arn,
            "GATEHOUSE_LEDGER_TABLE": world.table,
            "GATEHOUSE_LOG_GROUP": GROUP,
        }
        return function("report", own=MEMBER, allowed=allowed, **{**given, **settings})

    return start


@pytest.fixture
def gatehouse(binary, world, tmp_path):
    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")

    def run(*words, status=0, given=None, allowed=("*",), **settings):
        environment = {**world.environment("report", allowed=list(allowed)), "HOME": str(tmp_path), **settings}
        done = subprocess.run(
            [program, "report", *words], env=environment, cwd=tmp_path, input=given or "", capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stdout, done.stderr

    return run


def later(minutes=5):
    """The end of a period that has all that was logged just now."""
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_people_are_told_once_for_a_period(world, answered, report):
    week = {"time": later()}
    handler = report()
    answer = handler.invoke(week).json
    assert (answer["findings"], answer["answers"], answer["modes"]) == (1, 1, {"observe": 1})
    assert answer["answersByAction"] == {"RESOLVE": 1} and answer["findingsByStatus"] == {"OBSERVED": 1}
    (block,) = answer["enforce"]["blocks"]
    assert block["resource"] == "arn:aws:iam::123456789012:role/Audit_CrossAccountRole"
    assert block["principal"] == "AWS arn:aws:iam::999988887777:user/Alice"
    assert (block["rule"], block["status"], block["accountId"]) == ("outside", "OBSERVED", MEMBER)
    assert [rule["name"] for rule in answer["rules"]["unmatched"]] == ["never"]
    assert answer["notification"]["topicArn"] == world.topic_arn
    (mail,) = world.messages()
    assert mail["Subject"].endswith("enforce would block 1 of 1 finding")
    assert "- never (ARCHIVE, owner team-b)" in mail["Message"] and "Audit_CrossAccountRole" in mail["Message"]
    assert mail["MessageAttributes"]["status"]["Value"] == "REPORT"
    # Lambda tries a failed asynchronous invocation again with the same event.
    assert report().invoke(week).json["notification"] is None and world.messages() == []
    assert handler.invoke({"time": later(10)}).json["notification"] and len(world.messages()) == 1


def test_a_message_that_was_not_taken_is_sent_by_the_retry(aws, world, answered, report):
    week = {"time": later()}
    handler = report()
    aws.fail("sns", "Publish", *[faults.access_denied] * 9)
    assert handler.invoke(week).error_type == "Function.AccessDenied"
    aws.queued.clear()
    assert handler.invoke(week).json["notification"] and len(world.messages()) == 1


def test_what_is_wrong_is_said(report):
    assert report(GATEHOUSE_LOG_GROUP="other").invoke({}).error_type == "Function.InvalidConfiguration"
    assert report().invoke({"time": "soon"}).error_type == "Function.InvalidEvent"
    assert report().invoke([]).error_type == "Function.InvalidEvent"


def test_the_log_group_of_lambda_is_taken_where_none_is_set(world, answered, report):
    handler = report(GATEHOUSE_LOG_GROUP="", AWS_LAMBDA_LOG_GROUP_NAME=GROUP)
    assert handler.invoke({"time": later()}).json["findings"] == 1


def test_by_the_command_line(world, answered, gatehouse, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    stack = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"FunctionLogs": {"Value": GROUP}}}
    world.client("cloudformation").create_stack(StackName="gatehouse", TemplateBody=json.dumps(stack))
    only = ["logs:FilterLogEvents", "cloudformation:DescribeStacks"]
    # moto has the stack's queue made by whoever asks.
    said, talk = gatehouse("--since", "7d", "--rules", str(rules), allowed=only)
    assert "What enforce would have done\n     1  blocked\n" in said and talk == ""
    assert "access of AWS arn:aws:iam::999988887777:user/Alice, rule outside" in said
    assert "- never (ARCHIVE, owner team-b)" in said and GROUP in said
    counted = json.loads(gatehouse("--log-group", GROUP, "--json", "--ledger", world.table)[0])
    assert counted["enforce"]["block"] == 1 and counted["rules"] is None and counted["changes"]["total"] == 0
    lines = "\n".join(["some words", *(f"2026-11-27T07:00:00 stream {line}" for line in answered)])
    from_file = json.loads(gatehouse("--file", "-", "--json", given=lines)[0])
    assert from_file["enforce"] == counted["enforce"] and from_file["findings"] == 1
    said, _ = gatehouse("--ledger", world.table)
    assert said.startswith("Changes by the ledger since") and said.rstrip().endswith("none")
    # What was logged before the period is not in it.
    assert "No finding was answered" in gatehouse("--log-group", GROUP, "--since", "2020-01-01", "--until", "2020-01-02")[0]


@pytest.mark.parametrize(
    "words, status, said",
    [
        (["--stack", "none"], 1, "there is no stack none in us-east-1: name yours with --stack"),
        (["--log-group", "none"], 1, "there is no log group none in us-east-1"),
        (["--file", "-", "--log-group", "a"], 64, "one is enough"),
        (["--file", "-"], 1, "standard input holds no line that the functions log"),
        (["--log-group", "a b"], 64, "--log-group is a log group's name"),
        (["--since", "soon"], 64, "soon"),
        (["--since", "1d", "--until", "2d", "--log-group", "a"], 1, "--since is not before --until"),
        (["--account", "x.json"], 64, "give --file"),
        (["--limit", "0"], 64, "--limit is from 1"),
    ],
)
def test_a_wrong_use_is_said(gatehouse, words, status, said):
    assert said in gatehouse(*words, status=status)[1]


def test_a_missing_permission_is_named(aws, world, gatehouse):
    aws.fail("logs", "FilterLogEvents", *[faults.access_denied] * 9)
    assert "FilterLogEvents" in gatehouse("--log-group", GROUP, status=1)[1]


def test_many_lines_are_many_pages(world, answered, gatehouse):
    """A page is 1 MiB at most."""
    line = json.loads(answered[0])
    lines = [json.dumps({**line, "findingId": f"f-{number}"}) for number in range(6_000)]
    logged(world, lines)
    begin = time.monotonic()
    counted = json.loads(gatehouse("--log-group", GROUP, "--json", "--limit", "3")[0])
    assert counted["findings"] == 6_001 and counted["enforce"]["block"] == 6_001
    assert len(counted["enforce"]["blocks"]) == 3 and counted["enforce"]["moreBlocks"] == 5_998
    assert time.monotonic() - begin < 60
