"""What deploy/release writes, and that it is all a newcomer needs: no clone, no Swift."""

import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tarfile
import urllib.parse
import zipfile

import pytest

import support.cloudformation
import support.deployed  # noqa: F401
from support.account import MEMBER, REGION
from support.documents import CODE, FENCE, LINK
from support.image import CERTIFICATES, Builder, CannotBuild, Image
from support.prepare import tool
from support.release import ROOT, TIME, VERSION, Checkout
from support.template import NAMES, read

ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
RELEASE = f"gatehouse-{VERSION}-linux-{ARCHITECTURE}"
IMAGES = {"lambda-image": "gatehouse-lambda", "image": "gatehouse"}

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a release is of a commit, and this is no clone")


@pytest.fixture(scope="module")
def package(binary):
    folder = binary.parent.resolve()
    if not (folder / "gatehouse.zip").exists():
        pytest.skip(f"{binary} was not made by deploy/package")
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return Checkout(tmp_path_factory.mktemp("first") / "clone")


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """Certificate roots; whichever, the images hold these."""
    file = tmp_path_factory.mktemp("roots") / "roots.crt"
    file.write_text("these are no roots\n")
    return CERTIFICATES if CERTIFICATES.exists() else file


@pytest.fixture(scope="module")
def release(checkout, package, roots):
    return checkout.release("--package", package, "--certificates", roots)


