"""What services refuse of a resource's policy that is written, in error codes of their own. moto takes most of it.

The simulated account has the same rules (Sources/SimulatedAccount/ResourcePolicyGrammar.swift), with their sources;
what is refused here beyond them is what real services are known to refuse besides.
"""

import json
import re
from dataclasses import dataclass

from .trust_policy import AWS, SERVICE, as_list

TOP = {"Version", "Id", "Statement"}
STATEMENT = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
TOPIC_ACTIONS = {
    f"sns:{name}".lower()
    for name in (
        "AddPermission",
        "DeleteTopic",
        "GetDataProtectionPolicy",
        "GetTopicAttributes",
        "ListSubscriptionsByTopic",
        "ListTagsForResource",
        "Publish",
        "PutDataProtectionPolicy",
        "RemovePermission",
        "SetTopicAttributes",
        "Subscribe",
        "Receive",
    )
}
OF_OBJECTS = re.compile(r"s3:((get|put|delete|restore|replicate)object|abortmultipartupload|listmultipartuploadparts)")
OF_BUCKETS = re.compile(r"s3:(list|get|put|delete|create)bucket")


@dataclass(frozen=True)
class Grammar:
    """What one service takes for one of its resources."""

    service: str
    resource: str
    malformed: str
    quota: int = 20_480
    # The code of what is too long, where it is another one.
    too_long: str = None
    # Whether white space counts.
    counts_space: bool = False
    statements: int = None
    actions_of_a_statement: int = None
    only_resource: bool = False
    refuses_resource: bool = False
    actions: frozenset = frozenset()
    canonical_users: bool = False
    unique_sids: bool = True

    def refusal(self, text):
        """The error code and the message with which the service refuses the text; None when it takes it."""
        try:
            document = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
        except (ValueError, RecursionError):
            return self.malformed, "This policy contains invalid Json"
        if not isinstance(document, dict) or not set(document) <= TOP:
            return self.malformed, "Syntax errors in policy."
        if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
            return self.malformed, "The policy must contain a valid version string"
        statements = as_list(document.get("Statement"))
        if not statements:
            return self.malformed, "Policy has no statements"
        size = self.size(text, document)
        if size > self.quota:
            return self.too_long or self.malformed, f"The policy has {size} characters, more than {self.quota}"
        if self.statements is not None and len(statements) > self.statements:
            return self.malformed, "Policy has too many statements"
        for statement in statements:
            why = self.refusal_of(statement)
            if why:
                return self.malformed, why
        sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
        if self.unique_sids and len(set(sids)) != len(sids):
            return self.malformed, "Statement IDs (SID) in a single policy must be unique"
        return None

    def size(self, text, document):
        compact = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        return len((text if self.counts_space else compact).encode())

    def refusal_of(self, statement):
        if not isinstance(statement, dict):
            return "Syntax errors in policy."
        unknown = sorted(set(statement) - STATEMENT)
        if unknown:
            return f"Unknown field {unknown[0]}"
        if statement.get("Effect") not in ("Allow", "Deny"):
            return "Invalid effect"
        for pair in (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")):
            if all(key in statement for key in pair):
                return f"Only one of {pair[0]} and {pair[1]} may be there"
        if not isinstance(statement.get("Sid", ""), str) or not isinstance(statement.get("Condition", {}), dict):
            return "Syntax errors in policy."
        return self.refusal_of_actions(statement) or self.refusal_of_resources(statement) or self.principals(statement)

    def refusal_of_actions(self, statement):
        actions = as_list(statement.get("Action", statement.get("NotAction")))
        if not actions or not all(isinstance(action, str) for action in actions):
            return "Missing required field Action"
        if self.actions_of_a_statement is not None and len(actions) > self.actions_of_a_statement:
            return "Too many actions in a statement"
        for action in (action.lower() for action in actions):
            legal = action.startswith(self.service + ":") and (not self.actions or action in self.actions)
            if action != "*" and not legal:
                return "Policy statement action out of service scope!"
        return None

    def refusal_of_resources(self, statement):
        named = as_list(statement.get("Resource", statement.get("NotResource")))
        if self.refuses_resource:
            return "Invalid repository policy provided" if named else None
        if self.only_resource and named != [self.resource]:
            return "Invalid Resource"
        if not all(name in ("*", self.resource) or str(name).startswith(self.resource + "/") for name in named):
            return "Policy has invalid resource"
        if self.service in ("s3", "s3express") and "NotResource" not in statement:
            return refusal_of_bucket(as_list(statement.get("Action")), named)
        return None

    def principals(self, statement):
        principal = statement.get("Principal", statement.get("NotPrincipal"))
        if principal is None:
            return "Missing required field Principal"
        if principal == "*":
            return None
        if not isinstance(principal, dict) or not principal:
            return "Invalid principal in policy"
        for key, values in principal.items():
            for value in as_list(values):
                if not self.knows(key, str(value)):
                    return f'Invalid principal in policy: "{key.upper()}":"{value}"'
        return None

    def knows(self, key, value):
        """Whether this is a principal; the id of one that was deleted is none."""
        if key == "AWS":
            # Federated users of STS, and identities of AWS's own such as CloudFront's, besides.
            return AWS.fullmatch(value) is not None or value.startswith("arn:")
        if key == "CanonicalUser":
            return self.canonical_users and re.fullmatch("[0-9a-f]{64}", value) is not None
        return key == "Service" and SERVICE.fullmatch(value) is not None


def refusal_of_bucket(actions, resources):
    """Every action must fit one of the resources: the bucket, or what is in it."""
    if not resources:
        return "Missing required field Resource"
    for action in (action.lower() for action in actions):
        inside = [resource == "*" or "/" in resource for resource in resources]
        if OF_OBJECTS.match(action) and not any(inside):
            return "Action does not apply to any resource(s) in statement"
        if OF_BUCKETS.match(action) and all(inside) and "*" not in resources:
            return "Action does not apply to any resource(s) in statement"
    return None


def unique(pairs):
    """An object whose keys are all different: services take no other."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key comes twice")
    return dict(pairs)


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def is_public(text):
    """Whether S3 calls the document public: somebody unnamed is let in without a condition, whatever a Deny says."""
    return any(
        statement.get("Effect") == "Allow" and everybody(statement.get("Principal")) and "Condition" not in statement
        for statement in as_list(json.loads(text)["Statement"])
    )


def everybody(principal):
    return principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS")))


def locks_out(text, action):
    """Whether a statement takes the owner's account the way to write the document again."""
    names = ("*", action.split(":")[0] + ":*", action.lower())
    return any(
        statement.get("Effect") == "Deny"
        and everybody(statement.get("Principal"))
        and any(one.lower() in names for one in as_list(statement.get("Action")))
        and not statement.get("Condition")
        for statement in as_list(json.loads(text)["Statement"])
    )


def of_bucket(arn):
    return Grammar("s3", arn, "MalformedPolicy", canonical_users=True)


def of_directory_bucket(arn):
    return Grammar("s3express", arn, "MalformedPolicy", actions=frozenset({"s3express:createsession"}))


def of_queue(arn):
    return Grammar("sqs", arn, "InvalidAttributeValue", 8192, statements=20, actions_of_a_statement=7)


def of_topic(arn):
    return Grammar("sns", arn, "InvalidParameter", 30_720, statements=100, only_resource=True, actions=TOPIC_ACTIONS)


def of_key(arn):
    return Grammar("kms", arn, "MalformedPolicyDocumentException", 32_768, "LimitExceededException", True)


def of_secret(arn):
    return Grammar("secretsmanager", arn, "MalformedPolicyDocumentException")


def of_repository(arn):
    return Grammar("ecr", arn, "InvalidParameterException", 10_240, refuses_resource=True, unique_sids=False)


def of_table(arn):
    return Grammar("dynamodb", arn, "ValidationException", counts_space=True)


def of_file_system(arn):
    return Grammar("elasticfilesystem", arn, "InvalidPolicyException", 20_000)


def of_function(arn):
    return Grammar("lambda", arn, "InvalidParameterValueException", too_long="PolicyLengthExceededException")
