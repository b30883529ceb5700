"""Lines a second through `gatehouse rules run`, on one core, and what a million of them take in memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .bench import interleaved
from .figures import Sample
from .processes import Problem

RULES = Path(__file__).resolve().parent.parent / "rules.json"
SECTION = "gatehouse rules run, 20 rules, one core"

# Starts a program on the first core that this process may use, from a process that is small itself, so that what is
# counted is the program's own; prints seconds on the wall and on the processor, and kilobytes resident at most.
LAUNCH = """
import os, sys, time
start = time.monotonic()
child = os.fork()
if child == 0:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""

ACCOUNT = "123456789012"
TYPES = (
    ("AWS::S3::Bucket", "arn:aws:s3:::data-{}", ["s3:GetObject", "s3:ListBucket"]),
    ("AWS::IAM::Role", f"arn:aws:iam::{ACCOUNT}:role/app/audit-{{}}", ["sts:AssumeRole"]),
    (
        "AWS::KMS::Key",
        f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-{{}}",
        ["kms:Decrypt", "kms:Encrypt"],
    ),
    ("AWS::SQS::Queue", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-{{}}", ["sqs:SendMessage"]),
    ("AWS::Lambda::Function", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f-{{}}", ["lambda:InvokeFunction"]),
    (
        "AWS::SecretsManager::Secret",
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s-{{}}",
        ["secretsmanager:GetSecretValue"],
    ),
    ("AWS::SNS::Topic", f"arn:aws:sns:us-east-1:{ACCOUNT}:events-{{}}", ["sns:Publish"]),
    ("AWS::ECR::Repository", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/base/{{}}", ["ecr:BatchGetImage"]),
)
TEAMS = ("production", "development", "test", "development")


def case(number):
    """A case as enrichment leaves it; every second one has been decided about before."""
    kind, resource, actions = TYPES[number % len(TYPES)]
    serial = f"{100_000_000_000 + number:012d}"
    time = "2026-05-13T03:14:32Z"
    finding = {
        "id": f"a5018210-97c4-46c4-9456-{serial}",
        "kind": "ExternalAccess",
        "status": "ACTIVE",
        "analyzerArn": f"arn:aws:access-analyzer:us-east-1:{ACCOUNT}:analyzer/AccessAnalyzer",
        "resource": resource.format(serial),
        "resourceType": kind,
        "accountId": ACCOUNT,
        "region": "us-east-1",
        "principal": {"AWS": f"arn:aws:iam::{serial}:user/Alice"},
        "actions": actions,
        "condition": {},
        "isPublic": number % 9 == 0,
        "isDeleted": False,
        "createdAt": time,
        "analyzedAt": time,
        "updatedAt": time,
        "error": None,
    }
    context = {
        "tags": {"Environment": TEAMS[number % 4], "Owner": f"team-{number % 50}", "CostCenter": "4711"},
        "name": f"resource-{number}",
        "account": {
            "id": ACCOUNT,
            "name": "payments",
            "tags": {},
            "organizationalUnits": [{"id": "ou-abcd-11111111", "name": "Workloads"}],
        },
        "principalAccount": {"id": serial, "inOrganization": False},
    }
    decided = {"decision": {"action": "NOTIFY", "rule": "default", "risk": 50, "reasons": ["No rule matches."]}}
    return {"finding": finding, "context": context, **(decided if number % 2 else {})}


def write_cases(path, count):
    """Writes them, a line each; the bytes of a line on average."""
    with open(path, "w") as file:
        for number in range(count):
            file.write(json.dumps(case(number), separators=(",", ":")) + "\n")
    return path.stat().st_size / count


def launched(*command, **options):
    """Wall seconds, processor seconds, megabytes (10^6 bytes) of one run."""
    done = subprocess.run([sys.executable, "-c", LAUNCH, *map(str, command)], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Problem(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    wall, processor, resident = map(float, done.stdout.split())
    return wall, processor, resident * 1024 / 1e6


def rules(bench):
    """Lines a second by processor time and by the wall; peak memory for few lines and for ten times as many."""
    gatehouse = bench.bootstrap.parent / "gatehouse"
    if not os.access(gatehouse, os.X_OK):
        raise Problem(f"no command line at {gatehouse}: deploy/package makes it")
    cases = bench.scratch / "cases.jsonl"
    count = bench.times(100_000, 20_000)
    size = write_cases(cases, count)
    command = [gatehouse, "rules", "run", RULES]
    results = interleaved(
        bench.times(7, 3),
        {
            "gatehouse": lambda: launched(*command, cases),
            "floor": lambda: launched(bench.programs["floor-lines"], cases),
        },
    )
    for place, what, reach in ((1, "lines, by processor time", ">= 100,000 1/s"), (0, "lines, by the wall", None)):
        ours, floor = (Sample([count / one[place] for one in results[name]], "1/s") for name in ("gatehouse", "floor"))
        bench.report.add(SECTION, what, ours, floor, "C, reads lines and copies them out", reach)
    few = max(one[2] for one in results["gatehouse"])
    times = 10
    pipe = subprocess.Popen(
        ["sh", "-c", f'for i in $(seq {times}); do cat "$1"; done', "sh", cases], stdout=subprocess.PIPE
    )
    with pipe:
        _, _, many = launched(*command, "-", stdin=pipe.stdout)
    bench.report.add(SECTION, f"peak resident memory, {count:,} lines", Sample([few], "MB"))
    bench.report.add(
        SECTION, f"peak resident memory, {count * times:,} lines", Sample([many], "MB"), reach="<= 100 MB, flat"
    )
    bench.report.note(
        SECTION,
        f"cases of {size:.0f} bytes, half of them decided about before; processor time holds the "
        "start of the program; nothing else is pinned to the core, so read the wall with the load",
    )
