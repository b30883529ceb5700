"""What each function is permitted, compared with what it does on every fixture: nothing missing, nothing unused."""

import json

import pytest

from support.account import MEMBER, OWN, Accounts, trust_in
from support.actions import Permissions
from support.changes import is_write
from support.documents import ROOT
from support.events import published, published_bytes
from support.fixture import Fixture, names
from support.granted import FULL, ROLES, RULES as PLACES
from support.recorder import Recorder, is_bare
from support.template import Template

ROLE = "AWS::IAM::Role"
SETTINGS = {
    "GATEHOUSE_MODE": "enforce",
    # As the templates have it: roles alone are changed.
    "GATEHOUSE_BLOCKED_TYPES": ROLE,
    "GATEHOUSE_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:gatehouse",
    "GATEHOUSE_REVOKE_SESSIONS": "on",
    "GATEHOUSE_WHO_DID_IT": "on",
    "GATEHOUSE_EVENT_BUS": "arn:aws:events:us-east-1:123456789012:event-bus/security",
    "GATEHOUSE_CHAT_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:chat",
}

# Granted, and not seen as a call of the function's own: who makes it instead.
IMPLIED = {
    "kms:Decrypt": "SNS, for the encrypted topic; S3 and Parameter Store, for encrypted rules",
    "kms:GenerateDataKey*": "SNS, for the encrypted topic",
    "logs:CreateLogStream": "Lambda, for the function's log",
    "logs:PutLogEvents": "Lambda, for the function's log",
    "sqs:SendMessage": "Lambda, for an event that fails in the end",
    "xray:PutTelemetryRecords": "Lambda, for the function's trace",
    "xray:PutTraceSegments": "Lambda, for the function's trace",
}

# The quota of moto's account is always the default; the account's summary is read all the same.
BEYOND_FIXTURES = ("quota-near",)

SAID = json.loads((ROOT / "deploy" / "permissions.json").read_text())
CHANGES = SAID["changes"]
# Those that look at other accounts by the role that reads.
LOOKING = ("enrich", "preview")
# Without a ledger nobody asks: test_ledger_permissions.py.
STEPS = {role: handler for role, handler in ROLES.items() if handler != "approve"}

RULES = {"version": 1, "default": "NOTIFY", "rules": []}


@pytest.fixture(scope="module")
def recorded(running_aws, binary):
    """Every fixture in our own account, and those of one resource in a member's."""
    own, member, rules = record_own(running_aws, binary), record_member(running_aws, binary), {}
    for source in ("s3://rules/rules.json", "ssm:/gatehouse/rules"):
        rules[source] = record_rules(running_aws, binary, source)
    return {"own": own, "member": member, "rules": rules}


def record_own(aws, binary):
    recorder = Recorder(aws, binary, MEMBER, **SETTINGS)
    try:
        for name in names():
            fixture = Fixture(name)
            if fixture.beyond_moto and name not in BEYOND_FIXTURES:
                continue
            # The templates grant no rollback of what they do not let anybody block.
            if fixture.expected["handler"] == "rollback" and fixture.resource_type not in (None, ROLE):
                continue
            # What Organizations said is kept for minutes: an account with an organization begins anew.
            recorder.reset(fresh="organization" in fixture.account)
            fixture.load(aws)
            handler = fixture.expected["handler"]
            if is_bare(fixture.event) and handler in ("enrich", "evaluate", "archive", "resolve", "respond"):
                recorder.workflow(fixture.event)
                recorder.reset()
                fixture.load(aws)
                recorder.invoke("respond", fixture.event)
            else:
                recorder.invoke(handler, fixture.event)
        for name in ("published-alice", "quota-near"):
            recorder.reset()
            fixture = Fixture(name)
            fixture.load(aws)
            # What was done before is looked at anew, and taken back.
            for handler in ("resolve", "preview", "resolve"):
                recorder.invoke(handler, fixture.event)
            recorder.invoke("rollback", rollback_of(fixture.event))
        return recorder.calls
    finally:
        recorder.stop()


def record_member(aws, binary):
    settings = {"GATEHOUSE_MEMBER_ROLE": "GatehouseMember", "GATEHOUSE_MEMBER_EXTERNAL_ID": "a-secret-between-us"}
    topic = f"arn:aws:sns:us-east-1:{OWN}:gatehouse"
    recorder = Recorder(aws, binary, OWN, **{**SETTINGS, **settings, "GATEHOUSE_TOPIC_ARN": topic})
    try:
        for name in names():
            fixture = Fixture(name)
            wanted = name in ("published-alice", "quota-near") or name.startswith("enrich-")
            if not wanted or (fixture.beyond_moto and name not in BEYOND_FIXTURES) or not is_bare(fixture.event):
                continue
            recorder.reset()
            accounts = fixture.load(aws)
            member_role(accounts)
            recorder.workflow(fixture.event)
            if fixture.resource_type == ROLE:
                recorder.invoke("rollback", rollback_of(fixture.event))
                recorder.invoke("preview", fixture.event)
            recorder.reset()
            accounts = fixture.load(aws)
            member_role(accounts)
            recorder.invoke("respond", fixture.event)
        return recorder.calls
    finally:
        recorder.stop()


