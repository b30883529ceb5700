"""What `gatehouse audit` takes of the processor and in memory, against a stub that answers at once."""

import os
import subprocess
import sys
from pathlib import Path

from .bench import interleaved
from .build import compile_c
from .figures import Sample
from .processes import Function, Problem
from .rules import LAUNCH

TESTS = Path(__file__).resolve().parents[2] / "Integration"
SECTION = "gatehouse audit, against an instant stub over HTTP"
REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
    "eu-west-2", "eu-west-3", "sa-east-1",
)  # fmt: skip
FORMATS = ("jsonl", "csv", "html")
# A process of its own, so that its time is not ours.
SERVE = "import sys; sys.path.insert(0, sys.argv[1]); from support.audit_stub import serve; serve(*map(int, sys.argv[2:]))"


class Stub:
    """So many findings in each of so many regions."""

    def __init__(self, regions, findings):
        command = [sys.executable, "-c", SERVE, str(TESTS), str(regions), str(findings)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise Problem("the stub of Access Analyzer did not start")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measured(command, environment):
    """Seconds of the processor and megabytes (10^6 bytes) of one run."""
    done = subprocess.run([sys.executable, "-c", LAUNCH, *map(str, command)], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    _, seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes * 1024 / 1e6


def audit(bench):
    """17 regions with 200 findings each, in some formats; then 100,000 findings for the memory."""
    gatehouse = bench.bootstrap.parent / "gatehouse"
    if not os.access(gatehouse, os.X_OK):
        raise Problem(f"no command line at {gatehouse}: deploy/package makes it")
    floor = compile_c(bench.scratch, "floor-audit", ["floor-audit.c", "http.c"])
    regions = [word for region in REGIONS for word in ("--region", region)]

    def runs(stub, form):
        return measured([gatehouse, "audit", *regions, "--format", form], {**Function.BASE, "AWS_ENDPOINT_URL": stub.url})

    stub = Stub(len(REGIONS), 200)
    try:
        calls = {form: (lambda form=form: runs(stub, form)) for form in FORMATS}
        calls["floor"] = lambda: measured([floor, stub.url.removeprefix("http://"), *REGIONS], Function.BASE)
        results = interleaved(bench.times(9, 3), calls)
    finally:
        stub.close()
    bare = Sample([one[0] * 1e6 for one in results["floor"]])
    for form in FORMATS:
        ours = Sample([one[0] * 1e6 for one in results[form]])
        bench.report.add(SECTION, f"17 regions x 200 findings as {form}, processor time", ours, bare,
                         "C, asks and copies what comes", "< 1 s")
    each = bench.times(100_000, 17_000) // len(REGIONS) + 1
    stub = Stub(len(REGIONS), each)
    try:
        for form in ("jsonl", "csv", "ocsf", "json", "html", "table"):
            seconds, megabytes = runs(stub, form)
            bench.report.add(SECTION, f"peak resident memory, {each * len(REGIONS):,} findings as {form}",
                             Sample([megabytes], "MB"), reach="< 100 MB")
            bench.report.note(SECTION, f"{each * len(REGIONS):,} findings as {form}: {seconds:.2f} s of the processor")
    finally:
        stub.close()
