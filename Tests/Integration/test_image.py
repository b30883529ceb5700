"""The container image: what is in it, who it runs as, and that it works as Lambda and as a person start it."""

import json
import pathlib
import platform
import subprocess

import pytest

from support.emulator import Emulator
from support.events import SID, published, published_bytes
from support.image import ROOT, Builder, CannotBuild
from support.runtime_api import Function

SIZE_LIMIT = 35_000_000
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@pytest.fixture(scope="module")
def builder(binary):
    try:
        builder = Builder()
    except CannotBuild as problem:
        pytest.skip(f"no image is built here: {problem}")
    try:
        builder.give(binary)
        yield builder
    finally:
        builder.remove()


@pytest.fixture(scope="module")
def image(builder):
    return builder.build()


@pytest.fixture(scope="module")
def local(builder):
    return builder.build("local")


def test_size(image):
    assert image.size < SIZE_LIMIT


def test_it_holds_the_function_and_trust_roots_only(image, binary):
    found = {str(path.relative_to(image.root)): path for path in image.root.rglob("*") if path.is_file()}
    assert set(found) == {"bootstrap", "etc/ssl/certs/ca-certificates.crt"}
    assert found["bootstrap"].read_bytes() == binary.read_bytes()
    # Lambda runs the image as a user of its own: everybody must be able to read.
    assert found["bootstrap"].stat().st_mode & 0o777 == 0o755
    assert found["etc/ssl/certs/ca-certificates.crt"].stat().st_mode & 0o777 == 0o644


def test_labels_say_what_it_is_and_what_it_is_of(builder, image):
    prefix = "org.opencontainers.image."
    labels = {
        name.removeprefix(prefix): value for name, value in image.settings["Labels"].items() if name.startswith(prefix)
    }
    assert labels["title"] == "Gatehouse" and labels["licenses"] == "Apache-2.0"
    # Nobody said it, and nothing is made up.
    assert {labels[name] for name in ("source", "revision", "version")} == {"unknown"}
    given = {"SOURCE": "https://example.com/gatehouse", "REVISION": "0123abc", "VERSION": "1.2.3"}
    labels = builder.build("function", **given).settings["Labels"]
    assert {labels[prefix + name.lower()] for name in given} == set(given.values())


def test_user_and_program(image):
    assert image.settings["User"] == "65532:65532"
    assert image.settings["Entrypoint"] == ["/bootstrap"]
    assert image.settings["Cmd"] == ["respond"]
    assert image.architecture == ARCHITECTURES[platform.machine()]


def start(image, environment, *arguments):
    """The image as Lambda starts it: an empty _HANDLER, the function's command as arguments."""
    return Function(None, "", environment, command=image.command(*arguments))


@pytest.mark.parametrize("arguments", [[], ["evaluate"]])
def test_the_command_names_the_handler(image, accounts, started, arguments):
    accounts.published_role()
    accounts.finding(published())
    function = start(image, accounts.environment("respond", "123456789012"), *arguments)
    started.append(function)
    case = function.invoke(published_bytes()).json
    assert case["decision"]["action"] == "RESOLVE"
    # respond goes on to act (here: to say what it would do), evaluate does not.
    assert ("outcome" in case) == (arguments == [])


def test_it_runs_as_its_user(image, accounts, started):
    function = start(image, accounts.environment("evaluate", "123456789012"), "evaluate")
    started.append(function)
    function.invoke(published_bytes())
    status = pathlib.Path(f"/proc/{function.process.child.pid}/status").read_text()
    assert "Uid:\t65532\t65532\t65532\t65532" in status
    assert "Gid:\t65532\t65532\t65532\t65532" in status


def test_a_command_that_is_no_handler(image, accounts, started):
    function = start(image, accounts.environment("evaluate", "123456789012"), "make-coffee")
    started.append(function)
    failure = function.initialisation_error()
    assert failure.error_type == "Function.InvalidConfiguration"
    assert "make-coffee" in failure.json["errorMessage"]
    assert function.process.wait(5) == 1


def test_a_finding_is_resolved_under_the_emulator(local, accounts, started):
    """`docker run -p 9000:8080 … gatehouse-local resolve`, and an event sent to it."""
    assert local.settings["Entrypoint"] == ["/aws-lambda-rie", "/bootstrap"]
    assert "8080/tcp" in local.settings["ExposedPorts"]
    accounts.published_role()
    accounts.finding(published())
    environment = accounts.environment("resolve", "123456789012", GATEHOUSE_MODE="enforce")
    function = Emulator(None, "", environment, command=lambda *options: local.command("resolve", options=options))
    started.append(function)
    case = json.loads(function.invoke(published_bytes()))
    assert case["outcome"]["status"] == "RESOLVED", case
    assert SID in [statement.get("Sid") for statement in accounts.trust("Audit_CrossAccountRole")["Statement"]]


def test_the_context_holds_the_sources_and_no_build(builder):
    """What .dockerignore lets through is what deploy/package reads."""
    context = builder.context()
    tracked = subprocess.run(
        ["git", "ls-files", "Package.swift", "Sources", "deploy/package"], cwd=ROOT, capture_output=True, text=True
    ).stdout.splitlines()
    assert tracked or not (ROOT / ".git").exists()
    assert set(tracked) <= context
    assert {"Package.swift", "deploy/package", "Sources/bootstrap/Bootstrap.swift"} <= context
    assert not [
        path for path in context if path.startswith((".git/", ".build/")) and not path.startswith(".build/image/")
    ]
