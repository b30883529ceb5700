"""The accounts a test plays in: roles, findings, a topic with a queue behind it, and the function's credentials."""

import json
import uuid

import boto3
from botocore.config import Config

from .granted import HANDLERS, actions
from .moto import iam_backends, partition_of, sts_backends

# The account of the published example, and the one that the emulator puts into the function's ARN.
MEMBER = "123456789012"
OWN = "012345678912"
REGION = "us-east-1"


class Accounts:
    """Builds what a test needs through AWS's own interfaces, as each account's administrator."""

    def __init__(self, aws, region=REGION):
        self.aws = aws
        self.region = region
        self.queue = None

    @property
    def partition(self):
        return partition_of(self.region)

    def client(self, service, account=MEMBER, region=None):
        key, secret = self.aws.administrator(account, self.partition)
        return boto3.client(
            service,
            region_name=region or self.region,
            endpoint_url=self.aws.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            # boto3 takes our endpoint for the one of a zone, where a directory bucket needs a session.
            config=Config(retries={"max_attempts": 1}, s3={"disable_s3_express_session_auth": True}),
        )

    def role(self, name, trust, path="/", tags=None, account=MEMBER):
        """A role with this trust policy; gives its ARN."""
        made = self.client("iam", account).create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=trust if isinstance(trust, str) else json.dumps(trust),
            Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        )
        return made["Role"]["Arn"]

    def trust_text(self, name, account=MEMBER):
        """The role's trust policy exactly as it was last written."""
        return iam_backends[account][self.partition].get_role(name).assume_role_policy_document

    def trust(self, name, account=MEMBER):
        return json.loads(self.trust_text(name, account))

    def published_role(self):
        """The role of the published example."""
        return self.role("Audit_CrossAccountRole", trust_in("arn:aws:iam::999988887777:user/Alice"))

    def finding(self, event, status="ACTIVE", **changes):
        """The finding an event tells of, as Access Analyzer itself holds it."""
        detail = event["detail"]
        analyzer = squeeze(event["resources"][0])
        finding = {
            "id": detail["id"],
            "resource": squeeze(detail["resource"]),
            "resourceType": detail["resourceType"],
            "resourceOwnerAccount": detail["accountId"],
            "status": status,
            "principal": {key: squeeze(value) for key, value in detail["principal"].items()},
            "action": detail["action"],
            "condition": detail["condition"],
            "isPublic": detail["isPublic"],
            "createdAt": detail["createdAt"],
            "analyzedAt": detail["analyzedAt"],
            "updatedAt": detail["updatedAt"],
            **changes,
        }
        self.aws.access_analyzer.add_finding(analyzer, finding)
        return finding

    def topic(self, account=MEMBER):
        """A topic whose messages can be read from a queue; gives the topic's ARN."""
        topic = self.client("sns", account).create_topic(Name="findings")["TopicArn"]
        self.subscribe(topic, account)
        return topic

    def subscribe(self, topic, account=MEMBER):
        """Puts a queue behind a topic."""
        sqs = self.client("sqs", account)
        url = sqs.create_queue(QueueName="findings")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.client("sns", account).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        self.queue = (sqs, url)

    def messages(self):
        """What was delivered to the queue so far, in the shape SNS gives it."""
        sqs, url = self.queue
        found = []
        while True:
            batch = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not batch:
                return found
            for message in batch:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def function_credentials(self, handler, account=MEMBER, allowed=None):
        """A session as Lambda puts it into the environment, of a role that may do what the template lets this handler
        do; or of a role that may do what is given."""
        iam = self.client("iam", account)
        name = f"gatehouse-{handler}-{uuid.uuid4().hex[:8]}"
        trust = {"Version": "2012-10-17", "Statement": [trusting_lambda()]}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if allowed is None:
            allowed = actions(handler) if handler in HANDLERS else ["sts:GetCallerIdentity"]
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]}
        iam.put_role_policy(RoleName=name, PolicyName="handler", PolicyDocument=json.dumps(document))
        return self.session(arn, account)

    def session(self, role, account=MEMBER):
        """Credentials of a role. Lambda assumes it as the service, which moto cannot; the session is the same."""
        session = sts_backends[account][self.partition].assume_role(
            region_name=self.region,
            role_session_name="gatehouse",
            role_arn=role,
            policy=None,
            duration=3600,
            external_id=None,
        )
        return {
            "AWS_ACCESS_KEY_ID": session.access_key_id,
            "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
            "AWS_SESSION_TOKEN": session.session_token,
        }

    def environment(self, handler, account=MEMBER, allowed=None, **settings):
        """Everything a function of this handler finds in its environment but what Lambda itself sets."""
        return {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.aws.url,
            **self.function_credentials(handler, account, allowed),
            **settings,
        }


def squeeze(text):
    """ARNs of the published event as they are meant: without white space, `arn:aws:` for `aws:arn:`."""
    text = "".join(text.split())
    return "arn:aws:" + text[len("aws:arn:") :] if text.startswith("aws:arn:") else text


def trust_in(principal, **more):
    """A trust policy that lets one AWS principal in."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": {},
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusting_lambda():
    return {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
