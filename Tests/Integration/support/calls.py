"""Which operation of which service a request is, and who signed it."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from .access_analyzer import AccessAnalyzer
from .moto import get_account_id_from


# What a request without a target or an action is: service, method, path without its query, and a name in the query.
REST = [
    ("s3", "GET", r"/[^/]+/.+", None, "GetObject"),
    ("s3", "GET", r"/[^/]+", "tagging", "GetBucketTagging"),
    ("s3", "GET", r"/[^/]+", "publicAccessBlock", "GetPublicAccessBlock"),
    ("s3", "GET", r"/[^/]+", "ownershipControls", "GetBucketOwnershipControls"),
    ("s3express", "GET", r"/v20180820/tags/.+", None, "ListTagsForResource"),
    ("lambda", "GET", r"/2017-03-31/tags/[^/]+", None, "ListTags"),
    ("lambda", "GET", r"/2018-10-31/layers/[^/]+/versions", None, "ListLayerVersions"),
    ("elasticfilesystem", "GET", r"/2015-02-01/file-systems", None, "DescribeFileSystems"),
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
    action = target.split(".")[-1] if target else parameters.get("Action")
    if service == "access-analyzer":
        action = AccessAnalyzer.action(request)
    action = action or rest_action(service, request)
    account = get_account_id_from(access_key)
    return Call(service, action or f"{request.method} {request.path}", region, access_key, account, parameters)


def rest_action(service, request):
    """The operation that method, path and query name."""
    names = parse_qs(request.query, keep_blank_values=True)
    for known, method, path, name, action in REST:
        if (service, request.method) == (known, method) and re.fullmatch(path, request.path):
            if name is None or name in names:
                return action
    return None
