"""Service-managed StackSets, which moto has in part: it ends every operation at once, and refuses hardly anything.

What is deployed goes into the accounts by moto's own CloudFormation. An operation runs for as many looks as a test says,
and stacks fail where a test says so. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
"""

import re
import uuid
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import yaml
from moto.cloudformation.models import cloudformation_backends
from moto.organizations.models import organizations_backends

from . import faults
from .http import Answer

BODY = 51_200
SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1", "eu-west-3")
ACTIONS = (
    "CreateStackSet", "UpdateStackSet", "DescribeStackSet", "DeleteStackSet", "CreateStackInstances", "DeleteStackInstances",
    "ListStackInstances", "ListStackSetOperations", "DescribeStackSetOperation", "ListStackSetOperationResults",
    "DescribeOrganizationsAccess",
)  # fmt: skip


class Refused(Exception):
    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.answer = faults.error_answer("cloudformation", status, code, message)


def invalid(message):
    return Refused("ValidationError", message)


@dataclass
class Instance:
    account: str
    region: str
    unit: str
    stack: object = None
    status: str = "SUCCEEDED"
    reason: str = ""


@dataclass
class Operation:
    identifier: str
    action: str
    looks: int
    results: list = field(default_factory=list)
    failed: bool = False

    @property
    def status(self):
        return "RUNNING" if self.looks > 0 else "FAILED" if self.failed else "SUCCEEDED"


@dataclass
class StackSet:
    name: str
    template: str
    parameters: dict
    automatic: bool
    capabilities: list
    # Whether stacks stay where an account leaves.
    retains: bool = False
    units: list = field(default_factory=list)
    regions: list = field(default_factory=list)
    instances: list = field(default_factory=list)
    operations: list = field(default_factory=list)
    # Every change that was asked for, as (action, accounts or units, regions).
    asked: list = field(default_factory=list)


