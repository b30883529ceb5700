"""The workflow when something breaks: tried again where that may help, told truly where it does not, never silent."""

import json

import pytest

from support import faults
from support.account import trust_in
from support.events import SID, published, published_bytes
from support.functions import answering, busy, failing, hanging
from support.workflow import FINDING, ROLE, attributes


def test_a_throttled_step_is_retried(alice):
    alice.seen_after(1)
    # More than the function itself waits out.
    alice.aws.fail("iam", "GetRole", *[faults.throttled] * 12)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert 1 <= len(alice.machine.retries) <= 6
    assert len(alice.accounts.messages()) == 1


@pytest.mark.parametrize("handler", ["enrich", "evaluate", "resolve", "verify", "notify"])
def test_lambda_itself_may_be_busy(alice, handler):
    alice.seen_after(1)
    alice.functions.trouble(handler, busy, busy)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert len(alice.machine.retries) == 2
    assert len(alice.accounts.messages()) == 1


@pytest.mark.parametrize(
    "error, attempts",
    [
        ("Function.ResourceBusy", 301),
        ("Function.DeadlineExceeded", 7),
        ("Sandbox.Timedout", 3),
        ("Function.AccessDenied", 1),
        ("Function.InvalidConfiguration", 1),
        ("Function.Internal", 1),
        ("Runtime.ExitError", 1),
    ],
)
def test_only_what_may_pass_is_retried(alice, error, attempts):
    alice.functions.trouble("resolve", *[failing(error)] * 302)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == error
    assert alice.functions.invocations.count("resolve") == attempts
    assert len(alice.accounts.messages()) == 1


@pytest.mark.parametrize("step", ["evaluate", "resolve"])
def test_a_broken_step_is_told_truly_and_the_execution_fails(alice, step):
    alice.functions.trouble(step, failing("Function.Internal", "it broke"))
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Function.Internal"
    assert "it broke" in execution.cause
    assert execution.path[-4:] == ["SayThatItFailed", "NotifyOfFailure", "WasItTold", "Failed"]
    (message,) = alice.accounts.messages()
    assert attributes(message)["status"] == "FAILED"
    for part in (FINDING, step.capitalize(), "Function.Internal", "it broke", execution.arn):
        assert part in message["Message"]
    assert ("may or may not have been blocked" in message["Message"]) == (step == "resolve")
    assert alice.statements() == [None]


def test_a_missing_permission_is_told(alice):
    alice.aws.fail("iam", "GetRole", *[faults.access_denied] * 5)
    execution = alice.machine.run(published_bytes())
    assert execution.error == "Function.AccessDenied"
    assert "iam:GetRole" in alice.aws.names()
    assert attributes(*alice.accounts.messages())["status"] == "FAILED"


@pytest.mark.parametrize("event", [{"source": "aws.s3", "detail-type": "x", "detail": {}}, {"finding": None}, {}])
def test_an_input_that_is_no_finding_is_told_without_the_functions(alice, event):
    execution = alice.machine.run(event)
    assert execution.status == "FAILED"
    assert execution.error == "Function.InvalidEvent"
    assert alice.functions.invocations == ["enrich"]
    assert execution.path[-3:] == ["TellDirectly", "IsItVerified", "Failed"]
    (message,) = alice.accounts.messages()
    assert attributes(message) == {"status": "FAILED", "severity": "HIGH"}
    assert message["Subject"] == "UNKNOWN - CHECK NOW: a step of the Gatehouse workflow FAILED"
    assert execution.arn in message["Message"]
    assert (
        f"aws stepfunctions start-execution --region us-east-1 --state-machine-arn {alice.machine.arn} --input "
        f'"$(aws stepfunctions describe-execution --region us-east-1 --execution-arn {execution.arn} --query input '
        '--output text)"'
    ) in message["Message"]
    assert json.dumps(event, separators=(",", ":"))[1:-1] in message["Message"]


def test_a_verification_that_fails_does_not_hide_what_was_done(alice):
    alice.aws.fail("access-analyzer", "GetFinding", None, *[faults.access_denied] * 5)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Function.AccessDenied"
    assert alice.statements() == [None, SID]
    case = execution.inputs["TellDirectly"]
    assert case["outcome"]["status"] == "RESOLVED"
    assert case["verification"] == {"status": "PENDING", "error": "Function.AccessDenied"}
    # Of the block people know; then they hear that nobody can say whether Access Analyzer has seen it.
    block, failure = alice.accounts.messages()
    assert attributes(block)["status"] == "RESOLVED"
    assert attributes(failure)["status"] == "FAILED"
    assert "Verify" in failure["Message"] and "The change was made as the outcome says" in failure["Message"]
    assert FINDING in failure["Message"]


