"""The stand-in's S3 directory buckets: what their control endpoint answers, and what it refuses besides documents."""

import json
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.account import MEMBER, OWN, REGION
from support.kinds import DIRECTORY_BUCKET, OUTSIDER, named

NAME = DIRECTORY_BUCKET.rpartition("/")[2]
KIND = named("directory-bucket")
POLICY = json.dumps(KIND.letting_in(OUTSIDER))
NO_SESSION = {"disable_s3_express_session_auth": True}


@pytest.fixture
def held(accounts):
    return KIND.make(accounts, tags={"Owner": "data & more", "Empty": ""})


@pytest.fixture
def s3(accounts, held):
    return accounts.client("s3")


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]["Code"]


def test_a_policy_is_put_and_read_and_deleted(s3, held):
    assert code_of(s3.get_bucket_policy, Bucket=NAME) == (404, "NoSuchBucketPolicy")
    s3.put_bucket_policy(Bucket=NAME, Policy=POLICY)
    assert s3.get_bucket_policy(Bucket=NAME)["Policy"] == POLICY == held.policy
    for _ in range(2):
        s3.delete_bucket_policy(Bucket=NAME)
        assert code_of(s3.get_bucket_policy, Bucket=NAME) == (404, "NoSuchBucketPolicy")


def test_a_bucket_is_there_in_its_account_and_region_alone(accounts, s3, held):
    other = NAME.replace("fast", "slow")
    calls = ({}, {"Policy": POLICY}, {})
    for client, name, refusal in (
        (s3, other, (404, "NoSuchBucket")),
        (accounts.client("s3", region="eu-west-1"), NAME, (404, "NoSuchBucket")),
        (accounts.client("s3", OWN), NAME, (405, "MethodNotAllowed")),
    ):
        operations = (client.get_bucket_policy, client.put_bucket_policy, client.delete_bucket_policy)
        for operation, more in zip(operations, calls):
            assert code_of(operation, Bucket=name, **more) == refusal
    assert held.policy is None


def test_an_expected_owner_is_not_implemented(s3):
    assert code_of(s3.get_bucket_policy, Bucket=NAME, ExpectedBucketOwner=MEMBER) == (501, "NotImplemented")


@pytest.mark.parametrize("action", ["s3express:*", "s3express:GetBucketPolicy", "s3:GetObject"])
def test_an_action_that_no_policy_gives(s3, action):
    text = json.dumps(KIND.document(KIND.allow({"AWS": OUTSIDER}, Action=action)))
    assert code_of(s3.put_bucket_policy, Bucket=NAME, Policy=text) == (400, "MalformedPolicy")


def test_a_statement_without_a_resource(s3):
    text = json.dumps(KIND.document(KIND.allow({"AWS": OUTSIDER}, Resource=None)))
    assert code_of(s3.put_bucket_policy, Bucket=NAME, Policy=text) == (400, "MalformedPolicy")


def test_a_policy_does_not_become_public(s3, held):
    public = json.dumps(KIND.document(KIND.allow("*")))
    assert code_of(s3.put_bucket_policy, Bucket=NAME, Policy=public) == (403, "AccessDenied")
    within = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(KIND.document(KIND.allow("*", Condition=within))))
    # One that a test made so may be changed.
    held.policy = public
    s3.put_bucket_policy(Bucket=NAME, Policy=public.replace("Own", "New"))


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({}, (400, "InvalidRequest")),
        ({"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, (400, "InvalidRequest")),
        ({"x-amz-checksum-sha256": "AAAA"}, (400, "BadDigest")),
    ],
    ids=["none", "md5-alone", "of-something-else"],
)
def test_a_policy_without_its_checksum(s3, held, headers, refusal):
    def spoil(request, **_):
        for name in [name for name in request.headers if "checksum" in name.lower()]:
            del request.headers[name]
        for name, value in headers.items():
            request.headers[name] = value

    s3.meta.events.register_first("before-sign.s3.PutBucketPolicy", spoil)
    assert code_of(s3.put_bucket_policy, Bucket=NAME, Policy=POLICY) == refusal
    assert held.policy is None


