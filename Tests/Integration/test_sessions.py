"""Sessions that began before a role was blocked, ended by an inline policy: real processes with a ledger in DynamoDB."""

import calendar
import json
import re
import time

import pytest
from test_ledger_processes import AFTER_DEADLINE, SECONDS, Killer, Shared, answer

from support import faults
from support.account import MEMBER, OWN, trust_in
from support.events import changed
from support.granted import actions
from support.moto import INLINE_POLICIES
from support.process import until

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PUT = "iam:PutRolePolicy"
MADE = [(PUT, "MADE"), ("iam:UpdateAssumeRolePolicy", "MADE")]
STRANGER = "arn:aws:iam::999988887777:user/User0"


def sid(event):
    return "Gatehouse" + event["detail"]["id"].replace("-", "")


class Sessions(Shared):
    """Roles that strangers may assume, and functions that end sessions."""

    def function(self, handler="respond", **more):
        return super().function(handler, **{"GATEHOUSE_REVOKE_SESSIONS": "on", **more})

    def inline(self, role):
        """The inline policies of a role, by name."""
        iam = self.accounts.client("iam")
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        return {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}

    def moment(self, role, event):
        """Before when sessions are denied everything; nothing else is in the policy."""
        policy = self.inline(role)[sid(event)]
        (statement,) = policy["Statement"]
        moment = statement["Condition"]["DateLessThan"]["aws:TokenIssueTime"]
        assert MOMENT.fullmatch(moment)
        condition = {"DateLessThan": {"aws:TokenIssueTime": moment}}
        deny = {"Sid": sid(event), "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
        assert policy == {"Version": "2012-10-17", "Statement": [deny]} and statement == deny
        return moment

    def changes(self, arn):
        """The changes of a role that stand, by the ledger: each operation with its state."""
        known = [item["data"] for item in self.items("CHANGE#") if item["data"]["resource"] == arn]
        return sorted((change["operation"], change["state"]) for change in known)

    def taken_back(self, arn):
        """Those that stand no more."""
        past = [item["data"] for item in self.items() if item["pk"] == f"PAST#{arn}"]
        return sorted((change["operation"], change["state"]) for change in past if change["kind"] == "BLOCK")

    def own_denies(self, role):
        return [one for one in self.accounts.trust(role)["Statement"] if one.get("Sid", "").startswith("Gatehouse")]


@pytest.fixture
def sessions(accounts, binary):
    made = Sessions(accounts, binary)
    yield made
    made.stop()


def outcome(function, event):
    found = function.invoke(event)
    assert found.kind == "response", found.body
    return found.json["outcome"]


def undone(sessions, event):
    return outcome(sessions.function("rollback"), {"findingId": event["detail"]["id"]})["status"]


def test_ended_once_and_given_back(sessions):
    (event,) = sessions.role("open", 1)
    iam = sessions.accounts.client("iam")
    own = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
    iam.put_role_policy(RoleName="open", PolicyName="own", PolicyDocument=json.dumps(own))
    before = sessions.accounts.trust("open")
    function = sessions.function()
    done = outcome(function, event)
    assert done["status"] == "RESOLVED" and len(done["changes"]) == 2
    moment = sessions.moment("open", event)
    assert moment in done["summary"] and abs(time.time() - seconds(moment)) < 60
    assert sessions.changes(event["detail"]["resource"]) == MADE
    # Later, and by another process: nobody else loses a session.
    time.sleep(1.1)
    for again in (function, sessions.function()):
        assert outcome(again, event)["status"] == "ALREADY_RESOLVED"
    assert sessions.moment("open", event) == moment
    assert sessions.accounts.aws.names().count("iam:PutRolePolicy") == 1
    assert undone(sessions, event) == "ROLLED_BACK"
    assert sessions.inline("open") == {"own": own} and sessions.accounts.trust("open") == before
    assert sessions.changes(event["detail"]["resource"]) == []
    assert sessions.taken_back(event["detail"]["resource"]) == [
        ("iam:PutRolePolicy", "UNDONE"),
        ("iam:UpdateAssumeRolePolicy", "UNDONE"),
    ]


def seconds(moment):
    return calendar.timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ"))


def test_each_finding_has_a_policy_of_its_own(sessions):
    events = sessions.role("several", 3)
    function = sessions.function()
    for event in events:
        assert outcome(function, event)["status"] == "RESOLVED"
    assert set(sessions.inline("several")) == {sid(event) for event in events}
    assert undone(sessions, events[1]) == "ROLLED_BACK"
    assert set(sessions.inline("several")) == {sid(event) for event in (events[0], events[2])}


def test_without_the_setting_nobody_loses_a_session(sessions):
    (event,) = sessions.role("kept", 1)
    done = outcome(sessions.function(GATEHOUSE_REVOKE_SESSIONS="off"), event)
    assert done["status"] == "RESOLVED" and len(done["changes"]) == 1
    assert sessions.inline("kept") == {} and "iam:ListRolePolicies" not in sessions.accounts.aws.names()


# What goes wrong: the access is blocked, and it is said that sessions were not ended


def assert_said(sessions, role, event, done, why):
    assert done["status"] == "RESOLVED" and len(done["changes"]) == 1
    assert "NOT ended" in done["summary"] and why in done["summary"]
    assert len(sessions.own_denies(role)) == 1 and sid(event) not in sessions.inline(role)
    (message,) = sessions.accounts.messages()
    assert message["Subject"].startswith("BLOCKED") and "NOT ended" in message["Message"]


def test_a_role_whose_policies_are_too_long(sessions):
    (event,) = sessions.role("full", 1)
    long = {"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    short = len(json.dumps(long, separators=(",", ":")))
    long["Statement"]["Sid"] = "A" * (INLINE_POLICIES - short - 100)
    text = json.dumps(long)
    sessions.accounts.client("iam").put_role_policy(RoleName="full", PolicyName="long", PolicyDocument=text)
    done = outcome(sessions.function(), event)
    assert_said(sessions, "full", event, done, "too long")
    assert undone(sessions, event) == "ROLLED_BACK" and set(sessions.inline("full")) == {"long"}


@pytest.mark.parametrize("action", ["ListRolePolicies", "PutRolePolicy"])
def test_who_may_not_end_them(sessions, action):
    (event,) = sessions.role("denied", 1)
    sessions.accounts.aws.fail("iam", action, *[faults.access_denied] * 20)
    assert_said(sessions, "denied", event, outcome(sessions.function(), event), "AccessDenied")


@pytest.mark.parametrize("fault", [faults.closed_executed, faults.closed_inside_body, faults.server_error, faults.throttled])
def test_a_lost_answer_is_no_lost_policy(sessions, fault):
    (event,) = sessions.role("lost", 1)
    sessions.accounts.aws.fail("iam", "PutRolePolicy", fault)
    status, _ = answer(sessions.function(), event)
    assert status in ("RESOLVED", "ALREADY_RESOLVED")
    sessions.moment("lost", event)
    assert sessions.changes(event["detail"]["resource"]) == MADE
    assert undone(sessions, event) == "ROLLED_BACK" and sessions.inline("lost") == {}


def test_a_lost_answer_while_they_are_given_back(sessions):
    (event,) = sessions.role("back", 1)
    outcome(sessions.function(), event)
    sessions.accounts.aws.fail("iam", "DeleteRolePolicy", faults.closed_executed)
    assert undone(sessions, event) == "ROLLED_BACK"
    assert sessions.inline("back") == {} and sessions.own_denies("back") == []


# A process that dies between the two writes


def number_of(aws, key, action):
    """Which of a process's calls this one is, from 1."""
    names = [str(call) for call in aws.calls if call.access_key == key]
    return names.index(action) + 1


def test_a_process_that_dies_between_the_two_writes(aws, sessions, pytestconfig):
    killer = Killer(aws)
    (event,) = sessions.role("lives", 1)
    function = sessions.function()
    outcome(function, event)
    update = number_of(aws, function.key, "iam:UpdateAssumeRolePolicy")
    put = number_of(aws, function.key, "iam:PutRolePolicy")
    between = [(number, executed) for number in range(update + 1, put) for executed in (False, True)]
    if not pytestconfig.getoption("--long"):
        between = between[len(between) // 2 :][:1]
    points = [(update, True), *between, (put, False), (put, True), (put + 1, False)]
    roles, written = {}, []
    for number, executed in points:
        name = f"killed-{number}-{'after' if executed else 'before'}"
        (roles[name],) = sessions.role(name, 1)
        function = sessions.function()
        killer.plans[function.key] = (function, number, executed)
        function.api.offer(json.dumps(roles[name]).encode(), function.arn, SECONDS, "-")
        until(lambda: not function.running, 20, f"{name} to die")
        function.stop()
        sessions.running.remove(function)
        # The access is closed whatever became of the sessions.
        assert len(sessions.own_denies(name)) == 1
        if sid(roles[name]) in sessions.inline(name):
            written.append(name)
    assert len(killer.killed) == len(points)
    assert written == [f"killed-{put}-after", f"killed-{put + 1}-before"]
    sessions.accounts.messages()
    time.sleep(SECONDS + AFTER_DEADLINE)
    function = sessions.function()
    for name, event in roles.items():
        status, _ = answer(function, event)
        assert status in ("RESOLVED", "ALREADY_RESOLVED"), name
        assert sid(event) in sessions.inline(name), (name, status, sessions.changes(event["detail"]["resource"]))
        sessions.moment(name, event)
        assert len(sessions.own_denies(name)) == 1
        # What was written by one that died is settled by the next sweep.
        known = [(PUT, "INTENDED"), MADE[1]] if name in written else MADE
        assert sessions.changes(event["detail"]["resource"]) == known, name
    mails = sessions.accounts.messages()
    swept = sessions.function("sweep").invoke({}, seconds=60)
    assert swept.json["completed"] == len(written) and swept.json["failed"] == 0, swept.body
    for name, event in roles.items():
        assert sessions.changes(event["detail"]["resource"]) == MADE, name
    told = [mail["Message"] for mail in mails]
    for name, event in roles.items():
        assert sum(event["detail"]["id"] in text for text in told) == 1, name
        assert undone(sessions, event) == "ROLLED_BACK"
        assert sessions.inline(name) == {} and sessions.own_denies(name) == []


# Another account


def test_in_a_members_account(accounts, function):
    trust = trust_in(f"arn:aws:iam::{OWN}:root")
    accounts.role("GatehouseMember", trust)
    of_iam = sorted({one for handler in ("resolve", "rollback") for one in actions(handler) if one.startswith("iam:")})
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": of_iam, "Resource": "*"}}
    given = {"RoleName": "GatehouseMember", "PolicyName": "member", "PolicyDocument": json.dumps(document)}
    accounts.client("iam").put_role_policy(**given)
    role = accounts.role("open", trust_in(STRANGER))
    event = changed(resource=role, principal={"AWS": STRANGER})
    accounts.finding(event)
    settings = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_MEMBER_ROLE": "GatehouseMember", "GATEHOUSE_REVOKE_SESSIONS": "on"}
    case = function("respond", account=OWN, own=OWN, **settings).invoke(event).json
    assert case["outcome"]["status"] == "RESOLVED" and len(case["outcome"]["changes"]) == 2
    (put,) = [call for call in accounts.aws.calls if call.action == "PutRolePolicy"]
    assert put.account == MEMBER
    iam = accounts.client("iam")
    assert iam.list_role_policies(RoleName="open")["PolicyNames"] == [sid(event)]
    # Without a ledger the case tells of both.
    back = function("rollback", account=OWN, own=OWN, **settings).invoke(case).json
    assert back["outcome"]["status"] == "ROLLED_BACK"
    assert iam.list_role_policies(RoleName="open")["PolicyNames"] == []
    assert accounts.trust("open") == trust_in(STRANGER)
