"""The sweep of an organization: moto's interpreter runs `deploy/sweep.asl.json` as its stack makes it, with the packaged
sweep behind it."""

import copy
import json
import threading

import pytest

from support import distributed_map, dynamodb, faults
from support.account import MEMBER
from support.changes import EVERY_TYPE
from support.cloudformation import PLACEHOLDER
from support.deployments import actions_of
from support.events import published
from support.functions import Functions, answering, failing
from support.granted import FULL, LEDGER
from support.state_machine import StateMachine
from support.template import DEPLOY, Template
from test_state_machine_file import complaints

BUCKET, LIST, RESULTS = "gatehouse-sweep", "gatehouse/sweep/list.csv", "gatehouse/sweep/results"
REGIONS, SHOP, TRIAL = ("us-east-1", "eu-west-1"), "111122223333", "444455556666"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-sweep"
PARAMETERS = {"SweepFunctionArn": FUNCTION, "Bucket": BUCKET, "Schedule": "rate(7 days)",
              "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:gatehouse"}  # fmt: skip
DEFINITION = json.loads((DEPLOY / "sweep.asl.json").read_text())
NOTHING = {"analyzers": 1, "findings": 0, "started": 0, "known": 0, "completed": 0, "drifted": 0, "failed": 0}


class OrganizationSweep(StateMachine):
    """The state machine of a stack of deploy/sweep.yaml, and the bucket beside it."""

    def __init__(self, accounts, functions, monkeypatch, **parameters):
        self.bucket = accounts.client("s3")
        self.bucket.create_bucket(Bucket=BUCKET)
        self.bucket.put_object(Bucket=BUCKET, Key="sweep.asl.json", Body=(DEPLOY / "sweep.asl.json").read_bytes())
        given = {**PARAMETERS, **parameters, "SweepFunctionArn": functions.arn("sweep")}
        client = accounts.client("cloudformation")
        client.create_stack(
            StackName="gatehouse-sweep",
            TemplateBody=(DEPLOY / "sweep.yaml").read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        found = client.list_stack_resources(StackName="gatehouse-sweep")["StackResourceSummaries"]
        resources = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}
        # With no more than the template permits it.
        allowed = sorted(actions_of(Template("sweep.yaml", **PARAMETERS), "Role"))
        self.interpret(accounts, functions, accounts.function_credentials("sweeping", allowed=allowed), monkeypatch)
        distributed_map.put_into(monkeypatch, self.client)
        self.arn = resources["OrganizationSweep"]

    def list(self, *rows):
        body = "".join(f"{row}\n" for row in ("account,region", *rows))
        self.bucket.put_object(Bucket=BUCKET, Key=LIST, Body=body.encode())

    def sweep(self, *rows, seconds=120):
        self.list(*rows)
        return self.run({}, seconds)

    def results(self, execution):
        """What was written of the parts: those that succeeded, and the errors of the others."""
        details = execution.output["ResultWriterDetails"]
        assert details["Key"].startswith(f"{RESULTS}/")
        manifest = self.read(details["Key"])
        files = manifest["ResultFiles"]
        good = [json.loads(part["Output"]) for file in files["SUCCEEDED"] for part in self.read(file["Key"])]
        bad = [(json.loads(part["Input"])["account"], part["Error"]) for file in files["FAILED"] for part in self.read(file["Key"])]
        return good, bad

    def read(self, key):
        return json.loads(self.bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read())


