"""`gatehouse doctor` against a deployed stack: all is well, and then one thing after the other is broken."""

import json
import subprocess

import pytest
from moto.sns.models import sns_backends

# What moto lacks.
import support.asked_by_doctor
import support.deployed  # noqa: F401
from support import dynamodb
from support.account import MEMBER, REGION
from support.changes import EVERY_TYPE
from support.cloudformation import Stack

ANALYZER = f"arn:aws:access-analyzer:{REGION}:{MEMBER}:analyzer/everything"
ALL = ["stack", "analyzer", "event rule", "functions", "permissions", "rules", "topic", "ledger", "undelivered"]


class Deployed:
    """A stack where nothing is amiss, or nothing at all, and the command line beside it."""

    def __init__(self, aws, accounts, program, template="gatehouse.yaml", **parameters):
        self.aws, self.accounts, self.program = aws, accounts, program
        key, secret = aws.administrator(MEMBER)
        self.environment = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_MAX_ATTEMPTS": "1",
            "HOME": "/nonexistent",
        }
        if template is None:
            return
        self.table = dynamodb.make_table(accounts.client("dynamodb"))
        tables = accounts.client("dynamodb")
        tables.update_time_to_live(
            TableName=self.table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        tables.update_continuous_backups(
            TableName=self.table.rsplit("/", 1)[1],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        self.stack = Stack(accounts, MEMBER, template, **{"LedgerTableArn": self.table, **parameters})
        accounts.subscribe(self.stack.resources["Topic"])
        aws.access_analyzer.add_analyzer(ANALYZER)

    def run(self, *arguments, status=0, **environment):
        """The lines by check, each with its mend."""
        given = {key: value for key, value in {**self.environment, **environment}.items() if value is not None}
        done = subprocess.run([self.program, "doctor", *arguments], env=given, capture_output=True, text=True)
        self.output, self.talk = done.stdout, done.stderr
        assert done.returncode == status, self.output + self.talk
        found = []
        for line in self.output.splitlines():
            if line.startswith(" " * 23 + "-> "):
                found[-1][3] = line.strip()[3:]
            else:
                word, check, what = line[:9].strip(), line[9:23].strip(), line[23:]
                assert word in ("ok", "warning", "FAIL"), line
                found.append([word, check, what, None])
        return found

    def broken(self, check, *arguments, word="FAIL", **environment):
        """The one check that is not ok, with what mends it."""
        found = self.run(*arguments, status=1 if word == "FAIL" else 0, **environment)
        odd = [line for line in found if line[0] != "ok"]
        assert [line[:2] for line in odd] == [[word, check]], self.output
        assert odd[0][3]
        return odd[0][2], odd[0][3]

    def client(self, service):
        return self.accounts.client(service)


@pytest.fixture
def program(binary):
    found = binary.parent / "gatehouse"
    if not found.exists():
        pytest.skip(f"no {found}: deploy/package makes it")
    return found


@pytest.fixture
def deployed(aws, accounts, program):
    return lambda *arguments, **parameters: Deployed(aws, accounts, program, *arguments, **parameters)


def allow(made, *actions):
    """Credentials of somebody who may do no more than that."""
    key = made.accounts.function_credentials("doctor", allowed=list(actions))
    return {name: key[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}


READS = [
    "cloudformation:DescribeStacks", "cloudformation:ListStackResources", "lambda:GetFunctionConfiguration",
    "access-analyzer:ListAnalyzers", "events:DescribeRule", "events:ListTargetsByRule", "events:TestEventPattern",
    "sns:ListSubscriptionsByTopic", "sqs:GetQueueAttributes", "iam:SimulatePrincipalPolicy", "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive", "dynamodb:DescribeContinuousBackups", "dynamodb:GetItem",
]  # fmt: skip


@pytest.mark.parametrize("template", ["gatehouse.yaml", "single-function.yaml"])
@pytest.mark.parametrize("mode", ["observe", "approve", "enforce"])
def test_all_is_well(deployed, template, mode):
    made = deployed(template, Mode=mode, BlockedTypes=EVERY_TYPE)
    found = made.run()
    assert [line[1] for line in found] == ["credentials", "region", *ALL]
    assert {line[0] for line in found} == {"ok"}, made.output
    assert f"mode {mode}" in made.output
    assert f"{len(found)} ok, 0 warning, 0 FAIL" in made.talk


def test_json(deployed):
    made = deployed()
    made.client("events").disable_rule(Name=made.stack.resources["FindingRule"])
    done = subprocess.run([made.program, "doctor", "--json"], env=made.environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr == ""
    answer = json.loads(done.stdout)
    assert (answer["failed"], answer["warnings"]) == (1, 0)
    (rule,) = [check for check in answer["checks"] if check["check"] == "event rule"]
    assert rule["status"] == "FAIL" and rule["mend"].startswith("aws events enable-rule --region us-east-1 --name ")


def test_it_changes_nothing(deployed, aws):
    made = deployed()
    made.run(**allow(made, *READS))
    writes = [call for call in aws.names() if not call.split(":")[1].startswith(("Get", "List", "Describe", "Test", "Simulate"))]
    assert writes == [], writes
    assert [call for call in aws.calls if call.status >= 400] == []


# Credentials and region


def test_no_region(deployed):
    made = deployed(None)
    what, mend = made.broken("region", AWS_REGION=None)
    assert "--region" in mend
    assert made.run("--region", REGION, AWS_REGION=None, status=1)[1][:3] == ["ok", "region", REGION]


def test_no_credentials(deployed):
    what, mend = deployed(None).broken("credentials", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    assert "no credentials" in what and "aws sso login" in mend


def test_single_sign_on(deployed, tmp_path):
    config = tmp_path / "config"
    config.write_text("[profile bank]\nsso_session = bank\nregion = us-east-1\n")
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    what, mend = deployed(None).broken("credentials", "--profile", "bank", AWS_CONFIG_FILE=str(config), **keys)
    assert "sso_session" in what
    assert "aws sso login --profile bank" in mend and "export-credentials --profile bank" in mend


def test_unknown_key(deployed):
    what, mend = deployed(None).broken("credentials", AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")
    assert "does not know the access key" in what and "aws configure list" in mend


def test_expired(deployed, aws):
    made = deployed(None)
    aws.watch = lambda call: expired if call.action == "GetCallerIdentity" else None
    what, mend = made.broken("credentials", **allow(made, *READS))
    assert "expired" in what and "aws sso login" in mend


def expired(exchange):
    from support.http import Answer

    body = (
        b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ExpiredToken</Code>'
        b"<Message>The security token included in the request is expired</Message></Error></ErrorResponse>"
    )
    exchange.reply(Answer(403, [("Content-Type", "text/xml")], body))


def test_closed_port(deployed):
    what, mend = deployed(None).broken("credentials", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert "cannot be reached" in what and "AWS_ENDPOINT_URL, which is set" in mend


# The stack and its functions


def test_no_stack(deployed, aws):
    aws.access_analyzer.add_analyzer(ANALYZER)
    for arguments, name in ([], "gatehouse"), (["--stack", "other"], "other"):
        found = deployed(None).run(*arguments, status=1)
        assert [line[:2] for line in found[2:]] == [["FAIL", "stack"], ["ok", "analyzer"]]
        assert f"no stack {name} in us-east-1" in found[2][2] and "deploy/install" in found[2][3]


def test_without_a_stack_its_own_settings_count(aws, accounts, deployed):
    made = deployed(None)
    table = dynamodb.make_table(accounts.client("dynamodb"))
    topic = accounts.client("sns").create_topic(Name="mine")["TopicArn"]
    accounts.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    aws.access_analyzer.add_analyzer(ANALYZER)
    found = made.run(GATEHOUSE_TOPIC_ARN=topic, GATEHOUSE_LEDGER_TABLE=table)
    assert [line[:2] for line in found] == [
        ["ok", "credentials"], ["ok", "region"], ["warning", "stack"], ["ok", "analyzer"], ["ok", "rules"],
        ["ok", "topic"], ["warning", "ledger"], ["warning", "ledger"],
    ]  # fmt: skip
    found = made.run(GATEHOUSE_TOPIC_ARN=topic, GATEHOUSE_RULES="/nonexistent/rules.json", status=1)
    assert ["FAIL", "settings"] in [line[:2] for line in found]
    assert "/nonexistent/rules.json" in made.output
    found = made.run(GATEHOUSE_MODE="enforce")
    assert [line[:2] for line in found[4:]] == [["ok", "rules"], ["warning", "topic"], ["warning", "ledger"]]
    assert any(line[1] == "topic" and "nobody is told" in line[2] for line in found)


def test_modes_that_differ(deployed):
    made = deployed()
    lambdas = made.client("lambda")
    name = made.stack.resources["ResolveFunction"]
    variables = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    lambdas.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**{key: str(value) for key, value in variables.items()}, "GATEHOUSE_MODE": "enforce"}}
    )
    found = made.run(status=1)
    odd = {line[1]: line for line in found if line[0] != "ok"}
    assert odd["functions"][0] == "warning" and "enforce, observe" in odd["functions"][2]
    # In the mode that somebody has set by hand it has no permission to act.
    assert odd["permissions"][0] == "FAIL" and "resolve iam:UpdateAssumeRolePolicy" in odd["permissions"][2]


def test_a_function_that_is_gone(deployed):
    made = deployed()
    made.client("lambda").delete_function(FunctionName=made.stack.resources["EvaluateFunction"])
    what, mend = made.broken("functions")
    assert made.stack.resources["EvaluateFunction"] in what


def test_a_permission_that_was_taken_away(deployed):
    made = deployed(Mode="enforce")
    role = made.stack.resources["NotifyRole"]
    attached = made.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    (messages,) = [policy["PolicyArn"] for policy in attached if "MessagesPolicy" in policy["PolicyName"]]
    made.client("iam").detach_role_policy(RoleName=role, PolicyArn=messages)
    what, mend = made.broken("permissions")
    assert "notify sns:Publish" in what and "SCP" in mend


# Findings come in


def test_analyzers(deployed, aws):
    made = deployed()
    aws.access_analyzer.analyzers[ANALYZER]["status"] = "DISABLED"
    assert "is DISABLED" in made.broken("analyzer")[0]
    aws.access_analyzer.analyzers[ANALYZER]["status"] = "CREATING"
    made.broken("analyzer", word="warning")
    aws.access_analyzer.reset()
    aws.access_analyzer.add_analyzer(ANALYZER.replace("everything", "unused"), "ACCOUNT_UNUSED_ACCESS")
    what, mend = made.broken("analyzer")
    assert "none in us-east-1" in what and "of other kinds: 1" in what
    assert mend.startswith("aws accessanalyzer create-analyzer --region us-east-1 --analyzer-name gatehouse --type ACCOUNT")


def test_other_regions_want_one_too(deployed, aws):
    made = deployed(OtherRegions="eu-west-1")
    what, mend = made.broken("analyzer")
    assert "none in eu-west-1" in what and "--region eu-west-1" in mend
    aws.access_analyzer.add_analyzer(ANALYZER.replace(REGION, "eu-west-1"))
    made.run()


def test_the_event_rule(deployed):
    made = deployed()
    rule, events = made.stack.resources["FindingRule"], made.client("events")
    events.disable_rule(Name=rule)
    what, mend = made.broken("event rule")
    assert "DISABLED" in what
    assert mend == f"aws events enable-rule --region us-east-1 --name {rule}"
    events.enable_rule(Name=rule)
    made.run()
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["aws.accessanalyzer"]}))
    assert "does not let a finding through" in made.broken("event rule")[0]
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
    assert "has no target" in made.broken("event rule")[0]
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{MEMBER}:other"}])
    assert "has other targets" in made.broken("event rule")[0]
    events.remove_targets(Rule=rule, Ids=["1"])
    events.delete_rule(Name=rule)
    assert "was deleted" in made.broken("event rule")[0]


def test_events_that_wait(deployed):
    made = deployed()
    made.client("sqs").send_message(QueueUrl=made.stack.resources["UndeliveredQueue"], MessageBody="{}")
    what, mend = made.broken("undelivered", word="warning")
    assert "1 event waits" in what and mend.startswith("deploy/replay --region us-east-1 --stack gatehouse --dry-run")


# Somebody is told


def test_the_topic(deployed):
    made = deployed()
    sns, topic = made.client("sns"), made.stack.resources["Topic"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="security@example.com")
    made.run()
    subscriptions = sns_backends[MEMBER][REGION].subscriptions
    pending, confirmed = sorted(subscriptions.values(), key=lambda each: each.protocol != "email")
    pending.arn = "PendingConfirmation"
    assert "not confirmed yet by security@example.com" in made.broken("topic", word="warning")[0]
    sns.unsubscribe(SubscriptionArn=confirmed.arn)
    what, mend = made.broken("topic")
    assert "security@example.com" in what and "three days" in mend
    subscriptions.clear()
    what, mend = made.broken("topic")
    assert "no subscription" in what and mend.startswith("deploy/install") and "--email ADDRESS" in mend
    sns.delete_topic(TopicArn=topic)
    assert "is not there" in made.broken("topic")[0]


# Rules and ledger


def test_rules_of_ones_own(deployed):
    made = deployed(RulesBucket="code", RulesKey="rules.json")
    code = made.client("s3")
    what, mend = made.broken("rules")
    assert "s3://code/rules.json" in what
    code.put_object(Bucket="code", Key="rules.json", Body=b'{"version": 1, "rules": [{}]}')
    what, mend = made.broken("rules")
    assert "s3://code/rules.json are wrong" in what and "gatehouse rules check" in mend
    rule = {"name": "a", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"}
    code.put_object(Bucket="code", Key="rules.json", Body=json.dumps({"version": 1, "rules": [rule]}).encode())
    made.run()
    assert "s3://code/rules.json: 1 rule, default NOTIFY" in made.output
    ended = {**rule, "expires": "2020-01-01"}
    code.put_object(Bucket="code", Key="rules.json", Body=json.dumps({"version": 1, "rules": [ended]}).encode())
    assert "1 warning of rules check" in made.broken("rules", word="warning")[0]
    what, mend = made.broken("rules", word="warning", **allow(made, *READS))
    assert "s3:GetObject" in what


def test_no_ledger(deployed):
    what, mend = deployed(LedgerTableArn="").broken("ledger", word="warning")
    assert mend == "deploy/install --ledger"


def test_the_ledger(deployed):
    made = deployed()
    tables, name = made.client("dynamodb"), made.table.rsplit("/", 1)[1]
    environment = {**made.environment, "GATEHOUSE_LEDGER_TABLE": made.table}
    subprocess.run([made.program, "pause", "--reason", "a storm"], env=environment, check=True, capture_output=True)
    what, mend = made.broken("ledger", word="warning")
    assert "PAUSED" in what and "a storm" in what and mend == "gatehouse resume"
    subprocess.run([made.program, "resume"], env=environment, check=True, capture_output=True)

    expiry = {"Enabled": False, "AttributeName": "expires"}
    tables.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    what, mend = made.broken("ledger", word="warning")
    assert "do not expire" in what and "update-time-to-live" in mend and "AttributeName=expires" in mend
    tables.update_time_to_live(TableName=name, TimeToLiveSpecification={**expiry, "Enabled": True})
    recovery = {"PointInTimeRecoveryEnabled": False}
    tables.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    what, mend = made.broken("ledger", word="warning")
    assert "point-in-time recovery" in what and "update-continuous-backups" in mend

    tables.create_table(
        TableName="other",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert "other has the keys id" in made.broken("ledger", "--ledger", "other")[0]
    tables.delete_table(TableName=name)
    assert "is not there" in made.broken("ledger")[0]


# Other accounts


def test_the_role_of_another_account(deployed, accounts):
    assert "GATEHOUSE_MEMBER_ROLE" in deployed().broken("member role", "--member", "111122223333")[0]


def test_a_member_role_that_can_be_assumed(aws, deployed, accounts):
    made = deployed(MemberRoleName="Member", MemberExternalId="between-us")
    aws.access_analyzer.analyzers[ANALYZER]["type"] = "ORGANIZATION"
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MEMBER}:root"}, "Action": "sts:AssumeRole"}],
    }
    accounts.role("Member-read", json.dumps(trust), account="111122223333")
    accounts.role("Member", json.dumps(trust), account="111122223333")
    found = [line for line in made.run("--member", "111122223333") if line[1] == "member role"]
    assert [line[0] for line in found] == ["ok", "ok"]
    for word, check, what, mend in made.run("--member", "444455556666"):
        if check == "member role":
            assert word == "warning" and "could not be checked" in what and "member-role.yaml" in mend


# What may not be asked


def test_what_may_not_be_asked_is_said(deployed):
    """A warning that names the permission; nothing is claimed."""
    made = deployed()
    for action in READS:
        found = made.run(**allow(made, *[other for other in READS if other != action]))
        odd = [line for line in found if line[0] != "ok"]
        assert odd and all(line[0] == "warning" for line in odd), made.output
        assert all(action in line[2] and action in line[3] for line in odd), made.output


def test_wrong_usage(program):
    for arguments in (["--member", "1"], ["--account", "a.json"], ["--stack", "a b"], ["--region", "Mars"]):
        done = subprocess.run([program, "doctor", *arguments], capture_output=True, text=True)
        assert done.returncode == 64, done.stderr
        assert arguments[0] in done.stderr
