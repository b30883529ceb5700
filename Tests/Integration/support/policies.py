"""The policies of resources in moto: kept as the very text that was written, and refused as their services refuse them.

moto prints some of them anew, takes nearly everything, and decides by some of them without asking whom they name.
"""

import json
import uuid

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import PolicyNotFoundException, ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.ecr.exceptions import InvalidParameterException
from moto.ecr.models import ECRBackend
from moto.efs.exceptions import FileSystemNotFound, PolicyNotFound
from moto.efs.models import EFSBackend
from moto.iam.access_control import PermissionResult
from moto.kms import responses as kms_responses
from moto.kms.models import KmsBackend
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend
from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.exceptions import SNSException
from moto.sns.models import SNSBackend, Topic
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue, SQSBackend

from . import resource_policy


def checked(grammar, text, kind):
    """Raises the service's own error for a text that it does not take."""
    refusal = grammar.refusal(text)
    if refusal is not None:
        raise kind(*refusal)


# S3


def put_bucket_policy(self, bucket_name, policy):
    bucket = self.get_bucket(bucket_name)
    text = policy.decode() if isinstance(policy, bytes) else policy
    checked(resource_policy.of_bucket(bucket.arn), text, S3ClientError)
    block = bucket.public_access_block
    if block is not None and block.block_public_policy and resource_policy.is_public(text):
        raise S3ClientError(
            "AccessDenied",
            "not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the "
            "BlockPublicPolicy block public access setting.",
        )
    bucket.policy = text.encode()


S3Backend.put_bucket_policy = put_bucket_policy
# The objects that tests read are our own; moto would deny by a statement whatever its condition says.
FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL

# SQS and SNS


def given_policy(self):
    return self.__dict__.get("given_policy")


def give_policy(self, text):
    self.given_policy = text or None


Queue.policy = property(given_policy, give_policy)
original_set_queue_attributes = SQSBackend.set_queue_attributes


def set_queue_attributes(self, queue_name, attributes):
    queue = self.get_queue(queue_name)
    if attributes.get("Policy"):
        checked(resource_policy.of_queue(queue.queue_arn), attributes["Policy"], SQSException)
    # moto forgets the policy when another attribute is set.
    return original_set_queue_attributes(self, queue_name, {"Policy": queue.policy, **attributes})


SQSBackend.set_queue_attributes = set_queue_attributes

original_topic_policy = Topic.policy
Topic.policy = property(
    lambda self: self.__dict__.get("given_policy", original_topic_policy.fget(self)),
    lambda self, text: self.__dict__.__setitem__("given_policy", text),
)
original_set_topic_attribute = SNSBackend.set_topic_attribute


def set_topic_attribute(self, topic_arn, attribute_name, attribute_value):
    if attribute_name.lower() == "policy":
        checked(resource_policy.of_topic(self.get_topic(topic_arn).arn), attribute_value, SNSException)
    original_set_topic_attribute(self, topic_arn, attribute_name, attribute_value)


SNSBackend.set_topic_attribute = set_topic_attribute

# KMS, Secrets Manager, ECR, EFS