@pytest.fixture(scope="module")
def unpacked(release, tmp_path_factory):
    """A folder with what people download, unpacked."""
    folder = tmp_path_factory.mktemp("download")
    for ending in (".tar.gz", ".zip"):
        shutil.copy2(release / f"{RELEASE}{ending}", folder)
    with tarfile.open(folder / f"{RELEASE}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / RELEASE


def without_swift():
    """The folders of PATH in which there is no Swift."""
    path = os.pathsep.join(
        folder for folder in os.environ["PATH"].split(os.pathsep) if not (pathlib.Path(folder) / "swift").exists()
    )
    assert shutil.which("swift", path=path) is None
    return path


def test_it_is_where_it_says_and_holds_what_it_says(checkout, release):
    assert release == checkout.folder.resolve() / ".build/release" / RELEASE
    templates = {*NAMES, "gatehouse.asl.json", "sweep.asl.json", "scp.json", "rules.schema.json"}
    ours = {f"{RELEASE}{ending}" for ending in (".zip", ".tar.gz", ".cdx.json", "-image.tar", "-lambda-image.tar")}
    assert {path.name for path in release.iterdir()} == templates | ours | {"RELEASE.md", "SHA256SUMS"}
    for name in templates:
        assert (release / name).read_bytes() == (ROOT / "deploy" / name).read_bytes()
    # Of each file the page says what it is.
    notes = (release / "RELEASE.md").read_text()
    for name in ours | {"SHA256SUMS", "rules.schema.json", "scp.json", "gatehouse.asl.json", "sweep.asl.json"}:
        assert f"`{name}`" in notes, name
    assert f"Of commit {checkout.hash}." in notes
    # Nobody said where it will be.
    assert "https://" not in notes.split("## What has changed")[0]


def test_the_sums(release):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = {line.split("  ")[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    assert said == {path.name for path in release.iterdir()} - {"SHA256SUMS"}


def test_the_same_commit_gives_the_same_bytes_in_another_folder(checkout, release, package, roots, tmp_path):
    again = Checkout(tmp_path / "somewhere" / "else")
    assert again.hash == checkout.hash
    os.utime(again.folder / "LICENSE", (1, 1))
    (again.folder / "deploy" / "scp.json").chmod(0o600)
    made = again.release("--package", package, "--certificates", roots, "--output", tmp_path / "out")
    for path in sorted(release.iterdir()):
        assert (made / path.name).read_bytes() == path.read_bytes(), path.name
    # What an earlier run has written is replaced.
    again.release("--package", package, "--no-image", "--output", tmp_path / "out")
    assert not list(made.glob("*image.tar"))
    assert "image.tar" not in (made / "RELEASE.md").read_text()


def test_the_archive_is_nobodys_and_of_the_commits_time(release):
    with tarfile.open(release / f"{RELEASE}.tar.gz") as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    assert names == sorted(names, key=lambda name: name.split("/")) and {name.split("/")[0] for name in names} == {RELEASE}
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "", "", TIME)
    }
    assert {member.mode for member in members} == {0o755, 0o644}
    programs = {member.name.removeprefix(f"{RELEASE}/") for member in members if member.isfile() and member.mode == 0o755}
    assert {"gatehouse", "deploy/install", "deploy/uninstall", "deploy/replay"} <= programs
    # What builds is not among them: it would want a clone.
    assert not {"deploy/package", "deploy/release"} & set(name.removeprefix(f"{RELEASE}/") for name in names)


def test_nothing_of_this_machine_is_in_it(release, checkout, unpacked):
    places = [str(ROOT), str(checkout.folder), str(pathlib.Path.home()) + "/", "nobody@example.com"]
    files = [path for folder in (release, unpacked) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 60
    for path in files:
        content = path.read_bytes()
        assert not [place for place in places if place.encode() in content], path


def test_the_pages_lead_somewhere(unpacked):
    pages = sorted(unpacked.rglob("*.md"))
    assert len(pages) > 15
    for page in pages:
        for link in LINK.findall(CODE.sub("", FENCE.sub("", page.read_text()))):
            if not re.match("[a-z]+:", link):
                path, _, anchor = link.partition("#")
                target = page.parent / path if path else page
                assert target.exists(), f"{page}: {link}"
                heading = re.sub(r"[^\w\n #-]", "", target.read_text().lower()).replace(" ", "-") if anchor else ""
                assert not anchor or f"-{anchor}\n" in heading, f"{page}: {link}"
    # Those of the first page are our own, and none of them was mended away.
    first = (ROOT / "deploy/releasing/README.md.in").read_text()
    assert len(LINK.findall(first)) >= 8
    assert LINK.findall((unpacked / "README.md").read_text()) == LINK.findall(first)
    assert "@" not in re.sub(r"\S+@example\.com", "", (unpacked / "README.md").read_text())


def test_it_runs_in_an_empty_folder(unpacked, tmp_path):
    def run(*words):
        done = subprocess.run([unpacked / "gatehouse", *words], cwd=tmp_path, env={}, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    assert run("--version").split()[-1] == VERSION
    assert "Outcome   RESOLVED in mode enforce" in run("demo")
    for shell, name in {"bash": "gatehouse.bash", "zsh": "_gatehouse", "fish": "gatehouse.fish"}.items():
        completions = (unpacked / "completions" / name).read_text()
        assert completions == run("--generate-completion-script", shell) and "rollback" in completions
    assert (unpacked / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert list(tmp_path.iterdir()) == []


class Newcomer:
    """Somebody with the AWS CLI and the release's files."""

    def __init__(self, accounts, folder, home):
        key, secret = accounts.aws.administrator(MEMBER)
        self.accounts = accounts
        self.folder = folder
        self.environment = {
            "PATH": f"{tool('awscli')}:{without_swift()}",
            "HOME": str(home),
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_ENDPOINT_URL": accounts.aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def install(self, *arguments, status=0):
        done = subprocess.run(
            [self.folder / "deploy" / "install", "--no-smoke-test", "--region", REGION, *map(str, arguments)],
            env=self.environment,
            cwd=self.environment["HOME"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        output = done.stdout + done.stderr
        assert done.returncode == status, output
        return output

    def stacks(self):
        return self.accounts.client("cloudformation").describe_stacks()["Stacks"]


@pytest.fixture
def newcomer(accounts, unpacked, tmp_path):
    return Newcomer(accounts, unpacked, tmp_path)


def test_a_dry_run_without_a_clone(newcomer):
    output = newcomer.install("--dry-run", "--email", "you@example.com")
    assert "Workflow" in output and "packaging" not in output
    assert newcomer.stacks() == []
    zip_file = newcomer.folder.parent / f"{RELEASE}.zip"
    assert newcomer.install("--dry-run", "--zip", zip_file).count("AWS::Lambda::Function") >= 8


def test_it_deploys_its_own_zip_with_rules_that_it_checks(newcomer, release, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"version": 1, "default": "NOTIFY", "rules": [{"name": "x"}]}')
    output = newcomer.install("--rules", rules, status=1)
    assert "have mistakes: nothing was deployed" in output and newcomer.stacks() == []
    rules.write_text('{"version": 1, "default": "NOTIFY", "rules": []}')
    newcomer.install("--no-ledger", "--rules", rules)
    (stack,) = newcomer.stacks()
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
    assert parameters["Architecture"] == ARCHITECTURE
    assert hashlib.sha256((release / f"{RELEASE}.zip").read_bytes()).hexdigest() in parameters["CodeKey"]
    assert parameters["RulesKey"].endswith(".rules.json")


def test_the_zip_that_is_not_beside_it(newcomer, unpacked, tmp_path):
    alone = tmp_path / "moved"
    shutil.copytree(unpacked, alone)
    newcomer.folder = alone
    assert f"there is no {RELEASE}.zip in {alone} or the folder above" in newcomer.install(status=1)
    other = RELEASE.replace(ARCHITECTURE, "arm64" if ARCHITECTURE == "x86_64" else "x86_64")
    # The other's zip, beside it: what its name says is deployed, wherever this runs.
    (tmp_path / f"{other}.zip").write_bytes(b"another zip")
    for arguments in (["--architecture", other.split("-")[-1]], ["--zip", tmp_path / f"{other}.zip"]):
        newcomer.install("--stack", f"other{len(str(arguments[0]))}", "--no-ledger", *arguments)
    for stack in newcomer.stacks():
        parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        assert parameters["Architecture"] == other.split("-")[-1]
    (alone / "gatehouse").unlink()
    rules = tmp_path / "rules.json"
    rules.write_text("{}")
    assert "The release has it" in newcomer.install("--rules", rules, status=1)


def test_the_function_is_the_packages(release, package):
    assert (release / f"{RELEASE}.zip").read_bytes() == (package / "gatehouse.zip").read_bytes()
    with zipfile.ZipFile(release / f"{RELEASE}.zip") as archive:
        assert archive.namelist() == ["bootstrap"]


def test_the_list_of_components_has_the_version(release, package):
    listed = json.loads((release / f"{RELEASE}.cdx.json").read_text())
    assert listed["metadata"]["component"].pop("version") == VERSION
    assert listed == json.loads((package / "gatehouse.cdx.json").read_text())
    assert {"swift-nio", "swift-runtime", "glibc"} <= {part["name"] for part in listed["components"]}


def digest_of(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("kind, name", IMAGES.items())
def test_an_image_is_what_its_digests_say(release, checkout, package, roots, kind, name):
    """By hand, as an engine reads it: by index.json (OCI) and by manifest.json (docker load)."""
    with tarfile.open(release / f"{RELEASE}-{kind}.tar") as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive.getmembers() if member.isfile()}
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    blobs = {digest_of(content): content for path, content in files.items() if path.startswith("blobs/")}
    assert {f"blobs/{digest.replace(':', '/')}" for digest in blobs} == {path for path in files if "/" in path}

    (described,) = json.loads(files["index.json"])["manifests"]
    manifest = json.loads(blobs[described["digest"]])
    for part in (described, manifest["config"], *manifest["layers"]):
        assert len(blobs[part["digest"]]) == part["size"]
    (saved,) = json.loads(files["manifest.json"])
    assert saved["RepoTags"] == [f"{name}:{VERSION}"]
    assert digest_of(files[saved["Config"]]) == manifest["config"]["digest"]
    assert [digest_of(files[layer]) for layer in saved["Layers"]] == [layer["digest"] for layer in manifest["layers"]]

    config = json.loads(blobs[manifest["config"]["digest"]])
    assert (config["os"], config["architecture"]) == ("linux", {"x86_64": "amd64"}.get(ARCHITECTURE, ARCHITECTURE))
    assert config["created"] == "2026-02-03T04:05:06Z"
    assert config["config"]["Labels"]["org.opencontainers.image.revision"] == checkout.hash
    held = {}
    for layer, difference in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
        content = gzip.decompress(blobs[layer["digest"]])
        assert digest_of(content) == difference
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive.getmembers():
                assert (member.uid, member.gid, member.mtime) == (0, 0, TIME)
                if member.isfile():
                    held[member.name] = (member.mode, archive.extractfile(member).read())
    program = "gatehouse" if kind == "image" else "bootstrap"
    assert held == {
        program: (0o755, (package / program).read_bytes()),
        "etc/ssl/certs/ca-certificates.crt": (0o644, roots.read_bytes()),
    }


@pytest.fixture(scope="module")
def builder(package):
    try:
        builder = Builder()
    except CannotBuild as problem:
        pytest.skip(f"no image is loaded here: {problem}")
    try:
        builder.give(package / "bootstrap")
        yield builder
    finally:
        builder.remove()


def load(builder, release, kind):
    builder.run("pull", f"docker-archive:{release / f'{RELEASE}-{kind}.tar'}")
    return Image(builder, f"localhost/{IMAGES[kind]}:{VERSION}")


def test_the_functions_image_is_the_dockerfiles(builder, release, checkout):
    loaded = load(builder, release, "lambda-image")
    built = builder.build("function", VERSION=VERSION, REVISION=checkout.hash)
    for settings in (loaded.settings, built.settings):
        settings["Labels"].pop("io.buildah.version", None)
        # Of what nobody said nothing is in the release's.
        if settings["Labels"].get("org.opencontainers.image.source") == "unknown":
            del settings["Labels"]["org.opencontainers.image.source"]
        # An engine's default, which buildah writes out.
        settings.pop("Env", None)
    assert loaded.settings == built.settings

    def content(image):
        files = {path.relative_to(image.root): path for path in image.root.rglob("*") if path.is_file()}
        return {name: (path.stat().st_mode, path.read_bytes()) for name, path in files.items()}

    assert content(loaded) == content(built)


def test_the_command_lines_image_shows_the_demo(builder, release):
    loaded = load(builder, release, "image")
    done = subprocess.run(loaded.command("demo"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Outcome   RESOLVED in mode enforce" in done.stdout
    assert "USAGE: gatehouse" in subprocess.run(loaded.command(), capture_output=True, text=True).stdout


def test_links_and_commands_that_a_publisher_asked_for(checkout, package, tmp_path):
    made = checkout.release(
        *("--package", package, "--no-image", "--output", tmp_path / "out", "--base-url", "https://example.com/files/"),
        *("--launch", "eu-west-1=our-bucket/a/prefix", "--launch", "us-east-1=other"),
    )
    notes = (made / "RELEASE.md").read_text()
    assert f'for file in {RELEASE}.tar.gz {RELEASE}.zip SHA256SUMS; do curl -fLO "https://example.com/files/$file"' in notes
    links = dict(re.findall(r"^- \[([a-z0-9-]+)\]\((https:\S+)\)$", notes, re.MULTILINE))
    assert set(links) == {"eu-west-1", "us-east-1"}
    for region, bucket, folder in (("eu-west-1", "our-bucket", f"a/prefix/{RELEASE}"), ("us-east-1", "other", RELEASE)):
        address, _, fragment = links[region].partition("#")
        assert address == f"https://{region}.console.aws.amazon.com/cloudformation/home?region={region}"
        page, _, query = fragment.partition("?")
        given = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
        assert page == "/stacks/create/review"
        assert given.pop("templateURL") == f"https://{bucket}.s3.{region}.amazonaws.com/{folder}/gatehouse.yaml"
        assert given.pop("stackName") == "gatehouse"
        assert given == {
            "param_CodeBucket": bucket,
            "param_CodeKey": f"{folder}/{RELEASE}.zip",
            "param_WorkflowKey": f"{folder}/gatehouse.asl.json",
            "param_Architecture": ARCHITECTURE,
        }
        for file in (given["param_CodeKey"], given["param_WorkflowKey"]):
            assert (made / file.removeprefix(f"{folder}/")).exists()
        parameters = read("gatehouse.yaml")["Parameters"]
        for name, value in given.items():
            parameter = parameters[name.removeprefix("param_")]
            assert re.search(parameter.get("AllowedPattern", ""), value)
            assert value in parameter.get("AllowedValues", [value])


def test_what_is_no_release(package, tmp_path):
    clone = Checkout(tmp_path / "clone")
    given = ("--package", package, "--no-image", "--output", tmp_path / "out")
    assert f"the version is {VERSION}, not 9.9.9" in clone.release(*given, "--version", "9.9.9", status=1)
    assert clone.release(*given, "--version", f"v{VERSION}").exists()

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("something else")
    assert "holds something else" in clone.release(*given, "--output", tmp_path / "mine", status=1)
    assert (tmp_path / "mine" / "file").exists()

    (clone.folder / "deploy" / "scp.json").write_text("{}")
    assert "not committed" in clone.release(*given, status=1)
    dirty = clone.release(*given[:3], "--allow-dirty")
    assert dirty.name == RELEASE.replace(VERSION, f"{VERSION}-dirty")
    assert "with changes" in (dirty / "RELEASE.md").read_text()

    other = tmp_path / "package"
    shutil.copytree(package, other)
    (other / "gatehouse").write_text("#!/bin/sh\necho 0.0.1\n")
    assert f"version 0.0.1, not {VERSION}: run deploy/package" in clone.release(*given, "--allow-dirty", "--package", other, status=1)
    (other / "gatehouse").write_text(f"#!/bin/sh\necho {VERSION}\n")
    refused = clone.release("--package", other, "--output", tmp_path / "half", "--allow-dirty", "--certificates", other / "gatehouse", status=1)
    assert "no Linux binary" in refused and not (tmp_path / "half").exists()
    (other / "gatehouse.zip").unlink()
    assert "gatehouse.zip: deploy/package makes it" in clone.release(*given, "--allow-dirty", "--package", other, status=1)
    assert "--no-image" in clone.release("--package", package, "--allow-dirty", "--certificates", tmp_path / "none", status=1)

    changes = clone.folder / "deploy" / "CHANGELOG.md"
    changes.write_text(re.sub(rf"^(## .*){re.escape(VERSION)}", r"\1nothing", changes.read_text(), flags=re.MULTILINE))
    clone.commit()
    assert f"has no heading with {VERSION}" in clone.release(*given, status=1)
    assert not list(tmp_path.rglob(".release-*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--what"],
        ["--version"],
        ["--base-url", "http://example.com"],
        ["--base-url", "https://example.com/a b"],
        ["--launch", "our-bucket"],
        ["--launch", "eu-west-1=bucket.with.dots"],
        ["--launch", "cn-north-1=our-bucket"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_where_to_read_on(arguments):
    done = subprocess.run([ROOT / "deploy" / "release", *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2
    assert done.stderr.splitlines()[1] == "deploy/release --help says how it is used"
