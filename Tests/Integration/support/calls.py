"""Which operation of which service a request is, and who signed it."""

import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from .access_analyzer import AccessAnalyzer
from .moto import get_account_id_from


# What a request without a target or an action is: service, method, path without its query, and a name in the query.
REST = [
    ("s3", "GET", r"/v20180820/configuration/publicAccessBlock", None, "GetAccountPublicAccessBlock"),
    ("s3", "GET", r"/[^/]+/.+", None, "GetObject"),
    ("s3", "GET", r"/[^/]+", "acl", "GetBucketAcl"),
    ("s3", "PUT", r"/[^/]+", "acl", "PutBucketAcl"),
    ("s3", "GET", r"/[^/]+", "tagging", "GetBucketTagging"),
    ("s3", "GET", r"/[^/]+", "publicAccessBlock", "GetPublicAccessBlock"),
    ("s3", "PUT", r"/[^/]+", "publicAccessBlock", "PutPublicAccessBlock"),
    ("s3", "DELETE", r"/[^/]+", "publicAccessBlock", "DeletePublicAccessBlock"),
    ("s3", "GET", r"/[^/]+", "ownershipControls", "GetBucketOwnershipControls"),
    ("s3", "GET", r"/[^/]+", "policy", "GetBucketPolicy"),
    ("s3", "PUT", r"/[^/]+", "policy", "PutBucketPolicy"),
    ("s3", "DELETE", r"/[^/]+", "policy", "DeleteBucketPolicy"),
    ("s3express", "GET", r"/[^/]+", "policy", "GetBucketPolicy"),
    ("s3express", "PUT", r"/[^/]+", "policy", "PutBucketPolicy"),
    ("s3express", "DELETE", r"/[^/]+", "policy", "DeleteBucketPolicy"),
    ("s3express", "PUT", r"/[^/]+", None, "CreateBucket"),
    ("s3express", "DELETE", r"/[^/]+", None, "DeleteBucket"),
    ("s3express", "GET", r"/", None, "ListDirectoryBuckets"),
    ("s3express", "GET", r"/v20180820/tags/.+", None, "ListTagsForResource"),
    ("lambda", "GET", r"/2017-03-31/tags/[^/]+", None, "ListTags"),
    ("lambda", "GET", r"/2018-10-31/layers/[^/]+/versions", None, "ListLayerVersions"),
    ("lambda", "GET", r"/2026-07-09/resource-policy/[^/]+", None, "GetResourcePolicy"),
    ("lambda", "PUT", r"/2026-07-09/resource-policy/[^/]+", None, "PutResourcePolicy"),
    ("lambda", "DELETE", r"/2026-07-09/resource-policy/[^/]+", None, "DeleteResourcePolicy"),
    ("lambda", "POST", r"/2015-03-31/functions/[^/]+/invocations", None, "Invoke"),
    ("lambda", "GET", r"/2015-03-31/functions/[^/]+/configuration", None, "GetFunctionConfiguration"),
    ("lambda", "GET", r"/2015-03-31/functions/[^/]+/policy", None, "GetPolicy"),
    ("lambda", "POST", r"/2015-03-31/functions/[^/]+/policy", None, "AddPermission"),
    ("lambda", "DELETE", r"/2015-03-31/functions/[^/]+/policy/[^/]+", None, "RemovePermission"),
    ("lambda", "GET", r"/2018-10-31/layers/[^/]+/versions/[0-9]+/policy", None, "GetLayerVersionPolicy"),
    ("lambda", "POST", r"/2018-10-31/layers/[^/]+/versions/[0-9]+/policy", None, "AddLayerVersionPermission"),
    ("lambda", "DELETE", r"/2018-10-31/layers/[^/]+/versions/[0-9]+/policy/[^/]+", None, "RemoveLayerVersionPermission"),
    ("elasticfilesystem", "GET", r"/2015-02-01/file-systems", None, "DescribeFileSystems"),
    ("elasticfilesystem", "GET", r"/2015-02-01/file-systems/[^/]+/policy", None, "DescribeFileSystemPolicy"),
    ("elasticfilesystem", "PUT", r"/2015-02-01/file-systems/[^/]+/policy", None, "PutFileSystemPolicy"),
    ("elasticfilesystem", "DELETE", r"/2015-02-01/file-systems/[^/]+/policy", None, "DeleteFileSystemPolicy"),
]


@dataclass
class Call:
    """One request to AWS as the tests see it."""

    service: str
    action: str
    region: str
    access_key: str
    account: str
    parameters: dict = field(default_factory=dict)
    status: int = None
    # For what REST puts into the path, and for a body that is a document itself.
    path: str = ""
    body: bytes = b""
    # Whether it met a fault of the test's.
    disturbed: bool = False
    # When it came, in seconds of a clock that only goes forward.
    at: float = field(default_factory=time.monotonic)

    def __str__(self):
        return f"{self.service}:{self.action}"


def classify(request):
    """Which operation of which service this is, from the signature's scope and the request's own shape."""
    scope = (request.header("Authorization") or "").partition("Credential=")[2].partition(",")[0].split("/")
    access_key, region, service = (scope[0], scope[2], scope[3]) if len(scope) == 5 else ("", "", "unsigned")
    parameters = {}
    target = request.header("X-Amz-Target")
    content = (request.header("Content-Type") or "").split(";")[0]
    if content == "application/x-www-form-urlencoded":
        fields = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        parameters = {name: values[0] for name, values in fields.items()}
    elif request.body:
        try:
            parameters = json.loads(request.body)
        except ValueError:
            parameters = {}
    else:
        parameters = {name: values[0] for name, values in parse_qs(request.query).items()}
    # A document that is sent as the body has no parameters.
    parameters = parameters if isinstance(parameters, dict) else {}
    # A member of that name in a JSON body is something else, such as a statement's.
    named = None if content != "application/x-www-form-urlencoded" and request.body else parameters.get("Action")
    action = target.split(".")[-1] if target else named
    if service == "access-analyzer":
        action = AccessAnalyzer.action(request)
    action = action or rest_action(service, request)
    account = get_account_id_from(access_key)
    action = action or f"{request.method} {request.path}"
    return Call(service, action, region, access_key, account, parameters, path=request.path, body=request.body)


def rest_action(service, request):
    """The operation that method, path and query name."""
    names = parse_qs(request.query, keep_blank_values=True)
    for known, method, path, name, action in REST:
        if (service, request.method) == (known, method) and re.fullmatch(path, request.path):
            if name is None or name in names:
                return action
    return None
