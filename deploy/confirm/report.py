"""What is said: the plan of a dry run, and the results as a table for an issue and as JSON."""

import json
import pathlib

from .cleaning import CLEANERS
from .facts import CONFIRMED, CONTRADICTED, UNKNOWN
from .kinds import KINDS

# The words of IAM where boto3's differ.
SERVICES = {"accessanalyzer": "access-analyzer", "efs": "elasticfilesystem"}
ACTIONS = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListDirectoryBuckets": "s3express:ListAllMyDirectoryBuckets",
}
DEPLOY = pathlib.Path(__file__).resolve().parents[1]
# What gatehouse asks Access Analyzer, whatever the type is.
OF_GATEHOUSE = {f"access-analyzer:{name}" for name in ("GetFinding", "ListFindings", "ListAnalyzers")}
# What DynamoDB authorises in the place of a transaction.
TRANSACTION = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
TAGGING = {
    "iam:CreateRole": "iam:TagRole", "sqs:CreateQueue": "sqs:TagQueue", "sns:CreateTopic": "sns:TagResource",
    "kms:CreateKey": "kms:TagResource", "secretsmanager:CreateSecret": "secretsmanager:TagResource",
    "efs:CreateFileSystem": "elasticfilesystem:TagResource", "ecr:CreateRepository": "ecr:TagResource",
    "lambda:CreateFunction": "lambda:TagResource", "dynamodb:CreateTable": "dynamodb:TagResource",
    "events:PutRule": "events:TagResource", "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "accessanalyzer:CreateAnalyzer": "access-analyzer:TagResource",
}  # fmt: skip


def cleaning_calls(kinds):
    return [f"{CLEANERS[kind].service}:{call}" for kind in CLEANERS if kind in kinds for call in CLEANERS[kind].calls]


def permission(call):
    service, operation = call.split(":")
    return ACTIONS.get(call, f"{SERVICES.get(service, service)}:{operation}")


def permissions(checks):
    """What the caller has to be allowed, with what gatehouse itself needs for the types."""
    calls = {"sts:GetCallerIdentity", "iam:ListAccountAliases"}
    for check in checks:
        calls |= set(check.calls) | set(cleaning_calls(check.kinds))
    found = {permission(call) for call in calls} | {TAGGING[call] for call in calls if call in TAGGING}
    if "dynamodb:TransactWriteItems" in found:
        found = (found - {"dynamodb:TransactWriteItems"}) | set(TRANSACTION)
    if "lambda:CreateFunction" in found:
        found.add("iam:PassRole")
    of_types = json.loads((DEPLOY / "permissions.json").read_text())["changes"]
    for check in checks:
        kind = next((each for each in KINDS if each.name == check.name), None)
        if kind is not None:
            found |= set(of_types[kind.type]) | OF_GATEHOUSE
        if check.name == "ledger":
            found |= {"dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"}
        if check.name == "endpoints":
            found |= {"dynamodb:GetItem", *OF_GATEHOUSE}
    if any(check.name.startswith("directory-") for check in checks):
        names = ("CreateBucket", "DeleteBucket", "PutBucketPolicy", "GetBucketPolicy", "TagResource")
        found |= {f"s3express:{name}" for name in names}
    return sorted(found)


def plan(checks, run, outsider, region):
    """Each check with its calls, resources, cost and time."""
    lines = []
    for check in checks:
        lines.append(f"== {check.name}: up to {check.minutes} min, {check.cost} ==")
        if check.is_public:
            lines.append("  names everybody in a policy (--include-public); nobody gets in")
        for fact in check.chosen:
            lines.append(f"  {fact.id}: {fact.sentence}")
        for line in check.creates:
            lines.append(f"  makes: {line}")
        lines.append(f"  calls: {', '.join(check.calls)}")
        for line in check.programs:
            lines.append(f"  runs: {line}")
        cleaning = cleaning_calls(check.kinds)
        if cleaning:
            lines.append(f"  takes away: {', '.join(cleaning)}")
        lines.append("")
    longest = max((check.minutes for check in checks), default=0)
    lines += [
        f"{sum(len(check.chosen) for check in checks)} facts by {len(checks)} checks, side by side: {longest} minutes at most,",
        "of which most is waiting for Access Analyzer, which takes up to 30 for a finding. Under $1 in all.",
        f"Names begin with gatehouse-confirm-{run}-, roles have the path /gatehouse-confirm/{run}/, and all is",
        f"tagged gatehouse:confirm-live={run}. Let in for a while, to resources that hold nothing: the",
        f"account {outsider}. Region {region}.",
    ]
    return "\n".join(lines)


def cell(text):
    """Text of a service inside a table of Markdown: it stays in its cell, and says nothing to who reads it."""
    shown = "".join(character if " " <= character <= "~" else "?" for character in str(text))
    for character in "\\|<>`*_[]":
        shown = shown.replace(character, f"\\{character}")
    # No one is mentioned, and no issue linked.
    return shown.replace("@", "@ ").replace("#", "# ")


def counts(results):
    return {verdict: sum(each.verdict == verdict for each in results) for verdict in (CONFIRMED, CONTRADICTED, UNKNOWN)}


def table(results, facts_of_run):
    """The table to paste into an issue. The account's id is not in it."""
    total = counts(results)
    lines = [
        f"`deploy/confirm-live` in {facts_of_run['region']}, {facts_of_run['partition']}, {facts_of_run['date']}: "
        f"{total[CONFIRMED]} confirmed, {total[CONTRADICTED]} contradicted, {total[UNKNOWN]} unknown.",
        "",
        "| id | fact | verdict | seen | relied on by |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in results:
        matters = each.fact.matters
        if each.verdict == CONTRADICTED and each.fact.else_:
            matters += f"; where it is not so: {each.fact.else_}"
        why = each.why.replace(facts_of_run["account"], "OWN").replace(facts_of_run["outsider"], "OUTSIDER")
        why = why if len(why) <= 400 else f"{why[:400]} ..."
        verdict = f"**{each.verdict}**" if each.verdict == CONTRADICTED else each.verdict
        lines.append(f"| {each.fact.id} | {cell(each.fact.sentence)} | {verdict} | {cell(why)} | {cell(matters)} |")
    return "\n".join(lines)


def as_json(results, facts_of_run, left):
    told = [
        {
            "id": each.fact.id,
            "fact": each.fact.sentence,
            "matters": each.fact.matters,
            "verdict": each.verdict,
            "why": each.why,
        }
        for each in results
    ]
    return json.dumps({**facts_of_run, "counts": counts(results), "results": told, "left": left}, indent=2)


def policy(checks):
    """A policy for whoever runs the checks."""
    statement = {"Effect": "Allow", "Action": permissions(checks), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
