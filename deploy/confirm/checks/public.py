"""What S3 calls public. The policies name everybody, in an empty bucket that RestrictPublicBuckets keeps closed."""

from ..account import said
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import kind, make_bucket, text
from .behaviour import our_public_deny

# Whoever is outside the account stays outside while a policy is public, whatever it says.
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": True}


def run(at):
    arn = make_bucket(at)
    bucket, type_ = arn.rsplit(":", 1)[1], kind("bucket")
    at.call("s3:PutPublicAccessBlock", Bucket=bucket, PublicAccessBlockConfiguration=CLOSED)
    # Nothing that names everybody is written before S3 says that the bucket is closed.
    def is_closed():
        told = at.call("s3:GetPublicAccessBlock", Bucket=bucket)["PublicAccessBlockConfiguration"]
        return all(told.get(flag) for flag in ("IgnorePublicAcls", "RestrictPublicBuckets"))

    if not at.look(is_closed):
        raise RuntimeError("the bucket could not be closed: nothing public was written")
    open_ = type_.policy(at.account, arn)
    ours = our_public_deny(at, "bucket", arn, open_)

    def put(document):
        # S3 says that a policy is public as it says that a permission is missing.
        return at.tried("s3:PutBucketPolicy", Bucket=bucket, Policy=text(document))[1]

    def is_public():
        return at.call("s3:GetBucketPolicyStatus", Bucket=bucket)["PolicyStatus"]["IsPublic"]

    refused = put(open_)
    if refused is not None:
        for suffix in ("verdict", "block"):
            at.judge(suffix, UNKNOWN, f"the account lets no policy be public: {said(refused)}")
        return
    denied = {**open_, "Statement": open_["Statement"] + ours}
    if not at.look(is_public, 4):
        at.judge("verdict", UNKNOWN, "S3 does not call the policy public without our Deny either")
    else:
        refused = put(denied)
        if refused is not None:
            raise refused
        is_closed_by_us = at.look(lambda: not is_public(), 6)
        why = f"{'not public' if is_closed_by_us else 'public'} with our Deny"
        at.judge("verdict", CONFIRMED if is_closed_by_us else CONTRADICTED, why)
    if at.check.wants("block"):
        at.call("s3:PutPublicAccessBlock", Bucket=bucket, PublicAccessBlockConfiguration={**CLOSED, "BlockPublicPolicy": True})
        at.wait(30)
        control, refused = put(open_), put(denied)
        if control is None:
            at.judge("block", UNKNOWN, "a public policy was taken although BlockPublicPolicy is on")
        elif refused is not None and said(refused) != said(control):
            at.judge("block", UNKNOWN, f"without our Deny {said(control)}; with it {said(refused)}")
        else:
            at.judge("block", CONTRADICTED if refused else CONFIRMED, said(refused) if refused else "taken")


CHECKS = [
    Check(
        "bucket-public",
        [
            Fact("bucket-public.verdict", "S3 counts our Deny when it says whether a bucket's policy is public.",
                 "README: S3's own verdict"),
            Fact("bucket-public.block", "S3 takes a public policy with our Deny where BlockPublicPolicy is on.",
                 "resolve on a bucket that was opened before", "resolve is REFUSED with S3's words"),
        ],
        ["an S3 bucket, empty; its policy names everybody for a minute, and RestrictPublicBuckets lets nobody of outside in"],
        ["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutPublicAccessBlock", "s3:GetPublicAccessBlock", "s3:PutBucketPolicy",
         "s3:GetBucketPolicyStatus"],
        run,
        ["bucket"],
        programs=["gatehouse invoke resolve (on paper)"],
        is_public=True,
    ),
]  # fmt: skip
