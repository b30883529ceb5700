"""Chromium without a window, driven by its own protocol over two pipes: no driver program, no package, no port.

https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque

from . import debian

WORLD = "integration"
SECONDS = 30
SHIFT = 8
# Keys as the protocol knows them.
KEYS = {
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
}


class Browser:
    """One Chromium for many pages."""

    def __init__(self):
        debian.require("chromium")
        self.profile = tempfile.mkdtemp(prefix="chromium-")
        ends = [end for _ in range(2) for end in os.pipe()]
        # Out of the way of the two numbers that the browser knows them by.
        to_browser, writing, reading, from_browser = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
        for end in ends:
            os.close(end)
        command = ["chromium", "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.profile}"]
        command += ["--no-first-run", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]
        # It asks nobody but whom it is told to ask.
        command += ["--no-proxy-server", "--disable-background-networking", "--disable-component-update"]
        if os.geteuid() == 0:
            # Its sandbox refuses root.
            command.append("--no-sandbox")
        self.child = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", *command],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": self.profile},
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.writing, self.reading = os.fdopen(writing, "wb", 0), os.fdopen(reading, "rb")
        self.arrived, self.number, self.is_over = threading.Condition(), 0, False
        self.answers, self.events = {}, {}
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        rest = b""
        while more := self.reading.read1(65_536):
            *messages, rest = (rest + more).split(b"\0")
            with self.arrived:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self.answers[message["id"]] = message
                    else:
                        self.events.setdefault(message.get("sessionId"), deque()).append(message)
                self.arrived.notify_all()
        with self.arrived:
            self.is_over = True
            self.arrived.notify_all()

    def call(self, method, session=None, **parameters):
        """One command, and its result."""
        with self.arrived:
            self.number += 1
            number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self.writing.write(json.dumps(message).encode() + b"\0")
        with self.arrived:
            self.arrived.wait_for(lambda: number in self.answers or self.is_over, SECONDS)
            answer = self.answers.pop(number, None)
        assert answer is not None, f"Chromium does not answer {method}"
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def page(self, **looks):
        return Page(self, **looks)

    def stop(self):
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGTERM)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        self.writing.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """One window with nothing remembered: so many CSS pixels wide, `light` or `dark`."""

    def __init__(self, browser, width=1280, height=900, scheme="light", scripts=True, forced_colors=False):
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        self.target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility", "Audits"):
            self.call(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.call("Emulation.setDeviceMetricsOverride", **size, mobile=width < 600)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        if forced_colors:
            features.append({"name": "forced-colors", "value": "active"})
        self.call("Emulation.setEmulatedMedia", features=features)
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        # What its console and its issues say, and the documents that it got.
        self.troubles, self.documents, self.loaded = [], [], 0

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def listen(self):
        """Keeps what the page has told since."""
        with self.browser.arrived:
            events = self.browser.events.pop(self.session, ())
        for event in events:
            name, told = event["method"], event["params"]
            if name == "Log.entryAdded":
                self.troubles.append(told["entry"]["text"])
            elif name in ("Audits.issueAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.troubles.append(json.dumps(told)[:500])
            elif name == "Network.responseReceived" and told["type"] == "Document":
                self.documents.append((told["response"]["status"], told["response"]["url"]))
            elif name == "Page.loadEventFired":
                self.loaded += 1

    def settled(self, act):
        """Does something that loads a page, and waits for that."""
        self.listen()
        before, end = self.loaded, time.monotonic() + SECONDS
        act()
        while self.loaded == before:
            assert time.monotonic() < end, "no page was loaded"
            time.sleep(0.01)
            self.listen()
        return self

    def open(self, address):
        return self.settled(lambda: self.call("Page.navigate", url=address))

    @property
    def status(self):
        self.listen()
        return self.documents[-1][0]

    def sent_nothing_more(self, act, seconds=0.5):
        """Whether something that is done asks for no other document."""
        self.listen()
        before = len(self.documents)
        act()
        time.sleep(seconds)
        self.listen()
        return len(self.documents) == before

    def evaluate(self, expression):
        """The value of an expression in a world of our own: it shares the document with the page, and neither its
        scripts nor its Content-Security-Policy, so it works where the page may run nothing."""
        frame = self.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = self.call("Page.createIsolatedWorld", frameId=frame, worldName=WORLD)["executionContextId"]
        wanted = {"expression": expression, "contextId": world, "awaitPromise": True, "returnByValue": True}
        done = self.call("Runtime.evaluate", **wanted)
        assert "exceptionDetails" not in done, json.dumps(done["exceptionDetails"])[:1000]
        return done["result"].get("value")

    def press(self, key, shift=False):
        what = {**KEYS[key], "modifiers": SHIFT if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if "text" in what else "rawKeyDown", **what)
        what.pop("text", None)
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def type(self, text):
        self.call("Input.insertText", text=text)

    # As assistive technology has it, which works without scripts

    def nodes(self):
        return [node for node in self.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]

    def focused(self):
        """Role and name of what has the focus; None where nothing of the page has it."""
        for node in self.nodes():
            properties = {entry["name"]: entry["value"].get("value") for entry in node.get("properties", ())}
            if properties.get("focused") and node["role"]["value"] != "RootWebArea":
                return node["role"]["value"], node.get("name", {}).get("value", "")
        return None

    def tab_to(self, role, name):
        """Presses Tab until this has the focus; gives what had it on the way."""
        passed = []
        while (now := self.focused()) != (role, name):
            passed.append(now)
            assert len(passed) < 50, passed
            self.press("Tab")
        return [one for one in passed if one]

    def named(self, role):
        return [node["name"]["value"] for node in self.nodes() if node["role"]["value"] == role]

    @property
    def heading(self):
        return self.named("heading")[0]

    @property
    def text(self):
        return " ".join(self.named("StaticText"))

    def screenshot(self, file):
        """The whole page, as far as it goes down."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(data))

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
