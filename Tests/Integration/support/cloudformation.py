"""What moto's CloudFormation lacks for our templates, put in; and a stack of them, as AWS would make it.

moto takes templates of any length as they are, and from a bucket by AWS's own address alone; it leaves a hole in a list
where `AWS::NoValue` takes an item out, takes a state machine's definition from the template alone, takes `!Condition` for
a function, neither attaches nor detaches roles' managed policies, wants a key's tags in KMS's own form, gives no outputs
after a change set, updates what no condition lets be made, and does not know some types, secrets among them.
"""

import functools
import json
from urllib.parse import urlparse

import yaml
from moto.awslambda.models import lambda_backends
from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.events.models import events_backends
from moto.iam.models import Role
from moto.kms.models import Key
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.stepfunctions import models as stepfunctions
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from .moto import iam_backends, partition_of
from .state_machine import PLACEHOLDER
from .template import DEPLOY

yaml.add_constructor("!Condition", lambda loader, node: {"Condition": node.value}, Loader=yaml.Loader)

# Types that are noted as made, and do nothing; with what they tell of themselves, of region, account and name.
NOTED = {
    "AWS::AccessAnalyzer::Analyzer": {},
    "AWS::CloudWatch::Alarm": {"Arn": "arn:aws:cloudwatch:{}:{}:alarm:{}"},
    "AWS::Lambda::EventInvokeConfig": {},
    "AWS::Lambda::Url": {"FunctionUrl": "https://{2}.lambda-url.{0}.on.aws/"},
    "AWS::Logs::MetricFilter": {},
    "AWS::Scheduler::Schedule": {},
    "AWS::SNS::Subscription": {},
    "AWS::SNS::TopicPolicy": {},
    "AWS::SQS::QueuePolicy": {},
}

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY, OBJECT = 51_200, 1_000_000

original_apply = ChangeSet.apply
original_clean_json = parsing.clean_json
original_update_resource = parsing.parse_and_update_resource
original_get_param = CloudFormationResponse._get_param
original_create = StateMachine.create_from_cloudformation_json.__func__
original_key = Key.create_from_cloudformation_json.__func__
original_role = Role.create_from_cloudformation_json.__func__
original_role_deletion = Role.delete_from_cloudformation_json.__func__
original_update = StateMachine.update_from_cloudformation_json.__func__


def place_of(url):
    """Bucket and key of an object's address, with the bucket in the path or as part of the host's name."""
    parsed = urlparse(url)
    named, found, _ = (parsed.hostname or "").partition(".s3.")
    path = parsed.path.lstrip("/")
    return (named, path) if found else tuple(path.split("/", 1))


def get_param(self, param_name, if_none=None):
    """A template that is in a bucket, as if it had been given; too long ones are refused."""
    value = original_get_param(self, param_name, if_none)
    if param_name == "TemplateURL":
        return if_none
    if param_name != "TemplateBody":
        return value
    url = original_get_param(self, "TemplateURL")
    if url:
        bucket, key = place_of(url)
        value = s3_backends[self.current_account]["aws"].get_object(bucket, key).value.decode()
    if value and len(value.encode()) > (OBJECT if url else BODY):
        raise ValidationError(
            message="1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {OBJECT if url else BODY}"
        )
    return value


def clean_json(resource_json, resources_map):
    cleaned = original_clean_json(resource_json, resources_map)
    return [item for item in cleaned if item is not None] if isinstance(resource_json, list) else cleaned


def update_resource(logical_id, resource_json, resources_map, account_id, region_name):
    condition = resource_json.get("Condition")
    if condition and not resources_map.lazy_condition_map[condition]:
        return None
    changed = original_update_resource(logical_id, resource_json, resources_map, account_id, region_name)
    # moto knows no update of a log group, and would forget that there is one.
    return resources_map.get(logical_id) if changed is None else changed


def with_definition(cloudformation_json, account_id):
    """The state machine's properties with the definition as text: its own, or what location and substitutions give."""
    properties = dict(cloudformation_json["Properties"])
    if "Definition" in properties:
        properties["DefinitionString"] = json.dumps(properties.pop("Definition"))
        return {**cloudformation_json, "Properties": properties}
    location = properties.pop("DefinitionS3Location")
    values = properties.pop("DefinitionSubstitutions")
    held = s3_backends[account_id]["aws"].get_object(location["Bucket"], location["Key"]).value.decode()
    properties["DefinitionString"] = PLACEHOLDER.sub(lambda match: str(values[match[1]]), held)
    return {**cloudformation_json, "Properties": properties}


def create_state_machine(cls, resource_name, cloudformation_json, account_id, region_name, **options):
    known = with_definition(cloudformation_json, account_id)
    return original_create(cls, resource_name, known, account_id, region_name, **options)


def update_state_machine(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    known = with_definition(cloudformation_json, account_id)
    return original_update(cls, original_resource, new_resource_name, known, account_id, region_name)


def create_key(cls, resource_name, cloudformation_json, account_id, region_name, **options):
    properties = dict(cloudformation_json["Properties"])
    if "Tags" in properties:
        properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties["Tags"]]
    known = {**cloudformation_json, "Properties": properties}
    return original_key(cls, resource_name, known, account_id, region_name, **options)


def create_role(cls, resource_name, cloudformation_json, account_id, region_name, **options):
    role = original_role(cls, resource_name, cloudformation_json, account_id, region_name, **options)
    for arn in cloudformation_json["Properties"].get("ManagedPolicyArns", []):
        iam_backends[account_id][partition_of(region_name)].attach_role_policy(arn, role.name)
    return role


