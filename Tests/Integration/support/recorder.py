"""Runs handlers one after the other through many accounts' worth of fixtures, and keeps the calls that each made.

A process lives as long as the recorder, so its credentials have to outlive the stand-in's resets.
"""

import json

from .account import MEMBER, OWN, Accounts
from .actions import needed
from .moto import iam_backends, sts_backends
from .runtime_api import Function


class Recorder:
    """Functions of one account with the same settings; `calls` holds what was needed, by whose account and handler."""

    def __init__(self, aws, binary, account, **settings):
        self.aws, self.binary, self.account, self.settings = aws, binary, account, settings
        self.functions, self.kept = {}, []
        self.calls = {}

    def invoke(self, handler, event):
        """One invocation; gives the answer as it was posted."""
        function = self.functions.get(handler) or self.start(handler)
        before = len(self.aws.calls)
        outcome = function.invoke(event)
        for call in self.aws.calls[before:]:
            need = needed(call)
            if need is not None:
                self.calls.setdefault((call.account == self.account, handler), set()).add(need)
        return outcome

    def start(self, handler):
        """A function that may do everything, so that what it does is not what it is let."""
        accounts = Accounts(self.aws)
        environment = {
            **accounts.environment(handler, self.account),
            **accounts.function_credentials(handler, self.account, allowed=["*"]),
            **self.settings,
        }
        self.functions[handler] = Function(self.binary, handler, environment, self.account)
        (session,) = sts_backends[self.account]["aws"].assumed_roles[-1:]
        self.kept.append(iam_backends[self.account]["aws"].get_role_by_arn(session.role_arn))
        return self.functions[handler]

    def reset(self, fresh=False):
        """Empties the stand-in, but for the sessions that running functions hold; none run on after a fresh start."""
        if fresh:
            self.stop()
        sessions = [session for account in (MEMBER, OWN) for session in sts_backends[account]["aws"].assumed_roles]
        self.aws.reset()
        for role in self.kept:
            iam_backends[self.account]["aws"].roles[role.id] = role
        for session in sessions:
            iam_backends[session.account_id]["aws"].access_keys[session.access_key_id] = session.access_key
            sts_backends[session.account_id]["aws"].assumed_roles.append(session)

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

    def stop(self):
        for function in self.functions.values():
            function.stop()
        self.functions.clear()


def is_bare(event):
    """Whether this is an EventBridge event and not a case or anything else."""
    try:
        return "detail" in json.loads(event)
    except (ValueError, RecursionError, TypeError):
        return False
