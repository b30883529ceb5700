"""Bucket ACLs and Block Public Access in moto as S3 has them: with the bucket's own owner, hidden or refused where
Block Public Access says so, and authorised under S3's names."""

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeAcl, FakeGrant, FakeGrantee, S3Backend
from moto.s3.responses import ACTION_MAP, S3Response
from moto.s3control.models import s3control_backends
from moto.s3control.responses import S3ControlResponse

# The actions as IAM names them; moto goes by the operations' names, or knows none.
for method, action in (
    ("GET", "GetBucketPublicAccessBlock"),
    ("PUT", "PutBucketPublicAccessBlock"),
    ("DELETE", "PutBucketPublicAccessBlock"),
):
    ACTION_MAP["BUCKET"][method]["publicAccessBlock"] = action
    ACTION_MAP["BUCKET"][method]["public_access_block"] = action
ACTION_MAP["BUCKET"]["GET"]["ownershipControls"] = "GetBucketOwnershipControls"
OF_ACCOUNT = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
}
# Whoever owns a bucket that says nothing else.
OWNER = "0" * 64
PUBLIC = tuple(f"http://acs.amazonaws.com/groups/global/{group}" for group in ("AllUsers", "AuthenticatedUsers"))

original_authorize = S3ControlResponse._authenticate_and_authorize_normal_action
original_get_action = S3ControlResponse._get_action


def authorize(self, resource="*"):
    """Of an account, S3 Control's operations have other names than their actions."""
    self._get_action = lambda: OF_ACCOUNT.get(original_get_action(self), original_get_action(self))
    try:
        original_authorize(self, resource)
    finally:
        del self._get_action


S3ControlResponse._authenticate_and_authorize_normal_action = authorize


def private():
    return acl_of({"Owner": {"ID": OWNER}, "Grants": [granted({"ID": OWNER}, "FULL_CONTROL")]})


def granted(grantee, permission):
    return {"Grantee": grantee, "Permission": permission}


def acl_of(document):
    """moto's ACL of one in the AWS CLI's form."""
    grants = [
        FakeGrant(
            [
                FakeGrantee(
                    grant["Grantee"].get("ID", ""),
                    grant["Grantee"].get("URI", ""),
                    grant["Grantee"].get("DisplayName", ""),
                )
            ],
            [grant["Permission"]],
        )
        for grant in document["Grants"]
    ]
    acl = FakeAcl(grants)
    acl.owner = document["Owner"]
    return acl


def document_of(acl):
    """The ACL in the AWS CLI's form, which `acl_of` takes."""
    grants = []
    for grant in acl.grants:
        grantee, permissions = grant.grantees[0], grant.permissions
        named = {"ID": grantee.id, "URI": grantee.uri, "DisplayName": grantee.display_name}
        kind = "Group" if grantee.uri else "CanonicalUser"
        told = {"Type": kind, **{key: value for key, value in named.items() if value}}
        grants += [granted(told, permission) for permission in permissions]
    return {"Grants": grants, "Owner": getattr(acl, "owner", {"ID": OWNER})}


def flags_of(block):
    """Block Public Access by its flags; None where none was ever set."""
    if block is None:
        return None
    return {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }


def is_public(grant):
    return grant.grantees[0].uri in PUBLIC


def ignores_public(bucket):
    """Whether S3 hides what an ACL gives everybody: for the bucket, or for its whole account."""
    account = s3control_backends[bucket.account_id][bucket.partition].public_access_block
    return any(block is not None and block.ignore_public_acls for block in (bucket.public_access_block, account))


def is_enforced(bucket):
    return bucket.ownership_rule is not None and "BucketOwnerEnforced" in str(bucket.ownership_rule)


def get_bucket_acl(self, bucket_name):
    bucket = self.get_bucket(bucket_name)
    shown = FakeAcl(bucket.acl.grants)
    shown.owner = getattr(bucket.acl, "owner", {"ID": OWNER})
    if is_enforced(bucket):
        shown.grants = private().grants
        shown.grants[0].grantees[0].id = shown.owner["ID"]
    elif ignores_public(bucket):
        shown.grants = [grant for grant in bucket.acl.grants if not is_public(grant)]
    return shown


def put_bucket_acl(self, bucket_name, acl):
    bucket = self.get_bucket(bucket_name)
    if is_enforced(bucket):
        raise S3ClientError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    block = bucket.public_access_block
    if block is not None and block.block_public_acls and any(map(is_public, acl.grants)):
        raise S3ClientError(
            "AccessDenied",
            "not authorized to perform: s3:PutBucketAcl because public ACLs are blocked by the BlockPublicAcls block "
            "public access setting.",
        )
    owner = getattr(bucket.acl, "owner", {"ID": OWNER})
    if getattr(acl, "owner", owner)["ID"] != owner["ID"]:
        raise S3ClientError("AccessDenied", "Access Denied")
    acl.owner = owner
    bucket.acl = acl


S3Backend.get_bucket_acl = get_bucket_acl
S3Backend.put_bucket_acl = put_bucket_acl

original_acl_to_dict = S3Response._acl_to_dict
original_acl_from_body = S3Response._acl_from_body


def acl_to_dict(acl):
    told = original_acl_to_dict(acl)
    return {**told, "Owner": acl.owner} if hasattr(acl, "owner") else told


def acl_from_body(self):
    # moto takes an ACL without any grant for none.
    acl = original_acl_from_body(self) or FakeAcl([])
    acl.owner = {"ID": self.body.decode().partition("<ID>")[2].partition("</ID>")[0]}
    return acl


S3Response._acl_to_dict = staticmethod(acl_to_dict)
S3Response._acl_from_body = acl_from_body
