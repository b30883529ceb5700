"""The fixtures of `events/` on the stand-in: the account as `account.json` says, the answer as `expected.json` does."""

import json
import re

from moto.backends import get_backend

from . import dynamodb, trail
from .account import Accounts
from .faults import closed_executed, refused
from .moto import iam_backends, partition_of
from .events import EVENTS, folder_of
from .spelling import NUMBER, dumps, loads
from .resources import Resources, make_organization, moment
from .writes import WRITES, parameters

# What tells the tags of a resource, where it is not called ListTagsForResource.
TAGS = {
    "dynamodb": "dynamodb:ListTagsOfResource",
    "ec2": "ec2:DescribeSnapshots",
    "elasticfilesystem": "elasticfilesystem:DescribeFileSystems",
    "kms": "kms:ListResourceTags",
    "lambda": "lambda:ListTags",
    "s3": "s3:GetBucketTagging",
    "secretsmanager": "secretsmanager:DescribeSecret",
    "sqs": "sqs:ListQueueTags",
}
# The simulated account names services as they are called, the stand-in as they are signed for: S3 Control for either
# kind of bucket.
SIGNED_FOR = {"efs": "elasticfilesystem", "secrets manager": "secretsmanager", "s3 control": None}
# The kinds of faults, and the status that goes with them. Others are tried again by a client, not by a simulated one.
STATUS = {"rejected": 400, "accessDenied": 403, "notFound": 404}
TRIED_AGAIN = ("throttled", "unavailable")

# What the simulated account answers and moto cannot: said with the reason, never passed over in silence.
BEYOND_MOTO = {
    "quotas": "moto's account summary cannot be changed",
}
REFUSAL = "a refusal is told with its status and its request: test_preview.py has its own"
BEYOND_MOTO_BY_NAME = {
    "key-no-policy": "a key without a policy: there is none in moto, and on AWS neither",
    "preview-not-permitted": REFUSAL,
    "preview-forgotten": REFUSAL,
    "enrich-foreign-key-without-role": "moto does not know another account's key, where KMS says that it is not ours",
}


def names():
    return sorted(path.parent.name for path in EVENTS.glob("*/*/expected.json"))


