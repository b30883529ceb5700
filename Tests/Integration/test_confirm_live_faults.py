"""deploy/confirm-live when things go wrong: whatever call fails, is not answered, or is the last, nothing stays behind."""

import json
import os
import signal
import sys

import boto3
import pytest

from support import faults
from support.account import MEMBER
from support.http import Answer
from support.sandbox import OUTSIDER
from support.template import DEPLOY

sys.path.insert(0, str(DEPLOY))

from confirm import command  # noqa: E402
from confirm.checks import CHECKS  # noqa: E402

# A role and its policy, by the fewest calls; the others with --long.
SHORT = ("rds-authorisation",)
# A check that makes more calls than this meets its fault at every fifth, beginning with another one each way.
FEW = 45


class InProcess:
    """Runs the script's command in this process: hundreds of times, with the SDK's models read once."""

    def __init__(self, sandbox, monkeypatch, capsys):
        self.sandbox, self.capsys = sandbox, capsys
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        original, shared = boto3.Session, boto3.Session()
        monkeypatch.setattr(boto3, "Session", lambda **given: original(**given) if "aws_access_key_id" in given else shared)

    def run(self, check, fault=None, at=None):
        """Exit code, and how many calls were made; the fault meets the call of this number, or each."""
        made = 0

        def watch(call):
            nonlocal made
            made += 1
            return fault(call) if fault is not None and at in (None, made) else None

        self.sandbox.faults = watch
        more = ["--include-public"] if check.is_public else []
        arguments = ["--run", "--account", MEMBER, "--yes", "--pace", "0.01", "--json", "-", "--only", check.name]
        code = command.main([*arguments, "--outsider", OUTSIDER, "--gatehouse", str(self.sandbox.program), *more])
        self.sandbox.faults = None
        self.output, self.errors = self.capsys.readouterr()
        return code, made


@pytest.fixture
def in_process(sandbox, monkeypatch, capsys):
    # As in a terminal: what runs in the background of a script ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield InProcess(sandbox, monkeypatch, capsys)
    signal.signal(signal.SIGINT, before)


def interrupted(call):
    """Ctrl-C while the call is on its way; it is answered."""
    os.kill(os.getpid(), signal.SIGINT)


# No service says so by itself.
WORDS = "not authorized, and nothing else"
WAYS = {
    "refused": lambda call: faults.denied(WORDS),
    "answer-lost": lambda call: faults.closed_executed,
    "interrupted": interrupted,
}
CASES = [
    pytest.param(check, way, id=f"{check.name}-{way}", marks=[] if check.name in SHORT else pytest.mark.long)
    for check in CHECKS
    for way in WAYS
]


@pytest.mark.parametrize("check, way", CASES)
def test_whatever_call_goes_wrong_nothing_stays_behind(in_process, check, way):
    before = in_process.sandbox.everything()
    _, calls = in_process.run(check)
    # Who is calling, the account's alias, and what is looked at; what is made is listed and deleted as well.
    assert calls > (4 if check.kinds else 3) and in_process.sandbox.everything() == before
    # The first tells who is calling: where it fails nothing is begun.
    step, first = (1, 1) if calls <= FEW else (5, 1 + list(WAYS).index(way))
    for number in range(first, calls + 1, step):
        code, made = in_process.run(check, WAYS[way], number)
        assert in_process.sandbox.everything() == before, (number, in_process.errors)
        assert code in (0, 1, 3) and made >= min(number, 1), (number, in_process.errors)
        if way == "interrupted" and number < calls // 2:
            assert code == 1, (number, in_process.errors)
        assert "Traceback" not in in_process.errors
        # Who may not ask has learnt nothing.
        results = json.loads(in_process.output)["results"] if in_process.output else []
        assert not [each for each in results if WORDS in each["why"] and each["verdict"] != "UNKNOWN"], number


@pytest.mark.parametrize(
    "name, action", [("trust", "iam:CreateRole"), ("key-grammar", "kms:CreateKey"), ("table-grammar", "dynamodb:CreateTable")]
)
def test_what_was_made_without_any_answer_is_taken_away(in_process, name, action):
    """However often it is asked: of keys there is then one for each time."""
    before = in_process.sandbox.everything()
    in_process.run(check_of(name), lambda call: faults.closed_executed if str(call) == action else None)
    assert in_process.sandbox.aws.names().count(action) > 2
    assert in_process.sandbox.everything() == before, in_process.errors
    assert json.loads(in_process.output)["left"] == []


@pytest.mark.parametrize("looks", [2, 100])
def test_what_lists_show_late_is_taken_away_and_what_they_never_show_is_told(in_process, looks):
    before = in_process.sandbox.everything()
    told = 0

    def late(call):
        nonlocal told
        told += str(call) == "kms:ListKeys"
        return nothing_listed if str(call) == "kms:ListKeys" and told <= looks else None

    code, _ = in_process.run(check_of("kms-via"), late)
    left = json.loads(in_process.output)["left"]
    if looks == 2:
        assert (code, left) == (0, []) and in_process.sandbox.everything() == before
    else:
        assert code == 1 and len(left) == 1 and "no list shows it" in left[0] and "--clean-up" in in_process.errors


def check_of(name):
    return next(check for check in CHECKS if check.name == name)


def nothing_listed(exchange):
    exchange.reply(Answer(200, [("Content-Type", "application/x-amz-json-1.1")], b'{"Keys": [], "Truncated": false}'))
