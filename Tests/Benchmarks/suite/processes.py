"""The two C programs that are talked to: the driver (Lambda's side and the stopwatch) and the stub (AWS's side)."""

import http.client
import json
import subprocess
from pathlib import Path


class Problem(Exception):
    """A measurement that could not be made, and why."""


class Driver:
    """Starts functions and times them; c/driver.c has the protocol."""

    def __init__(self, program, log):
        self.log = Path(log)
        self.log.write_bytes(b"")
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def command(self, *fields):
        logged = self.log.stat().st_size
        try:
            self.process.stdin.write("\t".join(str(field) for field in fields) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        answer = json.loads(line) if line else {"problem": "the driver ended"}
        if "problem" in answer:
            what = " ".join(answer["problem"].split())
            tail = self.log.read_bytes()[logged:].decode(errors="replace")[-1500:].strip()
            raise Problem(what[:600] + (f"\nend of its log:\n{tail}" if tail else ""))
        return answer

    def spawn(self, name, function):
        """Starts and waits for the first /next: {"pid", "next_us"}."""
        return self.command("spawn", name, self.log, function.program, *function.environment_fields())

    def cold(self, function, event, serial, expect):
        """One start with one event: {"next_us", "response_us", "cpu_us", "bytes"}, from spawn on."""
        return self.command("cold", event, serial, expect, self.log, function.program, *function.environment_fields())

    def events(self, name, event, serial, count, expect):
        """Event to response, and to the next /next, for each of `count` events:
        {"us": […], "turn_us": […], "cpu_us", "bytes"}."""
        return self.command("events", name, event, serial, count, expect)

    def stop(self, name):
        return self.command("stop", name)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Stub:
    """AWS's side; c/aws-stub.c says what it answers."""

    def __init__(self, program, certificate=None):
        arguments = [str(part) for part in certificate[:2]] if certificate else []
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Problem("the stub of AWS did not start")
        ports = json.loads(line)
        self.root = certificate[2] if certificate else None
        self.urls = {"http": f"http://127.0.0.1:{ports['http']}"}
        if ports["https"]:
            self.urls["https"] = f"https://127.0.0.1:{ports['https']}"
        self.control = http.client.HTTPConnection("127.0.0.1", ports["http"])

    def counts(self):
        """Calls by operation, and connections, since the stub started."""
        self.control.request("GET", "/-/counts")
        return json.loads(self.control.getresponse().read())

    def close(self):
        self.control.close()
        self.process.stdin.close()
        self.process.wait()


class Function:
    """A program that polls the Runtime API, with its environment."""

    BASE = {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE" * 20,
        "AWS_LAMBDA_FUNCTION_NAME": "gatehouse",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "LAMBDA_TASK_ROOT": "/var/task",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "GATEHOUSE_MODE": "enforce",
        # What is compared is asked by nobody else.
        "GATEHOUSE_ORGANIZATION_LOOKUPS": "off",
    }
    TOPIC = "arn:aws:sns:us-east-1:123456789012:gatehouse"

    def __init__(self, program, handler="evaluate", url=None, root=None, **settings):
        self.program = str(program)
        self.environment = {**self.BASE, "_HANDLER": handler, **{key: str(value) for key, value in settings.items()}}
        if handler == "respond":
            self.environment["GATEHOUSE_TOPIC_ARN"] = self.TOPIC
        if url:
            self.environment["AWS_ENDPOINT_URL"] = url
        if root:
            self.environment["AWS_CA_BUNDLE"] = str(root)

    def environment_fields(self):
        return [f"{key}={value}" for key, value in self.environment.items()]
