"""A sandbox account for deploy/confirm-live: the stand-in finds, by itself, what the resources' policies let in."""

import fnmatch
import json
import os
import subprocess
import sys
import uuid

import boto3
from botocore.config import Config
from moto.iam.access_control import IAMRequestBase

from .account import MEMBER, REGION
from .access_previews import listed
# moto judges conditions no more: `Sessions` does. CloudFormation takes templates out of buckets.
from . import cloudformation, deployed, faults  # noqa: F401
from .held import Held
from .moto import iam_backends, sts_backends
from .template import DEPLOY

OUTSIDER = "210987654321"
SCRIPT = DEPLOY / "confirm-live"
ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/here"
TYPES = {
    "iam": "AWS::IAM::Role", "s3": "AWS::S3::Bucket", "s3express": "AWS::S3Express::DirectoryBucket",
    "sqs": "AWS::SQS::Queue", "sns": "AWS::SNS::Topic", "kms": "AWS::KMS::Key",
    "secretsmanager": "AWS::SecretsManager::Secret", "elasticfilesystem": "AWS::EFS::FileSystem",
    "ecr": "AWS::ECR::Repository", "dynamodb": "AWS::DynamoDB::Table", "lambda": "AWS::Lambda::Function",
}  # fmt: skip
# How everything of a service is listed: operation, member, and the name in each item.
LISTS = {
    "iam": ("list_roles", "Roles", "RoleName"),
    "s3": ("list_buckets", "Buckets", "Name"),
    "sqs": ("list_queues", "QueueUrls", None),
    "sns": ("list_topics", "Topics", "TopicArn"),
    "secretsmanager": ("list_secrets", "SecretList", "Name"),
    "efs": ("describe_file_systems", "FileSystems", "CreationToken"),
    "ecr": ("describe_repositories", "repositories", "repositoryName"),
    "dynamodb": ("list_tables", "TableNames", None),
    "lambda": ("list_functions", "Functions", "FunctionName"),
    "events": ("list_rules", "Rules", "Name"),
    "cloudwatch": ("describe_alarms", "MetricAlarms", "AlarmName"),
    "accessanalyzer": ("list_analyzers", "analyzers", "name"),
}


original_check_action_permitted = IAMRequestBase.check_action_permitted


def check_action_permitted(self, resource):
    """Trust policies are judged by `Sessions`."""
    if self._action != "sts:AssumeRole":
        original_check_action_permitted(self, resource)


class Sessions:
    """What a role's session may do, with the conditions and trust policies that moto does not judge.

    `lies` is what AWS would be found to do otherwise than gatehouse believes: `path` (a session's ARN is told without it),
    `tag` and `organization` (no such key), `root` (a Deny on an account's root reaches no role), `snapshot` (a snapshot is
    not authorised by its own ARN).
    """

    def __init__(self, organization):
        self.organization, self.lies = organization, set()

    def refuses(self, call):
        """Whether the call is one of a session's that its role, or the role it is about, does not allow."""
        role = next(
            (iam_backends[MEMBER]["aws"].get_role(each.role_arn.rsplit("/", 1)[1])
             for each in sts_backends[MEMBER]["aws"].assumed_roles if each.access_key_id == call.access_key), None,
        )  # fmt: skip
        resource = {
            "sts:AssumeRole": call.parameters.get("RoleArn"),
            "iam:UpdateAssumeRolePolicy": call.parameters.get("RoleName"),
            "rds:DescribeDBSnapshots": call.parameters.get("DBSnapshotIdentifier"),
            "kms:GenerateDataKey": "*",
        }.get(str(call))
        if role is None or resource is None:
            return False
        context = {}
        if call.service in ("sts", "iam"):
            target = iam_backends[MEMBER]["aws"].get_role(resource.rsplit("/", 1)[-1])
            resource = target.arn
            tags = {} if "tag" in self.lies else {each["Key"]: each["Value"] for each in target.tags}
            context = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
            if "organization" not in self.lies:
                context["aws:ResourceOrgID"] = self.organization
        if call.service == "rds":
            resource = f"arn:aws:rds:{REGION}:{MEMBER}:snapshot:{'' if 'snapshot' in self.lies else resource}"
        if call.service == "sts" and not self.trusts(json.loads(target.assume_role_policy_document), role):
            return True
        # A role that another names itself needs no permission of its own.
        is_named = call.service == "sts" and role.arn in target.assume_role_policy_document and "Condition" not in (
            json.loads(target.assume_role_policy_document)["Statement"][0])  # fmt: skip
        policies = [json.loads(each) for each in role.policies.values()]
        return not is_named and not any(
            any(fnmatch.fnmatchcase(str(call), each) for each in listed(statement["Action"]))
            and any(fnmatch.fnmatchcase(resource, each) or resource == "*" for each in listed(statement["Resource"]))
            and holds(statement, context)
            for policy in policies
            for statement in policy["Statement"]
        )

    def trusts(self, document, role):
        arn = f"{role.arn.split('/')[0]}/{role.name}" if "path" in self.lies else role.arn
        effects = set()
        for statement in document["Statement"]:
            named = listed(statement["Principal"].get("AWS", []))
            is_root = any(each.endswith(f":{MEMBER}:root") for each in named)
            is_root = is_root and not (statement["Effect"] == "Deny" and "root" in self.lies)
            if (is_root or role.arn in named) and holds(statement, {"aws:PrincipalArn": arn}):
                effects.add(statement["Effect"])
        return effects == {"Allow"}


