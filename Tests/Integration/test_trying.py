"""`gatehouse event` and `invoke`: from nothing to the mail on the screen, without AWS."""

import json
import os
import pty
import subprocess

import pytest

from support.events import EVENTS

ALICE = EVENTS / "respond" / "published-alice"
KEY = EVENTS / "respond" / "published-key"


@pytest.fixture(scope="module")
def program(binary):
    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")
    return program


@pytest.fixture
def gatehouse(program, tmp_path):
    """Runs `gatehouse …` in an empty folder and an empty environment; gives what it prints."""

    def run(*words, text="", status=0, **environment):
        done = subprocess.run(
            [program, *words], cwd=tmp_path, env=environment, input=text, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 or done.stdout else done.stderr

    run.folder = tmp_path
    return run


def test_a_sample_event_becomes_a_mail(gatehouse):
    event = gatehouse("event", "role", "--principal", "user", "--account-file", "account.json")
    (gatehouse.folder / "event.json").write_text(event)
    shown = gatehouse("invoke", "respond", "event.json", "--account", "account.json", "--show-message")
    finding = json.loads(event)["detail"]["id"]
    case, mail = shown.split("== The message that was sent ==\n")
    assert "Outcome   RESOLVED in mode enforce" in case
    assert mail.startswith("Subject: BLOCKED")
    assert finding in mail and "arn:aws:iam::999988887777:user/Alice" in mail


@pytest.mark.parametrize("step", ["evaluate", "resolve"])
def test_a_step_shows_what_notify_would_send(gatehouse, step):
    (gatehouse.folder / "event.json").write_text(
        gatehouse("event", "s3", "--principal", "public", "--account-file", "account.json")
    )
    words = ["event.json", "--account", "account.json"]
    shown = gatehouse("invoke", step, *words, "--show-message")
    assert "== The message, which is not sent here ==\nSubject: OPEN CRITICAL" in shown
    answer = gatehouse("invoke", step, *words, "--json")
    (gatehouse.folder / "case.json").write_text(answer)
    sent = gatehouse("invoke", "notify", "case.json", "--account", "account.json", "--show-message")
    assert sent.split("Subject: ")[1] == shown.split("Subject: ")[1]


@pytest.mark.parametrize(
    "step, why",
    [
        ("enrich", "nothing is decided yet"),
        ("evaluate", "what is archived is in the log and the metrics alone"),
        ("respond", "ARCHIVED is in the log and the metrics alone"),
    ],
)
def test_who_is_told_nothing_is_said_why(gatehouse, step, why):
    shown = gatehouse("invoke", step, KEY / "event.json", "--account", KEY / "account.json", "--show-message")
    assert f"Nobody is told: {why}" in shown


def test_without_a_topic_the_message_says_so(gatehouse):
    shown = gatehouse(
        *("invoke", "respond", EVENTS / "resolve" / "bucket-user" / "event.json"),
        *("--account", EVENTS / "resolve" / "bucket-user" / "account.json", "--show-message"),
    )
    assert "The message that nobody gets: GATEHOUSE_TOPIC_ARN is not set" in shown


@pytest.mark.parametrize(
    "fixture, mode, what",
    [
        (ALICE, "enforce", "would be RESOLVED"),
        (ALICE, "observe", "would be OBSERVED"),
        (ALICE, "approve", "would be REFUSED"),
        (KEY, "enforce", "would be ARCHIVED"),
        (EVENTS / "respond" / "protected-service-linked", "enforce", "would be PROTECTED"),
    ],
)
def test_a_dry_run_says_what_it_would_be(gatehouse, fixture, mode, what):
    words = ("invoke", "respond", fixture / "event.json", "--account", fixture / "account.json", "--dry-run")
    shown = gatehouse(*words, GATEHOUSE_MODE=mode)
    assert shown.startswith(f"DRY RUN: {what}; nothing was changed, and nobody was told\n")
    assert f"Outcome   {what} in mode {mode}\n" in shown
    assert json.loads(gatehouse(*words, "--json", GATEHOUSE_MODE=mode))["outcome"]["status"] != "RESOLVED"


def test_with_a_ledger_somebody_would_be_asked(gatehouse):
    words = ("invoke", "respond", ALICE / "event.json", "--account", ALICE / "account.json", "--dry-run")
    shown = gatehouse(*words, GATEHOUSE_MODE="approve", GATEHOUSE_LEDGER_TABLE="gatehouse")
    assert shown.startswith("DRY RUN: would be AWAITING_APPROVAL;")


def test_a_rollback_that_is_tried_says_so(gatehouse):
    fixture = EVENTS / "rollback" / "rollback"
    words = ("invoke", "rollback", fixture / "event.json", "--account", fixture / "account.json", "--dry-run")
    assert gatehouse(*words).startswith("DRY RUN: would be ROLLED_BACK;")


def test_a_batch_prints_each_case(gatehouse):
    record = {"messageId": "one", "body": (ALICE / "event.json").read_text()}
    batch = {"Records": [record, {**record, "messageId": "two"}, {"messageId": "three", "body": "{"}]}
    (gatehouse.folder / "batch.json").write_text(json.dumps(batch))
    words = ("invoke", "respond", "batch.json", "--account", ALICE / "account.json", "--show-message")
    shown = gatehouse(*words, status=1)
    assert "== Records one, two were answered ==\nFinding   a5018210" in shown
    assert "Outcome   RESOLVED in mode enforce" in shown
    assert "== Record three FAILED ==\nFunction.InvalidEvent: " in shown
    assert "== The message that was sent ==\nSubject: BLOCKED" in shown
    assert shown.endswith("Failed, and to be tried again by the queue: three\n")


def test_two_files_that_were_swapped_are_named(gatehouse):
    said = gatehouse("invoke", "respond", ALICE / "account.json", "--account", ALICE / "event.json", status=1)
    assert "event.json is not an account's file but an event or case: did you swap EVENT and --account?" in said
    said = gatehouse("invoke", "respond", ALICE / "account.json", "--account", ALICE / "account.json", status=1)
    assert "account.json is not an event or case but an account's file: name it with --account" in said


def test_json_is_nothing_but_json(gatehouse):
    assert "leave --show-message out" in gatehouse("invoke", "notify", "x", "--json", "--show-message", status=64)


def test_a_day_is_a_moment(gatehouse):
    gatehouse("rules", "check", "builtin", "--now", "2026-11-22")


@pytest.mark.parametrize("term, has_colour", [("xterm", True), ("dumb", False)])
def test_a_dumb_terminal_has_no_colour(program, term, has_colour):
    ours, theirs = pty.openpty()
    words = [program, "invoke", "respond", ALICE / "event.json", "--account", ALICE / "account.json"]
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.DEVNULL, env={"TERM": term}) as child:
        os.close(theirs)
        shown = b""
        while chunk := read(ours):
            shown += chunk
    os.close(ours)
    assert child.returncode == 0 and b"RESOLVED" in shown
    assert (b"\x1b[" in shown) == has_colour


def read(descriptor):
    """Linux answers EIO where the other end of a terminal is closed."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def test_a_refused_connection_is_said_in_words(gatehouse):
    said = gatehouse(
        *("status", "--ledger", "gatehouse", "--region", "us-east-1"), status=1,
        AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ACCESS_KEY_ID="A", AWS_SECRET_ACCESS_KEY="b", AWS_MAX_ATTEMPTS="1",
    )
    assert "connection refused by 127.0.0.1:1" in said and "errno" not in said
