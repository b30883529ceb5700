"""Lambda's policies: a function's whole document, which moto lacks (GetResourcePolicy, PutResourcePolicy and
DeleteResourcePolicy), and a function's or a layer version's one statement at a time, which moto prints anew and, of a
revision, always refuses.

https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
"""

import json
import re
import uuid
from urllib.parse import parse_qs, unquote

from moto.backends import get_backend

from . import resource_policy
from .http import Answer

WHOLE = re.compile(r"/2026-07-09/resource-policy/([^/]+)")
OF_FUNCTION = re.compile(r"/2015-03-31/functions/([^/]+)/policy(?:/([^/]+))?")
OF_LAYER = re.compile(r"/2018-10-31/layers/([^/]+)/versions/([0-9]+)/policy(?:/([^/]+))?")
# What each operation needs besides the action of its own name.
BESIDES = {
    "GetResourcePolicy": ["GetPolicy"],
    "PutResourcePolicy": ["AddPermission", "RemovePermission"],
    "DeleteResourcePolicy": ["RemovePermission"],
}
# What AddPermission is given, and the condition that it becomes.
CONDITIONS = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "OrganizationId": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class FunctionPolicies:
    """The answers to requests that are known to be genuine and permitted. A policy lives with moto's own object."""

    @staticmethod
    def knows(call):
        return call.service == "lambda" and any(path.fullmatch(call.path) for path in (WHOLE, OF_FUNCTION, OF_LAYER))

    @staticmethod
    def actions(call):
        """What the caller must be permitted."""
        return [call.action, *BESIDES.get(call.action, [])]

    def answer(self, request, call):
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        body = json.loads(request.body) if request.body else {}
        operation = {
            "GetResourcePolicy": get_whole,
            "PutResourcePolicy": put_whole,
            "DeleteResourcePolicy": delete_whole,
            "GetPolicy": get,
            "AddPermission": add,
            "RemovePermission": remove,
            "GetLayerVersionPolicy": get,
            "AddLayerVersionPermission": add,
            "RemoveLayerVersionPermission": remove,
        }[call.action]
        try:
            return operation(Place(call, query), {**query, **body})
        except Refusal as refusal:
            body = json.dumps({"Type": "User", "message": refusal.message}).encode()
            headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", refusal.code)]
            return Answer(refusal.status, headers, body)


class Place:
    """moto's function or layer version that a call is about; only its own account sees it."""

    def __init__(self, call, query):
        self.sid = None
        if match := WHOLE.fullmatch(call.path):
            self.arn = unquote(match[1])
        elif match := OF_FUNCTION.fullmatch(call.path):
            self.arn, self.sid = arn_of(call, "function", match[1]), match[2]
            self.arn += f":{query['Qualifier']}" if "Qualifier" in query else ""
        else:
            match = OF_LAYER.fullmatch(call.path)
            self.arn, self.sid = f"{arn_of(call, 'layer', match[1])}:{match[2]}", match[3]
        self.sid = unquote(self.sid) if self.sid else None
        region, account, kind = self.arn.split(":")[3:6]
        backend = get_backend("lambda")[call.account][region]
        if kind == "layer":
            layers = [version for layer in backend.list_layers() for version in versions_of(backend, layer)]
            found = next((one for one in layers if one.arn == self.arn), None)
        else:
            found = next((one for one in backend.list_functions() if one.function_arn == self.arn), None)
        if account != call.account or found is None:
            raise Refusal(404, "ResourceNotFoundException", f"{kind.capitalize()} not found: {self.arn}")
        self.found, self.kind = found, kind

    @property
    def statements(self):
        text = whole_policy(self.found)
        return json.loads(text)["Statement"] if text else []

    def give(self, statements):
        """Writes these in the place of those that are there; whatever else the document holds stays."""
        text = whole_policy(self.found)
        document = json.loads(text) if text else {"Version": "2012-10-17", "Id": "default"}
        document = {**document, "Statement": statements}
        give_policy(self.found, json.dumps(document, ensure_ascii=False) if statements else None)


