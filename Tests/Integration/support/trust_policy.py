"""What IAM refuses of a trust policy, in its own error codes and words. moto takes most of it.

The simulated account has the same rules (Sources/SimulatedAccount/TrustPolicyGrammar.swift), with their sources.
"""

import json
import re

TOP = {"Version", "Id", "Statement"}
STATEMENT = {"Sid", "Effect", "Principal", "Action", "NotAction", "Condition"}
PROHIBITED = ("NotPrincipal", "Resource", "NotResource")
AWS = re.compile(
    r"\*|[0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/.+)"
    r"|arn:aws[a-z-]*:sts::[0-9]{12}:(assumed-role/[^/]+/[^/]+|federated-user/.+)"
)
SERVICE = re.compile(r"[^ ]+\.amazonaws\.com(\.cn)?")
# The default, and the only one that moto's account summary tells.
QUOTA = 2048


def refusal(text):
    """The error code and message with which IAM refuses the text; None when it takes it."""
    if re.search(r"[^\t\n\r\u0020-\u00ff]", text):
        return (
            "ValidationError",
            "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
        )
    try:
        document = json.loads(text)
    except ValueError:
        return malformed("This policy contains invalid Json")
    if not isinstance(document, dict) or not set(document) <= TOP:
        return malformed("Syntax errors in policy.")
    statements = as_list(document.get("Statement"))
    version = document.get("Version", "2008-10-17")
    if version not in ("2008-10-17", "2012-10-17") or not statements:
        return malformed("Syntax errors in policy.")
    for statement in statements:
        message = statement_refusal(statement)
        if message:
            return malformed(message)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) != len(sids):
        return malformed("Statement IDs (SID) in a single policy must be unique.")
    if size(document) > QUOTA:
        return "LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {QUOTA}"
    return None


def size(document):
    """The characters without white space; what is above U+00FF can only be an escape."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return sum(1 if ord(character) <= 0xFF else 6 if ord(character) <= 0xFFFF else 12 for character in text)


def statement_refusal(statement):
    if not isinstance(statement, dict):
        return "Syntax errors in policy."
    for key in PROHIBITED:
        if key in statement:
            return f"Has prohibited field {key}"
    if not set(statement) <= STATEMENT or statement.get("Effect") not in ("Allow", "Deny"):
        return "Syntax errors in policy."
    if ("Action" in statement) == ("NotAction" in statement):
        return "Syntax errors in policy."
    if not isinstance(statement.get("Condition", {}), dict):
        return "Syntax errors in policy."
    if not re.fullmatch(r"[0-9A-Za-z]*", statement.get("Sid", "")):
        return (
            "Statement IDs (SID) must be alpha-numeric. "
            "Check that your input satisfies the regular expression [0-9A-Za-z]*"
        )
    actions = as_list(statement.get("Action", statement.get("NotAction")))
    if not all(str(action).lower().startswith("sts:") for action in actions):
        return "AssumeRole policy may only specify STS AssumeRole actions."
    return principal_refusal(statement.get("Principal"))


def principal_refusal(principal):
    if principal is None:
        return "Missing required field Principal"
    if not isinstance(principal, dict):
        return f'AssumeRolepolicy contained an invalid principal: "STAR":"{principal}"'
    for key, values in principal.items():
        for value in as_list(values):
            if (
                key == "Federated"
                or (key == "AWS" and AWS.fullmatch(value))
                or (key == "Service" and SERVICE.fullmatch(value))
            ):
                continue
            if key in ("AWS", "Service"):
                return f'Invalid principal in policy: "{key.upper()}":"{value}"'
            return f'AssumeRolepolicy contained an invalid principal: "{key.upper()}":"{value}"'
    return None


def malformed(message):
    return "MalformedPolicyDocument", message


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
