"""What each handler may do at most: what the roles of the template allow the functions."""

import functools

from .actions import Permissions
from .changes import EVERY_TYPE
from .template import Template

# The handler behind each role of gatehouse.yaml.
ROLES = {
    "EnrichRole": "enrich",
    "EvaluateRole": "evaluate",
    "ArchiveRole": "archive",
    "PreviewRole": "preview",
    "ResolveRole": "resolve",
    "ApproveRole": "approve",
    "VerifyRole": "verify",
    "NotifyRole": "notify",
    "RollbackRole": "rollback",
}
# The handlers that one function in `respond` has in it.
RESPOND = ("enrich", "evaluate", "archive", "resolve", "notify")
HANDLERS = (*ROLES.values(), "respond")

# Everything that may be set but the types that are blocked; rules are in a bucket or in a parameter.
FULL = {
    "Mode": "enforce",
    "Preview": "on",
    "RevokeSessions": "on",
    "WhoDidIt": "on",
    "EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/security",
    "ChatTopicArn": "arn:aws:sns:us-east-1:123456789012:chat",
    "OrganizationLookUps": "on",
    "MemberRoleName": "GatehouseMember",
    "MemberExternalId": "a-secret-between-us",
    "CodeBucket": "code",
}
LEDGER = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
RULES = ({"RulesBucket": "rules", "RulesKey": "rules.json"}, {"RulesParameter": "/gatehouse/rules"})


@functools.cache
def templates():
    more = {"BlockedTypes": EVERY_TYPE, "LedgerTableArn": LEDGER}
    return [Template("gatehouse.yaml", **FULL, **rules, **more) for rules in RULES]


@functools.cache
def actions(handler):
    """The actions that a handler's role allows where every type is blocked, in either way of keeping rules."""
    if handler == "respond":
        return sorted({action for part in RESPOND for action in actions(part)})
    (role,) = [role for role, name in ROLES.items() if name == handler]
    granted = {action for template in templates() for action in Permissions(template.statements(role)).actions}
    if handler == "approve":
        page = Template("gatehouse.yaml", **FULL, LedgerTableArn=LEDGER, ApprovalPage="iam")
        granted |= Permissions(page.statements("ApprovalPageRole")).actions
    return sorted(granted)
