"""One resource with a finding, in accounts that are made anew again and again, and functions that live through it."""

import copy

import pytest

from . import faults
from .account import MEMBER, Accounts
from .resources import Resources

# What can go wrong with a call, so that it is made again or looked after.
FAULTS = [
    faults.throttled,
    faults.server_error,
    faults.closed_unexecuted,
    faults.closed_executed,
    faults.closed_inside_body,
]
QUICK = (faults.throttled, faults.closed_executed)
by_fault = pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, marks=[] if fault in QUICK else pytest.mark.long) for fault in FAULTS],
    ids=lambda fault: fault.__name__,
)


class Place:
    def __init__(self, kept):
        self.kept, self.aws = kept, kept.aws

    def make(self, way):
        """The resource of the way, with its finding."""
        self.kept.reset()
        self.way, self.accounts = way, Accounts(self.aws)
        Resources(self.accounts).make(way.kind.arn, way.resource)
        self.held = Resources(self.accounts).held(way.kind.arn, MEMBER)
        self.before = self.held.access
        event = way.kind.event(principal=way.principal, condition=way.condition)
        sources = {"sources": [{"type": source} for source in way.sources]} if way.sources else {}
        self.accounts.finding(event, **sources)
        detail = event["detail"]
        told = {key: detail[key] for key in ("id", "status", "resource", "resourceType", "accountId", "region")}
        told |= {key: detail[key] for key in ("principal", "condition", "isPublic", "isDeleted")}
        told |= {"kind": "ExternalAccess", "analyzerArn": event["resources"][0], "actions": detail["action"]}
        means = {"with": way.means} if way.means else {}
        decision = {"action": "RESOLVE", "rule": "close", "risk": 1, "reasons": ["by the test"], **means}
        self.case = {"finding": {**told, "error": None}, "decision": decision}

    def invoke(self, handler, event):
        # Member accounts and organizations are not what is tried here.
        return self.kept.function(
            handler, MEMBER, GATEHOUSE_MODE="enforce", GATEHOUSE_ORGANIZATION_LOOKUPS="off"
        ).invoke(event)

    def told(self, outcome):
        """The outcome's status and summary, or the error's type and message."""
        self.answer = outcome.json
        if outcome.kind == "error":
            return outcome.error_type, outcome.json["errorMessage"]
        return outcome.json["outcome"]["status"], outcome.json["outcome"]["summary"]

    def resolve(self):
        status = self.told(self.invoke("resolve", self.case))
        self.resolved = copy.deepcopy(self.answer)
        return status

    def rollback(self, case=None):
        """Of the case that was answered last, or of the one that is given."""
        return self.told(self.invoke("rollback", case or self.resolved))

    def block(self, way):
        """The resource, blocked."""
        self.make(way)
        status, why = self.resolve()
        assert status == "RESOLVED", why
        self.blocked = self.held.access
        assert self.blocked != self.before

    @property
    def by_id(self):
        return {"findingId": self.case["finding"]["id"], "resource": self.way.kind.arn}

    def writes(self):
        """The calls that changed something, in order."""
        verbs = ("Put", "Delete", "Add", "Remove")
        return [call.action for call in self.aws.calls if call.action.startswith(verbs) and call.status in range(300)]

    def calls(self, run):
        """What is called meanwhile: service, action, and how many calls of that kind there were before."""
        start = len(self.aws.calls)
        run()
        kinds = [(call.service, call.action) for call in self.aws.calls[start:]]
        return sorted((*kind, kinds[:position].count(kind)) for position, kind in enumerate(kinds))

    def fail(self, call, fault):
        """That call meets the fault."""
        service, action, before = call
        self.aws.fail(service, action, *[None] * before, fault)

    def was_met(self, call):
        """Whether the fault was met. A second call of a kind need not come: a slow machine reads again what is old."""
        left = bool(self.aws.queued)
        self.aws.queued.clear()
        return not left or call[2] > 0


def first(change):
    """A fault: something happens, and then AWS does what it was asked."""

    def fault(exchange):
        change()
        exchange.reply(exchange.execute())

    return fault


def then(change):
    """A fault: AWS does what it was asked, and then something happens."""

    def fault(exchange):
        answer = exchange.execute()
        change()
        exchange.reply(answer)

    return fault
