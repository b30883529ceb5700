"""The CDK app: what it synthesises is deploy/gatehouse.yaml, with the zip and the workflow as its assets."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
from cfnlint.decode import cfn_yaml

from support.prepare import HOME, make_environment

pytestmark = pytest.mark.long

ROOT = pathlib.Path(__file__).resolve().parents[2]
APP = ROOT / "deploy" / "cdk"
ASSETS = {"CodeBucket", "CodeKey", "WorkflowKey"}

# Where the CDK's own bootstrapping puts assets.
BUCKET = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}


@pytest.fixture(scope="module")
def output(binary, tmp_path_factory):
    if not shutil.which("node"):
        pytest.skip("the CDK needs node, which is not installed here")
    if not (ROOT / ".build" / "lambda" / "gatehouse.zip").exists():
        pytest.skip("no .build/lambda/gatehouse.zip: run deploy/package first")
    make_environment(HOME / "cdk", APP / "requirements.txt", "aws-cdk-lib")
    folder = tmp_path_factory.mktemp("cdk.out")
    done = subprocess.run(
        [HOME / "cdk" / "bin" / "python", "app.py"],
        cwd=APP,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CDK_OUTDIR": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr, done.stderr
    return folder


@pytest.fixture(scope="module")
def synthesised(output):
    return json.loads((output / "gatehouse.template.json").read_text())


@pytest.fixture(scope="module")
def ours():
    return cfn_yaml.load(str(ROOT / "deploy" / "gatehouse.yaml"))


def plain(value, replaced=None):
    """One way of writing what can be written in two, with the references to `replaced` parameters filled in."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in (replaced or {}):
            return replaced[value["Ref"]]
        if set(value) == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], str):
            return {"Fn::GetAtt": value["Fn::GetAtt"].split(".", 1)}
        return {key: plain(inner, replaced) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, replaced) for inner in value]
    return value


def asset_key(output, source):
    """The key under which the asset with the bytes of `source` is uploaded."""
    files = json.loads((output / "gatehouse.assets.json").read_text())["files"]
    for name, file in files.items():
        path = output / file["source"]["path"]
        if path.read_bytes() == source.read_bytes():
            (destination,) = file["destinations"].values()
            assert destination["objectKey"].startswith(name)
            return destination["objectKey"]
    raise AssertionError(f"{source} is none of the assets")


def test_the_resources_are_the_templates_own(output, synthesised, ours):
    assets = {
        "CodeBucket": BUCKET,
        "CodeKey": asset_key(output, ROOT / ".build" / "lambda" / "gatehouse.zip"),
        "WorkflowKey": asset_key(output, ROOT / "deploy" / "gatehouse.asl.json"),
    }
    for section in ("Resources", "Conditions", "Outputs"):
        assert plain(synthesised[section]) == plain(ours[section], assets), section


def test_everything_else_stays_a_parameter(synthesised, ours):
    assert set(ours["Parameters"]) - set(synthesised["Parameters"]) == ASSETS
    assert set(synthesised["Parameters"]) - set(ours["Parameters"]) == {"BootstrapVersion"}
    for name in set(ours["Parameters"]) - ASSETS:
        assert plain(synthesised["Parameters"][name]) == plain(ours["Parameters"][name])


def test_the_ledger_is_a_stack_of_its_own(output, synthesised):
    """Handed over as a parameter: nothing of the one stack is bound to the other."""
    ledger = json.loads((output / "gatehouse-ledger.template.json").read_text())
    ours = cfn_yaml.load(str(ROOT / "deploy" / "ledger.yaml"))
    for section in ("Resources", "Conditions", "Outputs"):
        assert plain(ledger[section]) == plain(ours[section]), section
    assert "Export" not in json.dumps(ledger["Outputs"]) and "ImportValue" not in json.dumps(synthesised)
    artifacts = json.loads((output / "manifest.json").read_text())["artifacts"]
    assert artifacts["gatehouse-ledger"]["properties"]["terminationProtection"] is True


def test_the_zip_is_uploaded_as_it_is(output):
    """Not zipped once more: Lambda would find a zip in it, and no bootstrap."""
    files = json.loads((output / "gatehouse.assets.json").read_text())["files"]
    assert {file["source"].get("packaging") for file in files.values()} == {"file"}
