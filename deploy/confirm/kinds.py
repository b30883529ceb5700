"""The types of resources that have a policy: how one is made, and its policy is written and read."""

import io
import json
import zipfile
from dataclasses import dataclass, field

from .account import ClientError, is_gone


@dataclass(frozen=True)
class Kind:
    """A type. `make` gives the ARN; `write` and `read` take it and handle text. `calls` are those of all three."""

    name: str
    type: str
    words: str
    actions: tuple
    make: object
    write: object
    read: object
    calls: tuple
    # The configuration of an access preview for a document; None where Access Analyzer has none for the type.
    preview: object = None
    # How the policy names the resource: a function of the ARN, or None where it does not.
    resource: object = lambda arn: arn
    needs: tuple = ()
    cost: str = "under $0.01"
    # Members of the owner's statement in the place of those that the outsider's has.
    more: dict = field(default_factory=dict)

    def statement(self, arn, sid, principal, **more):
        named = {} if self.resource is None else {"Resource": self.resource(arn)}
        return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(self.actions), **named, **more}

    def policy(self, account, arn, outsider=None):
        """A policy that lets the owner in, and the outsider where there is one."""
        statements = [self.statement(arn, "Own", {"AWS": account.root()}, **self.more)]
        if outsider:
            statements.append(self.statement(arn, "Outsider", {"AWS": account.root(outsider)}))
        return {"Version": "2012-10-17", "Statement": statements}


def text(document):
    return json.dumps(document, separators=(",", ":"))


