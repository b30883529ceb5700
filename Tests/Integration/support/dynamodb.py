"""DynamoDB's transactions in moto as DynamoDB makes them: whole or not at all whoever else asks meanwhile, once for each
token, and refused where DynamoDB refuses them."""

import json
import re
import threading

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

ITEM_LIMIT = 400 * 1024
# The operations that keep the ledger; none of them looks up or changes a table.
OF_LEDGER = {"GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "TransactGetItems"}
lock = threading.RLock()


def alone(method):
    """moto's threads see each other's transactions half made."""

    def wrapped(self, *arguments, **options):
        with lock:
            return method(self, *arguments, **options)

    return wrapped


for name in ("get_item", "put_item", "update_item", "delete_item", "query"):
    setattr(DynamoDBBackend, name, alone(getattr(DynamoDBBackend, name)))

original_transaction = DynamoDBBackend.transact_write_items


def transact_write_items(self, transact_items):
    """moto takes back what it has done by the table's name alone, and not by its ARN."""
    with lock:
        for item in transact_items:
            for operation in item.values():
                operation["TableName"] = self.get_table(operation["TableName"]).name
                check(operation)
        return original_transaction(self, transact_items)


DynamoDBBackend.transact_write_items = transact_write_items


def check(operation):
    """What DynamoDB finds wrong with one action, and moto does not."""
    text = " ".join(operation.get(name) or "" for name in ("ConditionExpression", "UpdateExpression"))
    for kind, sign in (("Names", "#"), ("Values", ":")):
        given = set(operation.get(f"ExpressionAttribute{kind}") or {})
        used = set(re.findall(sign + r"\w+", text))
        if given - used:
            raise MockValidationException(
                f"Value provided in ExpressionAttribute{kind} unused in expressions: keys: {{{', '.join(sorted(given - used))}}}"
            )
        if used - given:
            raise MockValidationException(f"An expression attribute {kind.lower()} used is not defined: {used - given}")
    item = operation.get("Item") or operation["Key"]
    for key, limit in (("pk", 2048), ("sk", 1024)):
        if key in item and not 0 < len(item[key]["S"].encode()) <= limit:
            raise MockValidationException(f"One or more parameter values are not valid. The size of {key} is not valid")
    if len(json.dumps(item).encode()) > ITEM_LIMIT:
        raise MockValidationException("Item size has exceeded the maximum allowed size")


original_answer = DynamoHandler.transact_write_items


def answer(self):
    """A token is known for ten minutes, which is longer than a test."""
    token = self.body.get("ClientRequestToken")
    if token is None:
        return original_answer(self)
    if len(token) > 36:
        raise MockValidationException("1 validation error detected: clientRequestToken must have length less than 37")
    payload = json.dumps(self.body, sort_keys=True)
    with lock:
        known = self.dynamodb_backend.__dict__.setdefault("_tokens", {})
        if token in known:
            if known[token] != payload:
                raise JsonRESTError("IdempotentParameterMismatchException", "The token was used for another request")
            return "{}"
        given = original_answer(self)
        known[token] = payload
        return given


DynamoHandler.transact_write_items = answer


def make_table(client, name="gatehouse-ledger"):
    """The ledger's table, as deploy/ledger.yaml makes it; gives its ARN."""
    made = client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )
    return made["TableDescription"]["TableArn"]


def items(client, name="gatehouse-ledger"):
    """Every item of the ledger, with what it says read from its text."""
    found = []
    for page in client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
        for item in page["Items"]:
            found.append({**{key: list(value.values())[0] for key, value in item.items()}, "data": json.loads(item["data"]["S"])})
    return found
