"""A Lambda function URL: HTTP on one side, events of payload format 2.0 and a function's answers on the other.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

import base64
import json
import queue
import socketserver
import threading
import time
import uuid
from urllib.parse import parse_qsl, unquote

from .http import Answer, Unreadable, read_request

HOST = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws"
# What reaches a function as it was sent; everything else, a browser's form too, comes as base64.
TEXTS = ("text/", "application/json", "application/javascript", "application/xml")


def event(method="GET", target="/", body=b"", headers=(), user=None):
    """The event that Lambda makes of a request; `user` is the ARN that it has checked, where the URL asks for one."""
    path, _, query = target.partition("?")
    named = {}
    for name, value in headers:
        named[name.lower()] = f"{named[name.lower()]},{value}" if name.lower() in named else value
    cookies = [part.strip() for part in named.pop("cookie", "").split(";") if part.strip()]
    fields = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        fields[name] = f"{fields[name]},{value}" if name in fields else value
    now = time.time()
    http = {
        "method": method,
        "path": unquote(path),
        "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.7",
        "userAgent": named.get("user-agent", ""),
    }
    context = {
        "accountId": user.split(":")[4] if user else "anonymous",
        "apiId": HOST.split(".")[0],
        "domainName": HOST,
        "domainPrefix": HOST.split(".")[0],
        "http": http,
        "requestId": str(uuid.uuid4()),
        "routeKey": "$default",
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    if user:
        iam = {"accessKey": "AKIAIOSFODNN7EXAMPLE", "accountId": user.split(":")[4], "callerId": "AIDAEXAMPLE"}
        iam |= {"cognitoIdentity": None, "principalOrgId": None, "userArn": user, "userId": "AIDAEXAMPLE"}
        context["authorizer"] = {"iam": iam}
    made = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": HOST, "x-forwarded-proto": "https", **named},
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if cookies:
        made["cookies"] = cookies
    if fields:
        made["queryStringParameters"] = fields
    if body:
        made["isBase64Encoded"] = not named.get("content-type", "").startswith(TEXTS)
        made["body"] = base64.b64encode(body).decode() if made["isBase64Encoded"] else body.decode()
    return made


def answer_of(outcome):
    """What the caller of the URL gets for what the function has posted."""
    if outcome.kind != "response":
        return Answer(502, [("content-type", "text/plain")], b"Internal Server Error")
    said = outcome.json
    body = said.get("body", "")
    return Answer(
        said.get("statusCode", 200),
        list(said.get("headers", {}).items()),
        base64.b64decode(body) if said.get("isBase64Encoded") else body.encode(),
    )


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while (request := read_request(self.rfile)) is not None:
                head, body = self.server.site.answer(request).encoded()
                self.request.sendall(head + (b"" if request.method == "HEAD" else body))
                if not request.keeps_alive:
                    return
        except (Unreadable, ConnectionError, ValueError):
            return


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


class FunctionURL:
    """The address of one or more instances of a function: each answers one request at a time, as Lambda lets it."""

    def __init__(self):
        self.idle = queue.Queue()
        # Whom Lambda has checked; for a URL that is open to everybody nobody.
        self.user = None
        # What was answered before, under a path of its own, to be looked at again as it was served.
        self.kept = {}
        self.listener = Listener(("127.0.0.1", 0), Connection)
        self.listener.site = self
        self.url = "http://127.0.0.1:%d/" % self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, *functions):
        for function in functions:
            self.idle.put(function)

    def answer(self, request):
        if request.path in self.kept:
            return self.kept[request.path]
        return self.send(event(request.method, request.target, request.body, request.headers, self.user))

    def send(self, given):
        """The answer to an event."""
        function = self.idle.get(timeout=60)
        try:
            return answer_of(function.invoke(json.dumps(given).encode()))
        finally:
            self.idle.put(function)

    def keep(self, name, answer):
        """The address under which an answer is given again and again, byte for byte."""
        self.kept[f"/kept/{name}"] = answer
        return f"{self.url}kept/{name}"

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
