"""Access Analyzer's previews: what it would find if a resource were configured so.

A preview begins as CREATING. It weighs a Deny only by the condition keys that AWS documents for its findings; one by any
other key leaves them as they are. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAccessPreview.html
"""

import fnmatch
import functools
import json
import re

import botocore.session
from botocore.validate import ParamValidator

from .spelling import NUMBER

# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
WEIGHED = {
    "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce",
    "aws:SourceArn", "aws:SourceAccount", "aws:userid",
}  # fmt: skip
# The member of the union by the service of the ARN, and the start of its resource where that tells two types apart.
KINDS = {
    ("iam", "role/"): "iamRole", ("s3", ""): "s3Bucket", ("s3express", ""): "s3ExpressDirectoryBucket",
    ("kms", ""): "kmsKey", ("sqs", ""): "sqsQueue", ("sns", ""): "snsTopic",
    ("secretsmanager", ""): "secretsManagerSecret", ("elasticfilesystem", ""): "efsFileSystem",
    ("ecr", ""): "ecrRepository", ("ec2", "snapshot/"): "ebsSnapshot", ("rds", "snapshot:"): "rdsDbSnapshot",
    ("rds", "cluster-snapshot:"): "rdsDbClusterSnapshot", ("dynamodb", "table/"): "dynamodbTable",
}  # fmt: skip


class Previews:
    """The previews of every analyzer. `settings` as a fixture's `previews`: `pending` looks, `failed`, `new` findings."""

    def __init__(self):
        self.all = {}
        # As AWS: the first look comes too early. A fixture says how many looks do.
        self.settings = {"pending": 1}
        # How many findings a page holds where the request does not say; AWS does not document it.
        self.page = 100

    def load(self, settings):
        """What a fixture says; `asked` are previews that were asked for before."""
        self.settings = {**settings, "pending": int(str(settings.get("pending", 0)).strip("".join(NUMBER)))}
        for asked in settings.get("asked", []):
            ((resource, configuration),) = asked["configurations"].items()
            self.create(asked["analyzerArn"], resource, configuration)

    def create(self, analyzer, resource, configuration):
        identifier = f"preview-{len(self.all) + 1}"
        self.all[identifier] = {
            "analyzer": analyzer,
            "resource": resource,
            "configuration": configuration,
            "looks": self.settings.get("pending", 0),
        }
        return identifier

    def state(self, identifier):
        preview = self.all[identifier]
        if preview["looks"] > 0:
            preview["looks"] -= 1
            return {"status": "CREATING"}
        if "failed" in self.settings:
            return {"status": "FAILED", "statusReason": {"code": self.settings["failed"]}}
        preview["isReady"] = True
        return {"status": "COMPLETED"}

    def findings(self, identifier, known):
        """What would be there: the known findings of the resource, and what is said to be new."""
        preview, found = self.all[identifier], []
        for finding in known:
            if finding.get("resource") != preview["resource"]:
                continue
            closed = finding["status"] == "ACTIVE" and closes(preview["configuration"], finding)
            found.append(
                {
                    **finding,
                    "id": f"{identifier}-{finding['id']}",
                    "existingFindingId": finding["id"],
                    "existingFindingStatus": finding["status"],
                    "changeType": "CHANGED" if closed else "UNCHANGED",
                    "status": "RESOLVED" if closed else finding["status"],
                }
            )
        return found + self.settings.get("new", [])


@functools.cache
def union():
    """What a configuration may hold, by AWS's own model."""
    return botocore.session.get_session().get_service_model("accessanalyzer").shape_for("Configuration")


def fault_of(resource, configuration):
    """What Access Analyzer finds wrong with a configuration, or None."""
    report = ParamValidator().validate(configuration, union())
    if report.has_errors():
        return report.generate_report()
    service, rest = resource.split(":")[2], resource.split(":", 5)[5]
    kinds = [kind for (name, start), kind in KINDS.items() if name == service and rest.startswith(start)]
    if service == "dynamodb" and "/stream/" in rest:
        kinds = ["dynamodbStream"]
    if list(configuration) != kinds:
        return "the configuration is of another type than the resource"
    for text in policies(configuration):
        # One that is taken away is said so; a key is never without.
        if not is_document(text) and (text or "kmsKey" in configuration):
            return "a policy is no JSON"
    return None


def policies(value, name=""):
    """Every policy in a configuration, by how its members are called."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in policies(inner, name if name == "keyPolicies" else key)]
    return [value] if name.endswith("Policy") or name == "keyPolicies" else []


def is_document(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def closes(configuration, finding):
    """Whether the configuration lets the finding's principal in no more, as Access Analyzer weighs it."""
    principal = next(iter((finding.get("principal") or {}).values()), None)
    name = "all" if principal == "*" else principal
    if "ebsSnapshot" in configuration:
        left = configuration["ebsSnapshot"]
        return name not in left.get("userIds", []) + left.get("groups", [])
    for kind in ("rdsDbSnapshot", "rdsDbClusterSnapshot"):
        if kind in configuration:
            return name not in configuration[kind]["attributes"]["restore"]["accountIds"]
    bucket = configuration.get("s3Bucket", {})
    sources = finding.get("sources") or []
    if "bucketAclGrants" in bucket and sources and all(source["type"] == "BUCKET_ACL" for source in sources):
        return True
    if principal == "*" and bucket.get("bucketPublicAccessBlock", {}).get("restrictPublicBuckets"):
        return True
    statements = [
        one for text in policies(configuration) if is_document(text) for one in listed(json.loads(text)["Statement"])
    ]
    actions = finding.get("action", [])
    return bool(statements) and all(any(denies(one, principal, action) for one in statements) for action in actions)


def denies(statement, principal, action):
    """Whether a statement denies somebody an action, under any condition that is weighed."""
    if statement["Effect"] != "Deny" or not any(is_like(action, each) for each in listed(statement["Action"])):
        return False
    named = statement["Principal"]
    values = [named] if isinstance(named, str) else [value for some in named.values() for value in listed(some)]
    if not any(value == "*" or value == principal or is_account_of(value, principal) for value in values):
        return False
    conditions = statement.get("Condition", {}).items()
    tests = [(name, key, listed(some)) for name, keys in conditions for key, some in keys.items()]
    if any(key not in WEIGHED for _, key, _ in tests):
        return False
    return all(
        any(fnmatch.fnmatchcase(str(principal), value) for value in some) != ("Not" in name)
        for name, key, some in tests
        if key == "aws:PrincipalArn"
    )


def is_like(action, pattern):
    return fnmatch.fnmatchcase(action.lower(), pattern.lower())


def is_account_of(value, principal):
    """Whether a value of a Principal is the account that somebody is of."""
    account = re.fullmatch(r"(?:arn:[^:]*:iam::)?([0-9]{12})(?::root)?", value)
    who = re.fullmatch(r"(?:arn:[^:]*:[a-z]+::)?([0-9]{12})(?::.*)?", str(principal))
    return account is not None and who is not None and account[1] == who[1]


def listed(value):
    return value if isinstance(value, list) else [value]
