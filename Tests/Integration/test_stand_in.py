"""The stand-in itself: Access Analyzer as boto3 knows it, and nobody gets in without a genuine signature."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.account import MEMBER, REGION
from support.events import changed, published

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/AccessAnalyzer"


@pytest.fixture
def client(accounts):
    accounts.finding(published())
    return accounts.client("accessanalyzer")


def as_function(aws, accounts, handler, **changes):
    """A client with the function's own credentials, perhaps spoilt."""
    keys = accounts.function_credentials(handler)
    options = {
        "aws_access_key_id": keys["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": keys["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": keys["AWS_SESSION_TOKEN"],
        **changes,
    }
    once = Config(retries={"max_attempts": 0})
    return lambda service: boto3.client(service, region_name=REGION, endpoint_url=aws.url, config=once, **options)


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_reads_a_finding(client):
    identifier = published()["detail"]["id"]
    finding = client.get_finding(analyzerArn=ANALYZER, id=identifier)["finding"]
    assert finding["principal"] == {"AWS": "arn:aws:iam::999988887777:user/Alice"}
    assert finding["createdAt"].year == 2020
    second = client.get_finding_v2(analyzerArn=ANALYZER, id=identifier)
    assert second["findingType"] == "ExternalAccess"
    assert second["findingDetails"][0]["externalAccessDetails"]["action"] == ["sts:AssumeRole"]


def test_lists_filters_and_pages(client, accounts):
    for number in range(5):
        accounts.finding(changed(id=f"f{number}"), status="ARCHIVED" if number % 2 else "ACTIVE")
    everything = client.list_findings(analyzerArn=ANALYZER)["findings"]
    assert len(everything) == 6
    archived = {"status": {"eq": ["ARCHIVED"]}, "isPublic": {"neq": ["true"]}, "principal.AWS": {"contains": ["Alice"]}}
    assert {finding["id"] for finding in client.list_findings(analyzerArn=ANALYZER, filter=archived)["findings"]} == {
        "f1",
        "f3",
    }
    pages = client.get_paginator("list_findings").paginate(analyzerArn=ANALYZER, PaginationConfig={"PageSize": 2})
    assert [len(page["findings"]) for page in pages] == [2, 2, 2]
    assert client.list_findings(analyzerArn=ANALYZER, filter={"error": {"exists": True}})["findings"] == []
    assert [analyzer["arn"] for analyzer in client.list_analyzers(type="ACCOUNT")["analyzers"]] == [ANALYZER]
    assert client.list_analyzers(type="ORGANIZATION")["analyzers"] == []


def test_changes_a_finding(client, aws):
    identifier = published()["detail"]["id"]
    client.update_findings(analyzerArn=ANALYZER, ids=[identifier], status="ARCHIVED")
    assert client.get_finding(analyzerArn=ANALYZER, id=identifier)["finding"]["status"] == "ARCHIVED"
    client.start_resource_scan(
        analyzerArn=ANALYZER, resourceArn=f"arn:aws:iam::{MEMBER}:role/x", resourceOwnerAccount=MEMBER
    )
    assert aws.access_analyzer.scans[0]["resourceOwnerAccount"] == MEMBER


def test_its_errors_are_the_services_own(client):
    assert code_of(client.get_finding, analyzerArn=ANALYZER, id="nobody") == ("ResourceNotFoundException", 404)
    assert code_of(client.list_findings, analyzerArn=ANALYZER + "2") == ("ResourceNotFoundException", 404)
    assert code_of(client.list_findings, analyzerArn="nonsense") == ("ValidationException", 400)
    assert code_of(client.update_findings, analyzerArn=ANALYZER, status="RESOLVED", ids=["x"]) == (
        "ValidationException",
        400,
    )
    assert code_of(client.update_findings, analyzerArn=ANALYZER, status="ACTIVE") == ("ValidationException", 400)


def test_a_wrong_secret_is_refused_everywhere(aws, accounts, client):
    stranger = as_function(aws, accounts, "respond", aws_secret_access_key="wrong")
    role = {"RoleName": "Audit_CrossAccountRole"}
    assert code_of(stranger("iam").get_role, **role) == ("SignatureDoesNotMatch", 403)
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    assert code_of(stranger("sns").publish, TopicArn=topic, Message="a b*~ö")[1] == 403
    assert code_of(stranger("accessanalyzer").get_finding, analyzerArn=ANALYZER, id="x")[1] == 403
    assert code_of(as_function(aws, accounts, "respond", aws_session_token="wrong")("iam").get_role, **role)[1] == 403


def test_what_is_not_permitted_is_refused(aws, accounts, client):
    notifier = as_function(aws, accounts, "notify")
    accounts.published_role()
    accounts.topic()
    assert code_of(notifier("iam").get_role, RoleName="Audit_CrossAccountRole")[1] == 403
    assert code_of(notifier("accessanalyzer").list_findings, analyzerArn=ANALYZER)[1] == 403
    notifier("sns").publish(TopicArn=f"arn:aws:sns:{REGION}:{MEMBER}:findings", Message="a b*~ö")
    assert [json.dumps(message["Message"], ensure_ascii=False) for message in accounts.messages()] == ['"a b*~ö"']


def test_only_the_functions_calls_are_kept(aws, accounts, client):
    client.list_analyzers()
    assert aws.names() == []
    as_function(aws, accounts, "resolve")("accessanalyzer").list_findings(analyzerArn=ANALYZER)
    assert aws.names() == ["access-analyzer:ListFindings"]


TRUST = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"Principal": "*"}, "MalformedPolicyDocument", 'AssumeRolepolicy contained an invalid principal: "STAR":"*"'),
        ({"NotPrincipal": {"AWS": "*"}}, "MalformedPolicyDocument", "Has prohibited field NotPrincipal"),
        ({"Sid": "with-hyphen"}, "MalformedPolicyDocument", "Statement IDs (SID) must be alpha-numeric."),
        (
            {"Principal": {"AWS": "AIDAJQABLZS4A3QDU576Q"}},
            "MalformedPolicyDocument",
            'Invalid principal in policy: "AWS":"AIDAJQABLZS4A3QDU576Q"',
        ),
        ({"Action": "s3:GetObject"}, "MalformedPolicyDocument", "may only specify STS AssumeRole actions"),
        ({"Sid": "x" * 2048}, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
        (None, "MalformedPolicyDocument", "Syntax errors in policy."),
    ],
)
def test_iam_refuses_what_iam_refuses(accounts, change, code, words):
    iam = accounts.client("iam")
    iam.create_role(RoleName="trusted", AssumeRolePolicyDocument=json.dumps({"Statement": TRUST}))
    statements = [] if change is None else [{**TRUST, **change}]
    document = {"Version": "2012-10-17", "Statement": statements}
    with pytest.raises(ClientError) as caught:
        iam.update_assume_role_policy(RoleName="trusted", PolicyDocument=json.dumps(document))
    assert caught.value.response["Error"]["Code"] == code
    assert words in caught.value.response["Error"]["Message"]


