"""Asking a person, from the finding to the change and back: the deployed workflow waits, the deployed page decides.

Every function is the packaged binary with the settings and the role that the stack gives it.
"""

import json
import urllib.parse

import pytest

from support import dynamodb, faults
from support.account import MEMBER, trust_in
from support.approvals import LINK, Approvals
from support.cloudformation import Stack
from support.deployed import DeployedFunctions, DeployedMachine
from support.events import SID, published
from support.function_url import event
from support.functions import busy, failing
from support.served_html import Served
from support.template import Template
from support.workflow import ANALYZER, FINDING, ROLE

FORM = [("content-type", "application/x-www-form-urlencoded")]
ARN = f"arn:aws:iam::{MEMBER}:role/{ROLE}"
ONCALL = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/maria.keller@example.com"


class World(Approvals):
    """An account with the stack and the ledger in it, where a person approves before anything is blocked."""

    def __init__(self, accounts, binary, monkeypatch, **parameters):
        self.accounts, self.aws = accounts, accounts.aws
        self.table = dynamodb.make_table(accounts.client("dynamodb"))
        given = {"Mode": "approve", "LedgerTableArn": self.table, "ApprovalPage": "public", **parameters}
        self.stack = Stack(accounts, MEMBER, **given)
        self.functions = DeployedFunctions(binary, self.stack)
        self.machine = DeployedMachine(self.stack, self.functions, monkeypatch)
        self.address = self.stack.outputs.get("ApprovalPageAddress")
        accounts.subscribe(self.stack.resources["Topic"])
        accounts.published_role()
        accounts.finding(published())
        # At its next look Access Analyzer sees that the access is gone.
        finding = self.aws.access_analyzer.findings[ANALYZER][FINDING]
        monkeypatch.setattr(
            self.aws.access_analyzer, "start_resource_scan", lambda *_: finding.update(status="RESOLVED") or {}
        )

    def start(self):
        """The finding as EventBridge hands it on, to an execution that comes to wait."""
        return self.machine.start(published())

    def asked(self):
        """What was mailed: one message with a link."""
        return self.mailed(published())

    def told(self):
        """The outcomes of the messages that were sent since this was last asked."""
        return [message["MessageAttributes"]["status"]["Value"] for message in self.accounts.messages()]

    def look(self, asked, user=None):
        return Served(self.functions.function("page").invoke(event(target=f"/?token={asked.token}", user=user)))

    def decide(self, asked, decision="approve", user=None, **fields):
        form = {"token": asked.token, "decision": decision, "name": "Maria Keller", **fields}
        body = urllib.parse.urlencode(form).encode()
        return Served(self.functions.function("page").invoke(event("POST", "/", body, FORM, user)))

    def edit_role(self):
        """Somebody else edits the role meanwhile."""
        document = trust_in("arn:aws:iam::999988887777:user/Alice")
        service = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document["Statement"].append(service)
        self.accounts.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(document))

    @property
    def sids(self):
        return [statement.get("Sid") for statement in self.accounts.trust(ROLE)["Statement"]]

    def calls_of(self, name):
        """What a deployed function has called."""
        key = self.functions.running[name].environment["AWS_ACCESS_KEY_ID"]
        return [call for call in self.aws.calls if call.access_key == key]

    @property
    def refused(self):
        return [str(call) for call in self.aws.calls if call.status == 403 and call.service != "organizations"]


@pytest.fixture
def world(accounts, binary, monkeypatch, started):
    def make(**parameters):
        made = World(accounts, binary, monkeypatch, **parameters)
        started.append(made.functions)
        return made

    return make


@pytest.fixture
def waiting(world):
    """Somebody was asked, and the execution waits."""
    made = world()
    running = made.start()
    running.waiting()
    return made, running, made.asked()


def partition_keys(call):
    """The partition keys that a call to DynamoDB names, which its role's condition looks at."""
    given = call.parameters
    if call.action == "Query":
        return [value["S"] for value in given["ExpressionAttributeValues"].values()][:1]
    parts = [list(item.values())[0] for item in given.get("TransactItems", [])] or [given]
    return [(part.get("Key") or part.get("Item"))["pk"]["S"] for part in parts]