def put_key_policy(self, key_id, policy):
    key = self.keys[self.get_key_id(key_id)]
    checked(resource_policy.of_key(key.arn), policy, JsonRESTError)
    if resource_policy.locks_out(policy, "kms:PutKeyPolicy"):
        raise JsonRESTError(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
    key.policy = policy


KmsBackend.put_key_policy = put_key_policy
# Whoever a key's policy denies, it is not the account's own function.
kms_responses.validate_policy = lambda key, action: None

# As small as the simulated account's, so that a client has to turn pages.
GRANTS_OF_A_PAGE = 2


def list_grants(self):
    """moto gives all grants at once."""
    start = int(self._get_param("Marker") or 0)
    end = start + GRANTS_OF_A_PAGE
    grants = self.kms_backend.list_grants(key_id=self._get_param("KeyId"), grant_id=self._get_param("GrantId"))
    answer = {"Grants": [grant.to_json() for grant in grants[start:end]], "Truncated": end < len(grants)}
    return json.dumps({**answer, "NextMarker": str(end)} if answer["Truncated"] else answer)


kms_responses.KmsResponse.list_grants = list_grants

original_put_secret_policy = SecretsManagerBackend.put_resource_policy


def put_secret_policy(self, secret_id, policy):
    if self._is_valid_identifier(secret_id):
        checked(resource_policy.of_secret(self.secrets[secret_id].arn), policy, JsonRESTError)
    return original_put_secret_policy(self, secret_id, policy)


SecretsManagerBackend.put_resource_policy = put_secret_policy


def validate_resource_policy(self):
    """moto lacks it. Of what it looks for only public access is found here."""
    passed = not resource_policy.is_public(self._get_param("ResourcePolicy"))
    errors = [] if passed else [{"CheckName": "PUBLIC_ACCESS", "ErrorMessage": "The policy lets everybody in."}]
    return json.dumps({"PolicyValidationPassed": passed, "ValidationErrors": errors})


SecretsManagerResponse.validate_resource_policy = validate_resource_policy


def set_repository_policy(self, registry_id, repository_name, policy_text):
    repository = self._get_repository(repository_name, registry_id)
    checked(resource_policy.of_repository(repository.arn), policy_text, InvalidParameterException)
    repository.policy = policy_text
    return {"registryId": repository.registry_id, "repositoryName": repository_name, "policyText": policy_text}


ECRBackend.set_repository_policy = set_repository_policy


def file_system(backend, identifier):
    """moto breaks down over one that is not there."""
    if identifier not in backend.file_systems_by_id:
        raise FileSystemNotFound(identifier)
    return backend.file_systems_by_id[identifier]


def describe_file_system_policy(self, file_system_id):
    policy = file_system(self, file_system_id).file_system_policy
    if policy is None:
        raise PolicyNotFound("None")
    return policy


EFSBackend.describe_file_system_policy = describe_file_system_policy


def put_file_system_policy(self, file_system_id, policy, bypass_policy_lockout_safety_check):
    system = file_system(self, file_system_id)
    checked(resource_policy.of_file_system(system.file_system_arn), policy, JsonRESTError)
    system.file_system_policy = policy


EFSBackend.put_file_system_policy = put_file_system_policy

# DynamoDB: moto knows no policies of streams.


class TablePolicy:
    """A policy of a table or a stream, with the token of this version of it."""

    def __init__(self, text):
        self.policy_doc, self.revision_id = text, str(uuid.uuid4())


def named_table(backend, arn):
    name = arn.split(":", 5)[5].split("/")[1]
    table = backend.tables.get(name)
    if table is None or arn not in (table.table_arn, f"{table.table_arn}/stream/{table.latest_stream_label}"):
        raise ResourceNotFoundException(table_name=name)
    return table


def get_table_policy(self, resource_arn):
    named_table(self, resource_arn)
    if resource_arn not in self.resource_policies:
        raise PolicyNotFoundException(f"Resource-based policy not found for the provided ResourceArn: {resource_arn}")
    return self.resource_policies[resource_arn]


def require_revision(backend, arn, wanted):
    held = backend.resource_policies.get(arn)
    if wanted is not None and wanted != (held.revision_id if held else "NO_POLICY"):
        raise PolicyNotFoundException(
            f"Resource-based policy not found for the provided ResourceArn: not of revision {wanted}"
        )


def put_table_policy(self, resource_arn, policy_doc, expected_revision_id):
    named_table(self, resource_arn)
    require_revision(self, resource_arn, expected_revision_id)
    checked(resource_policy.of_table(resource_arn), policy_doc, JsonRESTError)
    held = self.resource_policies.get(resource_arn)
    if held is None or held.policy_doc != policy_doc:
        self.resource_policies[resource_arn] = TablePolicy(policy_doc)
    return self.resource_policies[resource_arn]


def delete_table_policy(self, resource_arn, expected_revision_id):
    named_table(self, resource_arn)
    require_revision(self, resource_arn, expected_revision_id)
    self.resource_policies.pop(resource_arn, None)


DynamoDBBackend.get_resource_policy = get_table_policy
DynamoDBBackend.put_resource_policy = put_table_policy
DynamoDBBackend.delete_resource_policy = delete_table_policy
