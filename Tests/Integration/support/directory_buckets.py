"""S3 directory buckets, which moto lacks: their policies and their tags, as the regional control endpoint has them.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html
"""

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.sax.saxutils import escape

from . import faults, resource_policy
from .http import Answer
from .moto import partition_of

TAGS = "/v20180820/tags/"
CHECKSUMS = {
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
}


@dataclass
class Bucket:
    """A directory bucket; the policy is the text as it was written."""

    arn: str
    tags: dict = field(default_factory=dict)
    policy: str = None

    @property
    def account(self):
        return self.arn.split(":")[4]


# By ARN, as moto's own backends are there once.
BUCKETS = {}


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class DirectoryBuckets:
    """The answers to requests that are known to be genuine and permitted."""

    @staticmethod
    def reset():
        BUCKETS.clear()

    @staticmethod
    def names():
        return [arn.rsplit("/", 1)[1] for arn in BUCKETS]

    @staticmethod
    def knows(call):
        return call.service == "s3express"

    @staticmethod
    def resource(call):
        """The ARN of the bucket that a call is about, in the caller's own account if only the name is told."""
        if call.path.startswith(TAGS):
            return unquote(call.path.removeprefix(TAGS))
        name = unquote(call.path.strip("/"))
        return f"arn:{partition_of(call.region)}:s3express:{call.region}:{call.account}:bucket/{name}"

    def answer(self, request, call):
        operation = {
            "GetBucketPolicy": get,
            "PutBucketPolicy": put,
            "DeleteBucketPolicy": delete,
            "ListTagsForResource": list_tags,
            "CreateBucket": create,
            "DeleteBucket": remove,
            "ListDirectoryBuckets": list_buckets,
        }.get(call.action, unknown)
        try:
            return operation(request, call)
        except Refusal as refusal:
            # Operations of S3 Control write errors in another form than S3's own.
            kind = "s3control" if operation is list_tags else call.service
            return faults.error_answer(kind, refusal.status, refusal.code, refusal.message)


def unknown(request, call):
    raise Refusal(501, "NotImplemented", f"no operation {call.action}")


def named(request, call):
    """The bucket that the path names. Its name is given once in its zone, and its own account alone has a say."""
    if request.header("x-amz-expected-bucket-owner") is not None:
        raise Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
    wanted = DirectoryBuckets.resource(call)
    found = next((one for arn, one in BUCKETS.items() if without_account(arn) == without_account(wanted)), None)
    if found is None:
        raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist")
    if found.account != call.account:
        raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    return found


def without_account(arn):
    parts = arn.split(":", 5)
    return parts[:4] + parts[5:]


def get(request, call):
    bucket = named(request, call)
    if bucket.policy is None:
        raise Refusal(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
    return Answer(200, [("Content-Type", "application/json")], bucket.policy.encode())


def put(request, call):
    bucket = named(request, call)
    require_checksum(request)
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, "MalformedPolicy", "This policy contains invalid Json") from None
    refusal = resource_policy.of_directory_bucket(bucket.arn).refusal(text)
    if refusal is not None:
        raise Refusal(400, *refusal)
    # Public access is always blocked here; a public document of a test's is one that was there before.
    if resource_policy.is_public(text) and not (bucket.policy and resource_policy.is_public(bucket.policy)):
        raise Refusal(
            403,
            "AccessDenied",
            "not authorized to perform: s3express:PutBucketPolicy because public policies are blocked by the "
            "BlockPublicPolicy block public access setting.",
        )
    bucket.policy = text
    return Answer(200)


def delete(request, call):
    named(request, call).policy = None
    return Answer(204)


def create(request, call):
    arn = DirectoryBuckets.resource(call)
    if b"<Type>Directory</Type>" not in request.body:
        raise Refusal(400, "InvalidRequest", "This bucket has to be a directory bucket")
    if any(without_account(each) == without_account(arn) for each in BUCKETS):
        raise Refusal(409, "BucketAlreadyOwnedByYou", "The bucket is there already")
    text = request.body.decode()
    tags = dict(re.findall("<Tag><Key>([^<]*)</Key><Value>([^<]*)</Value></Tag>", text))
    BUCKETS[arn] = Bucket(arn, tags)
    return Answer(200)


def remove(request, call):
    del BUCKETS[named(request, call).arn]
    return Answer(204)


def list_buckets(request, call):
    own = [arn for arn, one in BUCKETS.items() if one.account == call.account and arn.split(":")[3] == call.region]
    found = "".join(f"<Bucket><Name>{arn.rsplit('/', 1)[1]}</Name></Bucket>" for arn in own)
    text = f"<ListAllMyDirectoryBucketsResult><Buckets>{found}</Buckets></ListAllMyDirectoryBucketsResult>"
    return Answer(200, faults.XML, text.encode())


def require_checksum(request):
    """S3 takes no policy without one; an MD5 is none here."""
    given = {name: request.header(name) for name in CHECKSUMS if request.header(name) is not None}
    if not given:
        raise Refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-checksum-*")
    for name, value in given.items():
        if base64.b64encode(CHECKSUMS[name](request.body)).decode() != value:
            raise Refusal(400, "BadDigest", f"The {name} you specified did not match what we received.")


def list_tags(request, call):
    bucket = BUCKETS.get(DirectoryBuckets.resource(call))
    owner = request.header("x-amz-account-id")
    if owner is None:
        raise Refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-account-id")
    if owner != call.account or (bucket is not None and bucket.account != owner):
        raise Refusal(403, "AccessDenied", "Access Denied")
    if bucket is None or bucket.arn.split(":")[3] != call.region:
        raise Refusal(404, "NoSuchResource", "The specified resource doesn't exist.")
    tags = "".join(
        f"<Tag><Key>{escape(key)}</Key><Value>{escape(value)}</Value></Tag>" for key, value in bucket.tags.items()
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListTagsForResourceResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
        f"<Tags>{tags}</Tags></ListTagsForResourceResult>"
    )
    return Answer(200, faults.XML, text.encode())
