"""Runs handlers one after the other through many accounts' worth of fixtures, and keeps the calls that each made."""

import json

from .actions import needed
from .kept import Kept


class Recorder(Kept):
    """Functions of one account with the same settings; `calls` holds what was needed, by whose account and handler."""

    def __init__(self, aws, binary, account, **settings):
        super().__init__(aws, binary)
        self.account, self.settings = account, settings
        self.calls = {}
        # The handler by the key that its function signs with.
        self.owners = {}

    def invoke(self, handler, event):
        """One invocation; gives the answer as it was posted. A function may do everything, so that what it does is not
        what it is let."""
        function = self.function(handler, self.account, allowed=["*"], **self.settings)
        self.owners[function.environment["AWS_ACCESS_KEY_ID"]] = handler
        before = len(self.aws.calls)
        outcome = function.invoke(event)
        for call in self.aws.calls[before:]:
            # A read that its function no longer waits for may come while the next one runs.
            whose = self.owners.get(call.access_key, handler)
            self.calls.setdefault((call.account == self.account, whose), set()).update(needed(call))
        return outcome

    def workflow(self, event):
        """An event from step to step, as the state machine passes it."""
        outcome = self.invoke("enrich", event)
        if outcome.kind == "error":
            return
        case = self.invoke("evaluate", outcome.body).json
        step = {"ARCHIVE": "archive", "RESOLVE": "resolve"}.get(case.get("decision", {}).get("action"))
        if step is not None:
            outcome = self.invoke(step, case)
            case = outcome.json if outcome.kind == "response" else case
        if case.get("outcome", {}).get("status") in ("RESOLVED", "ALREADY_RESOLVED"):
            case = self.invoke("verify", case).json
        self.invoke("notify", case)


def is_bare(event):
    """Whether this is an EventBridge event and not a case or anything else."""
    try:
        return "detail" in json.loads(event)
    except (ValueError, RecursionError, TypeError):
        return False
