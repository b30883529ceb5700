"""Writes goldens.txt: signatures made by botocore, to compare ours with. Run: python3 goldens.py > goldens.txt"""

import datetime
import hashlib
from unittest import mock
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
MOMENTS = [
    datetime.datetime(2015, 8, 30, 12, 36, 0),
    datetime.datetime(2026, 11, 21, 23, 59, 59),
    datetime.datetime(2024, 2, 29, 0, 0, 0),
]


def case(
    name, method, host, path, query=(), headers=(), body="", region="us-east-1", service="service", token=None, moment=0
):
    encoded = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query)
    request = AWSRequest(
        method=method, url=f"https://{host}{path}" + (f"?{encoded}" if encoded else ""), data=body.encode()
    )
    for key, value in headers:
        request.headers.add_header(key, value)
    now = MOMENTS[moment]
    is_s3 = service == "s3"
    auth = (botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth)(Credentials(*KEY, token), service, region)
    if is_s3:
        request.context["payload_signing_enabled"] = True
        request.context["client_config"] = None
    target = "botocore.auth.get_current_datetime"
    with mock.patch(target, lambda *a, **k: now):
        auth.add_auth(request)
    print(f"case\t{name}")
    for key, value in [("method", method), ("host", host), ("path", path)]:
        print(f"{key}\t{value}")
    for k, v in query:
        print(f"query\t{k}\t{v}")
    for k, v in headers:
        print(f"header\t{k}\t{v}")
    if body:
        print(f"body\t{body}")
    print(f"payload\t{hashlib.sha256(body.encode()).hexdigest()}")
    print(f"scope\t{region}\t{service}")
    if token:
        print(f"token\t{token}")
    epoch = int(now.replace(tzinfo=datetime.timezone.utc).timestamp())
    print(f"date\t{epoch}\t{request.headers['X-Amz-Date']}")
    print(f"authorization\t{request.headers['Authorization']}")
    print()


FORM = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
JSON = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "TrentService.GetKeyPolicy")]
case("bare get", "GET", "example.amazonaws.com", "/")
case("bare post", "POST", "example.amazonaws.com", "/")
case("query in order", "GET", "example.amazonaws.com", "/", [("Param1", "value1"), ("Param2", "value2")])
case("query out of order", "GET", "example.amazonaws.com", "/", [("Param2", "b"), ("Param1", "a")])
case("query of one name", "GET", "example.amazonaws.com", "/", [("Param1", "value2"), ("Param1", "Value1")])
case("query that is a prefix", "GET", "example.amazonaws.com", "/", [("ab", "1"), ("a", "2"), ("a-b", "3")])
case("query without value", "GET", "example.amazonaws.com", "/", [("acl", "")])
case(
    "query with reserved characters",
    "GET",
    "example.amazonaws.com",
    "/",
    [("analyzerArn", "arn:aws:access-analyzer:us-east-1:1:analyzer/a b+c=d&e"), ("x", "~-._*'()!")],
)
case("query in other scripts", "GET", "example.amazonaws.com", "/", [("ሴ", "bår"), ("emoji", "🔑")])
case("header with spaces", "GET", "example.amazonaws.com", "/", headers=[("My-Header1", "  a   b   c  ")])
case("header twice", "GET", "example.amazonaws.com", "/", headers=[("My-Header1", "value4"), ("my-header1", "value1")])
case("headers out of order", "GET", "example.amazonaws.com", "/", headers=[("Z-Last", "1"), ("A-First", "2")])
case(
    "header that is a prefix", "GET", "example.amazonaws.com", "/", headers=[("x-amz-meta", "1"), ("x-amz-meta-a", "2")]
)
case("user agent is not signed", "GET", "example.amazonaws.com", "/", headers=[("User-Agent", "x/1")])
case("port in host", "GET", "127.0.0.1:5000", "/")
case("path with encoded space", "GET", "example.amazonaws.com", "/a%20b/c%2Fd")
case("path with colon and at", "GET", "example.amazonaws.com", "/finding/arn%3Aaws%3Ax%40y")
case("path in another script", "GET", "example.amazonaws.com", "/%E1%88%B4")
case("path with dots", "GET", "example.amazonaws.com", "/example/./here/../there")
case("path with empty segments", "GET", "example.amazonaws.com", "//example//")
case("path that ends in a slash", "GET", "example.amazonaws.com", "/a/b/")
case("path with tilde", "GET", "example.amazonaws.com", "/a~b/c")
case("delete", "DELETE", "example.amazonaws.com", "/policy/x")
for moment in range(3):
    case(
        f"iam form on day {moment}",
        "POST",
        "iam.amazonaws.com",
        "/",
        headers=FORM,
        body="Action=GetRole&Version=2010-05-08&RoleName=Audit",
        service="iam",
        moment=moment,
    )