def test_a_message_that_cannot_be_sent_is_tried_again(alice):
    alice.seen_after(1)
    alice.aws.fail("sns", "Publish", *[faults.access_denied] * 3)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED"
    assert len(alice.machine.retries) == 3
    assert len(alice.accounts.messages()) == 1


def test_a_message_that_can_never_be_sent_fails_the_execution(alice):
    alice.seen_after(1)
    alice.aws.fail("sns", "Publish", *[faults.access_denied] * 100)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Function.AccessDenied"
    # Of the block, and once more when it has been verified.
    assert alice.functions.invocations.count("notify") == 18
    assert alice.functions.invocations.count("verify") == 1
    assert execution.path[-3:] == ["TellBriefly", "IsItVerified", "Failed"]
    assert execution.inputs["Failed"]["outcome"]["status"] == "RESOLVED"
    assert execution.inputs["Failed"]["verification"]["status"] == "RESOLVED"
    assert alice.statements() == [None, SID]
    assert alice.accounts.messages() == []


def test_a_broken_function_for_messages_is_gone_around(alice):
    alice.seen_after(1)
    alice.functions.trouble("notify", *[failing("Runtime.ExitError")] * 20)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Runtime.ExitError"
    at_once, at_the_end = alice.accounts.messages()
    for message, step in ((at_once, "NotifyOfBlock"), (at_the_end, "Notify")):
        assert f"The step {step} of the Gatehouse workflow failed" in message["Message"]
        assert SID in message["Message"] and "RESOLVED" in message["Message"]
    # The first one went out before anybody asked Access Analyzer, and that was asked all the same.
    assert execution.path.index("TellDirectly") < execution.path.index("Verify")
    assert execution.inputs["Failed"]["verification"]["status"] == "RESOLVED"


def test_a_block_that_could_not_be_told_at_once_is_told_when_it_is_verified(alice):
    alice.seen_after(2)
    alice.functions.trouble("notify", *[failing("Runtime.ExitError")] * 9)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["verification"]["status"] == "RESOLVED"
    direct, usual = alice.accounts.messages()
    assert direct["Subject"].startswith("UNKNOWN - CHECK NOW")
    assert "The change was made as the outcome" in direct["Message"]
    assert attributes(usual)["status"] == "RESOLVED" and usual["Subject"].startswith("BLOCKED LOW")
    assert alice.functions.invocations.count("verify") == 2
    assert execution.path[-4:] == ["IsItGone", "Notify", "IsItOutdated", "Done"]


def test_a_block_that_was_not_told_and_does_not_hold_is_told(alice):
    alice.functions.trouble("notify", *[failing("Runtime.ExitError")] * 9)
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert alice.functions.invocations.count("verify") == 20
    assert [attributes(message)["status"] for message in alice.accounts.messages()] == ["FAILED", "STILL_ACTIVE"]


def test_when_neither_telling_nor_verifying_works_both_are_told(alice):
    alice.functions.trouble("notify", *[failing("Runtime.ExitError")] * 20)
    alice.functions.trouble("verify", failing("Function.Internal", "it broke"))
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Function.Internal"
    assert execution.path[-3:] == ["TellDirectly", "IsItVerified", "Failed"]
    telling, verifying = alice.accounts.messages()
    assert "The step NotifyOfBlock " in telling["Message"] and "Runtime.ExitError" in telling["Message"]
    assert "The step Verify " in verifying["Message"] and "it broke" in verifying["Message"]


def test_an_answer_that_the_workflow_does_not_know_is_told(alice):
    alice.functions.trouble("evaluate", answering({"finding": {"id": FINDING}, "decision": {"action": "DELETE"}}))
    execution = alice.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.error == "Gatehouse.UnknownDecision"
    assert "resolve" not in alice.functions.invocations
    assert len(alice.accounts.messages()) == 1


RESOLVED = {"status": "RESOLVED", "summary": "A Deny was added.", "mode": "enforce", "changes": []}


