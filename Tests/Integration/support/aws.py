"""AWS on 127.0.0.1: moto behind an HTTP front that records every call and can let things go wrong.

Every request is authenticated: IAM, STS, SNS and SQS by moto itself, Access Analyzer by the same code of moto's.
Calls made with an administrator's key are set-up: neither recorded nor disturbed.
"""

import datetime
import io
import json
import os
import socketserver
import sys
import threading
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qs

# moto reads these while it is imported.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto.backends import get_backend
from moto.iam.access_control import IAMRequest
from moto.iam.models import get_account_id_from, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

from . import faults, trust
from .access_analyzer import AccessAnalyzer
from .http import Answer, Unreadable, read_request

# AWS accepts signatures of five minutes either way.
CLOCK_TOLERANCE = datetime.timedelta(minutes=5)


@dataclass
class Call:
    """One request to AWS as the tests see it."""

    service: str
    action: str
    region: str
    access_key: str
    account: str
    parameters: dict = field(default_factory=dict)
    status: int = None

    def __str__(self):
        return f"{self.service}:{self.action}"


class Exchange:
    """One request and what becomes of it; handed to a fault."""

    def __init__(self, aws, request, call, connection):
        self.aws, self.request, self.call, self.connection = aws, request, call, connection
        self.closed = False

    def execute(self):
        """Lets AWS carry the call out, once, and gives its answer."""
        return self.aws.perform(self.request, self.call)

    def reply(self, answer):
        self.call.status = answer.status
        head, body = answer.encoded()
        self.send(head + body)

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError:
            self.closed = True

    def close(self):
        self.closed = True


class Connection(socketserver.StreamRequestHandler):
    """One client's connection, kept alive as AWS keeps them."""

    disable_nagle_algorithm = True

    def handle(self):
        while True:
            try:
                request = read_request(self.rfile)
            except (Unreadable, ConnectionError, ValueError):
                return
            if request is None or not self.server.aws.exchange(request, self.connection):
                return
            if not request.keeps_alive:
                return


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, aws):
        super().__init__(("127.0.0.1", 0), Connection)
        self.aws = aws

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is part of the tests; anything else is told."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class AWS:
    """The whole stand-in: `url` is the endpoint, `calls` what reached it, `fail` what goes wrong next."""

    def __init__(self):
        self.lock = threading.Lock()
        self.access_analyzer = AccessAnalyzer()
        self.application = DomainDispatcherApplication(create_backend_app)
        # One application a service is made at its first use; made here, no test's first call pays for it.
        for service in ("iam", "sts", "sns", "sqs"):
            get_backend(service)
        self.listener = Listener(self)
        self.address = self.listener.server_address
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.administrators = {}
        self.calls = []
        self.queued = []
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()

    def reset(self):
        """Empty accounts, no calls, no faults."""
        with self.lock:
            moto_api_backend.reset()
            self.access_analyzer.reset()
            self.administrators.clear()
            self.calls.clear()
            self.queued.clear()

    def administrator(self, account):
        """The key of a user that may do everything in the account; the only thing made without a request."""
        if account not in self.administrators:
            iam = iam_backends[account]["aws"]
            iam.create_user("us-east-1", "administrator")
            everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
            iam.put_user_policy("administrator", "everything", json.dumps(everything))
            key = iam.create_access_key("administrator")
            self.administrators[account] = (key.access_key_id, key.secret_access_key)
        return self.administrators[account]

    def fail(self, service, action, *what):
        """The next calls of this kind meet these faults, one each; None lets a call pass."""
        with self.lock:
            self.queued.extend((service, action, fault) for fault in what)

    def names(self):
        """The calls in order, as `service:Action`."""
        return [str(call) for call in self.calls]

    def exchange(self, request, connection):
        """Serves one request; false when the connection is to be closed."""
        call = classify(request)
        exchange = Exchange(self, request, call, connection)
        fault = None
        if call.access_key not in [key for key, _ in self.administrators.values()]:
            with self.lock:
                self.calls.append(call)
                fault = self.take_fault(call)
        if fault is None:
            exchange.reply(exchange.execute())
        else:
            fault(exchange)
        return not exchange.closed

    def take_fault(self, call):
        for position, (service, action, fault) in enumerate(self.queued):
            if (service, action) == (call.service, call.action):
                del self.queued[position]
                return fault
        return None

    def perform(self, request, call):
        """Authenticates the request and carries it out."""
        answer = refuse_stale(request, call) or self.refuse_untrusted(call)
        if answer is None and call.service == "access-analyzer":
            answer = authenticate(request, call) or self.access_analyzer.answer(request, call.account, call.region)
        if answer is None:
            body, status, headers = run_wsgi_app(self.application, moto_environ(request, self.address), buffered=True)
            answer = Answer(int(status.split()[0]), list(headers.items()), b"".join(body))
        call.status = answer.status
        now = datetime.datetime.now(datetime.timezone.utc)
        answer.headers = [item for item in answer.headers if item[0].lower() not in ("date", "x-amzn-requestid")]
        answer.headers += [
            ("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT")),
            ("x-amzn-RequestId", str(uuid.uuid4())),
        ]
        return answer

    def refuse_untrusted(self, call):
        """AssumeRole into another account: the role's own trust decides, which moto does not ask."""
        if str(call) != "sts:AssumeRole":
            return None
        arn = call.parameters.get("RoleArn", "")
        account = arn.split(":")[4] if arn.count(":") == 5 else ""
        if account == call.account:
            return None
        role = next((role for role in iam_backends[account]["aws"].get_roles() if role.arn == arn), None)
        why = f"no such role {arn}"
        if role is not None:
            caller = caller_arn(call)
            document = json.loads(role.assume_role_policy_document)
            why = trust.refusal(document, call.account, caller, call.parameters.get("ExternalId"))
        return faults.error_answer("sts", 403, "AccessDenied", why) if why else None


