"""What moto lacks of what `gatehouse doctor` asks: EventBridge's test of a pattern, and IAM's policy simulator."""

import json
from xml.sax.saxutils import escape

from moto.events.models import EventPattern
from moto.events.responses import EventsHandler
from moto.iam.responses import IamResponse

from .patterns import matches
from .template import listed

MANDATORY = ("id", "account", "source", "time", "region", "resources", "detail-type")


def test_event_pattern(self):
    event = json.loads(self._get_param("Event"))
    missing = [key for key in MANDATORY if key not in event]
    assert not missing, missing
    matched = EventPattern.load(self._get_param("EventPattern")).matches_event(event)
    return json.dumps({"Result": matched}), self.response_headers


EventsHandler.test_event_pattern = test_event_pattern


def holds(condition, context):
    """Whether a statement's condition holds for what the request tells of itself."""
    for operator, tests in condition.items():
        for key, wanted in tests.items():
            found = context.get(key)
            if operator == "Null":
                if (found is None) != (str(wanted).lower() == "true"):
                    return False
            elif operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike"):
                if found is None or not any(matches(pattern, found) for pattern in listed(wanted)):
                    return False
            else:
                return False
    return True


def applies(statement, action, resource, context):
    named = any(matches(pattern.lower(), action.lower()) for pattern in listed(statement["Action"]))
    meant = any(matches(pattern, resource) for pattern in listed(statement["Resource"]))
    return named and meant and holds(statement.get("Condition", {}), context)


def decision(statements, action, resource, context):
    effects = {item["Effect"] for item in statements if applies(item, action, resource, context)}
    return "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"


def statements_of(role):
    versions = [version for policy in role.managed_policies.values() for version in policy.versions]
    documents = [version.document for version in versions if version.is_default] + list(role.policies.values())
    parsed = [json.loads(document) if isinstance(document, str) else document for document in documents]
    return [statement for document in parsed for statement in listed(document["Statement"])]


def simulate_principal_policy(self):
    form = {key: value[0] for key, value in self.querystring.items()}

    def members(name):
        found = []
        while f"{name}.member.{len(found) + 1}" in form:
            found.append(form[f"{name}.member.{len(found) + 1}"])
        return found

    context, number = {}, 1
    while f"ContextEntries.member.{number}.ContextKeyName" in form:
        entry = f"ContextEntries.member.{number}"
        assert form[f"{entry}.ContextKeyType"] == "string"
        context[form[f"{entry}.ContextKeyName"]] = form[f"{entry}.ContextKeyValues.member.1"]
        number += 1
    role = self.backend.get_role(form["PolicySourceArn"].rsplit("/", 1)[1])
    statements = statements_of(role)
    results = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{decision(statements, action, resource, context)}</EvalDecision></member>"
        for resource in members("ResourceArns")
        for action in members("ActionNames")
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
        "</SimulatePrincipalPolicyResponse>"
    )


IamResponse.simulate_principal_policy = simulate_principal_policy