def test_tags(accounts, held):
    control = accounts.client("s3control")
    found = control.list_tags_for_resource(AccountId=MEMBER, ResourceArn=DIRECTORY_BUCKET)["Tags"]
    assert found == [{"Key": "Owner", "Value": "data & more"}, {"Key": "Empty", "Value": ""}]
    missing = DIRECTORY_BUCKET.replace("fast", "slow")
    for client, account, arn, refusal in (
        (control, MEMBER, missing, (404, "NoSuchResource")),
        (control, OWN, DIRECTORY_BUCKET, (403, "AccessDenied")),
        (accounts.client("s3control", OWN), OWN, DIRECTORY_BUCKET, (403, "AccessDenied")),
    ):
        assert code_of(client.list_tags_for_resource, AccountId=account, ResourceArn=arn) == refusal


def test_each_call_is_permitted_by_its_own_action(aws, accounts, held):
    def client(service, allowed, **changes):
        keys = accounts.function_credentials("none", allowed=allowed)
        options = {name.lower(): value for name, value in keys.items()}
        once = Config(retries={"max_attempts": 0}, s3=NO_SESSION)
        return boto3.client(service, region_name=REGION, endpoint_url=aws.url, config=once, **{**options, **changes})

    calls = {
        "GetBucketPolicy": lambda client: client("s3").get_bucket_policy(Bucket=NAME),
        "PutBucketPolicy": lambda client: client("s3").put_bucket_policy(Bucket=NAME, Policy=POLICY),
        "DeleteBucketPolicy": lambda client: client("s3").delete_bucket_policy(Bucket=NAME),
        "ListTagsForResource": lambda client: client("s3control").list_tags_for_resource(
            AccountId=MEMBER, ResourceArn=DIRECTORY_BUCKET
        ),
    }
    held.policy = POLICY
    for action, call in calls.items():
        # Neither S3's action of the same name nor another one of directory buckets.
        others = [f"s3:{action}", *(f"s3express:{other}" for other in calls if other != action)]
        assert code_of(lambda: call(lambda service: client(service, others))) == (403, "AccessDenied")
        call(lambda service: client(service, [f"s3express:{action}"]))
        held.policy = POLICY
        spoilt = {"aws_secret_access_key": "x" * 40}
        refusal = code_of(lambda: call(lambda service: client(service, ["s3express:*"], **spoilt)))
        assert refusal == (403, "SignatureDoesNotMatch")


def test_a_session_is_not_needed(aws, accounts, held):
    """Without an endpoint of ours boto3, like the AWS CLI, sends policies to the control endpoint. Given an endpoint it
    takes that for the one of a zone and begins a session, unless it is told not to; then it sends the same."""
    key, secret = aws.administrator(MEMBER)
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}

    def sent(**options):
        client = boto3.client("s3", region_name=REGION, **keys, **options)
        seen = []

        def stop(request, **_):
            seen.append(request)
            raise StopIteration

        client.meta.events.register("before-send.s3.*", stop)
        with pytest.raises(StopIteration):
            client.get_bucket_policy(Bucket=NAME)
        scope = seen[0].headers["Authorization"].decode().partition("Credential=")[2].split("/")
        url = urlsplit(seen[0].url)
        return url.netloc, f"{url.path}?{url.query}", scope[3]

    assert sent() == (f"s3express-control.{REGION}.amazonaws.com", f"/{NAME}?policy", "s3express")
    assert sent(endpoint_url=aws.url)[1] == f"/{NAME}?session"
    told = sent(endpoint_url=aws.url, config=Config(s3=NO_SESSION))
    assert told[1:] == (f"/{NAME}?policy", "s3express")
