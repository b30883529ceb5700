"""AWS's checks of a policy's text. What they say of a policy is what a test made them say: nothing is reasoned here; but what
AWS would refuse to look at is refused."""

import json

from .access_analyzer_answers import Refusal, invalid

POLICY_TYPES = {"IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}
VALIDATED = {
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::DynamoDB::Table",
}
PUBLIC_CHECKED = {
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::EFS::FileSystem",
    "AWS::OpenSearchService::Domain",
    "AWS::Kinesis::Stream",
    "AWS::Kinesis::StreamConsumer",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3::Glacier",
    "AWS::S3Outposts::Bucket",
    "AWS::S3Outposts::AccessPoint",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::IAM::AssumeRolePolicyDocument",
}


class Checks:
    """What the checks answer next, and what they were asked."""

    def __init__(self):
        self.validation = []
        self.public = {"result": "PASS", "message": "The resource policy does not grant public access.", "reasons": []}
        self.new = {"result": "PASS", "message": "The policy does not add access.", "reasons": []}
        self.asked = []
        self.page = 100

    def validate(self, body):
        text(body, "policyDocument")
        if body.get("policyType") not in POLICY_TYPES:
            raise invalid("policyType", "policyType is none of the known ones")
        if body.get("validatePolicyResourceType", "AWS::S3::Bucket") not in VALIDATED:
            raise invalid("validatePolicyResourceType", "validatePolicyResourceType is none of the known ones")
        self.asked.append(("ValidatePolicy", body))
        return self.validation

    def no_public_access(self, body):
        policy(body, "policyDocument")
        if body.get("resourceType") not in PUBLIC_CHECKED:
            raise invalid("resourceType", "resourceType is none of the known ones")
        self.asked.append(("CheckNoPublicAccess", body))
        return self.public

    def no_new_access(self, body):
        policy(body, "newPolicyDocument")
        policy(body, "existingPolicyDocument")
        if body.get("policyType") not in ("IDENTITY_POLICY", "RESOURCE_POLICY"):
            raise invalid("policyType", "policyType is none of the known ones")
        self.asked.append(("CheckNoNewAccess", body))
        return self.new


def text(body, field):
    if not isinstance(body.get(field), str) or not body[field]:
        raise invalid(field, f"{field} must be a policy's text")
    return body[field]


def policy(body, field):
    try:
        found = json.loads(text(body, field))
    except ValueError:
        found = None
    if not isinstance(found, dict) or "Statement" not in found:
        raise Refusal(400, "InvalidParameterException", f"{field} is not a policy")
