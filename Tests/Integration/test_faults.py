"""AWS having a bad day: throttled, cut off, or answering nonsense."""

import pytest

from support import faults
from support.events import published, published_bytes

WRITE = "iam:UpdateAssumeRolePolicy"


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


@pytest.fixture
def respond(world, function):
    return function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)


def assert_resolved_once(world, outcome):
    assert outcome.kind == "response", outcome.body
    assert outcome.json["outcome"]["status"] == "RESOLVED"
    statements = world.trust("Audit_CrossAccountRole")["Statement"]
    assert [statement["Effect"] for statement in statements] == ["Allow", "Deny"]
    assert len(world.messages()) == 1


READS = [("access-analyzer", "GetFinding"), ("access-analyzer", "ListFindings"), ("iam", "GetRole")]
CALLS = [*READS, ("iam", "UpdateAssumeRolePolicy"), ("sns", "Publish")]


@pytest.mark.parametrize("service, action", CALLS)
def test_throttled_once(aws, world, respond, service, action):
    aws.fail(service, action, faults.throttled)
    assert_resolved_once(world, respond.invoke(published_bytes()))


@pytest.mark.parametrize("service, action", READS)
@pytest.mark.parametrize("fault", [faults.closed_unexecuted, faults.closed_inside_headers, faults.server_error])
def test_a_read_that_fails_once_is_read_again(aws, world, respond, service, action, fault):
    aws.fail(service, action, fault)
    assert_resolved_once(world, respond.invoke(published_bytes()))


@pytest.mark.parametrize("fault", [faults.closed_executed, faults.closed_inside_headers, faults.closed_inside_body])
def test_a_write_whose_answer_was_lost_is_read_back_and_not_repeated(aws, world, respond, fault):
    aws.fail("iam", "UpdateAssumeRolePolicy", fault)
    assert_resolved_once(world, respond.invoke(published_bytes()))
    assert aws.names().count(WRITE) == 1


def test_a_write_that_was_not_carried_out_is_never_reported_as_done(aws, world, respond):
    aws.fail("iam", "UpdateAssumeRolePolicy", faults.closed_unexecuted)
    outcome = respond.invoke(published_bytes())
    if outcome.kind == "error":
        assert outcome.error_type == "Function.ServiceUnavailable"
        outcome = respond.invoke(published_bytes())
    assert_resolved_once(world, outcome)


def test_a_mail_that_could_not_be_sent_goes_out_with_the_retry(aws, world, respond):
    aws.fail("sns", "Publish", *[faults.server_error] * 6)
    failure = respond.invoke(published_bytes())
    assert failure.kind == "error"
    assert failure.error_type == "Function.ServiceUnavailable"
    assert "Publish" in failure.json["errorMessage"]
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2
    assert world.messages() == []
    aws.queued.clear()
    again = respond.invoke(published_bytes())
    assert again.kind == "response"
    assert again.json["outcome"]["status"] == "ALREADY_RESOLVED"
    assert len(world.messages()) == 1
    assert aws.names().count(WRITE) == 1


@pytest.mark.parametrize("service, action", READS)
@pytest.mark.parametrize(
    "fault",
    [faults.cut_short, faults.captive_portal, faults.not_http, faults.deep, faults.huge, faults.closed_inside_body],
)
def test_nonsense_is_an_error_with_the_operations_name(aws, world, respond, service, action, fault):
    aws.fail(service, action, *[fault] * 10)
    failure = respond.invoke(published_bytes())
    assert failure.kind == "error", failure.body[:500]
    assert failure.error_type == "Function.ServiceUnavailable"
    assert failure.json["errorType"] == failure.error_type
    assert action in failure.json["errorMessage"]
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 1
    assert world.messages() == []
    aws.queued.clear()
    assert_resolved_once(world, respond.invoke(published_bytes()))


@pytest.mark.parametrize("service, action", CALLS)
@pytest.mark.parametrize(
    "fault", [faults.not_found_page, faults.bare(404), faults.bare(410)], ids=["page", "404", "410"]
)
def test_nothing_is_gone_because_of_a_bare_status(aws, world, respond, service, action, fault):
    aws.fail(service, action, *[fault] * 20)
    failure = respond.invoke(published_bytes())
    assert failure.kind == "error", failure.body[:500]
    assert failure.error_type == "Function.ServiceUnavailable"
    assert action in failure.json["errorMessage"]
    assert world.messages() == []
    aws.queued.clear()
    again = respond.invoke(published_bytes())
    assert again.json["outcome"]["status"] in ("RESOLVED", "ALREADY_RESOLVED")
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2
    assert len(world.messages()) == 1


