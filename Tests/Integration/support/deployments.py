"""Parameters for the templates of deploy/, and what the tests know of what they make."""

from .changes import EVERY_TYPE
from .template import listed

# One set of parameters that switches everything on, and the way across accounts.
FULL = {
    "gatehouse.yaml": {
        "Mode": "enforce",
        "BlockedTypes": EVERY_TYPE,
        "NotificationEmail": "security@example.com",
        "UrgentTopicArn": "arn:aws:sns:us-east-1:123456789012:urgent",
        "UrgentTopicKeyArn": "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-3333-4444-555555555555",
        "ProtectedRoles": "arn:aws:iam::*:role/break-glass-*",
        "TrustedOrganization": "o-a1b2c3d4e5",
        "RulesParameter": "/gatehouse/rules",
        "RulesKeyArn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "MemberRoleName": "GatehouseMember",
        "MemberExternalId": "external",
        "OrganizationLookUps": "on",
        "CodeBucket": "code",
        "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    },
    "single-function.yaml": {
        "Mode": "enforce",
        "BlockedTypes": EVERY_TYPE,
        "RulesBucket": "rules",
        "RulesKey": "rules.json",
        "MemberRoleName": "GatehouseMember",
        "MemberExternalId": "external",
        "ProtectedRoles": "arn:aws:iam::*:role/break-glass-*",
        "CodeBucket": "code",
    },
    "analyzer.yaml": {"UnusedAccessAge": 90},
    "forwarder.yaml": {"HomeRegion": "eu-central-1", "NotificationEmail": "security@example.com"},
    "ledger.yaml": {"KeyArn": "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"},
    "member-role.yaml": {
        "GatehouseAccount": "111122223333",
        "ExternalId": "external",
        "BlockedTypes": EVERY_TYPE,
        "ProtectedRoles": "arn:aws:iam::*:role/break-glass-*",
    },
    "sweep.yaml": {
        "SweepFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-sweep",
        "Bucket": "gatehouse-sweep",
        "Schedule": "rate(7 days)",
        "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:gatehouse",
    },
}

# What switches approvals, previews and sessions on as well, in the workflow's stack and in other accounts.
SESSIONS = {"Preview": "on", "RevokeSessions": "on"}
ASKING = {
    "LedgerTableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger",
    "LedgerKeyArn": "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555",
    "ApprovalPage": "public",
    "WeeklyReport": "on",
    **SESSIONS,
}
# What goes to other programs, and comes from CloudTrail.
INTEGRATIONS = {
    "WhoDidIt": "on",
    "EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/security",
    "ChatTopicArn": "arn:aws:sns:us-east-1:123456789012:chat",
    "ChatTopicKeyArn": "arn:aws:kms:us-east-1:123456789012:key/44444444-2222-3333-4444-555555555555",
}
ASKING_WORKFLOW = {**FULL["gatehouse.yaml"], **ASKING}
# Every template with everything that can be switched on.
SETS = [
    *FULL.items(),
    ("gatehouse.yaml", ASKING_WORKFLOW),
    ("gatehouse.yaml", {**ASKING_WORKFLOW, **INTEGRATIONS}),
    ("single-function.yaml", {**FULL["single-function.yaml"], **INTEGRATIONS}),
    ("member-role.yaml", {**FULL["member-role.yaml"], **SESSIONS, "WhoDidIt": "on"}),
]

HANDLERS = {
    "enrich": 30, "evaluate": 15, "archive": 30, "resolve": 60,
    "verify": 30, "notify": 30, "rollback": 60,
}  # fmt: skip
# Those that are there only where they are switched on.
ASKING_HANDLERS = {"preview": 60, "approve": 30, "approval-page": 15, "report": 300}
WRITERS = ("resolve", "rollback")
# Roles that reach out by themselves alone, and the function that each is of.
REACHING = {
    "gatehouse.yaml": {"EnrichRole": "EnrichFunction", "ResolveRole": "ResolveFunction", "RollbackRole": "RollbackFunction"},
    "single-function.yaml": {"Role": "Function"},
}


def roles(template):
    return template.of_type("AWS::IAM::Role")


def actions_of(template, role):
    allowed = [statement for statement in template.statements(role) if statement["Effect"] == "Allow"]
    return {action for statement in allowed for action in listed(statement["Action"])}
