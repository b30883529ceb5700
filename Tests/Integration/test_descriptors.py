"""A poor place to start in: closed standard descriptors, few descriptors, no /proc."""

import os
import shutil
import sys

import pytest

from support.empty_root import EmptyRoot
from support.events import published, published_bytes
from support.runtime_api import Function

# Prepares this process and becomes the function: what was closed or opened stays so.
PREPARE = """
import os, resource, sys
{0}
os.execv(sys.argv[1], sys.argv[1:])
"""

LIMIT = "resource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}))"

FILL = """
resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
opened = []
try:
    while True:
        opened.append(os.dup(0))
        os.set_inheritable(opened[-1], True)
except OSError:
    for number in opened[len(opened) - {0}:]:
        os.close(number)
"""


@pytest.fixture
def prepared(binary, accounts, started):
    """Starts a handler after some Python: `prepared("evaluate", "os.close(1)")`."""
    accounts.published_role()
    accounts.finding(published())
    root = EmptyRoot(binary)

    def start(handler, python, **settings):
        command = [sys.executable, "-c", PREPARE.format(python), *root.command]
        running = Function(binary, handler, accounts.environment(handler, **settings), command=command)
        started.append(running)
        return running

    yield start
    root.remove()


@pytest.mark.parametrize("closed", ["0", "1", "2", "0, 1", "1, 2", "0, 1, 2"])
def test_what_is_closed_never_becomes_the_runtime_apis_connection(prepared, closed):
    running = prepared("evaluate", f"for number in ({closed},): os.close(number)")
    for event, kind in [(published_bytes(), "response"), (b"nonsense", "error"), (published_bytes(), "response")]:
        assert running.invoke(event).kind == kind
    assert running.api.unreadable == []


@pytest.mark.parametrize("limit", [6, 8, 11, 14, 20, 31])
def test_too_low_a_limit_is_said_at_the_start(prepared, limit):
    running = prepared("resolve", LIMIT.format(limit))
    failure = running.initialisation_error()
    assert failure.error_type == "Function.InvalidConfiguration"
    assert f"{limit} file descriptors" in failure.json["errorMessage"]
    assert running.process.wait(5) == 1


@pytest.mark.parametrize("free", [4, 6, 9, 12, 15])
def test_too_few_that_are_free_are_said_at_the_start(prepared, free):
    running = prepared("resolve", FILL.format(free))
    failure = running.initialisation_error()
    assert failure.error_type == "Function.InvalidConfiguration"
    assert "file descriptors" in failure.json["errorMessage"]
    assert running.process.wait(5) == 1


def test_a_low_limit_is_enough_for_one_loop(prepared):
    running = prepared("resolve", LIMIT.format(40), GATEHOUSE_MODE="enforce")
    assert running.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"


def test_more_loops_than_descriptors_are_said_with_what_fits(prepared):
    running = prepared("evaluate", LIMIT.format(1024), AWS_LAMBDA_MAX_CONCURRENCY="960")
    failure = running.initialisation_error()
    assert "AWS_LAMBDA_MAX_CONCURRENCY" in failure.json["errorMessage"]
    assert "924" in failure.json["errorMessage"]


def test_as_many_loops_as_fit_work(prepared):
    running = prepared("evaluate", LIMIT.format(1024), AWS_LAMBDA_MAX_CONCURRENCY="924")
    for _ in range(20):
        assert running.invoke(published_bytes()).kind == "response"


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("chroot"), reason="another root needs root rights here")
def test_without_proc_it_says_so(binary, accounts, started):
    root = EmptyRoot(binary)
    running = Function(
        binary,
        "evaluate",
        accounts.environment("evaluate"),
        command=[shutil.which("chroot"), str(root.path), "/bootstrap"],
    )
    started.append(running)
    assert running.process.wait(10) == 1
    assert "/proc is not there" in running.log
    root.remove()