@pytest.mark.parametrize("handler", ["resolve", "archive", "verify"])
def test_a_page_in_the_place_of_access_analyzer_ends_no_finding(aws, world, function, handler):
    case = function("evaluate").invoke(published_bytes()).json
    if handler == "archive":
        case["decision"]["action"] = "ARCHIVE"
    if handler == "verify":
        case["outcome"] = {"status": "RESOLVED", "summary": "", "mode": "enforce"}
    aws.fail("access-analyzer", "GetFinding", *[faults.not_found_page] * 20)
    failure = function(handler, GATEHOUSE_MODE="enforce").invoke(case)
    assert failure.kind == "error", failure.body[:500]
    assert failure.error_type == "Function.ServiceUnavailable"
    assert "AWS_ENDPOINT_URL_ACCESSANALYZER" in failure.json["errorMessage"]


def test_an_unknown_operation_ends_no_finding(aws, world, respond):
    aws.fail("access-analyzer", "GetFinding", *[faults.unknown_operation] * 5)
    failure = respond.invoke(published_bytes())
    assert failure.error_type == "Function.Internal"
    assert "AWS_ENDPOINT_URL_ACCESSANALYZER" in failure.json["errorMessage"]
    assert WRITE not in aws.names()


@pytest.mark.parametrize("fault", [faults.server_error, faults.captive_portal, faults.closed_unexecuted])
def test_an_outage_of_writes_is_no_conflict(aws, world, respond, fault):
    aws.fail("iam", "UpdateAssumeRolePolicy", *[fault] * 20)
    failure = respond.invoke(published_bytes())
    assert failure.error_type == "Function.ServiceUnavailable"
    assert aws.names().count(WRITE) == 2
    aws.queued.clear()
    assert_resolved_once(world, respond.invoke(published_bytes()))


@pytest.mark.parametrize("level", ["INFO", "TRACE"])
def test_a_refused_signature_quotes_nothing(aws, world, function, level):
    respond = function("respond", GATEHOUSE_MODE="enforce", AWS_LAMBDA_LOG_LEVEL=level)
    aws.fail("iam", "GetRole", *[faults.quoting_the_signature] * 5)
    failure = respond.invoke(published_bytes())
    assert failure.error_type == "Function.AccessDenied"
    assert "does not match the signature you provided." in failure.json["errorMessage"]
    for secret in (respond.environment["AWS_SESSION_TOKEN"], "x-amz-security-token", "Signature="):
        assert secret not in respond.log + failure.body.decode()


def test_throttled_for_good(aws, world, respond):
    aws.fail("iam", "GetRole", *[faults.throttled] * 20)
    assert respond.invoke(published_bytes()).error_type == "Function.Throttled"
    assert WRITE not in aws.names()


@pytest.mark.parametrize("service, action", [("access-analyzer", "GetFinding"), ("iam", "GetRole")])
def test_denied(aws, world, respond, service, action):
    aws.fail(service, action, *[faults.access_denied] * 5)
    failure = respond.invoke(published_bytes())
    assert failure.error_type == "Function.AccessDenied"
    assert action in failure.json["errorMessage"]
    # Never tried again; a role is also asked for by enrichment.
    assert aws.names().count(f"{service}:{action}") == (2 if action == "GetRole" else 1)
    assert WRITE not in aws.names()


def test_slow_beyond_the_deadline(aws, world, respond):
    aws.fail("iam", "GetRole", *[faults.slow(6)] * 3)
    failure = respond.invoke(published_bytes(), seconds=2)
    assert failure.error_type == "Function.DeadlineExceeded"
    assert WRITE not in aws.names()
    aws.queued.clear()
    assert_resolved_once(world, respond.invoke(published_bytes()))


def test_credentials_of_nobody_are_refused(world, function):
    stranger = function("resolve", GATEHOUSE_MODE="enforce", AWS_SECRET_ACCESS_KEY="not-the-secret")
    failure = stranger.invoke(published_bytes())
    assert failure.error_type == "Function.AccessDenied"
    assert "not-the-secret" not in stranger.log
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 1


@pytest.mark.parametrize("level", ["INFO", "TRACE"])
def test_no_secret_reaches_the_log(world, function, level):
    resolve = function("resolve", GATEHOUSE_MODE="enforce", AWS_LAMBDA_LOG_LEVEL=level)
    resolve.invoke(published_bytes())
    resolve.invoke(b"not an event")
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert resolve.environment[name] not in resolve.log
