"""The single function's stack where people are asked: its functions, its page, and the command line beside it.

Every function is the packaged binary with the settings and the role that the stack gives it; the command line is the
packaged one, with the credentials of somebody on call.
"""

import json
import os
import pty
import subprocess
import urllib.parse

from . import dynamodb
from .account import MEMBER, trust_in
from .approvals import STRANGER, Approvals
from .cloudformation import Stack
from .deployed import DeployedFunctions
from .function_url import event
from .served_html import Served

FORM = [("content-type", "application/x-www-form-urlencoded")]
ROLE = "Audit_CrossAccountRole"


class OneFunction(Approvals):
    """An account with the single function's stack and the ledger in it."""

    def __init__(self, accounts, binary, program, folder, **parameters):
        self.accounts, self.aws, self.program, self.folder = accounts, accounts.aws, program, folder
        self.table = dynamodb.make_table(accounts.client("dynamodb"))
        given = {"Mode": "approve", "LedgerTableArn": self.table, "ApprovalPage": "public", **parameters}
        self.stack = Stack(accounts, MEMBER, "single-function.yaml", SweepSchedule="rate(6 hours)", **given)
        self.functions = DeployedFunctions(binary, self.stack)
        self.address = self.stack.outputs.get("ApprovalPageAddress")
        self.topic = self.stack.resources["Topic"]
        accounts.subscribe(self.topic)
        on_call = accounts.client("iam").create_role(RoleName="OnCall", AssumeRolePolicyDocument=json.dumps(trust_in(STRANGER)))
        everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        accounts.client("iam").put_role_policy(RoleName="OnCall", PolicyName="all", PolicyDocument=json.dumps(everything))
        self.on_call = accounts.session(on_call["Role"]["Arn"])

    @property
    def respond(self):
        return self.functions.function("respond")

    @property
    def log(self):
        return self.functions.log

    def answer(self, given):
        """The outcome that the function's answer to an event or a case has."""
        outcome = self.respond.invoke(given)
        assert outcome.kind == "response", outcome.body
        return outcome.json["outcome"]

    def sweep(self):
        outcome = self.functions.function("sweep").invoke({})
        assert outcome.kind == "response", outcome.body
        return outcome.json

    def told(self):
        """The outcomes of the messages that were sent since this was last asked."""
        return [message["MessageAttributes"]["status"]["Value"] for message in self.accounts.messages()]

    def look(self, asked):
        return Served(self.functions.function("page").invoke(event(target=f"/?token={asked.token}")))

    def decide(self, asked, decision="approve", **fields):
        form = {"token": asked.token, "decision": decision, "name": "Maria Keller", **fields}
        body = urllib.parse.urlencode(form).encode()
        return Served(self.functions.function("page").invoke(event("POST", "/", body, FORM)))

    def handed(self):
        """The cases that were handed on, each to the function that asked."""
        functions = {function for function, _ in self.aws.handed}
        assert functions <= {self.respond.arn}
        return [json.loads(case) for _, case in self.aws.handed]

    def carry_out(self):
        """Lambda gives the function what was handed on to it."""
        (case,) = self.handed()
        self.aws.handed.clear()
        return self.answer(case)

    def sids(self, name=ROLE):
        return [bool(statement.get("Sid")) for statement in self.accounts.trust(name)["Statement"]]

    def edit_role(self):
        """Somebody else edits the role meanwhile."""
        document = trust_in(STRANGER)
        service = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document["Statement"].append(service)
        self.accounts.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(document))

    # The command line

    def environment(self, **more):
        region = self.accounts.region
        return {
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL": self.aws.url,
            "HOME": str(self.folder),
            "GATEHOUSE_LEDGER_TABLE": self.table,
            "GATEHOUSE_TOPIC_ARN": self.topic,
            "GATEHOUSE_ORGANIZATION_LOOKUPS": "off",
            **self.on_call,
            **more,
        }

    def gatehouse(self, *words, status=0, **environment):
        """What the command says on both outputs; `None` for a setting takes it out."""
        settings = {key: value for key, value in self.environment(**environment).items() if value is not None}
        done = subprocess.run(
            [self.program, *words], env=settings, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stdout, done.stderr

    def at_a_terminal(self, *words, typed):
        """The same where somebody sits in front of it: the exit status, and all that is shown."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [self.program, *words], env=self.environment(NO_COLOR="1"), cwd=self.folder, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        os.close(theirs)
        os.write(ours, f"{typed}\n".encode())
        shown = child.communicate(timeout=60)[0].decode()
        os.close(ours)
        return child.returncode, shown