def code():
    """A function's code, which is never run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    return buffer.getvalue()


def name_of(at, part):
    """A name of the run's and the check's own; at most 58 characters, of which services take 63 or more."""
    return at.account.prefix + (part if part == at.check.name else f"{at.check.name}-{part}")


def arn_of(at, service, rest):
    return f"arn:{at.account.partition}:{service}:{at.account.region}:{at.account.id}:{rest}"


def trust_of(principal, **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def make_role(at, name="role", trust=None):
    """A role without any permission; gives its ARN."""
    name = name_of(at, name)
    trust = trust or trust_of({"AWS": at.account.root()})
    made = at.make(
        "role", name, "iam:CreateRole", RoleName=name, Path=at.account.path, AssumeRolePolicyDocument=text(trust),
        Tags=at.account.tags(), MaxSessionDuration=3600,
    )  # fmt: skip
    return made["Role"]["Arn"]


def write_role(at, arn, document):
    at.call("iam:UpdateAssumeRolePolicy", RoleName=arn.rsplit("/", 1)[1], PolicyDocument=document)


def read_role(at, arn):
    """boto3 has taken the percent encoding away and read the text."""
    return text(at.call("iam:GetRole", RoleName=arn.rsplit("/", 1)[1])["Role"]["AssumeRolePolicyDocument"])


def create_bucket(at, name):
    """An empty bucket; gives its name."""
    name = name_of(at, name)
    where = {} if at.account.region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": at.account.region}
    }  # fmt: skip
    at.make("bucket", name, "s3:CreateBucket", Bucket=name, **where)
    at.call("s3:PutBucketTagging", Bucket=name, Tagging={"TagSet": at.account.tags()})
    return name


def make_bucket(at):
    return f"arn:{at.account.partition}:s3:::{create_bucket(at, 'bucket')}"


def bucket_of(arn):
    return arn.split(":", 5)[5].removeprefix("bucket/")


def write_bucket(at, arn, document):
    at.call("s3:PutBucketPolicy", Bucket=bucket_of(arn), Policy=document)


def read_bucket(at, arn):
    return at.call("s3:GetBucketPolicy", Bucket=bucket_of(arn))["Policy"]


# Each check's own, as short as it has to be.
FAST = {"directory-bucket": "fast", "directory-grammar": "full"}


def make_directory_bucket(at):
    """In the first zone that has them."""
    zones = at.call("ec2:DescribeAvailabilityZones")["AvailabilityZones"]
    refused = None
    for zone in zones:
        # Zone and ending are of the 63 characters, too.
        name = f"{at.account.prefix}{FAST[at.check.name]}--{zone['ZoneId']}--x-s3"
        place = {
            "Location": {"Type": "AvailabilityZone", "Name": zone["ZoneId"]},
            "Bucket": {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"},
            "Tags": at.account.tags(),
        }
        try:
            at.make("directory-bucket", name, "s3:CreateBucket", Bucket=name, CreateBucketConfiguration=place)
            return arn_of(at, "s3express", f"bucket/{name}")
        except ClientError as error:
            refused = error
    raise refused


def make_queue(at):
    name = name_of(at, "queue")
    at.make("queue", name, "sqs:CreateQueue", QueueName=name, tags={at.account.tags()[0]["Key"]: at.account.run})
    return arn_of(at, "sqs", name)


def queue_url(at, arn):
    return at.call("sqs:GetQueueUrl", QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]


def write_queue(at, arn, document):
    at.call("sqs:SetQueueAttributes", QueueUrl=queue_url(at, arn), Attributes={"Policy": document})


def read_queue(at, arn):
    told = at.call("sqs:GetQueueAttributes", QueueUrl=queue_url(at, arn), AttributeNames=["Policy"])
    return told.get("Attributes", {}).get("Policy")


def make_topic(at, name="topic"):
    name = name_of(at, name)
    return at.make("topic", name, "sns:CreateTopic", Name=name, Tags=at.account.tags())["TopicArn"]


def write_topic(at, arn, document):
    at.call("sns:SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=document)


def read_topic(at, arn):
    return at.call("sns:GetTopicAttributes", TopicArn=arn)["Attributes"]["Policy"]


def make_key(at, name="key", policy=None):
    """The description names it until it has its id."""
    name = name_of(at, name)
    given = {"Policy": text(policy)} if policy else {}
    made = at.make(
        "key", name, "kms:CreateKey", Description=name, Tags=at.account.tags("TagKey", "TagValue"), **given
    )["KeyMetadata"]  # fmt: skip
    return made["Arn"]


def write_key(at, arn, document):
    at.call("kms:PutKeyPolicy", KeyId=arn, PolicyName="default", Policy=document)


def read_key(at, arn):
    return at.call("kms:GetKeyPolicy", KeyId=arn, PolicyName="default")["Policy"]


def make_secret(at):
    name = name_of(at, "secret")
    made = at.make(
        "secret", name, "secretsmanager:CreateSecret", Name=name, SecretString="nothing", Tags=at.account.tags()
    )  # fmt: skip
    return made["ARN"]


def write_secret(at, arn, document):
    at.call("secretsmanager:PutResourcePolicy", SecretId=arn, ResourcePolicy=document)


def read_secret(at, arn):
    return at.call("secretsmanager:GetResourcePolicy", SecretId=arn).get("ResourcePolicy")


def make_file_system(at):
    """Without a mount target nobody reaches it."""
    name = name_of(at, "files")
    made = at.make("file-system", name, "efs:CreateFileSystem", CreationToken=name, Tags=at.account.tags())
    identifier = made["FileSystemId"]

    def is_available():
        return at.call("efs:DescribeFileSystems", CreationToken=name)["FileSystems"][0]["LifeCycleState"] == "available"

    at.look(is_available, 20)
    return arn_of(at, "elasticfilesystem", f"file-system/{identifier}")


def write_file_system(at, arn, document):
    at.call("efs:PutFileSystemPolicy", FileSystemId=arn.rsplit("/", 1)[1], Policy=document)


def read_file_system(at, arn):
    return at.call("efs:DescribeFileSystemPolicy", FileSystemId=arn.rsplit("/", 1)[1])["Policy"]


def make_repository(at):
    name = name_of(at, "images")
    made = at.make("repository", name, "ecr:CreateRepository", repositoryName=name, tags=at.account.tags())
    return made["repository"]["repositoryArn"]


def write_repository(at, arn, document):
    at.call("ecr:SetRepositoryPolicy", repositoryName=arn.split("repository/", 1)[1], policyText=document)


def read_repository(at, arn):
    return at.call("ecr:GetRepositoryPolicy", repositoryName=arn.split("repository/", 1)[1])["policyText"]


def create_function(at, name, role):
    """A function that nobody calls; a new role takes a while until Lambda may assume it."""
    name = name_of(at, name)

    def create():
        try:
            made = at.make(
                "function", name, "lambda:CreateFunction", FunctionName=name, Role=role, Runtime="python3.13",
                Handler="index.handler", Code={"ZipFile": code()},
                Tags={at.account.tags()[0]["Key"]: at.account.run},
            )  # fmt: skip
            return made["FunctionArn"]
        except ClientError as refused:
            if "cannot be assumed" not in refused.response["Error"].get("Message", ""):
                raise
            return None

    return at.look(create, 8)


def make_function(at):
    role = make_role(at, "function-role", trust_of({"Service": "lambda.amazonaws.com"}))
    arn = create_function(at, "function", role)
    if arn is None:
        raise RuntimeError("Lambda cannot assume the function's role")
    # A policy written while the function is being made is refused as a conflict.
    at.look(lambda: at.call("lambda:GetFunction", FunctionName=arn)["Configuration"].get("State", "Active") == "Active", 12)
    return arn


def write_function(at, arn, document):
    """With the revision that is there, as gatehouse does."""
    held, refused = at.attempt("lambda:GetResourcePolicy", ResourceArn=arn)
    if refused is not None and not is_gone(refused):
        raise refused
    revision = {"RevisionId": held["RevisionId"]} if held else {}
    at.call("lambda:PutResourcePolicy", ResourceArn=arn, Policy=document, **revision)


def read_function(at, arn):
    return at.call("lambda:GetResourcePolicy", ResourceArn=arn)["Policy"]


def create_table(at, name, *sort):
    """An empty table, billed by request; gives its ARN when it can be used."""
    name = name_of(at, name)
    keys = ("pk", *sort)
    made = at.make(
        "table", name, "dynamodb:CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST", Tags=at.account.tags(),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"))],
    )  # fmt: skip
    at.look(lambda: at.call("dynamodb:DescribeTable", TableName=name)["Table"]["TableStatus"] == "ACTIVE", 20)
    return made["TableDescription"]["TableArn"]


def make_table(at):
    return create_table(at, "table")


def write_table(at, arn, document):
    """Within 15 s of the last write the next one is refused: see `table-second-write`."""

    def put():
        try:
            at.call("dynamodb:PutResourcePolicy", ResourceArn=arn, Policy=document)
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in ("ResourceInUseException", "LimitExceededException"):
                raise
            return False
        return True

    if not at.look(put):
        raise RuntimeError("DynamoDB took no second policy within a minute")


def read_table(at, arn):
    return at.call("dynamodb:GetResourcePolicy", ResourceArn=arn)["Policy"]


def only(member):
    return lambda arn, document: {arn: member(document)}


S3_ACTIONS = ("s3:GetObject", "s3:ListBucket")
KMS_OWN = {"Action": ["kms:*"]}
# The service checks that whoever writes a policy can write the next one.
EFS_OWN = {"Action": ["elasticfilesystem:Client*", "elasticfilesystem:*FileSystemPolicy"]}
KINDS = [
    Kind(
        "role", "AWS::IAM::Role", "an IAM role", ("sts:AssumeRole",), make_role, write_role, read_role,
        ("iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:GetRole"),
        only(lambda document: {"iamRole": {"trustPolicy": document}}), resource=None,
    ),
    Kind(
        "bucket", "AWS::S3::Bucket", "an S3 bucket", S3_ACTIONS, make_bucket, write_bucket, read_bucket,
        ("s3:CreateBucket", "s3:PutBucketTagging", "s3:PutBucketPolicy", "s3:GetBucketPolicy"),
        only(lambda document: {"s3Bucket": {"bucketPolicy": document}}), resource=lambda arn: [arn, f"{arn}/*"],
    ),
    Kind(
        "directory-bucket", "AWS::S3Express::DirectoryBucket", "an S3 directory bucket", ("s3express:CreateSession",),
        make_directory_bucket, write_bucket, read_bucket,
        ("ec2:DescribeAvailabilityZones", "s3:CreateBucket", "s3:PutBucketPolicy", "s3:GetBucketPolicy"),
        only(lambda document: {"s3ExpressDirectoryBucket": {"bucketPolicy": document}}),
    ),
    Kind(
        "queue", "AWS::SQS::Queue", "an SQS queue", ("sqs:SendMessage", "sqs:ReceiveMessage"),
        make_queue, write_queue, read_queue,
        ("sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:SetQueueAttributes", "sqs:GetQueueAttributes"),
        only(lambda document: {"sqsQueue": {"queuePolicy": document}}),
    ),
    Kind(
        "topic", "AWS::SNS::Topic", "an SNS topic", ("sns:Publish", "sns:Subscribe"),
        make_topic, write_topic, read_topic,
        ("sns:CreateTopic", "sns:SetTopicAttributes", "sns:GetTopicAttributes"),
        only(lambda document: {"snsTopic": {"topicPolicy": document}}),
    ),
    Kind(
        "key", "AWS::KMS::Key", "a KMS key", ("kms:Decrypt", "kms:DescribeKey"), make_key, write_key, read_key,
        ("kms:CreateKey", "kms:PutKeyPolicy", "kms:GetKeyPolicy"),
        only(lambda document: {"kmsKey": {"keyPolicies": {"default": document}}}), resource=lambda arn: "*",
        cost="$0.04 for the hour, then pending deletion, which is free", more=KMS_OWN,
    ),
    Kind(
        "secret", "AWS::SecretsManager::Secret", "a secret", ("secretsmanager:GetSecretValue",),
        make_secret, write_secret, read_secret,
        ("secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy", "secretsmanager:GetResourcePolicy"),
        only(lambda document: {"secretsManagerSecret": {"secretPolicy": document}}), resource=lambda arn: "*",
    ),
    Kind(
        "file-system", "AWS::EFS::FileSystem", "an EFS file system",
        ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
        make_file_system, write_file_system, read_file_system,
        ("efs:CreateFileSystem", "efs:DescribeFileSystems", "efs:PutFileSystemPolicy", "efs:DescribeFileSystemPolicy"),
        only(lambda document: {"efsFileSystem": {"fileSystemPolicy": document}}), more=EFS_OWN,
    ),
    Kind(
        "repository", "AWS::ECR::Repository", "an ECR repository",
        ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), make_repository, write_repository, read_repository,
        ("ecr:CreateRepository", "ecr:SetRepositoryPolicy", "ecr:GetRepositoryPolicy"),
        only(lambda document: {"ecrRepository": {"repositoryPolicy": document}}), resource=None,
    ),
    Kind(
        "table", "AWS::DynamoDB::Table", "a DynamoDB table", ("dynamodb:GetItem", "dynamodb:Query"),
        make_table, write_table, read_table,
        ("dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:PutResourcePolicy", "dynamodb:GetResourcePolicy"),
        only(lambda document: {"dynamodbTable": {"tablePolicy": document}}),
    ),
    Kind(
        "function", "AWS::Lambda::Function", "a Lambda function", ("lambda:InvokeFunction",),
        make_function, write_function, read_function,
        ("iam:CreateRole", "lambda:CreateFunction", "lambda:GetFunction", "lambda:GetResourcePolicy",
         "lambda:PutResourcePolicy"),
        needs=("role",),
    ),
]  # fmt: skip


def kind(name):
    return next(each for each in KINDS if each.name == name)