def test_iam_takes_what_iam_takes(accounts):
    iam = accounts.client("iam")
    iam.create_role(RoleName="trusted", AssumeRolePolicyDocument=json.dumps({"Statement": TRUST}))
    empty = [{**TRUST, "Sid": ""}, {**TRUST, "Sid": "", "Effect": "Deny", "Action": ["sts:*", "sts:SetContext"]}]
    document = json.dumps({"Version": "2012-10-17", "Statement": empty})
    iam.update_assume_role_policy(RoleName="trusted", PolicyDocument=document)
    assert iam.get_role(RoleName="trusted")["Role"]["AssumeRolePolicyDocument"] == json.loads(document)


# Tasks that wait for somebody


def refusal(call, **given):
    with pytest.raises(ClientError) as refused:
        call(**given)
    return refused.value.response["Error"]["Code"]


def test_a_token_is_taken_once(accounts):
    tokens, states = accounts.aws.task_tokens, accounts.client("stepfunctions")
    token = tokens.give("arn:aws:states:us-east-1:123456789012:stateMachine:one", "execution")
    assert refusal(states.send_task_success, taskToken=token, output="no JSON") == "InvalidOutput"
    assert refusal(states.send_task_success, taskToken=token, output='"' + "x" * 262_143 + '"') == "InvalidOutput"
    states.send_task_success(taskToken=token, output="{}")
    assert refusal(states.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"
    assert refusal(states.send_task_failure, taskToken=token, error="no", cause="no") == "TaskTimedOut"
    # It came before anybody waited for it.
    assert tokens.wait(token, 60).output == "{}"


def test_other_tokens_are_refused_as_aws_refuses_them(accounts):
    tokens, states = accounts.aws.task_tokens, accounts.client("stepfunctions")
    token = tokens.give("arn:aws:states:us-east-1:123456789012:stateMachine:one", "execution")
    tokens.close(token)
    assert refusal(states.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"
    del tokens.tasks[token]
    assert refusal(states.send_task_success, taskToken=token, output="{}") == "TaskDoesNotExist"
    assert refusal(states.send_task_success, taskToken="a token", output="{}") == "InvalidToken"


def test_who_is_not_permitted_ends_no_task(accounts):
    token = accounts.aws.task_tokens.give("arn:aws:states:us-east-1:123456789012:stateMachine:one", "execution")
    key = accounts.function_credentials("notify", allowed=["sns:Publish"])
    states = boto3.client(
        "stepfunctions",
        region_name="us-east-1",
        endpoint_url=accounts.aws.url,
        aws_access_key_id=key["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=key["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=key["AWS_SESSION_TOKEN"],
    )
    refusal(states.send_task_success, taskToken=token, output="{}")
    assert accounts.aws.calls[-1].status == 403 and accounts.aws.task_tokens.tasks[token].outcome is None


# Functions that are handed an event


def test_a_function_is_handed_what_it_need_not_answer(accounts):
    client, arn = accounts.client("lambda"), f"arn:aws:lambda:{REGION}:{MEMBER}:function:gatehouse"
    assert client.invoke(FunctionName=arn, InvocationType="Event", Payload=b'{"finding": 1}')["StatusCode"] == 202
    assert accounts.aws.handed == [(arn, b'{"finding": 1}')]


def test_one_that_is_not_there_is_handed_nothing(accounts):
    arn = f"arn:aws:lambda:{REGION}:{MEMBER}:function:somebody"
    code = refusal(accounts.client("lambda").invoke, FunctionName=arn, InvocationType="Event", Payload=b"{}")
    assert code == "ResourceNotFoundException" and accounts.aws.handed == []
