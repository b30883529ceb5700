"""A fake `aws`: answers by what a test laid down, and keeps what it was asked.

For what moto does not have (alarms' history, states of stacks that a failure leaves) and for whole conversations.
"""

import json
import os
import pathlib
import subprocess
import sys

from .template import DEPLOY

PROGRAM = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
words = [word for word in sys.argv[1:]]
with (folder / "asked").open("a") as file:
    file.write(json.dumps(words) + "\\n")
line = " ".join(words)
for word in words:
    # What a file of an argument held: it may be gone when the script has ended.
    if word.startswith(("file://", "fileb://")):
        (folder / "files").mkdir(exist_ok=True)
        kept = folder / "files" / str(len(list((folder / "files").iterdir())))
        kept.write_bytes(pathlib.Path(word.split("://", 1)[1]).read_bytes())
answers = json.loads((folder / "answers").read_text())
for place, (needed, answer) in enumerate(answers):
    if all(part in line for part in needed):
        # A list of answers is one for each call; the last one stays.
        if isinstance(answer, list):
            if len(answer) > 1:
                answers[place][1] = answer[1:]
                (folder / "answers").write_text(json.dumps(answers))
            answer = answer[0]
        if isinstance(answer, int):
            sys.exit(answer)
        if answer.startswith("!"):
            print(answer[1:], file=sys.stderr)
            sys.exit(254)
        print(answer)
        sys.exit(0)
sys.exit(f"the test has no answer to: aws {{line}}")
"""

# What every script asks first.
IDENTITY = (["sts get-caller-identity"], "123456789012\tarn:aws:iam::123456789012:user/admin")
MISSING = (["describe-stacks", "StackStatus"], "!Stack with id gatehouse does not exist")
NO_LEDGER = (
    ["describe-stacks", "--stack-name gatehouse-ledger", "StackStatus"],
    "!Stack with id gatehouse-ledger does not exist",
)


class FakeAWS:
    """Runs a script of deploy/ with the fake in front of PATH.

    `answers` are pairs of needed words and answer: the first that fits wins.
    """

    def __init__(self, folder, *answers):
        self.folder = folder / "fake"
        self.programs = self.folder / "bin"
        self.programs.mkdir(parents=True)
        self.put("aws", PROGRAM.format(python=sys.executable, folder=str(self.folder)))
        # Nobody waits here.
        self.put("sleep", "#!/bin/sh\nexit 0\n")
        self.answers = [*answers, IDENTITY]

    def put(self, name, text):
        file = self.programs / name
        file.write_text(text)
        file.chmod(0o755)

    def run(self, script, *arguments, scripts=DEPLOY, cwd=None, **environment):
        # What it has nothing to answer with is tried where there is a stack.
        arguments = ("--no-smoke-test", *arguments) if script == "install" else arguments
        (self.folder / "answers").write_text(json.dumps(self.answers))
        (self.folder / "asked").write_text("")
        done = subprocess.run(
            [scripts / script, "--region", "us-east-1", *arguments],
            env={"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.folder), **environment},
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = done.stdout
        return done.returncode

    @property
    def asked(self):
        lines = (self.folder / "asked").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def calls(self, *words):
        """The calls whose words hold these, each as one line."""
        lines = [" ".join(call) for call in self.asked]
        return [line for line in lines if all(word in line for word in words)]


def writable(folder, name, content=b"content"):
    file = pathlib.Path(folder) / name
    file.write_bytes(content)
    return file
