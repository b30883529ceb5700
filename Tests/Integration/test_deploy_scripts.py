"""The scripts of deploy/ against a fake `aws`: what stands in a failure's way, and conversations that moto lacks."""

import json
import shutil

import pytest

from support.fake_aws import IDENTITY, MISSING, NO_LEDGER, FakeAWS, writable
from support.template import DEPLOY

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/gatehouse"
DIGEST = "sha256:" + "a" * 64
# A stack of the workflow that is there, and a deployment that works.
THERE = [
    (["describe-stacks", "StackStatus"], "UPDATE_COMPLETE"),
    (["describe-stacks", "OutputKey=='Workflow'"], "arn:aws:states:us-east-1:123456789012:stateMachine:Workflow"),
    (["describe-stacks", "OutputKey=='Function'"], "None"),
    (["describe-stacks", "OutputKey=='UndeliveredQueue'"], "https://sqs/queue"),
    (["describe-stacks", "'ImageUri'"], ""),
    (["describe-stacks", "'NotificationEmail'"], "security@example.com"),
    (["describe-stacks", "'Mode'"], "observe"),
    (["describe-stacks", "OutputKey=='TableArn'"], "None"),
    (["describe-stacks", "'LedgerTableArn'"], ""),
    (["describe-stacks", "'OtherRegions'"], ""),
    (["describe-stacks", "'ApprovalPage'"], ""),
    (["describe-stacks", "OutputKey=='ApprovalPageAddress'"], "None"),
    (["list-executions"], "None"),
    (["describe-stacks", "Tags"], "None"),
    (["describe-stacks", "Outputs[]"], "a table"),
    (["head-bucket"], ""),
    (["head-object"], ""),
    (["list-analyzers"], "1"),
]
DEPLOYED = (["cloudformation deploy"], "done")


@pytest.fixture
def install(tmp_path):
    """Runs deploy/install with a zip and without a ledger; gives the fake."""

    def run(*answers, arguments=(), status=0, zip_file=True, **environment):
        fake = FakeAWS(tmp_path, NO_LEDGER, *answers)
        given = ["--zip", str(writable(tmp_path, "g.zip")), "--architecture", "arm64"] if zip_file else []
        given.append("--no-ledger")
        assert fake.run("install", *given, *arguments, **environment) == status, fake.output
        return fake

    return run


@pytest.mark.parametrize(
    "state, says",
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --region us-east-1 --stack-name gatehouse"),
        ("DELETE_FAILED", "something kept it"),
        ("UPDATE_IN_PROGRESS", "wait until it is done"),
    ],
)
def test_a_stack_that_cannot_be_updated_is_said_to_be(install, state, says):
    fake = install((["describe-stacks", "StackStatus"], state), status=1)
    assert state in fake.output and says in fake.output
    assert fake.calls("cloudformation", "deploy") == fake.calls("put-object") == []


def test_an_interrupted_dry_run_is_a_new_stack(install):
    fake = install(
        (["describe-stacks", "StackStatus"], "REVIEW_IN_PROGRESS"),
        (["get-account-settings"], "10"),
        *THERE[4:],
        DEPLOYED,
    )
    (deploy,) = fake.calls("cloudformation deploy")
    assert "WriterConcurrency=unreserved" in deploy


def with_template_of(size, folder):
    """The scripts beside a template of so many bytes."""
    copied = folder / f"copy-{size}" / "deploy"
    shutil.copytree(DEPLOY, copied, ignore=shutil.ignore_patterns("terraform", "cdk"))
    (copied / "gatehouse.yaml").write_bytes((DEPLOY / "gatehouse.yaml").read_bytes()[:size].ljust(size))
    return copied


