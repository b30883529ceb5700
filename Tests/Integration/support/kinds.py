"""A resource of each type that is blocked, with what a test does to it: make it, let somebody in, write its policy."""

import json
import urllib.request
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .account import MEMBER, REGION
from .held import Held
from .resources import Resources

OUTSIDER = "999988887777"
PARTNER = "111122223333"


@dataclass(frozen=True)
class Kind:
    """A type, by one resource of it."""

    name: str
    type: str
    arn: str
    actions: tuple
    # The client of boto3, how it writes a policy, and the code with which the service refuses one.
    client: str = None
    write: object = None
    malformed: str = None
    # What statements have as Resource; None for none.
    resource: object = ""

    @property
    def is_shared(self):
        """Whether it has a list of whom it is shared with, and no policy."""
        return self.write is None

    @property
    def service(self):
        return self.actions[0].split(":")[0]

    def make(self, accounts, policy=None, shared_with=None, tags=None):
        """The resource; gives what it holds."""
        resource = {"tags": tags or {}}
        if policy is not None:
            resource["policy"] = policy if isinstance(policy, str) else json.dumps(policy)
        if shared_with is not None:
            resource["sharedWith"] = shared_with
        Resources(accounts).make(self.arn, resource)
        return Held(self.arn)

    def allow(self, principal, **more):
        """A statement that lets somebody in."""
        resource = {} if self.resource is None else {"Resource": self.resource or self.arn}
        statement = {"Effect": "Allow", "Principal": principal, "Action": list(self.actions), **resource, **more}
        return {key: value for key, value in statement.items() if value is not None}

    def document(self, *statements, **more):
        """A policy of the owner's own statement and these."""
        own = self.allow({"AWS": f"arn:aws:iam::{MEMBER}:root"}, Sid="Own")
        return {"Version": "2012-10-17", **more, "Statement": [own, *statements]}

    def letting_in(self, account):
        return self.document(self.allow({"AWS": f"arn:aws:iam::{account}:root"}, Sid=f"For{account}"))

    def event(self, identifier="f0000000-0000-4000-8000-000000000001", principal=None, **detail):
        """Access Analyzer's event of a finding on the resource."""
        principal = principal or {"AWS": OUTSIDER}
        return {
            "version": "0",
            "id": "22d8f9d6-0000-4000-8000-000000000000",
            "detail-type": "Access Analyzer Finding",
            "source": "aws.access-analyzer",
            "account": MEMBER,
            "time": "2026-01-01T00:00:00Z",
            "region": REGION,
            "resources": [f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/AccessAnalyzer"],
            "detail": {
                "version": "1.0",
                "id": identifier,
                "status": "ACTIVE",
                "resourceType": self.type,
                "resource": self.arn,
                "createdAt": "2026-01-01T00:00:00Z",
                "analyzedAt": "2026-01-01T00:00:00Z",
                "updatedAt": "2026-01-01T00:00:00Z",
                "accountId": MEMBER,
                "region": REGION,
                "principal": principal,
                "action": list(self.actions),
                "condition": {},
                "isDeleted": False,
                "isPublic": principal.get("AWS") == "*",
                **detail,
            },
        }


def write_function_policy(client, text, arn):
    """PutResourcePolicy, which boto3 does not know yet; raises `HTTPError` with the answer."""
    frozen = client._request_signer._credentials
    request = AWSRequest(
        "PUT",
        f"{client.meta.endpoint_url}/2026-07-09/resource-policy/{quote(arn, safe='')}",
        data=json.dumps({"Policy": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    SigV4Auth(Credentials(frozen.access_key, frozen.secret_key), "lambda", REGION).add_auth(request)
    sent = urllib.request.Request(request.url, request.data, dict(request.headers), method="PUT")
    with urllib.request.urlopen(sent) as answer:
        return json.load(answer)


def arn(service, rest, account=MEMBER, region=REGION):
    return f"arn:aws:{service}:{region}:{account}:{rest}"


BUCKET = "arn:aws:s3:::reports"
DIRECTORY_BUCKET = arn("s3express", "bucket/fast--use1-az4--x-s3")
QUEUE, TOPIC = arn("sqs", "orders"), arn("sns", "news")
KEY = arn("kms", "key/11112222-3333-4444-5555-666677778888")
SECRET = arn("secretsmanager", "secret:login-a1b2c3")
FUNCTION = arn("lambda", "function:report")
SYSTEM = arn("elasticfilesystem", "file-system/fs-0123456789abcdef0")
TABLE = arn("dynamodb", "table/Orders")
STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
KEY_ACTIONS = ("kms:Decrypt", "kms:DescribeKey")

BY_POLICY = [
    Kind(
        "bucket",
        "AWS::S3::Bucket",
        BUCKET,
        ("s3:GetObject", "s3:ListBucket"),
        "s3",
        lambda client, text: client.put_bucket_policy(Bucket="reports", Policy=text),
        "MalformedPolicy",
        [BUCKET, f"{BUCKET}/*"],
    ),
    Kind(
        "directory-bucket",
        "AWS::S3Express::DirectoryBucket",
        DIRECTORY_BUCKET,
        ("s3express:CreateSession",),
        "s3",
        lambda client, text: client.put_bucket_policy(Bucket="fast--use1-az4--x-s3", Policy=text),
        "MalformedPolicy",
    ),
    Kind(
        "queue",
        "AWS::SQS::Queue",
        QUEUE,
        ("sqs:SendMessage", "sqs:ReceiveMessage"),
        "sqs",
        lambda client, text: client.set_queue_attributes(
            QueueUrl=client.get_queue_url(QueueName="orders")["QueueUrl"], Attributes={"Policy": text}
        ),
        "InvalidAttributeValue",
    ),
    Kind(
        "topic",
        "AWS::SNS::Topic",
        TOPIC,
        ("sns:Publish", "sns:Subscribe"),
        "sns",
        lambda client, text: client.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=text),
        "InvalidParameter",
    ),
    Kind(
        "key",
        "AWS::KMS::Key",
        KEY,
        KEY_ACTIONS,
        "kms",
        lambda client, text: client.put_key_policy(KeyId=KEY, PolicyName="default", Policy=text),
        "MalformedPolicyDocumentException",
        "*",
    ),
    Kind(
        "secret",
        "AWS::SecretsManager::Secret",
        SECRET,
        ("secretsmanager:GetSecretValue",),
        "secretsmanager",
        lambda client, text: client.put_resource_policy(SecretId=SECRET, ResourcePolicy=text),
        "MalformedPolicyDocumentException",
        "*",
    ),
    Kind(
        "repository",
        "AWS::ECR::Repository",
        arn("ecr", "repository/team/app"),
        ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        "ecr",
        lambda client, text: client.set_repository_policy(repositoryName="team/app", policyText=text),
        "InvalidParameterException",
        None,
    ),
    Kind(
        "table",
        "AWS::DynamoDB::Table",
        TABLE,
        ("dynamodb:GetItem", "dynamodb:Query"),
        "dynamodb",
        lambda client, text: client.put_resource_policy(ResourceArn=TABLE, Policy=text),
        "ValidationException",
    ),
    Kind(
        "stream",
        "AWS::DynamoDB::Stream",
        STREAM,
        ("dynamodb:GetRecords",),
        "dynamodb",
        lambda client, text: client.put_resource_policy(ResourceArn=STREAM, Policy=text),
        "ValidationException",
    ),
    Kind(
        "file-system",
        "AWS::EFS::FileSystem",
        SYSTEM,
        ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
        "efs",
        lambda client, text: client.put_file_system_policy(FileSystemId="fs-0123456789abcdef0", Policy=text),
        "InvalidPolicyException",
    ),
    Kind(
        "function",
        "AWS::Lambda::Function",
        FUNCTION,
        ("lambda:InvokeFunction",),
        "lambda",
        lambda client, text: write_function_policy(client, text, FUNCTION),
        "InvalidParameterValueException",
    ),
]
BY_SHARING = [
    Kind(
        "volume-snapshot",
        "AWS::EC2::Snapshot",
        arn("ec2", "snapshot/snap-0123456789abcdef0", ""),
        ("ec2:ModifySnapshotAttribute",),
    ),
    Kind(
        "database-snapshot",
        "AWS::RDS::DBSnapshot",
        arn("rds", "snapshot:nightly"),
        ("rds:RestoreDBInstanceFromDBSnapshot",),
    ),
    Kind(
        "cluster-snapshot",
        "AWS::RDS::DBClusterSnapshot",
        arn("rds", "cluster-snapshot:nightly"),
        ("rds:RestoreDBClusterFromSnapshot",),
    ),
]
KINDS = [*BY_POLICY, *BY_SHARING]


def named(name):
    return next(kind for kind in KINDS if kind.name == name)