def delete_role(cls, resource_name, resource_json, account_id, region_name):
    iam = iam_backends[account_id][partition_of(region_name)]
    for arn in list(iam.get_role(resource_name).managed_policies):
        iam.detach_role_policy(arn, resource_name)
    original_role_deletion(cls, resource_name, resource_json, account_id, region_name)


def apply_change_set(self):
    original_apply(self)
    self.stack.template_dict = self.template_dict
    self.stack.output_map = self.stack._create_output_map()


def noted(kind, attributes):
    """A resource of a type that moto does not know: a name, and the attributes that are looked at."""

    class Noted(CloudFormationModel):
        def __init__(self, name, account, region):
            self.physical_resource_id = name
            self.attributes = {key: text.format(region, account, name) for key, text in attributes.items()}

        @staticmethod
        def cloudformation_name_type():
            return ""

        @staticmethod
        def cloudformation_type():
            return kind

        @classmethod
        def has_cfn_attr(cls, attr):
            return attr in attributes

        def get_cfn_attribute(self, attribute_name):
            return self.attributes[attribute_name]

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            return cls(resource_name, account_id, region_name)

        @classmethod
        def update_from_cloudformation_json(cls, original_resource, *_, **__):
            return original_resource

        @classmethod
        def delete_from_cloudformation_json(cls, *_):
            return None

    return Noted


class Secret(CloudFormationModel):
    """A secret with a generated value."""

    def __init__(self, arn, account, region):
        self.physical_resource_id, self.place = arn, (account, region)

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        properties = cloudformation_json["Properties"]
        wanted = properties["GenerateSecretString"]
        backend = secretsmanager_backends[account_id][region_name]
        value = backend.get_random_password(
            password_length=int(wanted["PasswordLength"]),
            exclude_characters="",
            exclude_numbers=False,
            exclude_punctuation=str(wanted["ExcludePunctuation"]).lower() == "true",
            exclude_uppercase=False,
            exclude_lowercase=False,
            include_space=False,
            require_each_included_type=True,
        )
        made = backend.create_secret(
            name=resource_name,
            secret_string=json.loads(value)["RandomPassword"],
            secret_binary=None,
            description=properties["Description"],
            tags=properties["Tags"],
            kms_key_id=properties["KmsKeyId"],
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return cls(json.loads(made)["ARN"], account_id, region_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, *_, **__):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, resource_json, account_id, region_name):
        backend = secretsmanager_backends[account_id][region_name]
        backend.delete_secret(resource_name, recovery_window_in_days=None, force_delete_without_recovery=True)


parsing.get_model_map()["AWS::SecretsManager::Secret"] = Secret
for kind, attributes in NOTED.items():
    parsing.get_model_map()[kind] = noted(kind, attributes)
parsing.clean_json = clean_json
parsing.parse_and_update_resource = update_resource
ChangeSet.apply = apply_change_set
CloudFormationResponse._get_param = get_param
# cfn-lint takes seconds for each of our templates, and says the same of the same text.
models.validate_template_cfn_lint = functools.cache(models.validate_template_cfn_lint)
# What a stack makes is where the interpreter looks.
stepfunctions.stepfunctions_backends = stepfunctions_parser_backends
Key.create_from_cloudformation_json = classmethod(create_key)
Role.create_from_cloudformation_json = classmethod(create_role)
Role.delete_from_cloudformation_json = classmethod(delete_role)
StateMachine.create_from_cloudformation_json = classmethod(create_state_machine)
StateMachine.update_from_cloudformation_json = classmethod(update_state_machine)


class Stack:
    """A template of `deploy/`, deployed into one account of the stand-in."""

    def __init__(self, accounts, account, template="gatehouse.yaml", **parameters):
        self.accounts, self.account = accounts, account
        code = accounts.client("s3", account)
        code.create_bucket(Bucket="code")
        code.put_object(Bucket="code", Key="gatehouse.zip", Body=b"only its key is looked at")
        code.put_object(Bucket="code", Key="gatehouse.asl.json", Body=(DEPLOY / "gatehouse.asl.json").read_bytes())
        code.put_object(Bucket="code", Key=template, Body=(DEPLOY / template).read_bytes())
        given = {"CodeBucket": "code", **parameters}
        client = accounts.client("cloudformation", account)
        client.create_stack(
            StackName="gatehouse",
            TemplateURL=f"{accounts.aws.url}/code/{template}",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        self.read()

    @classmethod
    def of(cls, accounts, account):
        """A stack that somebody else has deployed."""
        stack = cls.__new__(cls)
        stack.accounts, stack.account = accounts, account
        stack.read()
        return stack

    def read(self):
        client = self.accounts.client("cloudformation", self.account)
        described = client.describe_stacks(StackName="gatehouse")["Stacks"][0]
        assert described["StackStatus"] == "CREATE_COMPLETE", described
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        found = client.list_stack_resources(StackName="gatehouse")["StackResourceSummaries"]
        self.resources = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}

    def functions(self):
        """The functions by their ARNs, as Lambda holds them."""
        return {function.function_arn: function for function in self.backend(lambda_backends).list_functions()}

    def targets(self, event):
        """What EventBridge hands an event to: the targets of the stack's rules that let it through."""
        rules = self.backend(events_backends).event_buses["default"].rules.values()
        return [target["Arn"] for rule in rules if rule.event_pattern.matches_event(event) for target in rule.targets]

    def role_arn(self, name):
        return iam_backends[self.account]["aws"].get_role(self.resources[name]).arn

    def backend(self, backends):
        return backends[self.account][self.accounts.region]
