"""Archive rules, as botocore's model and AWS's documentation describe them."""

import re

from .access_analyzer_answers import Refusal, invalid, not_found

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,254}")
MOST_VALUES, MOST_RULES = 20, 100
OPERATORS = {"eq", "neq", "contains", "exists"}
KEYS = {
    "resource",
    "resourceType",
    "resourceOwnerAccount",
    "isPublic",
    "error",
    "principal.AWS",
    "principal.Federated",
    "condition.aws:PrincipalArn",
    "condition.aws:PrincipalOrgID",
    "condition.aws:PrincipalOrgPaths",
    "condition.aws:SourceIp",
    "condition.aws:SourceVpc",
    "condition.aws:UserId",
    "condition.cognito-identity.amazonaws.com:aud",
    "condition.graph.facebook.com:app_id",
    "condition.accounts.google.com:aud",
    "condition.kms:CallerAccount",
    "condition.www.amazon.com:app_id",
}
# AWS's time of day is nobody's concern here.
NOW = "2026-11-21T08:40:00Z"


class ArchiveRules:
    """The rules of every analyzer, by its ARN and their names, in the order in which they were made."""

    def __init__(self):
        self.of = {}

    def list(self, analyzer):
        return list(self.of.get(analyzer, {}).values())

    def create(self, analyzer, name, criteria):
        check_name("ruleName", name)
        check_filter(criteria)
        rules = self.of.setdefault(analyzer, {})
        if name in rules:
            members = {"resourceId": name, "resourceType": "ArchiveRule"}
            raise Refusal(409, "ConflictException", "a rule of that name is there", **members)
        if len(rules) >= MOST_RULES:
            members = {"resourceId": analyzer, "resourceType": "Analyzer"}
            raise Refusal(402, "ServiceQuotaExceededException", "too many archive rules", **members)
        rules[name] = {"ruleName": name, "filter": criteria, "createdAt": NOW, "updatedAt": NOW}

    def update(self, analyzer, name, criteria):
        check_filter(criteria)
        self.get(analyzer, name)["filter"] = criteria

    def get(self, analyzer, name):
        check_name("ruleName", name)
        rule = self.of.get(analyzer, {}).get(name)
        if rule is None:
            raise not_found(name, "ArchiveRule")
        return rule


def check_name(field, name):
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise invalid(field, f"{field} does not satisfy {NAME.pattern}")


def check_filter(criteria):
    if not isinstance(criteria, dict) or not criteria:
        raise invalid("filter", "filter must have a criterion")
    for key, criterion in criteria.items():
        if key not in KEYS:
            raise invalid("filter", f"{key} is not a key of archive rules")
        if not isinstance(criterion, dict) or not criterion or set(criterion) - OPERATORS:
            raise invalid("filter", f"the criterion of {key} has no operator, or one that is unknown")
        for operator, wanted in criterion.items():
            if operator == "exists":
                if not isinstance(wanted, bool):
                    raise invalid("filter", f"{key}.exists is not a boolean")
            elif not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_VALUES:
                raise invalid("filter", f"{key}.{operator} does not have 1 to {MOST_VALUES} values")
            elif not all(isinstance(value, str) for value in wanted):
                raise invalid("filter", f"{key}.{operator} holds something else than strings")
