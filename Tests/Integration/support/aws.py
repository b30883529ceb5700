"""AWS on 127.0.0.1: moto behind an HTTP front that records every call and can let things go wrong.

Every request is authenticated: IAM, STS, SNS and SQS by moto itself, Access Analyzer by the same code of moto's.
Calls made with an administrator's key are set-up: neither recorded nor disturbed.
"""

import datetime
import json
import socketserver
import sys
import threading
import uuid
from urllib.parse import unquote

from . import faults, moto
from .access_analyzer import AccessAnalyzer
from .authentication import authenticate, refuse_stale, refuse_untrusted
from .calls import classify
from .directory_buckets import DirectoryBuckets
from .function_policies import FunctionPolicies
from .http import Answer, Unreadable, read_request
from .runtime_api import OWN_ARN
from .stack_sets import StackSets
from .task_tokens import TaskTokens


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
        self.function_policies = FunctionPolicies()
        self.directory_buckets = DirectoryBuckets()
        self.task_tokens = TaskTokens()
        self.stack_sets = StackSets()
        self.listener = Listener(self)
        self.address = self.listener.server_address
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.administrators = {}
        self.calls = []
        self.queued = []
        # Events that functions were handed without anybody waiting for the answer: the function's ARN, and the event.
        self.handed = []
        # Asked of every call, before what is queued: gives a fault, or None.
        self.watch = None
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()

    def reset(self):
        """Empty accounts, no calls, no faults."""
        with self.lock:
            moto.reset()
            self.access_analyzer.reset()
            self.directory_buckets.reset()
            self.task_tokens.reset()
            self.stack_sets.reset()
            self.administrators.clear()
            self.calls.clear()
            self.queued.clear()
            self.handed.clear()
            self.watch = None

    def administrator(self, account, partition="aws"):
        """The key of a user that may do everything in the account; the only thing made without a request."""
        if (account, partition) not in self.administrators:
            iam = moto.iam_backends[account][partition]
            iam.create_user("us-east-1", "administrator")
            everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
            iam.put_user_policy("administrator", "everything", json.dumps(everything))
            key = iam.create_access_key("administrator")
            self.administrators[(account, partition)] = (key.access_key_id, key.secret_access_key)
        return self.administrators[(account, partition)]

    def fail(self, service, action, *what):
        """The next calls of this kind, of any service where it is None, meet these faults, one each; a fault of None
        lets a call pass."""
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
                fault = (self.watch(call) if self.watch else None) or self.take_fault(call)
                call.disturbed = fault is not None
        if fault is None:
            exchange.reply(exchange.execute())
        else:
            fault(exchange)
        return not exchange.closed

    def take_fault(self, call):
        for position, (service, action, fault) in enumerate(self.queued):
            if service in (None, call.service) and action == call.action:
                del self.queued[position]
                return fault
        return None

    def hand(self, call, function, event):
        """Keeps an event that a function is to work on by itself; moto would want a container for it."""
        # The functions of most tests are in no stack.
        if function != OWN_ARN.format(call.account) and not moto.has_function(function, call.account, call.region):
            why = f"Function not found: {function}"
            return faults.error_answer("lambda", 404, "ResourceNotFoundException", why)
        self.handed.append((function, event))
        return Answer(202)

    def perform(self, request, call):
        """Authenticates the request and carries it out."""
        answer = refuse_stale(request, call) or refuse_untrusted(call)
        if answer is None and call.service == "access-analyzer":
            # Both versions are authorised under one name.
            action = call.action.removesuffix("V2")
            answer = authenticate(request, call, [action], call.parameters.get("analyzerArn", "*"))
            answer = answer or self.access_analyzer.answer(request, call.account, call.region)
        if answer is None and self.function_policies.knows(call):
            answer = authenticate(request, call, self.function_policies.actions(call))
            answer = answer or self.function_policies.answer(request, call)
        if answer is None and self.directory_buckets.knows(call):
            answer = authenticate(request, call, [call.action], self.directory_buckets.resource(call))
            answer = answer or self.directory_buckets.answer(request, call)
        if answer is None and self.task_tokens.knows(call):
            answer = authenticate(request, call, [call.action], self.task_tokens.resource(call))
            answer = answer or self.task_tokens.answer(call)
        if answer is None and self.stack_sets.knows(call):
            answer = authenticate(request, call, [call.action])
            answer = answer or self.stack_sets.answer(call)
        if answer is None and str(call) == "lambda:Invoke" and request.header("X-Amz-Invocation-Type") == "Event":
            function = unquote(request.path.split("/")[3])
            answer = authenticate(request, call, ["InvokeFunction"], function)
            answer = answer or self.hand(call, function, request.body)
        if answer is None:
            answer = moto.answer(request, self.address)
        call.status = answer.status
        now = datetime.datetime.now(datetime.timezone.utc)
        answer.headers = [item for item in answer.headers if item[0].lower() not in ("date", "x-amzn-requestid")]
        answer.headers += [
            ("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT")),
            ("x-amzn-RequestId", str(uuid.uuid4())),
        ]
        return answer
