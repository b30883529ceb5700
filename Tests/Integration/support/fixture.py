"""The fixtures of `events/` on the stand-in: the account as `account.json` says, the answer as `expected.json` does."""

import json
import re

from .account import Accounts
from .moto import iam_backends, partition_of
from .events import EVENTS, folder_of
from .resources import Resources, make_organization, moment

WRITES = ("UpdateAssumeRolePolicy", "UpdateFindings", "Publish")

# What the simulated account answers and moto cannot: said with the reason, never passed over in silence.
BEYOND_MOTO = {
    "faults": "faults of a call: test_faults.py has its own",
    "quotas": "moto's account summary cannot be changed",
}
BEYOND_MOTO_BY_NAME = {
    "enrich-s3-directory-bucket": "moto has no S3 directory buckets",
    "enrich-foreign-key-without-role": "moto does not know another account's key, where KMS says that it is not ours",
}

# Around a number while its text is in a Python value, so that 3.60e3 stays as it was written.
NUMBER = ("\ue000", "\ue001")


def loads(text):
    """JSON whose numbers keep their spelling, as marked strings."""

    def keep(spelling):
        return spelling.join(NUMBER)

    return json.loads(text, parse_int=keep, parse_float=keep)


def dumps(value, **options):
    """Text that differs when the order of keys or the spelling of a number does."""
    text = json.dumps(value, ensure_ascii=False, **options)
    return re.sub('"%s([^"]*)%s"' % NUMBER, r"\1", text)


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
        if any(resource.get("tags", {}) is None for resource in self.account.get("resources", {}).values()):
            return "tags that may not be read: test_enrichment.py takes the permission away"
        if self.account.get("environment", {}).get("GATEHOUSE_MEMBER_ROLE"):
            return "a member role: test_cross_account.py has its own"
        if any(arn.split(":")[1] != partition_of(self.region) for arn in self.account.get("roles", {})):
            return "a role of another partition than the function's: test_calls.py has its own"
        if self.name in BEYOND_MOTO_BY_NAME:
            return BEYOND_MOTO_BY_NAME[self.name]
        return next((why for key, why in BEYOND_MOTO.items() if self.account.get(key)), None)

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
        for arn, role in self.account.get("roles", {}).items():
            self.load_role(accounts, arn, role)
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
        for arn in self.account.get("topics", []):
            region, account = arn.split(":")[3:5]
            accounts.client("sns", account, region).create_topic(Name=arn.rsplit(":", 1)[1])
        return accounts

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


def text_of(content):
    return content if isinstance(content, str) else dumps(content)


def reads(aws):
    return sorted(call.action for call in aws.calls if call.action not in WRITES)


def writes(aws):
    """The calls that change something, in the shape of `expected.json`."""
    return [{"operation": call.action, "parameters": parameters(call)} for call in aws.calls if call.action in WRITES]


def parameters(call):
    given = {name: value for name, value in call.parameters.items() if name not in ("Action", "Version")}
    attributes = {}
    for name in [name for name in given if name.startswith("MessageAttributes.")]:
        value = given.pop(name)
        if name.endswith(".Name"):
            attributes[value] = call.parameters[name.removesuffix("Name") + "Value.StringValue"]
    if "PolicyDocument" in given:
        given["PolicyDocument"] = loads(given["PolicyDocument"])
    if attributes:
        given["MessageAttributes"] = attributes
    return given