def member_role(accounts):
    """Our topic and the member's role, as moto is to see it: what it may do is compared, and not tried, here."""
    accounts.client("sns", OWN).create_topic(Name="gatehouse")
    accounts.role("GatehouseMember", trust_in(f"arn:aws:iam::{OWN}:root"))
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    accounts.client("iam").put_role_policy(
        RoleName="GatehouseMember", PolicyName="everything", PolicyDocument=json.dumps(everything)
    )


def rollback_of(event):
    event = json.loads(event)
    return {"findingId": event["detail"].get("id", "none"), "resource": "".join(event["detail"]["resource"].split())}


def record_rules(aws, binary, source):
    recorder = Recorder(aws, binary, MEMBER, **SETTINGS, GATEHOUSE_RULES=source, GATEHOUSE_ORGANIZATION_LOOKUPS="off")
    try:
        accounts = Accounts(aws)
        aws.reset()
        accounts.client("s3").create_bucket(Bucket="rules")
        accounts.client("s3").put_object(Bucket="rules", Key="rules.json", Body=json.dumps(RULES).encode())
        accounts.client("ssm").put_parameter(Name="/gatehouse/rules", Value=json.dumps(RULES), Type="String")
        accounts.client("sns").create_topic(Name="gatehouse")
        accounts.published_role()
        accounts.finding(published())
        # Enrichment asks the rules what must not be missing, as Organizations is not asked here.
        recorder.invoke("enrich", published_bytes())
        for handler in ("evaluate", "respond"):
            assert recorder.invoke(handler, published_bytes()).json["decision"]["rule"] == "default"
        return recorder.calls
    finally:
        recorder.stop()


def compare(template, handlers, calls):
    """What is missing and what is unused, as lines."""
    missing, unused = [], []
    resources = (
        {SETTINGS["GATEHOUSE_TOPIC_ARN"]: template.attribute("Topic", "Arn")} if "Topic" in template.resources else {}
    )
    for role, handler in handlers.items():
        permissions = Permissions(template.statements(role))
        done = {(action, resources.get(resource, resource)) for action, resource in calls.get(handler, set())}
        missing += [
            f"{role}: {action} on {resource}"
            for action, resource in sorted(done)
            if not permissions.allow(action, resource)
        ]
        used = {action for action, _ in done} | set(IMPLIED)
        unused += [f"{role}: {action}" for action in sorted(permissions.actions - used)]
    return missing, unused


