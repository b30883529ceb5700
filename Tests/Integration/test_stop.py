"""Ending: SIGTERM ends the function between events, also as process 1 of a container."""

import os
import pathlib
import shutil
import signal

import pytest

from support import faults
from support.empty_root import EmptyRoot
from support.events import published, published_bytes
from support.process import until
from support.runtime_api import Function


def children(process):
    path = pathlib.Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in path.read_text().split()] if path.exists() else []


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    return accounts


@pytest.mark.parametrize("loops", ["", "4"])
def test_a_function_that_waits_ends_with_status_0(world, function, loops):
    running = function("evaluate", AWS_LAMBDA_MAX_CONCURRENCY=loops)
    assert running.invoke(published_bytes()).kind == "response"
    running.process.child.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0, running.log
    assert "SIGTERM" in running.log


def test_a_change_that_is_being_made_is_finished_and_reported(aws, world, function):
    running = function("resolve", GATEHOUSE_MODE="enforce")

    def terminate(exchange):
        """The signal comes while the write is under way."""
        running.process.child.send_signal(signal.SIGTERM)
        exchange.reply(exchange.execute())

    aws.fail("iam", "UpdateAssumeRolePolicy", terminate)
    case = running.invoke(published_bytes()).json
    assert case["outcome"]["status"] == "RESOLVED"
    running.api.offer(published_bytes(), running.arn, 30, "")
    assert running.process.wait(10) == 0, running.log
    assert len(running.api.outcomes) == 1


def test_the_event_at_hand_ends_at_its_deadline(aws, world, function):
    running = function("resolve", GATEHOUSE_MODE="enforce")

    def terminate(exchange):
        running.process.child.send_signal(signal.SIGTERM)
        faults.slow(20)(exchange)

    aws.fail("iam", "GetRole", *[terminate] * 3)
    assert running.invoke(published_bytes(), seconds=2).error_type == "Function.DeadlineExceeded"
    assert running.process.wait(10) == 0, running.log


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="a process id of 1 needs root here")
def test_process_1_ends_as_well(binary, world, started):
    root = EmptyRoot(binary)
    command = [shutil.which("unshare"), "--pid", "--fork", "--kill-child", "--", *root.command]
    running = Function(binary, "evaluate", world.environment("evaluate"), command=command)
    started.append(running)
    assert running.invoke(published_bytes()).kind == "response"
    (first,) = until(lambda: children(running.process.child.pid), 5, "process 1")
    os.kill(first, signal.SIGTERM)
    assert running.process.wait(10) == 0, running.log
    root.remove()
