"""What Tests/Benchmarks/sweep computes with: the packaged sweep asks no more than it says, and the README has its tables."""

import importlib.machinery
import importlib.util
import json
import subprocess
import sys

from support import dynamodb
from support.account import MEMBER
from support.template import DEPLOY
from test_organization_sweep import SHOP, finding

SCRIPT = DEPLOY.parent / "Tests" / "Benchmarks" / "sweep"


def figures():
    loader = importlib.machinery.SourceFileLoader("sweep_figures", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def test_the_readme_has_its_tables():
    done = subprocess.run([SCRIPT, "--check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_each_finding_takes_the_calls_that_it_counts(aws, accounts, function):
    module, findings = figures(), 5
    accounts.table = dynamodb.make_table(accounts.client("dynamodb"))
    states = accounts.client("stepfunctions")
    machine = states.create_state_machine(
        name="workflow", definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/workflow",
    )["stateMachineArn"]  # fmt: skip
    for number in range(findings):
        finding(accounts, number, SHOP, "us-east-1")
    sweep = function(
        "sweep", own=MEMBER, allowed=["*"], GATEHOUSE_MODE="enforce", GATEHOUSE_ORGANIZATION_LOOKUPS="off",
        GATEHOUSE_LEDGER_TABLE=accounts.table, GATEHOUSE_STATE_MACHINE_ARN=machine,
    )  # fmt: skip
    scope = {"scope": {"account": SHOP, "region": "us-east-1"}, "next": None}
    aws.calls.clear()
    assert sweep.invoke(scope).json["started"] == findings
    names = aws.names()
    assert names.count("states:StartExecution") == findings
    assert names.count("dynamodb:GetItem") == findings * module.READS
    assert sum(names.count(f"dynamodb:{write}Item") for write in ("Put", "Update", "Delete")) == findings * module.WRITES
    assert names.count("access-analyzer:ListFindings") == 1
    # Nothing else, but for what is asked once.
    assert len(names) - findings * (module.READS + module.WRITES + 1) <= 3, names