@pytest.fixture(scope="module")
def changes(running_aws, binary):
    """What blocking and rolling back each type needs, as its fixtures show."""
    more = {"GATEHOUSE_BLOCKED_TYPES": "", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off", "GATEHOUSE_REVOKE_SESSIONS": "off"}
    settings = {**SETTINGS, **more}
    recorder, needs = Recorder(running_aws, binary, MEMBER, **settings), {}
    try:
        for name in names():
            fixture = Fixture(name)
            if fixture.expected["handler"] not in ("resolve", "rollback"):
                continue
            if fixture.beyond_moto:
                continue
            if fixture.account["account"] != MEMBER or fixture.withheld:
                continue
            recorder.reset()
            recorder.calls.clear()
            fixture.load(running_aws)
            recorder.invoke(fixture.expected["handler"], fixture.event)
            made = {action for calls in recorder.calls.values() for action, _ in calls}
            needs.setdefault(fixture.resource_type, set()).update(made)
        return needs
    finally:
        recorder.stop()


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_changes_of_each_type(changes, figures, name):
    """The truth of deploy/permissions.json, whichever template grants it: no action too few and none too many."""
    done = {action for action in changes[name] if not action.startswith(("access-analyzer:", "sts:"))}
    # The quota is asked for only where a trust policy is nearly full, which moto's account never is.
    said = set(CHANGES[name]) - ({"iam:GetAccountSummary"} if name == ROLE else set())
    # Sessions that were ended are given back whatever is switched on now.
    besides = {"iam:GetAccountSummary", *SAID["sessions"]} if name == ROLE else set()
    tell(figures, name, sorted(done - said - besides), sorted(said - done))


def test_the_trail(recorded, figures):
    """The same for who has opened the access: enrichment asks, and nobody else."""
    asking = {handler for (_, handler), needs in recorded["own"].items() for action, _ in needs if action.startswith("cloudtrail:")}
    assert asking == {"enrich", "respond"}
    done = {action for needs in recorded["own"].values() for action, _ in needs if action.startswith("cloudtrail:")}
    said = set(SAID["trail"])
    tell(figures, "trail", sorted(done - said), sorted(said - done))


def test_previews_and_sessions(recorded, figures):
    """The same for what is switched on besides."""
    done = {action for (_, handler), needs in recorded["own"].items() for action, _ in needs}
    for name in ("previews", "sessions"):
        said = set(SAID[name])
        unlike = {action for action in done if action.startswith("access-analyzer:") and "Preview" in action}
        if name == "sessions":
            unlike = {action for action in done if action.startswith("iam:") and action.endswith(("RolePolicy", "RolePolicies"))}
            unlike -= {"iam:UpdateAssumeRolePolicy"}
        tell(figures, name, sorted(unlike - said), sorted(said - done))


def merged(recorded, whose, handler, *more):
    calls = set(recorded.get((whose, handler), set()))
    for other in more:
        calls |= other.get((True, handler), set())
    return calls


def tell(figures, what, missing, unused):
    figures.append(f"{what}: {len(missing)} missing, {len(unused)} unused")
    assert (missing, unused) == ([], [])


@pytest.mark.parametrize("parameters", PLACES)
def test_gatehouse(recorded, figures, parameters):
    source = recorded["rules"]["s3://rules/rules.json" if "RulesBucket" in parameters else "ssm:/gatehouse/rules"]
    crossing = {
        key: {need for need in needs if need[0] == "sts:AssumeRole"} for key, needs in recorded["member"].items()
    }
    calls = {handler: merged(recorded["own"], True, handler, source, crossing) for handler in STEPS.values()}
    # The role that reads has a name of its own in the members' accounts.
    for handler in LOOKING:
        calls[handler] = {(a, r + "-read" if a == "sts:AssumeRole" else r) for a, r in calls[handler]}
    tell(figures, "gatehouse.yaml", *compare(Template("gatehouse.yaml", **FULL, **parameters), STEPS, calls))


def test_single_function(recorded, figures):
    parameters = {key: value for key, value in FULL.items() if key not in ("OrganizationLookUps", "Preview")}
    template = Template("single-function.yaml", **parameters, RulesParameter="/gatehouse/rules")
    source = recorded["rules"]["ssm:/gatehouse/rules"]
    crossing = {
        key: {need for need in needs if need[0] == "sts:AssumeRole"} for key, needs in recorded["member"].items()
    }
    calls = merged(recorded["own"], True, "respond", source, crossing)
    # A sweep with the same role ends an undoing that was begun.
    calls |= {need for need in recorded["own"][(True, "rollback")] if need[0] == "iam:DeleteRolePolicy"}
    # Accounts are not looked up here: the setting is off.
    calls = {(action, resource) for action, resource in calls if not action.startswith("organizations:")}
    tell(figures, "single-function.yaml", *compare(template, {"Role": "respond"}, {"respond": calls}))


@pytest.mark.parametrize("single", ["true", "false"])
def test_member_role(recorded, figures, single):
    # The single function asks for no previews.
    preview = "off" if single == "true" else "on"
    given = {"GatehouseAccount": OWN, "ExternalId": "a-secret-between-us", "SingleFunction": single}
    template = Template("member-role.yaml", **given, Preview=preview, RevokeSessions="on", WhoDidIt="on")
    member = recorded["member"]
    # The single function undoes nothing: what is taken away again the command line takes.
    changing = merged(member, False, "resolve") | merged(member, False, "rollback")
    # Where nothing may change, what plans a change reads by the role that reads.
    planning = {need for need in merged(member, False, "resolve") if not is_write(need[0])}
    if single == "true":
        whole = merged(member, False, "respond")
        calls = {"read": {need for need in whole if not is_write(need[0])}, "change": whole | changing}
    else:
        looking = merged(member, False, "enrich") | merged(member, False, "preview")
        calls = {"read": looking | planning, "change": changing}
    roles = {"ReadingRole": "read", "ChangingRole": "change"}
    tell(figures, "member-role.yaml", *compare(template, roles, calls))


def test_every_exception_is_needed():
    template = Template("gatehouse.yaml", **FULL)
    single = Template("single-function.yaml", CodeBucket="code")
    granted = {action for role in STEPS for action in Permissions(template.statements(role)).actions}
    assert set(IMPLIED) <= granted | Permissions(single.statements("Role")).actions


def test_a_missing_and_an_unused_permission_are_found(recorded):
    template = Template("gatehouse.yaml", **{**FULL, "Mode": "observe", "OrganizationLookUps": "off"})
    calls = {handler: merged(recorded["own"], True, handler) for handler in STEPS.values()}
    missing, unused = compare(template, STEPS, calls)
    assert any(
        line.startswith("ResolveRole: iam:UpdateAssumeRolePolicy on arn:aws:iam::123456789012:role/")
        for line in missing
    )
    assert any(line.startswith("EnrichRole: organizations:ListParents") for line in missing)
    assert "ResolveRole: sts:AssumeRole" in unused
