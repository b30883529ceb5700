"""The function under AWS's own Runtime Interface Emulator."""

import http.client
import json
import os
import pathlib
import socket

from .empty_root import EmptyRoot
from .process import Process, free_port, until

EMULATOR = pathlib.Path(__file__).resolve().parents[3] / ".build" / "integration" / "aws-lambda-rie"

# The ARN that the emulator gives every function; its account is `account.OWN`.
FUNCTION_ARN = "arn:aws:lambda:us-east-1:012345678912:function:test_function"


class Emulator:
    """One running function; `invoke` is what a caller of Lambda does.

    `command` makes the whole command line of the emulator's options, for an emulator that is elsewhere.
    """

    def __init__(self, binary, handler, environment, timeout=30, command=None):
        self.root = EmptyRoot(binary) if command is None else None
        self.port = free_port()
        options = [
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{self.port}",
            "--runtime-api-address",
            f"127.0.0.1:{free_port()}",
        ]
        self.process = Process(
            command(*options) if command else [str(EMULATOR), *options, *self.root.command],
            {
                "_HANDLER": handler,
                "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout),
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                **environment,
            },
            self.root.path if self.root else "/",
        )
        self.timeout = timeout
        until(self.listening, 20, "the emulator to listen:\n" + self.process.log)

    def listening(self):
        if not self.process.running:
            raise AssertionError("the emulator ended:\n" + self.process.log)
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def invoke(self, event):
        """Sends one event (bytes as they are, anything else as JSON) and gives the answer's bytes."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout + 10)
        try:
            connection.request("POST", "/2015-03-31/functions/function/invocations", body)
            return connection.getresponse().read()
        finally:
            connection.close()

    @property
    def log(self):
        return self.process.log

    def stop(self):
        self.process.stop()
        if self.root:
            self.root.remove()
        if os.environ.get("INTEGRATION_VERBOSE"):
            print(self.process.log)
