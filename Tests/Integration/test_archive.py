"""Archiving and verifying by the packaged binary, with Access Analyzer having a bad day."""

import shlex

import pytest

from support import faults
from support.events import published, published_bytes

FINDING = "a5018210-97c4-46c4-9456-0295898377b6"
ANALYZER = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"
WRITE = "access-analyzer:UpdateFindings"


@pytest.fixture
def case(accounts, function):
    """The published finding as a case that is to be archived."""
    accounts.finding(published())
    evaluated = function("evaluate").invoke(published_bytes()).json
    return {**evaluated, "decision": {"action": "ARCHIVE", "rule": "audit", "reasons": ["Our auditors."]}}


@pytest.fixture
def archive(function):
    return function("archive", GATEHOUSE_MODE="enforce")


def status(aws):
    return aws.access_analyzer.findings[ANALYZER][FINDING]["status"]


@pytest.mark.parametrize("fault", [faults.closed_executed, faults.closed_inside_headers, faults.closed_inside_body])
def test_a_lost_answer_is_looked_up_and_the_change_not_repeated(aws, case, archive, fault):
    aws.fail("access-analyzer", "UpdateFindings", fault)
    answer = archive.invoke(case).json
    assert answer["outcome"]["status"] == "ARCHIVED"
    assert status(aws) == "ARCHIVED"
    assert aws.names().count(WRITE) == 1


def test_what_was_not_carried_out_is_not_said_to_be_done(aws, case, archive):
    aws.fail("access-analyzer", "UpdateFindings", faults.closed_unexecuted)
    outcome = archive.invoke(case)
    if outcome.kind == "error":
        assert outcome.error_type == "Function.ServiceUnavailable"
        assert FINDING in outcome.json["errorMessage"]
        outcome = archive.invoke(case)
    assert outcome.json["outcome"]["status"] == "ARCHIVED"
    assert status(aws) == "ARCHIVED"


def test_throttled_once(aws, case, archive):
    aws.fail("access-analyzer", "UpdateFindings", faults.throttled)
    assert archive.invoke(case).json["outcome"]["status"] == "ARCHIVED"


def test_denied(aws, case, archive):
    aws.fail("access-analyzer", "UpdateFindings", faults.access_denied)
    assert archive.invoke(case).error_type == "Function.AccessDenied"
    assert status(aws) == "ACTIVE"


def test_the_printed_command_opens_it_again(aws, accounts, case, archive):
    command = shlex.split(archive.invoke(case).json["outcome"]["rollback"]["command"])
    assert command[:3] == ["aws", "accessanalyzer", "update-findings"]
    options = dict(zip(command[3::2], command[4::2]))
    client = accounts.client("accessanalyzer", region=options["--region"])
    client.update_findings(
        analyzerArn=options["--analyzer-arn"], ids=[options["--ids"]], status=options["--status"]
    )
    assert status(aws) == "ACTIVE"


@pytest.mark.parametrize("fault", [faults.closed_executed, faults.closed_unexecuted, faults.server_error])
def test_a_scan_that_fails_once_is_asked_for_again(aws, case, function, fault):
    outcome = {"status": "RESOLVED", "summary": "A Deny was added.", "mode": "enforce"}
    aws.fail("access-analyzer", "StartResourceScan", fault)
    answer = function("verify").invoke({**case, "outcome": outcome}).json
    assert answer["verification"] == {
        "status": "PENDING", "attempt": 1, "limit": 20, "findingStatus": "ACTIVE", "waitSeconds": 15,
    }
    assert aws.access_analyzer.scans[-1]["resourceOwnerAccount"] == "123456789012"