def test_what_a_person_approves_is_changed_told_and_undone(waiting, monkeypatch):
    made, running, asked = waiting
    assert asked.finding == FINDING and f"{made.address}?token={asked.token}" in asked.mail["Message"]
    assert made.sids == [None]
    for _ in range(2):
        shown = made.look(asked)
        assert (shown.status, shown.heading) == (200, "Block this access?")
        assert ARN in shown.text and SID in shown.text
    assert made.decide(asked, reason="Nobody knows this user.").status == 200
    execution = running.end()
    assert execution.status == "SUCCEEDED", execution.cause
    after = execution.path[execution.path.index("Approve") + 1 :]
    assert after[:6] == ["IsItDecided", "Resolve", "IsItBlocked", "NotYetVerified", "NotifyOfBlock", "Verify"]
    assert execution.path[-1] == "Done"
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert execution.output["verification"]["status"] == "RESOLVED"
    assert made.sids == [None, SID]
    assert made.told() == ["RESOLVED"]
    request = made.request(asked)
    assert request["decision"]["by"] == "Maria Keller" and request["decision"]["isClaimed"] is True
    # By whom it was decided is shown whenever the link is followed again, and nothing is done again.
    assert made.look(asked).status == made.decide(asked).status == 409
    undoing = DeployedMachine(made.stack, made.functions, monkeypatch, "RollbackWorkflow")
    assert undoing.run({"findingId": FINDING}).output["outcome"]["status"] == "ROLLED_BACK"
    assert made.sids == [None]
    assert made.told() == ["ROLLED_BACK"]
    assert made.refused == []


def test_neither_link_nor_token_is_in_a_case_or_a_log(waiting):
    made, running, asked = waiting
    task = running.waiting()
    made.decide(asked, decision="reject")
    execution = running.end()
    written = json.dumps([execution.inputs, execution.output]) + made.functions.log
    assert "taskToken" not in written
    for secret in (task.token, asked.token, *asked.token.split("."), made.address):
        assert secret not in written


