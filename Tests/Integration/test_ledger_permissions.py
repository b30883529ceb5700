"""What the functions get with a ledger, and without one: settings, permissions, and who waits for whom."""

import boto3
import pytest
from botocore.exceptions import ClientError

import support.deployed  # noqa: F401, conditions of policies
from support.account import MEMBER, REGION
from support.cloudformation import Stack
from support.deployments import FULL, REACHING, actions_of, roles
from support.template import Template, listed, read

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/gatehouse-ledger"
KEY = FULL["ledger.yaml"]["KeyArn"]
LEDGER = {"LedgerTableArn": TABLE, "LedgerKeyArn": KEY}

CHANGES = {f"dynamodb:{action}" for action in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")}
# Who is at the ledger, and with what: those that change something, what tells, and what looks whether it is paused.
MAY = {
    "gatehouse.yaml": {
        "ArchiveRole": {"dynamodb:GetItem"},
        "ResolveRole": CHANGES,
        "RollbackRole": CHANGES,
        "NotifyRole": CHANGES - {"dynamodb:ConditionCheckItem"},
        "ApproveRole": CHANGES - {"dynamodb:ConditionCheckItem"},
    },
    "single-function.yaml": {"Role": CHANGES},
}
CHANGE_LIMITS = {"GATEHOUSE_MAX_CHANGES_PER_HOUR": "20", "GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR": "10"}
MESSAGE_LIMIT, COOL_DOWN = {"GATEHOUSE_MAX_MESSAGES_PER_HOUR": "100"}, {"GATEHOUSE_COOL_DOWN_DAYS": "14"}
LIMITS = {
    "archive": {},
    "resolve": CHANGE_LIMITS | COOL_DOWN,
    "notify": MESSAGE_LIMIT,
    "rollback": COOL_DOWN | MESSAGE_LIMIT,
    "approve": MESSAGE_LIMIT,
    "respond": CHANGE_LIMITS | COOL_DOWN | MESSAGE_LIMIT,
}


def template(name, **parameters):
    return Template(name, **{**FULL[name], **LEDGER, **parameters})


def at(stack, role, sid):
    return [each for each in stack.statements(role) if each["Sid"] == sid]


@pytest.mark.parametrize("name", REACHING)
def test_the_table_is_open_to_those_who_need_it_and_no_other_is(name):
    stack, before = template(name), Template(name, **FULL[name])
    # Without a ledger nobody asks.
    new = set(roles(stack)) - set(roles(before))
    assert new == ({"ApproveRole"} if name == "gatehouse.yaml" else set())
    for role in new:
        assert set(at(stack, role, "Ledger")[0]["Action"]) == MAY[name][role]
        assert at(stack, role, "Ledger")[0]["Resource"] == TABLE
    for role in set(roles(stack)) - new:
        found = at(stack, role, "Ledger")
        assert (role in MAY[name]) == bool(found), role
        for statement in found:
            assert set(statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]) == MAY[name][role]
            assert statement["Resource"] == TABLE and statement["Effect"] == "Allow"
        # Beyond the ledger: undoing tells, and a queue in the one function's place waits.
        more = actions_of(stack, role) - actions_of(before, role) - CHANGES
        more = {action for action in more if not action.startswith("kms:")}
        assert more == {
            ("gatehouse.yaml", "RollbackRole"): {"sns:Publish"},
            ("single-function.yaml", "Role"): {"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"},
        }.get((name, role), set()), role
        assert not at(before, role, "Ledger") and not at(before, role, "LedgerKey")


