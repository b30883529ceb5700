"""DynamoDB as the ledger uses it."""

import uuid

from ..account import code_of, said
from ..facts import CONFIRMED, CONTRADICTED, Check, Fact
from ..kinds import create_table
from ..program import Failed


def key(name):
    return {"pk": {"S": f"confirm-live#{name}"}, "sk": {"S": "item"}}


def run(at):
    arn = create_table(at, "ledger", "sk")
    table = arn.rsplit("/", 1)[1]
    transactions(at, table)
    commands(at, table)


def transactions(at, table):
    """One that is refused changes nothing and says which part; the same token is done once; another payload is refused."""

    def transact(token, *items):
        return at.attempt("dynamodb:TransactWriteItems", TransactItems=list(items), ClientRequestToken=token)[1]

    def put(name, **more):
        return {"Put": {"TableName": table, "Item": {**key(name), "count": {"N": "0"}}, **more}}

    absent = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    found = []
    refused = transact(str(uuid.uuid4()), put("a", **absent))
    if refused is not None:
        found.append(f"a first transaction: {said(refused)}")
    refused = transact(str(uuid.uuid4()), put("b", **absent), put("a", **absent))
    reasons = refused.response.get("CancellationReasons", []) if refused else []
    codes = [each.get("Code") for each in reasons]
    if refused is None or code_of(refused) != "TransactionCanceledException" or codes != ["None", "ConditionalCheckFailed"]:
        found.append(f"one whose second part is refused: {said(refused) if refused else 'taken'}, reasons {codes}")
    elif reasons[1].get("Item", {}).get("pk") != key("a")["pk"]:
        found.append("the reason does not hold the item that is there")
    held, _ = at.attempt("dynamodb:GetItem", TableName=table, Key=key("b"), ConsistentRead=True)
    if held and "Item" in held:
        found.append("the first part of a refused transaction was made")
    token = str(uuid.uuid4())
    more = {"TableName": table, "Key": key("a"), "UpdateExpression": "ADD #c :one"}
    count = {"Update": {**more, "ExpressionAttributeNames": {"#c": "count"}, "ExpressionAttributeValues": {":one": {"N": "1"}}}}
    for _ in range(2):
        refused = transact(token, count)
        if refused is not None:
            found.append(f"a token's transaction: {said(refused)}")
    held = at.call("dynamodb:GetItem", TableName=table, Key=key("a"), ConsistentRead=True).get("Item", {})
    if held.get("count", {}).get("N") != "1":
        found.append(f"a token that is sent twice counts {held.get('count')}")
    refused = transact(token, put("c"))
    if refused is None or code_of(refused) != "IdempotentParameterMismatchException":
        found.append(f"a token with another payload: {said(refused) if refused else 'taken'}")
    at.judge("transactions", CONTRADICTED if found else CONFIRMED, "; ".join(found) or "cancelled whole, with reasons; tokens hold")


def commands(at, table):
    if not at.check.wants("commands"):
        return
    place = ["--ledger", table]
    try:
        at.program.run(["pause", *place, "--reason", "deploy/confirm-live"])
        paused = str(at.program.run(["status", *place]))
        at.program.run(["resume", *place])
        resumed = str(at.program.run(["status", *place]))
    except Failed as failed:
        at.judge("commands", failed.verdict, failed)
        return
    is_right = "PAUSED since" in paused and "not paused" in resumed
    at.judge("commands", CONFIRMED if is_right else CONTRADICTED, "paused and resumed" if is_right else f"{paused} {resumed}")


CHECKS = [
    Check(
        "ledger",
        [
            Fact("ledger.transactions",
                 "DynamoDB makes a transaction whole or not at all, names the refused part with its item, and does a token once.",
                 "README; Ledger.docc/Safety.md"),
            Fact("ledger.commands", "gatehouse pause, status and resume work on a table.", "README: the emergency stop"),
        ],
        ["a DynamoDB table with a few items"],
        ["dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:TransactWriteItems", "dynamodb:GetItem"],
        run,
        ["table"],
        programs=["gatehouse pause, status, resume"],
    ),
]  # fmt: skip