@pytest.mark.parametrize("there", [True, False])
def test_a_dry_run_that_fails_takes_back_what_it_put_into_a_bucket(tmp_path, there):
    """For a template that is too long to be given as it is."""
    fake = FakeAWS(
        tmp_path,
        MISSING,
        (["get-account-settings"], "1000"),
        (["head-bucket"], "" if there else 254),
        (["s3api create-bucket"], ""),
        (["put-public-access-block"], ""),
        (["put-bucket-policy"], ""),
        (["cloudformation deploy"], "!no permission"),
        (["s3 rm"], ""),
        (["delete-bucket"], ""),
    )
    given = ["--dry-run", "--no-ledger", "--zip", str(writable(tmp_path, "g.zip")), "--architecture", "arm64"]
    assert fake.run("install", *given, scripts=with_template_of(51_201, tmp_path)) == 1, fake.output
    assert "the change set cannot be made" in fake.output
    bucket = "gatehouse-123456789012-us-east-1"
    (deploy,) = fake.calls("cloudformation deploy")
    assert f"--s3-bucket {bucket} --s3-prefix gatehouse/gatehouse/dry-run" in deploy
    (removed,) = fake.calls("s3 rm")
    assert removed.endswith(f"s3://{bucket}/gatehouse/gatehouse/dry-run/")
    assert len(fake.calls("delete-bucket")) == len(fake.calls("create-bucket")) == (0 if there else 1)
    assert fake.calls("put-object") == []