@pytest.mark.parametrize("name", REACHING)
def test_its_key_is_used_through_dynamodb_alone(name):
    stack, without = template(name), template(name, LedgerKeyArn="")
    for role in MAY[name]:
        (key,) = at(stack, role, "LedgerKey")
        assert key["Resource"] == KEY
        assert key["Condition"] == {"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}
        reads = {"kms:Decrypt", "kms:DescribeKey"}
        assert set(key["Action"]) == reads if role == "ArchiveRole" else set(key["Action"]) > reads
        assert at(without, role, "LedgerKey") == [] and at(without, role, "Ledger")


@pytest.mark.parametrize("name", REACHING)
def test_who_uses_it_is_told_of_it_and_of_the_limits(name):
    functions = template(name).of_type("AWS::Lambda::Function").values()
    limited = {}
    for function in functions:
        variables = function["Environment"]["Variables"]
        if "GATEHOUSE_LEDGER_TABLE" not in variables:
            assert not [key for key in variables if "_MAX_" in key or "COOL_DOWN" in key]
            continue
        assert variables["GATEHOUSE_LEDGER_TABLE"] == TABLE
        limited[function["Handler"]] = {key: value for key, value in variables.items() if "_MAX_" in key or "COOL_DOWN" in key}
    assert limited == {handler: limits for handler, limits in LIMITS.items() if handler in limited}
    assert set(limited) == ({"respond"} if name.startswith("single") else set(LIMITS) - {"respond"})


@pytest.mark.parametrize("name", REACHING)
def test_without_a_ledger_nothing_is_set(name):
    """An empty setting counts as unset; a limit that nobody can count would be said in the log."""
    for function in Template(name, **FULL[name]).of_type("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert not [key for key, value in variables.items() if value and ("LEDGER" in key or "_MAX_" in key or "COOL" in key)]


@pytest.mark.parametrize("name", REACHING)
@pytest.mark.parametrize("mode", ["observe", "approve", "enforce"])
def test_with_a_ledger_no_concurrency_is_reserved(name, mode):
    for function in template(name, Mode=mode).of_type("AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function


def test_with_a_ledger_undoing_is_told_whoever_asks_for_it():
    stack = template("gatehouse.yaml")
    (tell,) = at(stack, "RollbackRole", "Tell")
    assert tell["Resource"] == [stack.attribute("Topic", "Arn"), FULL["gatehouse.yaml"]["UrgentTopicArn"]]
    functions = stack.of_type("AWS::Lambda::Function")
    settings = ("GATEHOUSE_TOPIC_ARN", "GATEHOUSE_URGENT_TOPIC_ARN", "GATEHOUSE_URGENT_SEVERITY")
    telling, undoing = (functions[f"{name}Function"]["Environment"]["Variables"] for name in ("Notify", "Rollback"))
    assert [undoing[name] for name in settings] == [telling[name] for name in settings]
    without = Template("gatehouse.yaml", **FULL["gatehouse.yaml"])
    undoing = without.of_type("AWS::Lambda::Function")["RollbackFunction"]["Environment"]["Variables"]
    assert [undoing[name] for name in settings] == ["", "", ""]


@pytest.mark.parametrize("name", REACHING)
def test_a_key_without_its_table_is_refused(name):
    rule = read(name)["Rules"]["LedgerKey"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "LedgerKeyArn"}, ""]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "LedgerTableArn"}, ""]}]}


def test_the_limits_have_their_defaults():
    wanted = {"MaxChangesPerHour": 20, "MaxChangesPerAccountPerHour": 10, "MaxMessagesPerHour": 100, "CoolDownDays": 14}
    for name in REACHING:
        parameters = read(name)["Parameters"]
        assert {key: parameters[key]["Default"] for key in wanted} == wanted
        assert parameters["LedgerTableArn"]["Default"] == parameters["LedgerKeyArn"]["Default"] == ""


