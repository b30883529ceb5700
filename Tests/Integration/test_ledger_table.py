"""The ledger's table: deploy/ledger.yaml, deployed into the stand-in, and the same by Terraform."""

import pytest

import support.cloudformation  # noqa: F401, what moto lacks
from support.account import MEMBER
from support.deployments import FULL
from support.template import DEPLOY, Template, read
from support.terraform import MODULE, Refused

KEY = FULL["ledger.yaml"]["KeyArn"]


def table(**parameters):
    return Template("ledger.yaml", **parameters).resources["Table"]


def test_the_table_outlives_its_stack():
    resource = table()
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert resource["Properties"]["DeletionProtectionEnabled"] is True
    # A name of ours would be taken when the stack is made again beside the table that stayed.
    assert "TableName" not in resource["Properties"]


def test_what_is_in_it_can_be_restored_and_is_encrypted():
    properties = table()["Properties"]
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table(KeyArn=KEY)["Properties"]["SSESpecification"]["KMSMasterKeyId"] == KEY


def test_its_key_and_what_is_forgotten():
    properties = table()["Properties"]
    assert properties["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert properties["AttributeDefinitions"] == [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_it_is_tagged_as_ours():
    """The roles that change tables are denied what carries the tag."""
    assert table()["Properties"]["Tags"] == [{"Key": "gatehouse:component", "Value": "ledger"}]


def test_it_is_deployed(accounts):
    client = accounts.client("cloudformation", MEMBER)
    client.create_stack(StackName="gatehouse-ledger", TemplateBody=(DEPLOY / "ledger.yaml").read_text())
    (stack,) = client.describe_stacks(StackName="gatehouse-ledger")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    assert set(outputs) == set(read("ledger.yaml")["Outputs"])
    tables = accounts.client("dynamodb", MEMBER)
    (name,) = tables.list_tables()["TableNames"]
    made = tables.describe_table(TableName=name)["Table"]
    assert made["TableArn"] == outputs["TableArn"]
    assert made["DeletionProtectionEnabled"] is True
    assert {each["AttributeName"]: each["KeyType"] for each in made["KeySchema"]} == {"pk": "HASH", "sk": "RANGE"}


@pytest.fixture(params=["", KEY], ids=["aws-key", "own-key"])
def planned(request, terraform):
    plan = terraform.plan(module=MODULE / "ledger", key_arn=request.param)
    ((_, values),) = plan.of_type("aws_dynamodb_table").items()
    return table(KeyArn=request.param)["Properties"], values, plan


def test_terraform_makes_the_same(planned):
    ours, theirs, _ = planned
    assert [theirs["hash_key"], theirs["range_key"]] == [each["AttributeName"] for each in ours["KeySchema"]]
    assert [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in theirs["attribute"]] == ours[
        "AttributeDefinitions"
    ]
    assert theirs["billing_mode"] == ours["BillingMode"]
    assert theirs["deletion_protection_enabled"] is ours["DeletionProtectionEnabled"]
    assert theirs["point_in_time_recovery"][0]["enabled"] is True
    (encryption,) = theirs["server_side_encryption"]
    assert encryption["enabled"] is True
    assert encryption["kms_key_arn"] == ours["SSESpecification"].get("KMSMasterKeyId")
    (forgotten,) = theirs["ttl"]
    assert (forgotten["attribute_name"], forgotten["enabled"]) == ("expires", True)
    assert theirs["tags"] == {"gatehouse:component": "ledger"}


def test_terraform_knows_its_arn_before_it_is_made(planned):
    """What the functions' module makes of it decides how many policies there are."""
    _, theirs, plan = planned
    assert plan.outputs["table_arn"] == f"arn:aws:dynamodb:us-east-1:123456789012:table/{theirs['name']}"


def test_terraform_does_not_destroy_it(terraform):
    assert "prevent_destroy = true" in (MODULE / "ledger" / "main.tf").read_text()
    with pytest.raises(Refused):
        terraform.plan(module=MODULE / "ledger", key_arn="alias/mine")
