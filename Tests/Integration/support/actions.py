"""Which IAM action, on which resource, each operation that Gatehouse calls needs.

Names differ: GetFindingV2 is authorised as `access-analyzer:GetFinding`, GetPublicAccessBlock as
`s3:GetBucketPublicAccessBlock`. https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from .function_policies import BESIDES
from .patterns import overlap
from .template import listed

# Operation, as `calls.classify` names it: the IAM action where it has another name than the operation, and the
# resource with {parameters of the call}. A resource without one of them is as narrow as the call tells.
OPERATIONS = {
    "access-analyzer:CreateAccessPreview": (None, "{analyzerArn}"),
    "access-analyzer:GetAccessPreview": (None, "{analyzerArn}"),
    "access-analyzer:GetFinding": (None, "{analyzerArn}"),
    "access-analyzer:GetFindingV2": ("access-analyzer:GetFinding", "{analyzerArn}"),
    "access-analyzer:ListAccessPreviewFindings": (None, "{analyzerArn}"),
    "access-analyzer:ListAnalyzers": (None, "*"),
    "access-analyzer:ListFindings": (None, "{analyzerArn}"),
    "access-analyzer:StartResourceScan": (None, "{analyzerArn}"),
    "access-analyzer:UpdateFindings": (None, "{analyzerArn}"),
    "cloudtrail:LookupEvents": (None, "*"),
    "dynamodb:GetResourcePolicy": (None, "{ResourceArn}"),
    "dynamodb:ListTagsOfResource": (None, "{ResourceArn}"),
    "dynamodb:PutResourcePolicy": (None, "{ResourceArn}"),
    "ec2:DescribeSnapshotAttribute": (None, "arn:aws:ec2:{region}::snapshot/{SnapshotId}"),
    "ec2:DescribeSnapshots": (None, "*"),
    "ec2:ModifySnapshotAttribute": (None, "arn:aws:ec2:{region}::snapshot/{SnapshotId}"),
    "ecr:GetRepositoryPolicy": (None, "arn:aws:ecr:{region}:{registryId}:repository/{repositoryName}"),
    "ecr:ListTagsForResource": (None, "{resourceArn}"),
    "ecr:SetRepositoryPolicy": (None, "arn:aws:ecr:{region}:{registryId}:repository/{repositoryName}"),
    "elasticfilesystem:DescribeFileSystemPolicy": (
        None,
        "arn:aws:elasticfilesystem:{region}:{account}:file-system/*",
    ),
    "elasticfilesystem:DescribeFileSystems": (None, "arn:aws:elasticfilesystem:{region}:{account}:file-system/*"),
    "elasticfilesystem:PutFileSystemPolicy": (None, "arn:aws:elasticfilesystem:{region}:{account}:file-system/*"),
    "events:PutEvents": (None, "arn:aws:events:{region}:{account}:event-bus/*"),
    "iam:GetAccountSummary": (None, "*"),
    "iam:GetRole": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "iam:DeleteRolePolicy": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "iam:GetRolePolicy": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "iam:ListRolePolicies": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "iam:PutRolePolicy": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "iam:GetUser": (None, "arn:aws:iam::{account}:user/{UserName}"),
    "iam:UpdateAssumeRolePolicy": (None, "arn:aws:iam::{account}:role/{RoleName}"),
    "kms:DescribeKey": (None, "{KeyId}"),
    "kms:GetKeyPolicy": (None, "{KeyId}"),
    "kms:ListAliases": (None, "*"),
    "kms:ListGrants": (None, "{KeyId}"),
    "kms:ListResourceTags": (None, "{KeyId}"),
    "kms:PutKeyPolicy": (None, "{KeyId}"),
    "lambda:AddLayerVersionPermission": (None, "arn:aws:lambda:{region}:{account}:layer:*"),
    "lambda:AddPermission": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "lambda:GetLayerVersionPolicy": (None, "arn:aws:lambda:{region}:{account}:layer:*"),
    "lambda:GetPolicy": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "lambda:GetResourcePolicy": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "lambda:ListLayerVersions": (None, "*"),
    "lambda:ListTags": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "lambda:PutResourcePolicy": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "lambda:RemoveLayerVersionPermission": (None, "arn:aws:lambda:{region}:{account}:layer:*"),
    "lambda:RemovePermission": (None, "arn:aws:lambda:{region}:{account}:function:*"),
    "organizations:DescribeAccount": (None, "arn:aws:organizations::*:account/o-*/*"),
    "organizations:DescribeOrganizationalUnit": (None, "arn:aws:organizations::*:ou/o-*/{OrganizationalUnitId}"),
    "organizations:ListParents": (None, "arn:aws:organizations::*:*/o-*/{ChildId}"),
    "organizations:ListTagsForResource": (None, "arn:aws:organizations::*:account/o-*/{ResourceId}"),
    "rds:DescribeDBClusterSnapshotAttributes": (
        None,
        "arn:aws:rds:{region}:{account}:cluster-snapshot:{DBClusterSnapshotIdentifier}",
    ),
    "rds:DescribeDBClusterSnapshots": (None, "arn:aws:rds:{region}:{account}:cluster-snapshot:*"),
    "rds:DescribeDBSnapshotAttributes": (None, "arn:aws:rds:{region}:{account}:snapshot:{DBSnapshotIdentifier}"),
    "rds:DescribeDBSnapshots": (None, "arn:aws:rds:{region}:{account}:snapshot:*"),
    "rds:ListTagsForResource": (None, "{ResourceName}"),
    "rds:ModifyDBClusterSnapshotAttribute": (
        None,
        "arn:aws:rds:{region}:{account}:cluster-snapshot:{DBClusterSnapshotIdentifier}",
    ),
    "rds:ModifyDBSnapshotAttribute": (None, "arn:aws:rds:{region}:{account}:snapshot:{DBSnapshotIdentifier}"),
    "s3:DeleteBucketPolicy": (None, "arn:aws:s3:::*"),
    "s3:DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock", "arn:aws:s3:::*"),
    "s3:GetAccountPublicAccessBlock": (None, "*"),
    "s3:GetBucketAcl": (None, "arn:aws:s3:::*"),
    "s3:GetBucketOwnershipControls": (None, "arn:aws:s3:::*"),
    "s3:GetBucketPolicy": (None, "arn:aws:s3:::*"),
    "s3:GetBucketTagging": (None, "arn:aws:s3:::*"),
    "s3:GetObject": (None, "arn:aws:s3:::*/*"),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock", "arn:aws:s3:::*"),
    "s3:PutBucketAcl": (None, "arn:aws:s3:::*"),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock", "arn:aws:s3:::*"),
    "s3:PutBucketPolicy": (None, "arn:aws:s3:::*"),
    "s3express:GetBucketPolicy": (None, "arn:aws:s3express:{region}:{account}:bucket/*"),
    "s3express:ListTagsForResource": (None, "arn:aws:s3express:{region}:{account}:bucket/*"),
    "s3express:PutBucketPolicy": (None, "arn:aws:s3express:{region}:{account}:bucket/*"),
    "secretsmanager:DescribeSecret": (None, "{SecretId}"),
    "secretsmanager:GetResourcePolicy": (None, "{SecretId}"),
    "secretsmanager:PutResourcePolicy": (None, "{SecretId}"),
    "sns:GetTopicAttributes": (None, "{TopicArn}"),
    "sns:ListTagsForResource": (None, "{ResourceArn}"),
    "sns:Publish": (None, "{TopicArn}"),
    "sns:SetTopicAttributes": (None, "{TopicArn}"),
    "sqs:GetQueueAttributes": (None, "arn:aws:sqs:{region}:{account}:*"),
    "sqs:GetQueueUrl": (None, "arn:aws:sqs:{region}:{account}:{QueueName}"),
    "sqs:ListQueueTags": (None, "arn:aws:sqs:{region}:{account}:*"),
    "sqs:SetQueueAttributes": (None, "arn:aws:sqs:{region}:{account}:*"),
    "ssm:GetParameter": (None, "arn:aws:ssm:{region}:{account}:parameter{Name}"),
    "sts:AssumeRole": (None, "{RoleArn}"),
}

# Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
FREE = {"sts:GetCallerIdentity"}


def needed(call):
    """The actions that a call needs, each with the resource, perhaps with `*` in it."""
    name = str(call)
    if name in FREE:
        return set()
    assert name in OPERATIONS, f"{name} is not in the table of operations and actions"
    action, resource = OPERATIONS[name]
    place = resource.format_map({**call.parameters, "region": call.region, "account": call.account})
    more = BESIDES.get(call.action, []) if call.service == "lambda" else []
    return {(action or name, place), *((f"lambda:{action}", place) for action in more)}


class Permissions:
    """What a role's statements allow. The templates' conditions are about where a call goes, not about what it is."""

    def __init__(self, statements):
        self.allowed = [statement for statement in statements if statement["Effect"] == "Allow"]

    @property
    def actions(self):
        return {action for statement in self.allowed for action in listed(statement["Action"])}

    def allow(self, action, resource):
        return any(
            action in listed(statement["Action"])
            and any(overlap(pattern, resource) for pattern in listed(statement["Resource"]))
            for statement in self.allowed
        )