def test_the_one_function_gets_a_queue_for_storms():
    """Lambda's own two retries of an event end before a finding that waits for another's lease has its turn."""
    stack = template("single-function.yaml")
    queue = stack.resources["FindingQueue"]["Properties"]
    source = stack.resources["FindingSource"]["Properties"]
    function = stack.resources["Function"]["Properties"]
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    assert queue["VisibilityTimeout"] >= function["Timeout"] + source["MaximumBatchingWindowInSeconds"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] >= 36_000
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == stack.attribute("UndeliveredQueue", "Arn")
    assert queue["SqsManagedSseEnabled"] is True
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["EventSourceArn"] == stack.attribute("FindingQueue", "Arn")
    assert source["ScalingConfig"] == {"MaximumConcurrency": 5}
    (rule,) = stack.of_type("AWS::Events::Rule").values()
    (target,) = rule["Targets"]
    assert target["Arn"] == stack.attribute("FindingQueue", "Arn")
    (let_in, _) = stack.resources["FindingQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert let_in["Condition"] == {"ArnEquals": {"aws:SourceArn": "FindingRule.Arn"}}
    (take,) = at(stack, "Role", "FindingQueue")
    assert set(take["Action"]) >= {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    # What fails in a batch is no error of the function to Lambda: our own count is watched too.
    watched = {each["MetricStat"]["Metric"]["Namespace"] for each in stack.resources["FunctionAlarm"]["Properties"]["Metrics"][1:]}
    assert watched == {"AWS/Lambda", "Gatehouse"}
    without = Template("single-function.yaml", CodeBucket="code")
    assert not [key for key in without.resources if key.startswith("FindingQueue") or key == "FindingSource"]
    (rule,) = without.of_type("AWS::Events::Rule").values()
    assert rule["Targets"][0]["Arn"] == without.attribute("Function", "Arn")
    assert {each["MetricStat"]["Metric"]["Namespace"] for each in without.resources["FunctionAlarm"]["Properties"]["Metrics"][1:]} == {
        "AWS/Lambda"
    }


def test_the_ledger_is_no_table_that_may_be_changed():
    """Changing tables' policies is denied for what carries our tag, and nothing else of a table is permitted."""
    stack = template("gatehouse.yaml")
    for role in ("ResolveRole", "RollbackRole"):
        assert "dynamodb:DeleteTable" not in actions_of(stack, role) and "dynamodb:UpdateTable" not in actions_of(stack, role)
        (denied,) = at(stack, role, "OurOwnResources")
        assert "dynamodb:PutResourcePolicy" in listed(denied["Action"])


PK = {"pk": {"S": "a"}, "sk": {"S": "b"}}
CALLS = {
    "GetItem": lambda client, table: client.get_item(TableName=table, Key=PK),
    "Query": lambda client, table: client.query(
        TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": PK["pk"]}
    ),
    "PutItem": lambda client, table: client.put_item(TableName=table, Item=PK),
    "UpdateItem": lambda client, table: client.update_item(
        TableName=table, Key=PK, UpdateExpression="SET a = :a", ExpressionAttributeValues={":a": {"S": "x"}}
    ),
    "DeleteItem": lambda client, table: client.delete_item(TableName=table, Key=PK),
    # A transaction is permitted by what is in it.
    "ConditionCheckItem": lambda client, table: client.transact_write_items(
        TransactItems=[
            {"ConditionCheck": {"TableName": table, "Key": PK, "ConditionExpression": "attribute_not_exists(pk)"}}
        ]
    ),
}


@pytest.mark.parametrize("name", REACHING)
def test_the_deployed_roles_do_at_the_table_what_they_may(accounts, name):
    tables = accounts.client("dynamodb", MEMBER)
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    tables.create_table(
        TableName="gatehouse-ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
    )
    stack = Stack(accounts, MEMBER, name, Mode="enforce", LedgerTableArn=TABLE)
    assert {function.reserved_concurrency for function in stack.functions().values()} == {None}
    for role in roles(Template(name, CodeBucket="code")):
        if role.removesuffix("Role") + "Function" not in stack.resources:
            continue
        session = accounts.session(stack.role_arn(role))
        client = boto3.client(
            "dynamodb",
            region_name=REGION,
            endpoint_url=accounts.aws.url,
            aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=session["AWS_SESSION_TOKEN"],
        )
        done = set()
        for action, call in CALLS.items():
            try:
                call(client, "gatehouse-ledger")
                done.add(f"dynamodb:{action}")
            except ClientError as refused:
                assert "is not authorized to perform" in str(refused), refused
            tables.delete_item(TableName="gatehouse-ledger", Key=PK)
        assert done == MAY[name].get(role, set()), role