def moto_environ(request, address):
    """The request for moto, without what would tell moto more than AWS is told."""
    environ = request.environ(address)
    environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)
    environ["wsgi.input"] = io.BytesIO(request.body)
    environ["wsgi.errors"] = io.StringIO()
    return environ


def classify(request):
    """Which operation of which service this is, from the signature's scope and the request's own shape."""
    scope = (request.header("Authorization") or "").partition("Credential=")[2].partition(",")[0].split("/")
    access_key, region, service = (scope[0], scope[2], scope[3]) if len(scope) == 5 else ("", "", "unsigned")
    parameters = {}
    target = request.header("X-Amz-Target")
    content = (request.header("Content-Type") or "").split(";")[0]
    if content == "application/x-www-form-urlencoded":
        fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        parameters = {name: values[0] for name, values in fields.items()}
    elif request.body:
        try:
            parameters = json.loads(request.body)
        except ValueError:
            parameters = {}
    else:
        parameters = {name: values[0] for name, values in parse_qs(request.query).items()}
    action = target.split(".")[-1] if target else parameters.get("Action")
    if service == "access-analyzer":
        action = AccessAnalyzer.action(request)
    account = get_account_id_from(access_key)
    return Call(service, action or f"{request.method} {request.path}", region, access_key, account, parameters)


def caller_arn(call):
    """The ARN of whoever signed the call."""
    for session in sts_backends[call.account]["aws"].assumed_roles:
        if session.access_key_id == call.access_key:
            return session.arn
    user = iam_backends[call.account]["aws"].get_user_from_access_key_id(call.access_key)
    return user.arn if user else f"arn:aws:iam::{call.account}:root"


def refuse_stale(request, call):
    """AWS refuses a signature that is too old, or whose scope is of another day."""
    stamp = request.header("X-Amz-Date") or ""
    scope = (request.header("Authorization") or "").partition("Credential=")[2].partition(",")[0].split("/")
    try:
        when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return faults.error_answer(call.service, 403, "IncompleteSignature", f"no usable x-amz-date: {stamp!r}")
    late = abs(datetime.datetime.now(datetime.timezone.utc) - when) > CLOCK_TOLERANCE
    if late or len(scope) != 5 or scope[1] != stamp[:8]:
        return faults.error_answer(call.service, 403, "SignatureDoesNotMatch", "signature expired or scope of another day")
    return None


def authenticate(request, call):
    """moto's own check of signature and permissions, for the service that moto does not have."""
    headers = Headers([(name.title(), value) for name, value in request.headers])
    try:
        genuine = IAMRequest(
            account_id=call.account,
            method=request.method,
            path=request.target,
            data={},
            body=request.body,
            headers=headers,
            action=call.action,
        )
        genuine.check_signature()
        genuine.check_action_permitted(call.parameters.get("analyzerArn", "*"))
    except HTTPException as refused:
        code = {"SignatureDoesNotMatchError": "InvalidSignatureException"}.get(type(refused).__name__)
        code = code or getattr(refused, "error_type", "AccessDeniedException") or "AccessDeniedException"
        message = getattr(refused, "message", None) or str(refused)
        return faults.error_answer(call.service, 403, code, message)
    return None
