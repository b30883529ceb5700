"""How Access Analyzer answers: errors, and lists in pages."""

import base64
import json

from .http import Answer


class Refusal(Exception):
    """An error answer in the shape of the service's own."""

    def __init__(self, status, code, message, **members):
        super().__init__(message)
        self.answer = error(status, code, message, **members)


def error(status, code, message, **members):
    body = json.dumps({"message": message, **members}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
    return Answer(status, headers, body)


def invalid(field, message):
    return Refusal(
        400,
        "ValidationException",
        message,
        reason="fieldValidationFailed",
        fieldList=[{"name": field, "message": message}],
    )


def not_found(identifier, kind):
    return Refusal(404, "ResourceNotFoundException", f"{kind} not found", resourceId=identifier, resourceType=kind)


def parse_body(request):
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "ValidationException", "the body is not a JSON object", reason="cannotParse")
    return body


def paginate(items, limit, token):
    """One page and the token of the next; the token is the next position, made opaque."""
    try:
        start = int(base64.b64decode(token)) if token else 0
        size = int(limit) if limit is not None else 100
    except ValueError:
        raise invalid("nextToken", "nextToken or maxResults cannot be read") from None
    page = items[start : start + size]
    rest = start + size < len(items)
    return page, base64.b64encode(str(start + size).encode()).decode() if rest else None


def with_token(answer, token):
    return {**answer, "nextToken": token} if token else answer