def versions_of(backend, layer):
    return backend._layers._layers[layer["LayerName"]].layer_versions.values()


def arn_of(call, kind, text):
    """A function or a layer may be named by its name alone."""
    text = unquote(text)
    return text if text.startswith("arn:") else f"arn:aws:lambda:{call.region}:{call.account}:{kind}:{text}"


def require_whole(place):
    """Where Lambda has no whole documents yet, it does not know the path."""
    if not getattr(place.found.policy, "has_whole", True):
        raise Refusal(403, "UnknownOperationException", "Missing Authentication Token")


def get_whole(place, parameters):
    require_whole(place)
    return get(place, parameters)


def put_whole(place, parameters):
    require_whole(place)
    require_revision(place, parameters)
    text = parameters["Policy"]
    refusal = resource_policy.of_function(place.arn).refusal(text)
    if refusal is not None:
        raise Refusal(400, *refusal)
    give_policy(place.found, text)
    return told(place.found)


def delete_whole(place, parameters):
    require_whole(place)
    require_revision(place, parameters)
    give_policy(place.found, None)
    return Answer(204)


def get(place, parameters):
    if whole_policy(place.found) is None:
        raise Refusal(404, "ResourceNotFoundException", "The resource you requested does not exist.")
    return told(place.found)


def remove(place, parameters):
    require_revision(place, parameters)
    rest = [statement for statement in place.statements if statement.get("Sid") != place.sid]
    if len(rest) == len(place.statements):
        raise Refusal(404, "ResourceNotFoundException", f"Statement {place.sid} is not found in resource policy.")
    place.give(rest)
    return Answer(204)


def add(place, parameters):
    require_revision(place, parameters)
    sid = parameters["StatementId"]
    if any(statement.get("Sid") == sid for statement in place.statements):
        message = f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove it."
        raise Refusal(409, "ResourceConflictException", message)
    action = parameters["Action"]
    if not re.fullmatch(r"lambda:[A-Za-z]+|\*", action) or (place.kind == "layer" and action != "lambda:GetLayerVersion"):
        raise Refusal(400, "InvalidParameterValueException", f"The action {action} is not one of Lambda's")
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal_of(parameters["Principal"]),
        "Action": action,
        "Resource": place.arn,
    }
    condition = {}
    for name, (operator, key) in CONDITIONS.items():
        if name in parameters:
            value = parameters[name]
            value = json.dumps(value) if isinstance(value, bool) else value
            condition.setdefault(operator, {})[key] = value
    if condition:
        statement["Condition"] = condition
    place.give([*place.statements, statement])
    body = {"Statement": json.dumps(statement), "RevisionId": place.found.policy.revision}
    return Answer(201, [("Content-Type", "application/json")], json.dumps(body).encode())


def principal_of(text):
    if text == "*":
        return "*"
    if re.fullmatch("[0-9]{12}", text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if text.startswith("arn:"):
        return {"AWS": text}
    if not text.endswith(".amazonaws.com"):
        raise Refusal(400, "InvalidParameterValueException", "The provided principal was invalid. Please check it.")
    return {"Service": text}


def require_revision(place, parameters):
    wanted = parameters.get("RevisionId")
    if wanted is not None and wanted != place.found.policy.revision:
        raise Refusal(412, "PreconditionFailedException", "The Revision Id provided does not match")


def whole_policy(found):
    """The text; None where there is none."""
    return found.policy.__dict__.get("text")


def give_policy(found, text):
    found.policy.text, found.policy.revision = text, str(uuid.uuid4())


def told(found):
    body = {"Policy": whole_policy(found), "RevisionId": found.policy.revision}
    return Answer(200, [("Content-Type", "application/json")], json.dumps(body).encode())
