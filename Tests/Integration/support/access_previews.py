"""Access Analyzer's previews: what it would find if a resource were configured so.

A preview begins as CREATING. It weighs a Deny only by the condition keys that AWS documents for its findings; one by any
other key leaves them as they are. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAccessPreview.html
"""

import json

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
        self.settings = {}

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


def is_of(resource, configuration):
    """Whether the configuration is of the type that the ARN is of."""
    service, rest = resource.split(":")[2], resource.split(":", 5)[5]
    kinds = [kind for (name, start), kind in KINDS.items() if name == service and rest.startswith(start)]
    if service == "dynamodb" and "/stream/" in rest:
        kinds = ["dynamodbStream"]
    return list(configuration) == kinds


def texts(value):
    """Every policy in a configuration."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in inner for text in texts(item)]


def closes(configuration, finding):
    """Whether a policy of the configuration denies the finding's principal, as Access Analyzer weighs it."""
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
    for text in texts(configuration):
        try:
            statements = json.loads(text)["Statement"]
        except (ValueError, TypeError, KeyError):
            continue
        if any(denies(statement, principal) for statement in statements):
            return True
    return False


def denies(statement, principal):
    if statement["Effect"] != "Deny":
        return False
    tests = statement.get("Condition", {})
    if any(key not in WEIGHED for keys in tests.values() for key in keys):
        return False
    named = statement["Principal"]
    named = named if isinstance(named, str) else next(iter(named.values()))
    if named == "*":
        arns = [value for keys in tests.values() for value in listed(keys.get("aws:PrincipalArn", []))]
        return principal in arns
    return principal == named or f":{principal}:root" in named


def listed(value):
    return value if isinstance(value, list) else [value]
