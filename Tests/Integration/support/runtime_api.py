"""A Runtime API of our own, for what the emulator does not show: headers, init/error, other ARNs, odd answers."""

import json
import queue
import socketserver
import threading
import time
import uuid
from dataclasses import dataclass

from .empty_root import EmptyRoot
from .http import Answer, Unreadable, read_request
from .process import Process

PREFIX = "/2018-06-01/runtime"
OWN_ARN = "arn:aws:lambda:us-east-1:{}:function:gatehouse"


@dataclass
class Outcome:
    """What the function posted for one event: to `response` or to `error`."""

    kind: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error_type(self):
        return self.headers.get("lambda-runtime-function-error-type")


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while True:
                request = read_request(self.rfile)
                if request is None:
                    return
                head, body = self.server.api.answer(request).encoded()
                self.request.sendall(head + body)
        except (Unreadable, ValueError) as problem:
            self.server.api.unreadable.append(str(problem))
        except ConnectionError:
            return


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True


class RuntimeAPI:
    """Hands out events and keeps what comes back."""

    def __init__(self):
        self.events = queue.Queue()
        self.outcomes = {}
        self.initialisation = queue.Queue()
        # What came over a connection and was no request.
        self.unreadable = []
        self.arrived = threading.Condition()
        self.listener = Listener(("127.0.0.1", 0), Connection)
        self.listener.api = self
        self.authority = "127.0.0.1:%d" % self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, request):
        path = request.path.removeprefix(PREFIX)
        headers = {name.lower(): value for name, value in request.headers}
        if request.method == "GET" and path == "/invocation/next":
            return self.events.get()
        if path == "/init/error":
            self.initialisation.put(Outcome("init", headers, request.body))
            return Answer(202, [], b'{"status":"OK"}')
        parts = path.split("/")
        if len(parts) == 4 and parts[1] == "invocation" and parts[3] in ("response", "error"):
            with self.arrived:
                self.outcomes.setdefault(parts[2], []).append(Outcome(parts[3], headers, request.body))
                self.arrived.notify_all()
            return Answer(202, [], b'{"status":"OK"}')
        return Answer(404, [], b"{}")

    def offer(self, event, arn, seconds, trace):
        identifier = str(uuid.uuid4())
        headers = [
            ("Lambda-Runtime-Aws-Request-Id", identifier),
            ("Lambda-Runtime-Deadline-Ms", str(int((time.time() + seconds) * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", arn),
            ("Lambda-Runtime-Trace-Id", trace),
            ("Content-Type", "application/json"),
        ]
        self.events.put(Answer(200, headers, event))
        return identifier

    def outcome(self, identifier, seconds):
        with self.arrived:
            if not self.arrived.wait_for(lambda: identifier in self.outcomes, seconds):
                return None
            return self.outcomes[identifier][0]

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()


class Function:
    """The function in its empty root on our own Runtime API, or another command than that root's."""

    def __init__(self, binary, handler, environment, account="012345678912", command=None):
        self.api = RuntimeAPI()
        self.root = EmptyRoot(binary) if command is None else None
        self.arn = OWN_ARN.format(account)
        self.environment = environment
        self.process = Process(
            command or self.root.command,
            {"AWS_LAMBDA_RUNTIME_API": self.api.authority, "_HANDLER": handler, **environment},
            self.root.path if self.root else "/",
        )

    def invoke(self, event, seconds=30, trace="Root=1-00000000-000000000000000000000000;Sampled=0"):
        """Sends one event and gives what was posted for it."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        outcome = self.api.outcome(self.api.offer(body, self.arn, seconds, trace), seconds + 10)
        assert outcome is not None, f"nothing was posted within {seconds + 10} s; log:\n{self.log}"
        return outcome

    def initialisation_error(self, seconds=10):
        try:
            return self.api.initialisation.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"no init/error within {seconds} s; log:\n{self.log}") from None

    @property
    def log(self):
        return self.process.log

    @property
    def running(self):
        return self.process.running

    def stop(self):
        self.process.stop()
        self.api.stop()
        if self.root:
            self.root.remove()
