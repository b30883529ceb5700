"""What can go wrong between a client and AWS. A fault is a function that gets the exchange and ends it.

`exchange.execute()` lets AWS do what was asked and gives its answer; `reply`, `send` and `close` are what the
client gets to see of it. So a fault says both whether the call was carried out and what came back.
"""

import json
import time

from .http import Answer

XML = [("Content-Type", "text/xml")]
JSON_SERVICES = (
    "access-analyzer",
    "cloudtrail",
    "dynamodb",
    "ecr",
    "elasticfilesystem",
    "events",
    "kms",
    "lambda",
    "organizations",
    "secretsmanager",
    "sqs",
    "states",
)


def error_answer(service, status, code, message):
    """An error as the service's protocol writes it."""
    if service in JSON_SERVICES:
        # Some clients read the code in the header alone, some in the body alone.
        body = json.dumps({"__type": code, "message": message}).encode()
        return Answer(status, [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)], body)
    if service in ("s3", "s3express"):
        return Answer(status, XML, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode())
    if service == "ec2":
        error = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        return Answer(status, XML, f"<Response>{error}<RequestID>-</RequestID></Response>".encode())
    kind = "Sender" if status < 500 else "Receiver"
    text = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    )
    return Answer(status, XML, text.encode())


def throttled(exchange):
    """Refused for its rate, in the words of the service's protocol; not carried out."""
    if exchange.call.service in JSON_SERVICES:
        exchange.reply(error_answer(exchange.call.service, 429, "ThrottlingException", "Rate exceeded"))
    else:
        exchange.reply(error_answer(exchange.call.service, 400, "Throttling", "Rate exceeded"))


def server_error(exchange):
    """A 500 of the service; not carried out."""
    code = "InternalServerException" if exchange.call.service in JSON_SERVICES else "ServiceFailure"
    exchange.reply(error_answer(exchange.call.service, 500, code, "internal failure"))


def access_denied(exchange, message="not authorized (by the test)"):
    """A refusal by the account's permissions; not carried out."""
    code = "AccessDeniedException" if exchange.call.service in JSON_SERVICES else "AccessDenied"
    exchange.reply(error_answer(exchange.call.service, 403, code, message))


def denied(message):
    """The same in other words."""
    return lambda exchange: access_denied(exchange, message)


def closed_unexecuted(exchange):
    """The connection ends before any answer; not carried out."""
    exchange.close()


def closed_executed(exchange):
    """Carried out, and the connection ends before any answer: the client cannot know."""
    exchange.execute()
    exchange.close()


def closed_inside_headers(exchange):
    """Carried out, and the connection ends inside the answer's headers."""
    head, _ = exchange.execute().encoded()
    exchange.send(head[: len(head) // 2])
    exchange.close()


def closed_inside_body(exchange):
    """Carried out, and the connection ends in the middle of the body that was announced."""
    head, body = exchange.execute().encoded()
    exchange.send(head + body[: len(body) // 2])
    exchange.close()


def cut_short(exchange):
    """Carried out; whole HTTP, but its XML or JSON stops in the middle."""
    answer = exchange.execute()
    answer.body = answer.body[: len(answer.body) // 2]
    exchange.reply(answer)


def captive_portal(exchange):
    """A page of somebody else's with status 200; not carried out."""
    exchange.reply(Answer(200, [("Content-Type", "text/html")], b"<html><body><br>Please log in<p></body></html>"))


def not_http(exchange):
    """Bytes that are no HTTP at all; not carried out."""
    exchange.send(b"\x00\xff SSH-2.0-nothing\r\n\r\n")
    exchange.close()


def huge(exchange, size=32 * 1024 * 1024):
    """An answer far larger than any that the service gives; not carried out."""
    exchange.send(f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {size}\r\n\r\n".encode())
    block = b"<a>" + b" " * 65_533
    for _ in range(size // len(block)):
        exchange.send(block)
    exchange.close()


def deep(exchange):
    """Well-formed to a depth that nothing real reaches; not carried out."""
    if exchange.call.service in JSON_SERVICES:
        exchange.reply(Answer(200, [("Content-Type", "application/json")], b"[" * 200_000 + b"]" * 200_000))
    else:
        exchange.reply(Answer(200, XML, b"<a>" * 200_000 + b"</a>" * 200_000))


def slow(seconds):
    """Carried out and answered, but only after a while."""

    def fault(exchange):
        answer = exchange.execute()
        time.sleep(seconds)
        exchange.reply(answer)

    return fault


def refused(status, code, message):
    """An error of the service's own; not carried out."""

    def fault(exchange):
        exchange.reply(error_answer(exchange.call.service, status, code, message))

    return fault


def not_found_page(exchange):
    """A proxy's own page; not carried out."""
    exchange.reply(Answer(404, [("Content-Type", "text/html")], b"<html><body><h1>404 Not Found</h1></body></html>"))


def bare(status):
    """A status and nothing else; not carried out."""

    def fault(exchange):
        exchange.reply(Answer(status, [], b""))

    return fault


def unknown_operation(exchange):
    """What a service says to a path that is none of its own; not carried out."""
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "UnknownOperationException")]
    exchange.reply(Answer(404, headers, b"{}"))


def quoting_the_signature(exchange):
    """A signature refused in the words of IAM, which quote the request with its token; not carried out."""
    headers = "\n".join(f"{name.lower()}:{value}" for name, value in exchange.request.headers)
    message = (
        "The request signature we calculated does not match the signature you provided. Check your key.\n\n"
        f"The Canonical String for this request should have been\n'POST\n/\n\n{headers}'"
    )
    exchange.reply(error_answer(exchange.call.service, 403, "SignatureDoesNotMatch", message))