class StackSets:
    def __init__(self):
        self.reset()

    def reset(self):
        self.sets = {}
        # The management account, and those that may work in its name.
        self.manager, self.delegates = None, set()
        self.is_enabled = True
        # How many looks an operation lasts, and the reasons of those that fail by account and region.
        self.looks, self.failing = 1, {}
        # Whether a stack that is there becomes the unit's that it is asked for again. AWS does not say.
        self.rehomes = False

    def knows(self, call):
        return call.service == "cloudformation" and call.action in ACTIONS

    def answer(self, call):
        try:
            self.check_caller(call)
            body = getattr(self, snake(call.action))(call.parameters)
        except Refused as refused:
            return refused.answer
        text = f'<{call.action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
        text += f"<{call.action}Result>{xml(body)}</{call.action}Result></{call.action}Response>"
        return Answer(200, [("Content-Type", "text/xml")], text.encode())

    def check_caller(self, call):
        given = call.parameters.get("CallAs", "SELF")
        if given == "DELEGATED_ADMIN" and call.account not in self.delegates:
            raise invalid("Account used is not a delegated administrator")
        if given == "SELF" and call.account != self.manager:
            raise invalid("You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set")
        if not self.is_enabled and call.action != "DescribeOrganizationsAccess":
            raise invalid("You must enable organizations access to operate a service managed stack set")

    def describe_organizations_access(self, given):
        return {"Status": "ENABLED" if self.is_enabled else "DISABLED"}

    # StackSets

    def create_stack_set(self, given):
        name = given["StackSetName"]
        if not re.fullmatch("[a-zA-Z][-a-zA-Z0-9]{0,127}", name):
            raise invalid(f"1 validation error detected: Value '{name}' at 'stackSetName' failed to satisfy constraint")
        if name in self.sets:
            raise Refused("NameAlreadyExistsException", "The specified name is already in use.", 409)
        if given.get("PermissionModel") != "SERVICE_MANAGED":
            raise invalid("this stand-in has service-managed StackSets alone")
        if "AutoDeployment.Enabled" not in given:
            raise invalid("AutoDeployment must be specified for SERVICE_MANAGED StackSets")
        template, parameters, capabilities = self.checked(given, None)
        self.sets[name] = StackSet(name, template, parameters, self.automatic(given), capabilities, self.retains(given))
        return {"StackSetId": f"{name}:{uuid.uuid4()}"}

    def automatic(self, given):
        enabled = given.get("AutoDeployment.Enabled") == "true"
        if "AutoDeployment.RetainStacksOnAccountRemoval" in given and not enabled:
            raise invalid("RetainStacksOnAccountRemoval can only be specified when AutoDeployment is enabled")
        return enabled

    @staticmethod
    def retains(given):
        return given.get("AutoDeployment.RetainStacksOnAccountRemoval") == "true"

    def checked(self, given, known):
        template = given.get("TemplateBody") or known.template
        if len(template.encode()) > BODY:
            raise invalid(f"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {BODY}")
        body = yaml.load(template, Loader=AnyTag)
        parameters = {
            given[key]: given.get(key.replace("ParameterKey", "ParameterValue"), "")
            for key in given
            if key.endswith(".ParameterKey")
        }
        unknown = sorted(set(parameters) - set(body["Parameters"]))
        if unknown:
            raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        for key, told in body["Parameters"].items():
            value = parameters.get(key, told.get("Default"))
            if value is None:
                raise invalid(f"Parameters: [{key}] must have values")
            if not re.fullmatch(told.get("AllowedPattern", ".*").removeprefix("^").removesuffix("$"), str(value)):
                raise invalid(f"Parameter '{key}' must match pattern {told['AllowedPattern']}")
            if "AllowedValues" in told and str(value) not in [str(each) for each in told["AllowedValues"]]:
                raise invalid(f"Parameter '{key}' must be one of AllowedValues")
        kinds = {resource["Type"] for resource in body["Resources"].values()}
        capabilities = members(given, "Capabilities")
        named = any("RoleName" in str(resource) for resource in body["Resources"].values())
        if any(kind.startswith("AWS::IAM::") for kind in kinds):
            needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
            if needed not in capabilities and "CAPABILITY_NAMED_IAM" not in capabilities:
                raise Refused("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
        return template, parameters, capabilities

    def described(self, given):
        name = given["StackSetName"]
        if name not in self.sets:
            raise Refused("StackSetNotFoundException", f"StackSet {name} not found", 404)
        return self.sets[name]

    def describe_stack_set(self, given):
        known = self.described(given)
        found = {
            "StackSetName": known.name, "Status": "ACTIVE", "TemplateBody": known.template, "PermissionModel": "SERVICE_MANAGED",
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in known.parameters.items()],
            "AutoDeployment": {"Enabled": known.automatic, **({"RetainStacksOnAccountRemoval": known.retains} if known.automatic else {})},
            "OrganizationalUnitIds": known.units, "Regions": known.regions,
        }  # fmt: skip
        return {"StackSet": found}

    def update_stack_set(self, given):
        known = self.described(given)
        self.refuse_busy(known)
        known.template, known.parameters, known.capabilities = self.checked(given, known)
        known.automatic, known.retains = self.automatic(given), self.retains(given)
        known.asked.append(("UPDATE", None, None))
        # What a deletion has left unstable is left out.
        updated = [instance for instance in known.instances if instance.status != "INOPERABLE"]
        for instance in updated:
            if self.is_active(instance.account):
                self.take_down(instance)
        return self.operation(known, "UPDATE", [self.deploy(known, instance) for instance in updated])

    def delete_stack_set(self, given):
        known = self.described(given)
        self.refuse_busy(known)
        if known.instances:
            raise Refused("StackSetNotEmptyException", "StackSet is not empty", 409)
        del self.sets[known.name]
        return {}

    # Stacks

    def targets(self, given):
        """The accounts by unit. The management account is in none of them."""
        units = members(given, "DeploymentTargets.OrganizationalUnitIds")
        accounts, way = members(given, "DeploymentTargets.Accounts"), given.get("DeploymentTargets.AccountFilterType")
        if members(given, "Accounts") or not units:
            raise invalid("StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target")
        wrong = [account for account in accounts if not re.fullmatch("[0-9]{12}", account)]
        if wrong:
            raise invalid(f"1 validation error detected: Value '{wrong}' at 'deploymentTargets.accounts' failed to satisfy constraint")
        if accounts and way not in ("INTERSECTION", "DIFFERENCE"):
            raise invalid("AccountFilterType is needed with Accounts")
        found = {}
        for unit in units:
            for account in self.below(unit):
                keeps = not accounts or (account in accounts) == (way == "INTERSECTION")
                if account != self.manager and keeps:
                    found[account] = unit
        return units, found

    def below(self, unit):
        backend = organizations_backends[self.manager]["aws"]
        if unit not in [each.id for each in backend.ou]:
            raise invalid(f"Organizational unit {unit} not found")
        found = [account.id for account in backend.accounts if account.parent_id == unit and account.status == "ACTIVE"]
        for child in [each.id for each in backend.ou if each.parent_id == unit]:
            found += self.below(child)
        return found

    def regions(self, given):
        regions = members(given, "Regions")
        wrong = [region for region in regions if region not in REGIONS]
        if wrong or not regions:
            raise invalid(f"Region(s) {wrong} are not valid")
        return regions

    def create_stack_instances(self, given):
        known = self.described(given)
        self.refuse_busy(known)
        (units, accounts), regions = self.targets(given), self.regions(given)
        known.asked.append(("CREATE", sorted(accounts), regions))
        known.units += [unit for unit in units if unit not in known.units]
        known.regions += [region for region in regions if region not in known.regions]
        there = {(instance.account, instance.region): instance for instance in known.instances}
        results = []
        for account, unit in accounts.items():
            for region in regions:
                instance = there.get((account, region)) or Instance(account, region, unit)
                instance.unit = unit if self.rehomes else instance.unit
                if instance not in known.instances:
                    known.instances.append(instance)
                results.append(self.deploy(known, instance) if instance.stack is None else instance)
        return self.operation(known, "CREATE", results)

    def delete_stack_instances(self, given):
        known = self.described(given)
        self.refuse_busy(known)
        if "RetainStacks" not in given:
            raise invalid("1 validation error detected: Value null at 'retainStacks' failed to satisfy constraint: Member must not be null")
        (units, accounts), regions = self.targets(given), self.regions(given)
        known.asked.append(("DELETE", sorted(accounts), regions))
        results = []
        for instance in [each for each in known.instances if each.account in accounts and each.region in regions]:
            reason = self.failing.get((instance.account, instance.region))
            if reason:
                instance.status, instance.reason = "FAILED", reason
            else:
                self.take_down(instance)
                instance.status, instance.reason = "SUCCEEDED", ""
                known.instances.remove(instance)
            results.append(instance)
        left = {(each.unit, each.region) for each in known.instances}
        known.units = [unit for unit in known.units if unit not in units or unit in {each for each, _ in left}]
        known.regions = [region for region in known.regions if region in {each for _, each in left}]
        return self.operation(known, "DELETE", results)

    def is_active(self, account):
        backend = organizations_backends[self.manager]["aws"]
        return all(each.status == "ACTIVE" for each in backend.accounts if each.id == account)

    def deploy(self, known, instance):
        if not self.is_active(instance.account):
            instance.status, instance.reason = "SKIPPED_SUSPENDED_ACCOUNT", ""
            return instance
        reason = self.failing.get((instance.account, instance.region))
        instance.status, instance.reason = ("FAILED", reason) if reason else ("SUCCEEDED", "")
        if not reason:
            backend = cloudformation_backends[instance.account][instance.region]
            instance.stack = backend.create_stack(
                name=f"StackSet-{known.name}-{uuid.uuid4()}", template=known.template, parameters=dict(known.parameters)
            )
        return instance

    @staticmethod
    def take_down(instance):
        if instance.stack is not None:
            cloudformation_backends[instance.account][instance.region].delete_stack(instance.stack.name)
            instance.stack = None

    def list_stack_instances(self, given):
        found = [
            {
                "Account": each.account, "Region": each.region, "OrganizationalUnitId": each.unit,
                "Status": {"SUCCEEDED": "CURRENT", "INOPERABLE": "INOPERABLE"}.get(each.status, "OUTDATED"), "StatusReason": each.reason,
                "StackInstanceStatus": {"DetailedStatus": each.status},
            }
            for each in self.described(given).instances
        ]  # fmt: skip
        return {"Summaries": found}

    # Operations

    @staticmethod
    def refuse_busy(known):
        if any(operation.looks > 0 for operation in known.operations):
            raise Refused("OperationInProgressException", "Another Operation on StackSet is in progress", 409)

    def operation(self, known, action, instances):
        # An account that is suspended is in no result.
        results = [(each.status, each.account, each.region, each.reason) for each in instances if not each.status.startswith("SKIPPED")]
        made = Operation(str(uuid.uuid4()), action, self.looks, results)
        known.operations.append(made)
        return {"OperationId": made.identifier}

    def found(self, given):
        wanted = given["OperationId"]
        known = self.described(given)
        for operation in known.operations:
            if operation.identifier == wanted:
                return operation
        raise Refused("OperationNotFoundException", f"Operation {wanted} not found", 404)

    def describe_stack_set_operation(self, given):
        operation = self.found(given)
        found = {"OperationId": operation.identifier, "Action": operation.action, "Status": operation.status}
        operation.looks -= 1
        return {"StackSetOperation": found}

    def list_stack_set_operations(self, given):
        found = []
        for operation in self.described(given).operations:
            found.append({"OperationId": operation.identifier, "Action": operation.action, "Status": operation.status})
            operation.looks -= 1
        return {"Summaries": found}

    def list_stack_set_operation_results(self, given):
        keys = ("Status", "Account", "Region", "StatusReason")
        return {"Summaries": [dict(zip(keys, result, strict=True)) for result in self.found(given).results]}


class AnyTag(yaml.SafeLoader):
    """A template's short forms as nothing: what they stand for is not looked at here."""


AnyTag.add_multi_constructor("!", lambda loader, suffix, node: None)


def members(given, name):
    """A list of the query protocol."""
    found = [(int(key.rsplit(".", 1)[1]), value) for key, value in given.items() if re.fullmatch(rf"{re.escape(name)}\.member\.[0-9]+", key)]
    return [value for _, value in sorted(found)]


def snake(name):
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def xml(value):
    if isinstance(value, dict):
        return "".join(f"<{key}>{xml(each)}</{key}>" for key, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(each)}</member>" for each in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