def test_what_an_earlier_run_did_is_not_told_as_this_ones(alice):
    """A case of an earlier run comes again, and the step breaks."""
    evaluated = alice.functions.function("evaluate").invoke(published_bytes()).json
    alice.functions.trouble("resolve", failing("Function.Internal"))
    execution = alice.machine.run({**evaluated, "outcome": RESOLVED})
    assert execution.status == "FAILED"
    assert execution.inputs["Failed"]["outcome"]["status"] == "FAILED"
    (message,) = alice.accounts.messages()
    assert attributes(message)["status"] == "FAILED"
    assert "A Deny was added" not in message["Message"]


@pytest.mark.parametrize("status", ["IGNORED", "RESOLVED", "ARCHIVED"])
def test_an_earlier_outcome_does_not_keep_the_workflow_from_its_work(alice, status):
    alice.seen_after(1)
    evaluated = alice.functions.function("evaluate").invoke(published_bytes()).json
    execution = alice.machine.run({**evaluated, "outcome": {**RESOLVED, "status": status}})
    assert execution.status == "SUCCEEDED"
    assert alice.statements() == [None, SID]
    assert len(alice.accounts.messages()) == 1


def test_a_change_whose_end_nobody_saw_is_told_by_the_retry(alice):
    """The Deny is written, the answer lost, and Access Analyzer sees the change before the step is tried again."""
    resolve = alice.functions.function("resolve")
    case = alice.functions.function("evaluate").invoke(published_bytes()).json
    assert resolve.invoke(json.dumps(case).encode()).json["outcome"]["status"] == "RESOLVED"
    alice.accounts.finding(published(), status="RESOLVED")
    alice.functions.invocations.clear()
    execution = alice.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED"
    assert execution.output["outcome"]["status"] == "ALREADY_RESOLVED"
    assert len(alice.accounts.messages()) == 1


def test_an_input_that_is_a_list_is_told(alice):
    execution = alice.machine.run([json.loads(published_bytes())])
    assert execution.status == "FAILED"
    assert execution.error == "Function.InvalidEvent"
    (message,) = alice.accounts.messages()
    assert attributes(message)["status"] == "FAILED"


def test_a_step_that_hangs_is_tried_again(workflow, accounts):
    made = workflow(edit=lambda text: text.replace('"TimeoutSeconds": 55', '"TimeoutSeconds": 1'))
    accounts.published_role()
    accounts.finding(published())
    made.seen_after(1)
    made.functions.trouble("resolve", hanging(2))
    execution = made.machine.run(published_bytes())
    assert execution.status == "SUCCEEDED", execution.cause
    assert made.functions.invocations.count("resolve") == 2
    assert len(accounts.messages()) == 1


def test_a_case_that_cannot_be_enriched_is_told_by_the_function(alice):
    case = alice.functions.function("evaluate").invoke(published_bytes()).json
    alice.functions.trouble("enrich", failing("Function.Internal", "it broke"))
    execution = alice.machine.run(case)
    assert execution.status == "FAILED"
    assert "NotifyOfFailure" in execution.path
    (message,) = alice.accounts.messages()
    assert attributes(message)["status"] == "FAILED"
    assert "Enrich" in message["Message"] and "changes nothing" in message["Message"]


def test_a_failure_is_told_also_where_nobody_is_told_of_the_outcome(workflow, accounts):
    """Somebody else has blocked the access, of which nobody is told; but that it could not be verified is."""
    made = workflow()
    arn = made.accounts.role(ROLE, trust_in("arn:aws:iam::999988887777:user/Alice"))
    deny = {"Sid": "Theirs", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    outside = {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}
    policy = accounts.trust(ROLE)
    policy["Statement"].append({**deny, "Condition": outside})
    accounts.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(policy))
    accounts.finding(published(), resource=arn)
    made.aws.fail("access-analyzer", "GetFinding", None, *[faults.access_denied] * 5)
    execution = made.machine.run(published_bytes())
    assert execution.status == "FAILED"
    assert execution.inputs["Failed"]["outcome"]["status"] == "ALREADY_RESOLVED"
    assert execution.path[-3:] == ["TellDirectly", "IsItVerified", "Failed"]
    (message,) = accounts.messages()
    assert "Verify" in message["Message"] and FINDING in message["Message"]
