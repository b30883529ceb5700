"""deploy/confirm-live when things go wrong: whatever call fails, is not answered, or is the last, nothing stays behind."""

import os
import signal
import sys

import boto3
import pytest

from support import faults
from support.account import MEMBER
from support.sandbox import OUTSIDER
from support.template import DEPLOY

sys.path.insert(0, str(DEPLOY))

from confirm import command  # noqa: E402
from confirm.checks import CHECKS  # noqa: E402

# The others with --long.
SHORT = ("trust",)
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
        """Exit code, and how many calls were made; the fault meets the call of this number."""
        made = 0

        def watch(call):
            nonlocal made
            made += 1
            return fault(call) if made == at and fault is not None else None

        self.sandbox.faults = watch
        more = ["--include-public"] if check.is_public else []
        arguments = ["--run", "--account", MEMBER, "--yes", "--pace", "0.01", "--json", "-", "--only", check.name]
        code = command.main([*arguments, "--outsider", OUTSIDER, "--gatehouse", str(self.sandbox.program), *more])
        self.sandbox.faults = None
        self.output, self.errors = self.capsys.readouterr()
        return code, made


@pytest.fixture
def in_process(sandbox, monkeypatch, capsys):
    return InProcess(sandbox, monkeypatch, capsys)


def interrupted(call):
    """Ctrl-C while the call is on its way; it is answered."""
    os.kill(os.getpid(), signal.SIGINT)


WAYS = {
    "refused": lambda call: faults.access_denied,
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
    assert calls > 4 and in_process.sandbox.everything() == before
    # The first tells who is calling: where it fails nothing is begun.
    step, first = (1, 1) if calls <= FEW else (5, 1 + list(WAYS).index(way))
    for number in range(first, calls + 1, step):
        code, made = in_process.run(check, WAYS[way], number)
        assert in_process.sandbox.everything() == before, (number, in_process.errors)
        assert code in (0, 1, 3) and made >= min(number, 1), (number, in_process.errors)
        if way == "interrupted" and number < calls // 2:
            assert code == 1, (number, in_process.errors)
        assert "Traceback" not in in_process.errors
