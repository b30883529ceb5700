"""The names of endpoints that gatehouse makes for itself."""

from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import create_table
from ..program import Failed

# No finding has it.
NOWHERE = "00000000-0000-0000-0000-000000000000"
SWITCHES = {"fips": "AWS_USE_FIPS_ENDPOINT", "dual-stack": "AWS_USE_DUALSTACK_ENDPOINT"}


def run(at):
    table = create_table(at, "endpoints", "sk").rsplit("/", 1)[1]
    for suffix, switch in SWITCHES.items():
        if not at.check.wants(suffix):
            continue
        at.judge(suffix, *reach(at, table, {switch: "true"}))


def reach(at, table, environment):
    """A status of the ledger, and the undoing of a finding that is not there: every analyzer is asked for it."""
    try:
        at.program.run(["status", "--ledger", table], environment)
        told = at.program.run(["rollback", NOWHERE, "--dry-run", "--json"], environment, codes=(0, 1))
    except Failed as failed:
        # What the endpoints' names have no part in.
        return (UNKNOWN if "InvalidConfiguration" in str(failed) else failed.verdict), failed
    outcome = told.get("outcome", {}) if isinstance(told, dict) else {}
    if outcome.get("status") == "REFUSED":
        return CONFIRMED, "DynamoDB and Access Analyzer answered"
    return CONTRADICTED, str(told)[:300]


CHECKS = [
    Check(
        "endpoints",
        [
            Fact(f"endpoints.{suffix}", f"gatehouse reaches DynamoDB and Access Analyzer where {switch} is set.",
                 "README: FIPS and dual-stack endpoints", "ServiceUnavailable at the first call")
            for suffix, switch in SWITCHES.items()
        ],
        ["a DynamoDB table, empty"],
        ["dynamodb:CreateTable", "dynamodb:DescribeTable"],
        run,
        ["table"],
        programs=["gatehouse status, gatehouse rollback --dry-run of a finding that is not there"],
    ),
]  # fmt: skip
