"""The names of endpoints that gatehouse makes for itself."""

from ..facts import CONFIRMED, CONTRADICTED, Check, Fact
from ..kinds import create_table
from ..program import Failed

SWITCHES = {"fips": "AWS_USE_FIPS_ENDPOINT", "dual-stack": "AWS_USE_DUALSTACK_ENDPOINT"}


def run(at):
    table = create_table(at, "endpoints", "sk").rsplit("/", 1)[1]
    for suffix, switch in SWITCHES.items():
        if not at.check.wants(suffix):
            continue
        try:
            at.program.run(["status", "--ledger", table], {switch: "true"})
            # Of a finding that is not there every analyzer of the region is asked.
            lost = ["rollback", "00000000-0000-0000-0000-000000000000", "--dry-run", "--json"]
            at.program.run(lost, {switch: "true"})
            at.judge(suffix, CONFIRMED, "DynamoDB and Access Analyzer answered")
        except Failed as failed:
            # Only who was reached can say that there is no such finding.
            is_reached = "analyzer" in str(failed).lower() and "status" not in str(failed)
            at.judge(suffix, CONFIRMED if is_reached else CONTRADICTED, failed)


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
