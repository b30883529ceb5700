"""A child process whose output is kept, and which is ended by its own id."""

import os
import signal
import socket
import subprocess
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """Started with exactly this environment; both outputs are read into `log`, standard output into `output` too."""

    def __init__(self, command, environment, folder):
        self.child = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines = []
        self.output = []
        streams = ((self.child.stdout, [self.lines, self.output]), (self.child.stderr, [self.lines]))
        self.readers = [threading.Thread(target=self.read, args=stream, daemon=True) for stream in streams]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def read(stream, places):
        for line in stream:
            text = line.decode("utf-8", "replace").rstrip("\n")
            for place in places:
                place.append(text)

    @property
    def log(self):
        return "\n".join(self.lines)

    @property
    def running(self):
        return self.child.poll() is None

    def wait(self, seconds):
        """The exit status, or None when it is still running after that time."""
        try:
            status = self.child.wait(seconds)
            for reader in self.readers:
                reader.join(2)
            return status
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        if self.running:
            self.child.send_signal(signal.SIGTERM)
            if self.wait(5) is None:
                self.child.kill()
                self.child.wait()


def until(condition, seconds, what):
    """Waits for something that another process does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s for {what}")
