"""Fixtures: one AWS for the run, emptied before each test; functions that end with the test."""

import os
import pathlib

import pytest

from support import debian
from support.account import Accounts
from support.aws import AWS
from support.browser import Browser
from support.command_line import CommandLine
from support.empty_root import way_in
from support.emulator import Emulator
from support.events import published
from support.kept import Kept
from support.place import Place
from support.runtime_api import Function
from support.terraform import CannotPlan, Terraform
from support.ways import Blocked
from support.workflow import Workflow

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = pytest.StashKey()
FIGURES = pytest.StashKey()
BINARY = pathlib.Path(os.environ.get("BOOTSTRAP", ROOT / ".build" / "lambda" / "bootstrap"))


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also the tests that are marked long")


def pytest_configure(config):
    config.stash[LEFT_OUT] = 0
    config.stash[FIGURES] = []


def pytest_report_header(config):
    return [f"bootstrap: {os.path.relpath(BINARY)}", f"runs in: {way_in()[1]}"]


def pytest_collection_modifyitems(config, items):
    """Without --long what is marked long is left out, unless it is asked for by its file or name."""
    if config.getoption("--long") or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out and not config.getoption("keyword"):
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.stash[LEFT_OUT] = len(left_out)


def pytest_sessionfinish(session):
    """A worker's stash is lost with it."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["kept"] = config.stash[LEFT_OUT], config.stash[FIGURES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    # A worker that crashed has kept nothing.
    left_out, figures = getattr(node, "workeroutput", {}).get("kept", (0, []))
    node.config.stash[LEFT_OUT] = max(node.config.stash[LEFT_OUT], left_out)
    node.config.stash[FIGURES] += figures


@pytest.fixture
def figures(request):
    """Lines that stand at the end of the run."""
    return request.config.stash[FIGURES]


def pytest_terminal_summary(terminalreporter, config):
    """Said again at the end, because it decides what the run has shown."""
    for line in sorted(config.stash[FIGURES]):
        terminalreporter.write_line(line)
    if config.stash[LEFT_OUT]:
        terminalreporter.write_line(f"{config.stash[LEFT_OUT]} tests are left to --long")
    terminalreporter.write_line(f"the function ran in {way_in()[1]}")


@pytest.fixture(scope="session")
def binary():
    if not BINARY.exists():
        pytest.exit(f"no {BINARY}: run deploy/package first", returncode=2)
    return BINARY


@pytest.fixture(scope="session")
def running_aws():
    aws = AWS()
    yield aws
    aws.stop()


@pytest.fixture(scope="module")
def kept(running_aws, binary):
    """Functions that live through the tests of a file."""
    functions = Kept(running_aws, binary)
    yield functions
    functions.stop()


@pytest.fixture
def place(kept):
    return Place(kept)


@pytest.fixture
def blocked(kept, accounts, function):
    """What a way of blocking has blocked; the accounts are anew, and hold no sessions of functions that are kept."""
    kept.stop()
    return lambda way: Blocked(way, accounts, function)


@pytest.fixture
def aws(running_aws):
    """AWS with nothing in it."""
    running_aws.reset()
    return running_aws


@pytest.fixture
def accounts(aws):
    return Accounts(aws)


@pytest.fixture
def command(binary, aws, accounts, tmp_path):
    """The packaged command line in an empty folder."""
    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")
    return CommandLine(program, aws, accounts, tmp_path)


@pytest.fixture
def started(request):
    """What a test starts, stopped at its end; a failing test shows the function's log."""
    running = []
    yield running
    for process in running:
        process.stop()
    failed = any(getattr(request.node, name, None) for name in ("failed_call", "failed_setup"))
    for process in running if failed else []:
        print(process.log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        setattr(item, f"failed_{report.when}", True)
    return report


@pytest.fixture
def emulated(binary, accounts, started):
    """Starts a handler under AWS's emulator: `emulated("resolve", GATEHOUSE_MODE="enforce")`."""

    def start(handler, account="123456789012", **settings):
        function = Emulator(binary, handler, accounts.environment(handler, account, **settings))
        started.append(function)
        return function

    return start


@pytest.fixture
def function(binary, accounts, started):
    """Starts a handler on our own Runtime API; `own` is the account in the function's ARN."""

    def start(handler, account="123456789012", own="012345678912", **settings):
        running = Function(binary, handler, accounts.environment(handler, account, **settings), own)
        started.append(running)
        return running

    return start


@pytest.fixture
def workflow(aws, accounts, binary, monkeypatch, started):
    """Makes the workflow: `workflow(GATEHOUSE_MODE="observe")`; it acts where nothing else is said."""

    def make(**settings):
        made = Workflow(aws, accounts, binary, monkeypatch, **settings)
        started.append(made.functions)
        return made

    return make


@pytest.fixture
def one_function(accounts, binary, started, tmp_path):
    """Makes the single function's stack, where a person approves what is blocked: `one_function(Mode="observe")`."""
    # What it puts into moto is for those that deploy.
    from support.one_function import OneFunction

    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")

    def make(**parameters):
        made = OneFunction(accounts, binary, program, tmp_path, **parameters)
        started.append(made.functions)
        return made

    return make


@pytest.fixture
def sandbox(aws, accounts, binary, tmp_path, monkeypatch):
    """An account for deploy/confirm-live, with Access Analyzer at work."""
    # What it puts into moto is for those that confirm.
    from support.sandbox import Sandbox

    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")
    return Sandbox(aws, accounts, program, tmp_path, monkeypatch)


@pytest.fixture
def alice(workflow, accounts):
    """The published role, its finding, and a workflow that acts."""
    made = workflow()
    accounts.published_role()
    accounts.finding(published())
    return made


@pytest.fixture(scope="session")
def terraform():
    """Terraform with a stand-in of the AWS provider, for us-east-1."""
    try:
        running = Terraform()
    except CannotPlan as problem:
        pytest.skip(f"deploy/terraform is not planned here: {problem}")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def package_file(tmp_path_factory):
    """A zip for plans; what is in it matters to nobody before it is uploaded."""
    file = tmp_path_factory.mktemp("package") / "gatehouse.zip"
    file.write_bytes(b"a zip")
    return file


@pytest.fixture(scope="module")
def browser():
    try:
        browser = Browser()
    except debian.NotInstalled as problem:
        pytest.skip(str(problem))
    yield browser
    browser.stop()


@pytest.fixture(scope="session")
def jq():
    try:
        debian.require("jq")
    except debian.NotInstalled as problem:
        pytest.skip(str(problem))