class OneAtATime(Functions):
    """One instance of the function for all who ask, and every payload that came."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.turn, self.payloads = threading.Lock(), []

    def invoke(self, FunctionName, Payload, **more):
        with self.turn:
            self.payloads.append(json.loads(Payload))
            return super().invoke(FunctionName, Payload, **more)


@pytest.fixture
def functions(accounts, binary, started):
    accounts.table = dynamodb.make_table(accounts.client("dynamodb"))
    states = accounts.client("stepfunctions")
    workflow = states.create_state_machine(
        name="workflow", definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/workflow",
    )["stateMachineArn"]  # fmt: skip
    template = Template("gatehouse.yaml", **FULL, LedgerTableArn=LEDGER, SweepSchedule="rate(6 hours)", BlockedTypes=EVERY_TYPE, OtherRegions="eu-west-1")
    settings = {
        "GATEHOUSE_MODE": "enforce", "GATEHOUSE_ORGANIZATION_LOOKUPS": "off", "GATEHOUSE_LEDGER_TABLE": accounts.table,
        "GATEHOUSE_STATE_MACHINE_ARN": workflow, "allowed": sorted(actions_of(template, "SweepRole")),
    }  # fmt: skip
    made = OneAtATime(binary, accounts, MEMBER, **settings)
    made.workflow = workflow
    started.append(made)
    return made


@pytest.fixture
def sweep(accounts, functions, monkeypatch):
    return OrganizationSweep(accounts, functions, monkeypatch)


def finding(accounts, number, account, region):
    """A finding of one account's role, as the organization's analyzer of a region has it."""
    event = copy.deepcopy(published())
    event["resources"] = [f"arn:aws:access-analyzer:{region}:{MEMBER}:analyzer/gatehouse"]
    event["detail"] |= {"id": f"a5018210-97c4-46c4-9456-{number:012}", "resource": f"arn:aws:iam::{account}:role/Role{number}", "accountId": account}
    accounts.finding(event)
    return event["detail"]["id"]


def executions(sweep):
    found = sweep.states.list_executions(stateMachineArn=sweep.functions.workflow)["executions"]
    return sorted(json.loads(sweep.states.describe_execution(executionArn=each["executionArn"])["input"])["finding"]["id"] for each in found)


def test_each_account_of_each_region_is_swept_by_itself(accounts, sweep):
    shop = [finding(accounts, number, SHOP, region) for number, region in enumerate((*REGIONS, REGIONS[0]))]
    trial = finding(accounts, 7, TRIAL, REGIONS[1])
    execution = sweep.sweep(*(f"{account},{region}" for account in (SHOP, TRIAL) for region in REGIONS))
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause)
    good, bad = sweep.results(execution)
    counts = {(part["account"], part["region"]): (part["findings"], part["started"]) for part in good}
    assert bad == [] and counts == {(SHOP, REGIONS[0]): (2, 2), (SHOP, REGIONS[1]): (1, 1), (TRIAL, REGIONS[0]): (0, 0), (TRIAL, REGIONS[1]): (1, 1)}
    assert all(part["failed"] == 0 and part["rounds"] == 1 for part in good)
    assert executions(sweep) == sorted([*shop, trial])
    # A second one looks at all, and Step Functions starts nothing twice.
    again, _ = sweep.results(sweep.sweep(f"{SHOP},{REGIONS[0]}"))
    assert again[0]["findings"] == 2 and len(executions(sweep)) == 4


def test_a_row_without_an_account_is_the_whole_region(accounts, sweep):
    for number, account in enumerate((SHOP, TRIAL)):
        finding(accounts, number, account, REGIONS[0])
    good, _ = sweep.results(sweep.sweep(f",{REGIONS[0]}"))
    assert [(part["account"], part["findings"]) for part in good] == [("", 2)]
    assert sweep.functions.payloads == [{"scope": {"account": "", "region": REGIONS[0]}, "next": None}]


def test_it_goes_on_until_a_part_is_through(sweep):
    place = {"analyzer": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/gatehouse", "token": "x"}
    for round_ in ({"next": place, "findings": 9000, "started": 8000, "known": 1000}, {"next": place, "findings": 10}, {"findings": 3, "failed": 1}):
        sweep.functions.trouble("sweep", answering({**NOTHING, **round_}))
    good, _ = sweep.results(sweep.sweep(f"{SHOP},{REGIONS[0]}"))
    wanted = {"account": SHOP, "region": REGIONS[0], "analyzers": 1, "rounds": 3, "findings": 9013, "started": 8000, "known": 1000, "failed": 1}
    assert good == [wanted]
    assert [payload["next"] for payload in sweep.functions.payloads] == [None, place, place]


def test_a_part_that_never_ends_fails(sweep):
    sweep.functions.trouble("sweep", *[answering({**NOTHING, "next": {"change": "x"}})] * 201)
    execution = sweep.sweep(f"{SHOP},{REGIONS[0]}", seconds=300)
    assert (execution.status, execution.error) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert len(sweep.functions.payloads) == 200


@pytest.mark.parametrize("parts, status", [(20, "SUCCEEDED"), (19, "FAILED")])
def test_one_part_in_twenty_may_fail(sweep, parts, status):
    sweep.functions.trouble("sweep", failing("Function.AccessDenied"), *[answering(NOTHING)] * (parts - 1))
    execution = sweep.sweep(*(f"{100000000000 + number},us-east-1" for number in range(parts)))
    assert execution.status == status
    if status == "FAILED":
        assert execution.error == "States.ExceedToleratedFailureThreshold"
    else:
        good, bad = sweep.results(execution)
        assert len(good) == parts - 1 and [error for _, error in bad] == ["Function.AccessDenied"]


@pytest.mark.parametrize(
    "counts, error",
    [
        ({"analyzers": 0}, "Gatehouse.NoAnalyzer"),
        ({"failed": 1}, "Gatehouse.NothingRead"),
        ({"findings": 3, "failed": 3}, "Gatehouse.NothingStarted"),
        # Something was done: the next sweep looks at the rest again.
        ({"findings": 3, "failed": 2, "known": 1}, None),
        ({"findings": 3, "failed": 2, "started": 1}, None),
        ({}, None),
    ],
)
def test_a_part_that_comes_to_nothing_fails(sweep, counts, error):
    sweep.functions.trouble("sweep", answering({**NOTHING, **counts}), *[answering(NOTHING)] * 19)
    execution = sweep.sweep(*(f"{100000000000 + number},us-east-1" for number in range(20)))
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause)
    good, bad = sweep.results(execution)
    assert [kind for _, kind in bad] == ([error] if error else []) and len(good) == 20 - len(bad)


def test_a_later_round_that_reads_nothing_undoes_no_earlier_one(sweep):
    """What was started before counts; where no round came to anything, the part fails."""
    place = {"analyzer": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/gatehouse", "token": "x"}
    sweep.functions.trouble("sweep", answering({**NOTHING, "next": place, "findings": 2, "started": 2}), answering({**NOTHING, "failed": 1}))
    assert sweep.sweep(f"{SHOP},{REGIONS[0]}").status == "SUCCEEDED"
    sweep.functions.trouble("sweep", answering({**NOTHING, "next": place, "findings": 2, "failed": 2}), answering(NOTHING))
    assert sweep.sweep(f"{SHOP},{REGIONS[0]}").status == "FAILED"


@pytest.mark.parametrize("refused, rows", [("ListFindings", 2), ("StartExecution", 1), (None, 1)])
def test_a_sweep_that_may_do_nothing_fails(aws, accounts, sweep, refused, rows):
    """By the packaged function: nothing may be read or started, or the region has no analyzer. The alarm sees it."""
    if refused:
        finding(accounts, 1, SHOP, REGIONS[0])
        aws.watch = lambda call: faults.access_denied if call.action == refused and (refused != "StartExecution" or b"sweep-" in call.body) else None
    execution = sweep.sweep(*(f"{account},{REGIONS[0]}" for account in (SHOP, TRIAL)[:rows]))
    assert (execution.status, execution.error) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert sweep.functions.payloads and executions(sweep) == []


def test_what_passes_by_itself_is_tried_again(sweep):
    sweep.functions.trouble("sweep", failing("Function.Throttled"), failing("Function.ServiceUnavailable"), answering(NOTHING))
    good, bad = sweep.results(sweep.sweep(f"{SHOP},us-east-1"))
    assert len(good) == 1 and bad == [] and len(sweep.functions.payloads) == 3


def test_without_a_list_it_fails(sweep):
    execution = sweep.run({})
    assert (execution.status, execution.error) == ("FAILED", "States.ItemReaderFailed")
    assert sweep.functions.payloads == []


# The file and the template


def test_it_is_amazon_states_language():
    values = {**PARAMETERS, "Partition": "aws", "ListKey": LIST, "ResultsPrefix": RESULTS, "MaxConcurrency": "10"}
    text = (DEPLOY / "sweep.asl.json").read_text()
    assert complaints(json.loads(PLACEHOLDER.sub(lambda match: values[match[1]], text))) == []
    machine = Template("sweep.yaml", **PARAMETERS).resources["OrganizationSweep"]["Properties"]
    assert set(PLACEHOLDER.findall(text)) == set(machine["DefinitionSubstitutions"])
    assert "arn:aws" not in text and "us-east-1" not in text


def test_a_part_may_last_longer_than_an_express_execution():
    parts = DEFINITION["States"]["Parts"]
    assert parts["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    function = Template("gatehouse.yaml", **FULL, LedgerTableArn=LEDGER, SweepSchedule="rate(6 hours)").resources["SweepFunction"]
    assert parts["ItemProcessor"]["States"]["Sweep"]["TimeoutSeconds"] < function["Properties"]["Timeout"] == 900


def test_it_is_permitted_its_own_list_results_parts_and_function_alone():
    template = Template("sweep.yaml", **PARAMETERS)
    may = {statement["Sid"]: statement for statement in template.statements("Role")}
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:OrganizationSweep"
    assert {sid: statement["Resource"] for sid, statement in may.items()} == {
        "Sweep": FUNCTION,
        "List": f"arn:aws:s3:::{BUCKET}/{LIST}",
        "Results": f"arn:aws:s3:::{BUCKET}/{RESULTS}/*",
        "Start": machine,
        "Follow": "arn:aws:states:us-east-1:123456789012:execution:OrganizationSweep.Name/*",
    }
    assert may["Start"]["Action"] == "states:StartExecution" and may["List"]["Action"] == "s3:GetObject"
    (start,) = template.statements("ScheduleRole")
    assert (start["Action"], start["Resource"]) == ("states:StartExecution", machine)
    by_hand = Template("sweep.yaml", SweepFunctionArn=FUNCTION, Bucket=BUCKET)
    assert set(by_hand.resources) == {"OrganizationSweep", "Role", "PartsPolicy"}


def test_its_schedule_waits_until_parts_may_be_started():
    resources = Template("sweep.yaml", **PARAMETERS).resources
    starting = {name for name, resource in resources.items() if resource["Type"] == "AWS::Scheduler::Schedule"}
    assert starting == {"Sweep"}
    assert all(resources[name]["DependsOn"] == "PartsPolicy" for name in starting)