class Fixture:
    def __init__(self, name):
        self.name = name
        folder = folder_of(name)
        self.event = (folder / "event.json").read_bytes()
        self.account = loads((folder / "account.json").read_text())
        self.expected = loads((folder / "expected.json").read_text())

    @property
    def beyond_moto(self):
        """Why this fixture cannot run here, or None."""
        if any(role.get("tags", {}) is None for role in self.account.get("roles", {}).values()):
            return "moto's GetRole always tells the tags"
        if self.withheld and self.expected["handler"] == "enrich":
            return "the words of a refusal are AWS's own: test_enrichment.py takes the permission away"
        if self.account.get("environment", {}).get("GATEHOUSE_MEMBER_ROLE"):
            return "a member role: test_cross_account.py has its own"
        if any(arn.split(":")[1] != partition_of(self.region) for arn in self.account.get("roles", {})):
            return "a role of another partition than the function's: test_calls.py has its own"
        if self.name in BEYOND_MOTO_BY_NAME:
            return BEYOND_MOTO_BY_NAME[self.name]
        if any(map(self.is_tried_again, self.faults)):
            return "a fault after which a call is tried again: test_faults.py has its own"
        return next((why for key, why in BEYOND_MOTO.items() if self.account.get(key)), None)

    @property
    def resource_type(self):
        """The type that the fixture's finding is about; None for several findings or none."""
        found = {finding["resourceType"] for finding in self.account.get("findings", [])}
        return next(iter(found)) if len(found) == 1 else None

    @property
    def withheld(self):
        """What may not be called, so that tags cannot be read."""
        services = [arn.split(":")[2] for arn, tags in self.tags() if tags is None]
        return {TAGS.get(service, f"{service}:ListTagsForResource") for service in services}

    def tags(self):
        """Each resource's ARN, and what the fixture says of its tags."""
        return [(arn, resource.get("tags", {})) for arn, resource in self.account.get("resources", {}).items()]

    @property
    def faults(self):
        return self.account.get("faults", [])

    @property
    def reported(self):
        """The finding as the event has it; empty for an event that is none."""
        try:
            event = json.loads(self.event)
        except ValueError:
            return {}
        if not isinstance(event, dict):
            return {}
        finding = event.get("detail", event.get("finding"))
        return finding if isinstance(finding, dict) else {}

    @property
    def expected_reads(self):
        """In Lambda the event comes with our account's id; the simulated account has to be asked."""
        return [read for read in self.expected["reads"] if read != "GetCallerIdentity"]

    @property
    def region(self):
        return self.account.get("region", "us-east-1")

    def load(self, aws):
        """Fills the accounts; gives them back for the credentials."""
        accounts = Accounts(aws, self.region)
        for arn, kind in self.account.get("analyzers", {}).items():
            aws.access_analyzer.add_analyzer(arn, kind)
        for finding in self.account.get("findings", []):
            times = dict.fromkeys(("createdAt", "analyzedAt", "updatedAt"), "2020-05-13T03:14:32Z")
            # The simulated account leaves out what is not given, so that a finding keeps its own.
            times.update({key: value for key, value in self.reported.items() if key in times})
            details = {key: value for key, value in finding.items() if key != "analyzerArn"}
            aws.access_analyzer.add_finding(finding["analyzerArn"], {**times, "condition": {}, **details})
        aws.access_analyzer.previews.load(self.account.get("previews", {}))
        for arn, role in self.account.get("roles", {}).items():
            self.load_role(accounts, arn, role)
        if "publicAccessBlock" in self.account:
            own = self.account["account"]
            backend = get_backend("s3control")[own][partition_of(self.region)]
            backend.put_public_access_block(own, dict(self.account["publicAccessBlock"]))
        for arn, resource in self.account.get("resources", {}).items():
            Resources(accounts).make(arn, resource)
        if "organization" in self.account:
            make_organization(accounts, self.account["organization"]["accounts"])
        for place, content in self.account.get("objects", {}).items():
            bucket, key = place.removeprefix("s3://").split("/", 1)
            accounts.client("s3").create_bucket(Bucket=bucket)
            accounts.client("s3").put_object(Bucket=bucket, Key=key, Body=text_of(content))
        for name, content in self.account.get("parameters", {}).items():
            accounts.client("ssm").put_parameter(Name=name, Value=text_of(content), Type="String")
        for arn, content in self.account.get("secrets", {}).items():
            Resources(accounts).make(arn, {"content": content})
        if table := self.account.get("environment", {}).get("GATEHOUSE_LEDGER_TABLE"):
            dynamodb.make_table(accounts.client("dynamodb", self.account["account"]), table)
        for event in self.account.get("trail", []):
            trail.add(event["record"], event.get("resourceNames", []))
        for arn in self.account.get("topics", []):
            region, account = arn.split(":")[3:5]
            accounts.client("sns", account, region).create_topic(Name=arn.rsplit(":", 1)[1])
        for fault in self.faults:
            if self.is_tried_again(fault):
                continue
            service = fault["service"].lower() if "service" in fault else None
            after, times = (int(str(fault.get(key, least)).strip("".join(NUMBER))) for key, least in (("after", 0), ("times", 1)))
            what = [None] * after + [self.fault(fault)] * times
            aws.fail(SIGNED_FOR.get(service, service), fault["operation"], *what)
        return accounts

    @staticmethod
    def is_tried_again(fault):
        """Whether a client makes the call again, which the simulated account does not show."""
        return fault["kind"] in TRIED_AGAIN and "outcomeUnknown" not in fault

    @staticmethod
    def fault(fault):
        """A fault of the simulated account as an answer of AWS."""
        if "outcomeUnknown" in fault:
            return closed_executed
        return refused(STATUS[fault["kind"]], fault["code"], fault.get("message", ""))

    @staticmethod
    def load_role(accounts, arn, role):
        """A role with its document put in as it stands: fixtures hold documents that IAM would not take any more."""
        partition, account = arn.split(":")[1], arn.split(":")[4]
        path, name = re.fullmatch(r"role(/.*/|/)([^/]+)", arn.split(":", 5)[5]).groups()
        accounts.role(name, {"Version": "2012-10-17", "Statement": []}, path, role.get("tags"), account)
        policy = role["trustPolicy"]
        made = iam_backends[account][partition].get_role(name)
        made.description = role.get("description", made.description)
        made.create_date = moment(role.get("createdAt", "2020-05-13T03:14:32Z"))
        if "lastUsed" in role:
            made.last_used = moment(role["lastUsed"])
        made.assume_role_policy_document = policy if isinstance(policy, str) else dumps(policy)
        for title, document in role.get("inlinePolicies", {}).items():
            made.policies[title] = text_of(document)


def text_of(content):
    return content if isinstance(content, str) else dumps(content)


def reads(aws):
    """The calls that changed nothing; as on the simulated account without those that met a fault."""
    calls = [call for call in aws.calls if not call.disturbed and not is_of_ledger(call)]
    return sorted(call.action for call in calls if call.action not in WRITES)


def is_of_ledger(call):
    """The simulated account's ledger is none of AWS's."""
    return call.service == "dynamodb" and call.action in dynamodb.OF_LEDGER


def writes(aws):
    """The calls that changed something, in the shape of `expected.json`; one that was refused changed nothing."""
    done = [call for call in aws.calls if call.action in WRITES and call.status < 400]
    return [{"operation": call.action, "parameters": parameters(call)} for call in done]