case(
    "iam in china",
    "POST",
    "iam.cn-north-1.amazonaws.com.cn",
    "/",
    headers=FORM,
    body="Action=GetAccountSummary&Version=2010-05-08",
    region="cn-north-1",
    service="iam",
)
case(
    "iam for governments",
    "POST",
    "iam.us-gov.amazonaws.com",
    "/",
    headers=FORM,
    body="Action=GetAccountSummary&Version=2010-05-08",
    region="us-gov-west-1",
    service="iam",
    token="IQoJb3JpZ2lu//A==",
)
case(
    "sts with token",
    "POST",
    "sts.eu-central-1.amazonaws.com",
    "/",
    headers=FORM,
    body="Action=GetCallerIdentity&Version=2011-06-15",
    region="eu-central-1",
    service="sts",
    token="IQoJb3JpZ2luX2VjEJr+/w==",
    moment=1,
)
case(
    "sns",
    "POST",
    "sns.ap-southeast-2.amazonaws.com",
    "/",
    headers=FORM,
    body="Action=Publish&Version=2010-03-31&Message=gr%C3%BC%C3%9Fe",
    region="ap-southeast-2",
    service="sns",
    moment=1,
)
case(
    "access analyzer get",
    "GET",
    "access-analyzer.us-west-2.amazonaws.com",
    "/finding/84cd2cc5-b4f1-4f3f-9d3e-6a8f2b0c1d2e",
    [("analyzerArn", "arn:aws:access-analyzer:us-west-2:123456789012:analyzer/ConsoleAnalyzer")],
    region="us-west-2",
    service="access-analyzer",
    token="token",
    moment=1,
)
case(
    "access analyzer post",
    "POST",
    "access-analyzer.us-west-2.amazonaws.com",
    "/finding",
    headers=[("Content-Type", "application/json")],
    body='{"analyzerArn":"arn:aws:x","filter":{}}',
    region="us-west-2",
    service="access-analyzer",
    moment=1,
)
case("kms json", "POST", "kms.us-east-1.amazonaws.com", "/", headers=JSON, body='{"KeyId":"é"}', service="kms")
case("prefix of an endpoint", "POST", "localhost:4566", "/prefix/a%20b", headers=FORM, body="A=1", service="sns")
case("s3 key", "GET", "s3.us-east-1.amazonaws.com", "/bucket/rules%20file.json", service="s3")
case("s3 key with slashes", "GET", "s3.us-east-1.amazonaws.com", "/bucket//a/../b%2Bc", service="s3", token="t")
case(
    "s3 subresource", "GET", "s3.eu-west-1.amazonaws.com", "/bucket", [("policy", "")], region="eu-west-1", service="s3"
)
case(
    "s3 put",
    "PUT",
    "s3.eu-west-1.amazonaws.com",
    "/bucket",
    [("publicAccessBlock", "")],
    headers=[("Content-MD5", "abc=="), ("x-amz-expected-bucket-owner", "123456789012")],
    body="<PublicAccessBlockConfiguration/>",
    region="eu-west-1",
    service="s3",
    moment=2,
)
