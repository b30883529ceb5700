"""Requests for approval as people meet them: recorded by the packaged function, with the link taken from the mail, and
the function behind the page with no more permissions than it needs."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import string
from dataclasses import dataclass

from moto.dynamodb.models import dynamodb_backends

from . import dynamodb
from .account import MEMBER, trust_in
from .events import changed
from .runtime_api import OWN_ARN

TABLE = "gatehouse-ledger"
STRANGER = "arn:aws:iam::999988887777:user/Alice"
HOURS = 24
# What the page is permitted: nothing of a resource, no mail, no other role.
OF_LEDGER = ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"]
PERMITTED = [
    *(f"dynamodb:{action}" for action in OF_LEDGER),
    "secretsmanager:GetSecretValue",
    "states:SendTaskSuccess",
    "lambda:InvokeFunction",
]
# The calls of it that change nothing.
READS = {"dynamodb:GetItem", "dynamodb:Query", "secretsmanager:GetSecretValue"}
RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {
            "name": "ask-before-closing",
            "owner": "cloud-security@example.com",
            "reason": "Somebody who knows the role decides.",
            "action": "APPROVE",
            "when": {"kind": {"eq": ["ExternalAccess"]}},
        }
    ],
}
LINK = re.compile(r"https?://\S+\?token=(\S+)")


def key():
    """A key as the template makes one: 64 letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(64))


def sign(payload, with_key):
    """A token over these bytes: what somebody could make who has got the key."""
    code = hmac.new(with_key.encode(), b"gatehouse approval 1 " + payload, hashlib.sha256).digest()
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (payload, code))


def payload(token):
    """What a token says."""
    part = token.partition(".")[0]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@dataclass
class Asked:
    """A request somebody was asked about: its finding, its resource, and the token of the link that was mailed."""

    finding: str
    role: str
    arn: str
    token: str
    mail: dict
    event: dict


