"""What Tests/Benchmarks/sweep computes with: the packaged sweep asks no more than it says, and the README has its tables."""

import importlib.machinery
import importlib.util
import json
import re
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
    # One item by a transaction each, of up to 1 KB: two write units.
    written = [json.loads(call.body)["TransactItems"] for call in aws.calls if (call.service, call.action) == ("dynamodb", "TransactWriteItems")]
    assert len(written) == findings * module.WRITES and module.UNITS_A_WRITE == 2
    assert all(len(items) == 1 and len(json.dumps(items)) < 1000 for items in written)
    assert not [name for name in names if name.startswith("dynamodb:") and name.endswith(("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"))]
    assert names.count("access-analyzer:ListFindings") == 1
    # Nothing else, but for what is asked once.
    assert len(names) - findings * (module.READS + module.WRITES + 1) <= 3, names


def test_a_workflow_costs_what_the_chapter_on_costs_counts():
    """deploy/README.md, of 1,000 findings."""
    module = figures()
    chapter = (DEPLOY / "README.md").read_text().split("## What it costs a month")[1].split("\n## ")[0]
    rows = {cells[1].strip(): cells[2] for cells in (line.split("|") for line in chapter.splitlines()) if len(cells) == 5}

    def number(row, pattern):
        (found,) = re.findall(pattern, rows[row])
        return float(found.replace(",", ""))

    count = {name: each * 1000 for name, each in module.WORKFLOW.items()}
    assert number("Step Functions", r"= ([\d,]+) × 0\.000025") == count["transitions"]
    assert number("Lambda", r"= ([\d,]+) invocations") == count["invocations"]
    assert number("Lambda", r"= ([\d,]+) GB-s") == count["seconds"] * module.MEMORY_GB
    assert number("logs", r"= ([\d,]+) MB") * 1000 == count["log KB"]
    assert number("ledger", r"× ([\d,]+) writes") * 1000 == count["writes"]
    assert number("ledger", r"writes × ([\d,]+) units") == module.UNITS_A_WRITE
    assert number("ledger", r"units × ([\d.]+)") == module.WRITE
    assert number("X-Ray, SNS, SQS, EventBridge, S3", r"([\d,]+) traces") == count["traces"]
    assert number("X-Ray, SNS, SQS, EventBridge, S3", r"([\d,]+) emails") == count["emails"]
    assert "of which 100 are\nblocked" in chapter and module.BLOCKED == 0.1
    # What it comes to for a million is said in the chapter on organizations.
    told = module.simulate("major", 10, 0)
    sentence = " ".join((DEPLOY / "README.md").read_text().split("**Sweep the organization.**")[1].split())
    assert f"${round(sum(told['dollars'].values()))}, and the workflows" in sentence and f"${round(told['workflow'], -1):.0f}" in sentence
    assert 1.5 < told["end"] / 3600 < 2.5 and "about two hours" in sentence
