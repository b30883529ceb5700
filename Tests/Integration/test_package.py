"""What deploy/package made: one static binary within its size, and a zip that Lambda takes."""

import json
import pathlib
import re
import shutil
import struct
import subprocess
import zipfile

import pytest

from support.empty_root import EmptyRoot, way_in
from support.events import published_bytes

PROGRAM_INTERPRETER, DYNAMIC = 3, 2
NEEDED = 1
LIMITS = {"bootstrap": 20_000_000, "gatehouse.zip": 8_000_000}


def program_headers(data):
    """(type, offset, size) of each segment of a 64-bit little-endian ELF file."""
    assert data[:6] == b"\x7fELF\x02\x01", "not a 64-bit little-endian ELF file"
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for number in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, start + number * size)
        yield kind, offset, length


def needed_libraries(data):
    for kind, offset, length in program_headers(data):
        if kind == DYNAMIC:
            entries = struct.iter_unpack("<qQ", data[offset : offset + length // 16 * 16])
            return [value for tag, value in entries if tag == NEEDED]
    return []


ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_dependency_is_one_version():
    """With a range each checkout would build other code; Package.resolved differs between mirrors and is not kept."""
    named = re.findall(r"\.package\((.*)\)", (ROOT / "Package.swift").read_text())
    assert len(named) == 4
    for dependency in named:
        assert re.search(r', exact: "\d+\.\d+\.\d+"$', dependency), dependency


def test_wrong_usage_is_one_line_and_where_to_read_on():
    done = subprocess.run([ROOT / "deploy" / "package", "--what"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "deploy/package: unknown argument --what",
        "deploy/package --help says how it is used",
    ]


@pytest.fixture(scope="module")
def folder(binary):
    if not (binary.parent / "gatehouse.zip").exists():
        pytest.skip(f"{binary} was not made by deploy/package")
    return binary.parent


@pytest.mark.parametrize("name", ["bootstrap", "gatehouse"])
def test_static(folder, name):
    data = (folder / name).read_bytes()
    assert PROGRAM_INTERPRETER not in [kind for kind, _, _ in program_headers(data)]
    assert needed_libraries(data) == []


@pytest.mark.parametrize("name, limit", LIMITS.items())
def test_within_its_size(folder, name, limit):
    assert (folder / name).stat().st_size <= limit


def test_the_zip_holds_bootstrap_and_nothing_else(folder):
    with zipfile.ZipFile(folder / "gatehouse.zip") as archive:
        (entry,) = archive.infolist()
        assert entry.filename == "bootstrap"
        assert entry.external_attr >> 16 == 0o100755
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert archive.read(entry) == (folder / "bootstrap").read_bytes()


def test_the_list_of_components_is_what_was_resolved(folder):
    """CycloneDX: every package with the revision that was built, and what the toolchain links in."""
    listed = json.loads((folder / "gatehouse.cdx.json").read_text())
    assert (listed["bomFormat"], listed["specVersion"], listed["version"]) == ("CycloneDX", "1.6", 1)
    parts = {part["name"]: part for part in listed["components"]}
    resolved = ROOT / "Package.resolved"
    if resolved.exists():
        pins = json.loads(resolved.read_text())["pins"]
        assert set(parts) == {pin["identity"] for pin in pins} | {"swift-runtime", "glibc", "libstdc++"}
        for pin in pins:
            part, state = parts[pin["identity"]], pin["state"]
            properties = {one["name"]: one["value"] for one in part["properties"]}
            assert (part["version"], properties["gatehouse:revision"]) == (state["version"], state["revision"])
            assert part["purl"].startswith("pkg:swift/") and part["purl"].endswith("@" + state["version"])
    assert all(part["version"] for part in parts.values())


@pytest.mark.parametrize("word", [b"FoundationEssentials", b"_StringProcessing", b"AsyncHTTPClient", b"CCryptoBoringSSL"])
def test_what_must_not_come_back(folder, word):
    """Each brings megabytes with it: one `import Foundation`, one `contains` of a text, one package too many."""
    assert word not in (folder / "bootstrap").read_bytes()


def test_the_root_is_empty(binary):
    """The other tests' root: the binary, resolver files and /proc."""
    root = EmptyRoot(binary)
    try:
        found = {str(path.relative_to(root.path)) for path in root.path.rglob("*")}
        assert found <= {"bootstrap", "proc", "etc", "etc/resolv.conf", "etc/hosts", "etc/nsswitch.conf"}
    finally:
        root.remove()


def test_the_function_sees_only_its_root(binary, function):
    if way_in()[0] is None:
        pytest.skip(f"runs in {way_in()[1]}")
    running = function("evaluate")
    assert running.invoke(published_bytes()).kind == "response"
    root = pathlib.Path(f"/proc/{running.process.child.pid}/root")
    assert {path.name for path in root.iterdir()} <= {"bootstrap", "proc", "etc"}


def test_the_command_line_runs_alone(folder, tmp_path):
    """The static command line, in an empty folder and with an empty environment."""
    shutil.copy2(folder / "gatehouse", tmp_path / "gatehouse")
    (tmp_path / "event.json").write_bytes(published_bytes())

    def run(*words):
        return subprocess.run(["./gatehouse", *words], cwd=tmp_path, env={}, capture_output=True, timeout=60)

    help_text = run("--help")
    assert help_text.returncode == 0
    for word in ("demo", "invoke", "rollback"):
        assert word in help_text.stdout.decode()
    assert run("no-such-command").returncode == 64
    case = run("invoke", "evaluate", "event.json", "--json")
    assert case.returncode == 0, case.stderr.decode()
    assert json.loads(case.stdout)["decision"]["action"] == "RESOLVE"