class Approvals:
    """An account with a ledger and a topic, where rules ask before anything is blocked."""

    def __init__(self, accounts, function, url):
        self.accounts, self.aws, self.start, self.url = accounts, accounts.aws, function, url
        self.key = key()
        self.topic = accounts.topic()
        self.table = dynamodb.make_table(accounts.client("dynamodb"))
        self.pages = []
        self.asking = None

    def settings(self, **more):
        """What is set on every function."""
        return {
            "GATEHOUSE_LEDGER_TABLE": self.table,
            "GATEHOUSE_APPROVAL_KEY": self.key,
            "GATEHOUSE_ORGANIZATION_LOOKUPS": "off",
            **more,
        }

    def function(self, handler, **more):
        """A function that may do everything: what it may do at most is tried elsewhere."""
        settings = {
            "GATEHOUSE_MODE": "enforce",
            "GATEHOUSE_TOPIC_ARN": self.topic,
            "GATEHOUSE_RULES": json.dumps(RULES),
            "GATEHOUSE_APPROVAL_URL": self.url,
            "GATEHOUSE_APPROVAL_HOURS": str(HOURS),
            "GATEHOUSE_MAX_MESSAGES_PER_HOUR": "10000",
            **more,
        }
        return self.start(handler, own=MEMBER, allowed=["*"], **self.settings(**settings))

    def page(self, **more):
        """An instance of the page's function."""
        page = self.start("approve", own=MEMBER, allowed=PERMITTED, **self.settings(**more))
        self.pages.append(page)
        return page

    @property
    def respond(self):
        self.asking = self.asking or self.function("respond")
        return self.asking

    def event(self, name="Audit_CrossAccountRole", principal=STRANGER, **more):
        """A role that lets somebody in, and what Access Analyzer says of it."""
        arn = self.accounts.role(name, trust_in(principal))
        number = hashlib.sha256(name.encode()).hexdigest()
        identifier = "-".join((number[:8], number[8:12], "4" + number[12:15], "8" + number[15:18], number[18:30]))
        event = changed(id=identifier, resource=arn, principal={"AWS": principal}, **more)
        self.accounts.finding(event)
        return event

    def ask(self, name="Audit_CrossAccountRole", **more):
        """Somebody is asked about a role."""
        return self.ask_again(self.event(name, **more))

    def ask_again(self, event):
        """The same finding once more; gives what was mailed now."""
        outcome = self.respond.invoke(event)
        assert outcome.kind == "response", outcome.body
        assert outcome.json["outcome"]["status"] == "AWAITING_APPROVAL", outcome.json["outcome"]
        return self.mailed(event)

    def mailed(self, event):
        """The one message that was sent, and the link in it."""
        (mail,) = self.accounts.messages()
        (token,) = LINK.findall(mail["Message"])
        arn = event["detail"]["resource"]
        return Asked(event["detail"]["id"], arn.rpartition("/")[2], arn, token, mail, event)

    def in_workflow(self, task_token, name="Audit_CrossAccountRole"):
        """Somebody is asked by the workflow, whose task waits by this token."""
        event = self.event(name)
        case = event
        for handler in ("enrich", "evaluate", "resolve"):
            outcome = self.function(handler).invoke(case)
            assert outcome.kind == "response", outcome.body
            case = outcome.json
        outcome = self.function("approve").invoke({"taskToken": task_token, "case": case})
        assert outcome.kind == "response", outcome.body
        assert task_token not in outcome.body.decode()
        return self.mailed(event)

    # The ledger

    @property
    def backend(self):
        return dynamodb_backends[MEMBER][self.accounts.region].tables[TABLE]

    def ledger(self):
        """Every item as it is kept, byte for byte, by its key."""
        items = [item.to_json()["Attributes"] for item in self.backend.all_items()]
        return {(item["pk"]["S"], item["sk"]["S"]): json.dumps(item, sort_keys=True) for item in items}

    def restore(self, ledger):
        """Makes the ledger what it was."""
        client, now = self.accounts.client("dynamodb"), self.ledger()
        for pk, sk in now.keys() - ledger.keys():
            client.delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        for name, item in ledger.items():
            if now.get(name) != item:
                client.put_item(TableName=TABLE, Item=json.loads(item))

    def request(self, asked):
        """What the ledger says of a request."""
        item = json.loads(self.ledger()[(f"APPROVAL#{asked.finding}", "REQUEST")])
        return json.loads(item["data"]["S"])

    def edit(self, asked, **more):
        """Changes what the ledger says of a request, such as until when it can be decided."""
        name = (f"APPROVAL#{asked.finding}", "REQUEST")
        item = json.loads(self.ledger()[name])
        item["data"] = {"S": json.dumps({**json.loads(item["data"]["S"]), **more})}
        self.accounts.client("dynamodb").put_item(TableName=TABLE, Item=item)

    def expire(self, asked):
        """It could be decided until long ago."""
        self.edit(asked, askedAt="2026-01-01T00:00:00Z", until="2026-01-02T00:00:00Z")

    def supersede(self, asked):
        """The role is edited, so that another change is asked about; the earlier link is of no use any more."""
        document = trust_in(STRANGER)
        document["Statement"].append({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}})
        document["Statement"][-1]["Action"] = "sts:AssumeRole"
        iam = self.accounts.client("iam")
        iam.update_assume_role_policy(RoleName=asked.role, PolicyDocument=json.dumps(document))
        return self.ask_again(asked.event)

    # What became of it

    def handed(self):
        """The cases that the page has handed on, to the function that asked and to nobody else."""
        cases = []
        for function, event in self.aws.handed:
            assert function == OWN_ARN.format(MEMBER)
            cases.append(json.loads(event))
        return cases

    def writes(self):
        """What the page's calls so far would change."""
        keys = {page.environment["AWS_ACCESS_KEY_ID"] for page in self.pages}
        return [str(call) for call in self.aws.calls if call.access_key in keys and str(call) not in READS]

    def secrets(self, *asked):
        """What must never be in a log."""
        found = [self.key]
        for one in asked:
            found += [one.token, *one.token.split("."), json.loads(payload(one.token))["nonce"]]
        return found

    @property
    def log(self):
        return "\n".join(page.log for page in [*self.pages, *([self.asking] if self.asking else [])])