def holds(statement, context):
    """Whether each test of equality does."""
    tests = statement.get("Condition", {}).values()
    return all(context.get(key) in listed(values) for keys in tests for key, values in keys.items())


class Sandbox:
    """Everything a person of the account does there."""

    def __init__(self, aws, accounts, program, folder, monkeypatch):
        self.aws, self.accounts, self.program, self.folder = aws, accounts, program, folder
        monkeypatch.setattr(IAMRequestBase, "check_action_permitted", check_action_permitted)
        # Asked of every call last: gives a fault, or None.
        self.faults = None
        # Whether Access Analyzer counts our Denies, and what its events hold.
        self.weighs, self.event = True, {"isDeleted": False}
        # Whether alarms are heard by topics, and a topic whose policy denies everybody.
        self.alarms, self.spares_alarms = True, True
        # The one account name by which the services know who comes unsigned.
        self.unsigned = "anonymous"
        client = accounts.client("organizations")
        self.sessions = Sessions(client.create_organization(FeatureSet="ALL")["Organization"]["Id"])
        iam = accounts.client("iam")
        iam.create_user(UserName="somebody")
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="somebody", PolicyName="all", PolicyDocument=json.dumps(everything))
        self.key = iam.create_access_key(UserName="somebody")["AccessKey"]
        aws.watch = self.watch

    def watch(self, call):
        """Asked of every call: Access Analyzer looks again when it is asked; then what the test wants to go wrong."""
        if str(call) == "access-analyzer:ListFindings":
            for arn in call.parameters.get("filter", {}).get("resource", {}).get("eq", []):
                self.look(arn, self.policy(arn))
        if str(call) == "access-analyzer:CreateAccessPreview":
            ((arn, configuration),) = call.parameters["configurations"].items()
            self.look(arn, policy_in(configuration), is_preview=True)
        if str(call) == "access-analyzer:StartResourceScan":
            self.tell(call.parameters["resourceArn"])
        # The body is CBOR, in which texts are as they are.
        if call.service == "monitoring" and b"deploy/confirm-live" in call.body:
            self.alarm(call.body)
        if call.service == "unsigned":
            return self.refuse_unsigned()
        if self.sessions.refuses(call):
            return faults.access_denied
        return self.faults(call) if self.faults else None

    def alarm(self, body):
        """What an alarm does and moto's does not: it tells its topic, which has its name here."""
        sns = self.accounts.client("sns")
        for topic in [each["TopicArn"] for each in sns.list_topics()["Topics"]]:
            name = topic.rsplit(":", 1)[1]
            if name.encode() in body and self.alarms and (self.spares_alarms or "Gatehouse" not in Held(topic).policy):
                sns.publish(TopicArn=topic, Message=json.dumps({"AlarmName": name}))

    def refuse_unsigned(self):
        """Of the queue or the topic that names the caller's account last."""
        texts = [self.policy(arn) for arn in self.named("anonymous-queue", "anonymous-topic")]
        is_denied = any(f'"aws:PrincipalAccount":"{self.unsigned}"' in text for text in texts if text)
        why = "with an explicit deny in a resource-based policy" if is_denied else "because no resource-based policy allows it"
        return faults.refused(403, "AccessDenied", f"User: anonymous is not authorized to perform this action {why}")

    def named(self, *endings):
        sqs, sns = self.accounts.client("sqs"), self.accounts.client("sns")
        found = [f"arn:aws:sqs:{REGION}:{MEMBER}:{url.rsplit('/', 1)[1]}" for url in sqs.list_queues().get("QueueUrls", [])]
        found += [each["TopicArn"] for each in sns.list_topics()["Topics"]]
        return [arn for arn in found if arn.endswith(endings)]

    def policy(self, arn):
        if arn.split(":")[2] == "iam":
            return iam_backends[MEMBER]["aws"].get_role(arn.rsplit("/", 1)[1]).assume_role_policy_document
        return Held(arn).policy

    def look(self, arn, policy, is_preview=False):
        """Adds the outsider's finding where the policy lets it in, and says how it stands."""
        analyzer = next(iter(self.aws.access_analyzer.analyzers))
        statements = json.loads(policy or '{"Statement": []}')["Statement"]
        allows = [each for each in statements if each["Effect"] == "Allow" and names(each, OUTSIDER)]
        findings = self.aws.access_analyzer.findings[analyzer]
        known = next((each for each in findings.values() if each["resource"] == arn), None)
        if known is None and allows:
            known = {
                "id": str(uuid.uuid4()), "resource": arn, "resourceType": TYPES[arn.split(":")[2]],
                "resourceOwnerAccount": MEMBER, "status": "ACTIVE", "principal": {"AWS": OUTSIDER},
                "action": listed(allows[0]["Action"]), "condition": {}, "isPublic": False,
                "createdAt": "2026-01-01T00:00:00Z", "analyzedAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
            }  # fmt: skip
            findings[known["id"]] = known
        if known is not None and not is_preview:
            denied = any(each["Effect"] == "Deny" and each["Sid"].startswith("Gatehouse") for each in statements)
            known["status"] = "RESOLVED" if not allows or (denied and self.weighs) else "ACTIVE"

    def tell(self, arn):
        """The event of a finding, into the queue behind the run's rule."""
        sqs = self.accounts.client("sqs")
        for url in sqs.list_queues().get("QueueUrls", []):
            if url.endswith("-events"):
                detail = {each: "" for each in ("id", "status", "resourceType", "accountId", "region", "principal", "action")}
                detail |= {"resource": arn, "isPublic": False, **self.event}
                sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail": detail}))

    @property
    def environment(self):
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.key["SecretAccessKey"],
            # boto3 takes our endpoint for the one of a zone, where a directory bucket needs a session.
            "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": "true",
            "GATEHOUSE_MODE": "observe",
        }

    def command(self, *arguments):
        return [sys.executable, str(SCRIPT), "--gatehouse", str(self.program), "--outsider", OUTSIDER, *arguments]

    def __call__(self, *arguments, **environment):
        """Runs the script to its end; gives exit code, standard output and standard error."""
        done = subprocess.run(
            self.command(*arguments), env={**self.environment, **environment}, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def run(self, *arguments):
        """A whole run in the account, without waiting; gives the exit code, the results by id, and standard error."""
        code, output, errors = self("--run", "--account", MEMBER, "--yes", "--pace", "0.01", "--json", "-", *arguments)
        told = json.loads(output)
        return code, {each["id"]: each for each in told["results"]}, errors

    def everything(self):
        """Every resource of the account by its name."""
        found = {}
        for service, (operation, member, name) in LISTS.items():
            client = self.client(service)
            items = getattr(client, operation)().get(member, [])
            found[service] = sorted(item if name is None else item[name] for item in items)
        kms = self.client("kms")
        states = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
        found["kms"] = sorted(each["KeyId"] for each in states if each["KeyState"] != "PendingDeletion")
        found["s3express"] = sorted(self.aws.directory_buckets.names())
        return found

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.aws.url, config=Config(retries={"max_attempts": 1}),
            **dict(zip(("aws_access_key_id", "aws_secret_access_key"), self.aws.administrator(MEMBER))),
        )  # fmt: skip

    def writes(self):
        return [name for name in self.aws.names() if not name.split(":")[1].startswith(("Get", "List", "Describe"))]


def names(statement, account):
    return any(account in str(value) for value in listed((statement.get("Principal") or {}).get("AWS", "")))


def policy_in(configuration):
    """The one policy of a preview's configuration."""
    value = configuration
    while isinstance(value, dict):
        value = next(iter(value.values()))
    return value