@pytest.mark.parametrize(
    "after, says",
    [
        ("!Stack with id gatehouse does not exist", "nothing was made"),
        ("REVIEW_IN_PROGRESS", "nothing was made"),
        ("ROLLBACK_COMPLETE", "it was a first one, and nothing of it runs"),
        ("UPDATE_ROLLBACK_COMPLETE", "CloudFormation puts it back as it was"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("CREATE_COMPLETE", "it is as it was"),
    ],
)
def test_after_a_failure_it_says_how_things_are(install, after, says):
    fake = install(
        (["describe-stacks", "StackStatus"], ["UPDATE_COMPLETE", after]),
        (["describe-stack-events"], "Topic\tno permission"),
        (["cloudformation deploy"], "!Failed to create/update the stack"),
        *THERE,
        status=1,
    )
    assert says in fake.output
    assert "no permission" in fake.output
    assert ("puts it back" in fake.output) == (after == "UPDATE_ROLLBACK_COMPLETE")


def without(tmp_path, *missing):
    """A PATH with the programs that the scripts need but for some."""
    programs = tmp_path / "programs"
    programs.mkdir()
    names = (
        "bash",
        "env",
        "dirname",
        "cat",
        "cut",
        "grep",
        "head",
        "sed",
        "uname",
        "wc",
        "sha256sum",
        "shasum",
        "python3",
    )
    for name in set(names) - set(missing):
        if shutil.which(name):
            (programs / name).symlink_to(shutil.which(name))
    return programs


def test_without_a_hash_nothing_is_uploaded(tmp_path):
    fake = FakeAWS(tmp_path, MISSING, *THERE, DEPLOYED)
    programs = without(tmp_path, "sha256sum", "shasum")
    zip_file = writable(tmp_path, "g.zip")
    assert fake.run("install", "--no-ledger", "--zip", str(zip_file), PATH=f"{fake.programs}:{programs}") == 1
    assert "neither sha256sum nor shasum" in fake.output
    assert fake.calls("put-object") == fake.calls("cloudformation deploy") == []


def test_the_other_program_for_hashes_does(tmp_path):
    fake = FakeAWS(tmp_path, MISSING, (["get-account-settings"], "1000"), *THERE, DEPLOYED)
    fake.put("shasum", "#!/bin/sh\ncat >/dev/null\nprintf '%064d  -\\n' 7\n")
    programs = without(tmp_path, "sha256sum", "shasum")
    zip_file = writable(tmp_path, "g.zip")
    assert fake.run("install", "--no-ledger", "--zip", str(zip_file), PATH=f"{fake.programs}:{programs}") == 0, fake.output
    (deploy,) = fake.calls("cloudformation deploy")
    assert f"CodeKey=gatehouse/gatehouse/{7:064}.zip" in deploy


def test_a_tag_is_deployed_as_its_digest(install):
    answers = [(["ecr describe-images", "imageTag=1"], DIGEST), *THERE, DEPLOYED]
    fake = install(*answers, arguments=["--image", f"{IMAGE}:1"], zip_file=False)
    (deploy,) = fake.calls("cloudformation deploy")
    assert f"ImageUri={IMAGE}@{DIGEST}" in deploy


def test_a_tag_without_a_digest_is_not_deployed(install):
    answers = [(["ecr describe-images"], "!ImageNotFoundException"), *THERE]
    fake = install(*answers, arguments=["--image", f"{IMAGE}:1"], zip_file=False, status=1)
    assert "in place of the tag 1" in fake.output
    assert fake.calls("cloudformation deploy") == []


def test_a_zip_takes_the_place_of_an_image(install):
    there = [each for each in THERE if each[0] != ["describe-stacks", "'ImageUri'"]]
    fake = install((["describe-stacks", "'ImageUri'"], f"{IMAGE}@{DIGEST}"), *there, DEPLOYED)
    (deploy,) = [call for call in fake.asked if "deploy" in call]
    assert {"ImageUri=", "Architecture=arm64"} <= set(deploy)
    assert [word for word in deploy if word.startswith("CodeKey=gatehouse/gatehouse/")]


def test_a_template_that_outgrew_its_limit_goes_by_the_bucket(tmp_path):
    fake = FakeAWS(tmp_path, *THERE, DEPLOYED)
    zip_file = writable(tmp_path, "g.zip")
    for size, bucket in ((51_200, False), (51_201, True)):
        copied = with_template_of(size, tmp_path)
        assert fake.run("install", "--no-ledger", "--zip", str(zip_file), scripts=copied) == 0, fake.output
        (deploy,) = fake.calls("cloudformation deploy")
        assert ("--s3-bucket gatehouse-123456789012-us-east-1 --s3-prefix gatehouse/gatehouse" in deploy) == bucket


def test_tags_that_a_stack_has_stay(install):
    there = [each for each in THERE if each[0] != ["describe-stacks", "Tags"]]
    tags = "gatehouse:stack\tgatehouse\ncost centre\tsecurity, 1\nowner\tme"
    fake = install((["describe-stacks", "Tags"], tags), *there, DEPLOYED, arguments=["--tag", "owner=you"])
    (deploy,) = [call for call in fake.asked if "deploy" in call]
    given = deploy[deploy.index("--tags") + 1 : deploy.index("--parameter-overrides")]
    assert given == ["gatehouse:stack=gatehouse", "cost centre=security, 1", "owner=you"]


def test_analyzers_of_unused_access_do_not_count(install):
    fake = install(*[each for each in THERE if each[0] != ["list-analyzers"]], (["list-analyzers"], "0"), DEPLOYED)
    (asked,) = fake.calls("list-analyzers")
    assert "type=='ACCOUNT' || type=='ORGANIZATION'" in asked
    assert "no analyzer in us-east-1 yet that looks for external access" in fake.output


ALARMS = (["list-stack-resources", "AWS::CloudWatch::Alarm"], "gatehouse-A\tgatehouse-B")


def test_each_alarm_is_set_off_and_looked_after(install):
    fake = install(
        *THERE,
        DEPLOYED,
        ALARMS,
        (["set-alarm-state"], ""),
        (["describe-alarm-history", "gatehouse-A"], ["", "Successfully executed action arn:aws:sns:us-east-1:1:t"]),
        (["describe-alarm-history", "gatehouse-B"], "Successfully executed action arn:aws:sns:us-east-1:1:t"),
        arguments=["--test-alarms"],
    )
    for alarm in ("gatehouse-A", "gatehouse-B"):
        states = [line.split("--state-value ")[1].split()[0] for line in fake.calls("set-alarm-state", alarm)]
        assert states == ["OK", "ALARM", "OK"]
        assert f"the alarm {alarm} reached the topic" in fake.output
    assert all("--history-item-type Action" in line for line in fake.calls("describe-alarm-history"))
    assert "every alarm reaches the topic" in fake.output


@pytest.mark.parametrize("history", ["", "Failed to execute action arn:aws:sns:us-east-1:1:t. Received error: no key"])
def test_an_alarm_that_reaches_nobody_is_named(install, history):
    fake = install(
        *THERE,
        DEPLOYED,
        ALARMS,
        (["set-alarm-state"], ""),
        (["describe-alarm-history", "gatehouse-A"], "Successfully executed action"),
        (["describe-alarm-history", "gatehouse-B"], history),
        arguments=["--test-alarms"],
        status=1,
    )
    assert fake.output.splitlines()[-1].endswith("(see its policy and its key's): gatehouse-B")
    assert "--state-value OK" in fake.calls("set-alarm-state", "gatehouse-B")[-1]


def test_without_the_option_no_alarm_is_set_off(install):
    assert install(*THERE, DEPLOYED).calls("set-alarm-state") == []


EVENT = '{"version": "0", "detail": {"note": "a\\tb"}}'


def message(number, body=EVENT):
    return f"id-{number}\thandle-{number}\tno permission\t{body}"


def test_replay_hands_each_event_to_the_workflow_and_deletes_it(tmp_path):
    fake = FakeAWS(
        tmp_path,
        *THERE,
        (["get-queue-attributes"], "2"),
        (["receive-message"], [message(1), message(2), "None"]),
        (["start-execution", "replay-id-1"], "started"),
        (["start-execution", "replay-id-2"], "!An error occurred (ExecutionAlreadyExists)"),
        (["delete-message"], ""),
    )
    assert fake.run("replay", "--yes") == 0, fake.output
    assert "2 events were handed on, 0 were not" in fake.output
    assert [json.loads(kept.read_text()) for kept in (fake.folder / "files").iterdir()] == [json.loads(EVENT)] * 2
    assert [line.rsplit(" ", 1)[1] for line in fake.calls("delete-message")] == ["handle-1", "handle-2"]


def test_what_is_not_taken_stays_in_the_queue(tmp_path):
    fake = FakeAWS(
        tmp_path,
        *THERE,
        (["get-queue-attributes"], "2"),
        (["receive-message"], [message(1), message(2), "None"]),
        (["start-execution", "replay-id-1"], "!An error occurred (AccessDeniedException)"),
        (["start-execution", "replay-id-2"], "started"),
        (["delete-message"], ""),
    )
    assert fake.run("replay", "--yes") == 1
    assert "AccessDeniedException" in fake.output and "id-1 was not taken and stays" in fake.output
    assert [line.rsplit(" ", 1)[1] for line in fake.calls("delete-message")] == ["handle-2"]


def test_replay_asks_and_shows(tmp_path):
    fake = FakeAWS(tmp_path, *THERE, (["get-queue-attributes"], "1"), (["receive-message"], [message(1), "None"]))
    assert fake.run("replay") == 1
    assert "this asks before it goes on" in fake.output
    assert fake.run("replay", "--dry-run") == 0, fake.output
    assert "id-1: no permission" in fake.output and EVENT in fake.output
    assert fake.calls("start-execution") == fake.calls("delete-message") == []


def test_replay_takes_the_event_out_of_lambdas_record(tmp_path):
    record = json.dumps({"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": json.loads(EVENT)})
    answers = [each for each in THERE if "OutputKey" not in str(each[0])]
    fake = FakeAWS(
        tmp_path,
        (["describe-stacks", "OutputKey=='Workflow'"], "None"),
        (["describe-stacks", "OutputKey=='Function'"], "gatehouse-Function-1"),
        (["describe-stacks", "OutputKey=='UndeliveredQueue'"], "https://sqs/queue"),
        *answers,
        (["get-queue-attributes"], "1"),
        (["receive-message"], [message(1, record), "None"]),
        (["lambda invoke", "gatehouse-Function-1", "--invocation-type Event"], ""),
        (["delete-message"], ""),
    )
    assert fake.run("replay", "--yes") == 0, fake.output
    (kept,) = (fake.folder / "files").iterdir()
    assert json.loads(kept.read_text()) == json.loads(EVENT)


def test_replay_where_there_is_no_stack(tmp_path):
    fake = FakeAWS(tmp_path, MISSING)
    assert fake.run("replay", "--yes") == 1
    assert "there is no stack gatehouse" in fake.output


@pytest.mark.parametrize("script", ["install", "uninstall", "replay"])
def test_wrong_usage_is_the_error_and_one_line(tmp_path, script):
    fake = FakeAWS(tmp_path, IDENTITY)
    assert fake.run(script, "--what") == 2
    assert fake.output.splitlines() == [
        f"deploy/{script}: unknown argument --what",
        f"deploy/{script} --help says how it is used",
    ]
    assert fake.asked == []