def test_the_page_keeps_to_what_its_role_is_for(waiting):
    """The stand-in does not judge conditions: that the calls meet them is looked at here."""
    made, running, asked = waiting
    made.look(asked)
    made.decide(asked, decision="reject")
    running.end()
    template = Template("gatehouse.yaml", CodeBucket="code", LedgerTableArn=made.table, ApprovalPage="public")
    (ledger,) = [each for each in template.statements("ApprovalPageRole") if each["Sid"] == "Ledger"]
    prefixes = [key.rstrip("*") for key in ledger["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]]
    calls = made.calls_of("page")
    keys = {key for call in calls if call.service == "dynamodb" for key in partition_keys(call)}
    assert keys and all(key.startswith(tuple(prefixes)) for key in keys), keys
    assert {str(call) for call in calls if call.service != "dynamodb"} == {
        "secretsmanager:GetSecretValue", "states:SendTaskSuccess",
    }  # fmt: skip


def test_what_a_person_rejects_stays_open(waiting):
    made, running, asked = waiting
    assert made.decide(asked, decision="reject", reason="She is a partner.").status == 200
    execution = running.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.path[-6:] == ["IsItDecided", "Resolve", "IsItBlocked", "Notify", "IsItOutdated", "Done"]
    assert execution.output["outcome"]["status"] == "DENIED_APPROVAL"
    assert "She is a partner." in execution.output["outcome"]["summary"]
    assert made.sids == [None]
    assert made.told() == ["DENIED_APPROVAL"]
    # Nobody is asked again.
    again = made.machine.run(published())
    assert again.output["outcome"]["status"] == "DENIED_APPROVAL"
    assert "Approve" not in again.path
    assert made.told() == []


def test_where_nobody_decides_nothing_is_done(waiting):
    made, running, asked = waiting
    assert running.waiting().seconds == 24 * 3600 + 300
    made.expire(asked)
    running.let_time_out()
    execution = running.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.path[-6:] == ["Approve", "Resolve", "IsItBlocked", "Notify", "IsItOutdated", "Done"]
    assert execution.output["outcome"]["status"] == "DENIED_APPROVAL"
    assert made.sids == [None]
    assert made.told() == ["DENIED_APPROVAL"]
    assert made.look(asked).status == 410
    # The next event asks again.
    running = made.start()
    running.waiting()
    assert made.decide(made.asked()).status == 200
    assert running.end().output["outcome"]["status"] == "RESOLVED"


def test_a_clock_that_is_ahead_does_not_decide(waiting):
    """The task's time is up, and the request's is not: it waits on, and nobody is asked twice."""
    made, running, asked = waiting
    first = running.waiting()
    running.let_time_out()
    assert running.waiting().token != first.token and made.told() == []
    assert made.decide(asked).status == 200
    assert running.end().output["outcome"]["status"] == "RESOLVED"


def test_what_was_changed_meanwhile_is_refused_told_and_asked_anew(waiting):
    made, running, asked = waiting
    made.edit_role()
    assert made.decide(asked).status == 200
    second = running.waiting()
    told = made.accounts.messages()
    assert [message["MessageAttributes"]["status"]["Value"] for message in told] == ["REFUSED", "AWAITING_APPROVAL"]
    assert made.sids == [None, None]
    (token,) = LINK.findall(told[1]["Message"])
    assert token != asked.token and not LINK.findall(told[0]["Message"])
    asked.token = token
    assert made.decide(asked).status == 200
    execution = running.end()
    assert second.state == "closed" and execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "RESOLVED"
    assert made.sids == [None, None, SID]
    assert made.told() == ["RESOLVED"]


def test_a_second_execution_takes_the_request_over(waiting):
    made, first, asked = waiting
    second = made.start()
    second.waiting()
    execution = first.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.path[-4:] == ["IsItDecided", "Notify", "IsItOutdated", "Done"]
    assert execution.output["outcome"]["status"] == "AWAITING_APPROVAL"
    # Nobody is told that one waits in another's place, and the link that was mailed is the one that counts.
    assert made.told() == []
    assert made.decide(asked).status == 200
    assert second.end().output["outcome"]["status"] == "RESOLVED"
    assert made.told() == ["RESOLVED"]
    assert made.sids == [None, SID]


def test_asking_again_after_a_fault_mails_once(world, monkeypatch):
    """The function did everything, and nobody saw its end: the next attempt has another token, and the same request."""
    made = world()
    original, tokens = made.functions.invoke, []

    def invoke(FunctionName, Payload, **more):
        answer = original(FunctionName=FunctionName, Payload=Payload, **more)
        if made.functions.handlers[FunctionName] != "approve":
            return answer
        tokens.append(json.loads(Payload)["taskToken"])
        return failing("Sandbox.Timedout")() if len(tokens) == 1 else answer

    monkeypatch.setattr(made.functions, "invoke", invoke)
    running = made.start()
    task = running.waiting()
    assert len(tokens) == 2 and tokens[0] != tokens[1] == task.token
    assert made.aws.task_tokens.tasks[tokens[0]].state == "closed"
    # The first attempt is no execution that could be told: it is gone.
    answered = [call.status for call in made.calls_of("approve") if call.action == "SendTaskSuccess"]
    assert answered == [400]
    assert made.decide(made.asked()).status == 200
    assert running.end().output["outcome"]["status"] == "RESOLVED"
    assert made.told() == ["RESOLVED"]


def test_what_passes_by_itself_is_tried_again(world):
    made = world()
    made.functions.trouble("approve", busy, failing("Function.ServiceUnavailable"))
    running = made.start()
    running.waiting()
    assert len(made.machine.retries) == 2
    assert made.decide(made.asked(), decision="reject").status == 200
    assert running.end().output["outcome"]["status"] == "DENIED_APPROVAL"


def test_who_cannot_be_asked_is_told(world):
    made = world()
    made.functions.trouble("approve", failing("Function.Internal", "it broke"))
    execution = made.start().end()
    assert (execution.status, execution.error) == ("FAILED", "Function.Internal")
    assert execution.path[-4:] == ["SayThatItFailed", "NotifyOfFailure", "WasItTold", "Failed"]
    (message,) = made.accounts.messages()
    assert message["MessageAttributes"]["status"]["Value"] == "FAILED"
    for part in (FINDING, "Approve", "Nothing was changed.", "it broke", execution.arn):
        assert part in message["Message"]
    assert made.sids == [None]


def test_a_decision_that_nobody_waits_for_is_kept(waiting):
    """The execution was stopped: the next one does what was decided, and asks nobody."""
    made, running, asked = waiting
    running.states.stop_execution(executionArn=running.arn)
    made.aws.task_tokens.close(running.waiting().token)
    decided = made.decide(asked)
    assert decided.status == 200 and made.request(asked)["state"] == "APPROVED"
    assert made.sids == [None]
    execution = made.machine.run(published())
    assert execution.output["outcome"]["status"] == "RESOLVED", execution.cause
    assert "Approve" not in execution.path
    assert made.sids == [None, SID]


def test_where_nothing_is_recorded_the_page_says_so(waiting):
    made, running, asked = waiting
    made.aws.fail("dynamodb", "TransactWriteItems", *[faults.access_denied] * 9)
    made.aws.fail("dynamodb", "PutItem", *[faults.access_denied] * 9)
    assert made.decide(asked).status == 500
    assert running.waiting().state == "waiting" and made.sids == [None]


def test_by_signed_requests_whoever_decides_is_known(world):
    made = world(ApprovalPage="iam")
    running = made.start()
    running.waiting()
    asked = made.asked()
    assert "Your name" not in made.look(asked, ONCALL).text
    assert made.decide(asked, user=ONCALL).status == 200
    assert running.end().output["outcome"]["status"] == "RESOLVED"
    decision = made.request(asked)["decision"]
    assert (decision["by"], decision["isClaimed"]) == (ONCALL, False)


def test_without_a_page_the_message_says_how_to_decide(world):
    made = world(ApprovalPage="off")
    assert "page" not in made.functions.deployed and made.address is None
    running = made.start()
    running.waiting()
    (message,) = made.accounts.messages()
    assert not LINK.findall(message["Message"])
    assert f"gatehouse approvals approve {FINDING}" in message["Message"]


def test_observe_asks_nobody(world):
    made = world(Mode="observe")
    execution = made.start().end()
    assert execution.output["outcome"]["status"] == "OBSERVED"
    assert "Approve" not in execution.path
    assert made.told() == ["OBSERVED"]


# Asked beforehand


def test_a_person_is_shown_what_access_analyzer_says_beforehand(world):
    """By its own function with its own role; the preview goes with the request, and the form that it confirms is made."""
    made = world(Preview="on")
    made.aws.access_analyzer.previews.settings = {"pending": 4}
    running = made.start()
    running.waiting()
    asked = made.asked()
    assert set(made.machine.waits) == {15}
    assert made.request(asked)["case"]["preview"]["status"] == "CONFIRMED"
    assert made.decide(asked).status == 200
    execution = running.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"]["status"] == "RESOLVED"
    called = {str(call) for call in made.calls_of("preview") if call.service == "access-analyzer"}
    assert called >= {"access-analyzer:CreateAccessPreview", "access-analyzer:ListAccessPreviewFindings"}
    assert made.refused == []


def test_of_what_would_open_something_else_nobody_is_asked(world):
    made = world(Preview="on")
    finding = made.aws.access_analyzer.findings[ANALYZER][FINDING]
    other = {**finding, "id": "new", "changeType": "NEW", "principal": {"AWS": "111122223333"}}
    made.aws.access_analyzer.previews.settings = {"new": [other]}
    execution = made.start().end()
    assert execution.output["outcome"]["status"] == "REFUSED"
    assert "Approve" not in execution.path
    assert made.told() == ["REFUSED"] and made.sids == [None]


def test_sessions_that_began_before_are_ended_and_that_is_undone_too(world, monkeypatch):
    made = world(RevokeSessions="on")
    running = made.start()
    running.waiting()
    assert made.decide(made.asked()).status == 200
    execution = running.end()
    assert execution.output["outcome"]["status"] == "RESOLVED", execution.cause
    iam = made.accounts.client("iam")
    assert len(iam.list_role_policies(RoleName=ROLE)["PolicyNames"]) == 1
    undoing = DeployedMachine(made.stack, made.functions, monkeypatch, "RollbackWorkflow")
    assert undoing.run({"findingId": FINDING}).output["outcome"]["status"] == "ROLLED_BACK"
    assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == [] and made.sids == [None]
    assert made.refused == []
