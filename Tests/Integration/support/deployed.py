"""A deployed stack at work: its functions are the packaged binary, each with the settings and the role it was given."""

import json

from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicyStatement, PermissionResult

from .functions import Functions
from .patterns import matches
from .runtime_api import Function
from .state_machine import StateMachine
from .template import listed

original_is_action_permitted = IAMPolicyStatement.is_action_permitted


def is_action_permitted(self, action, resource="*", *arguments, **options):
    """moto takes most resources for `*`, and fails every condition: what it cannot judge does not stand in the way.

    Whether the resource is covered is compared by test_permissions.py.
    """
    statement = self._statement
    guess = resource == "*" and statement.get("Resource", "*") != "*"
    if statement["Effect"] == "Deny" and (guess or "Condition" in statement):
        return PermissionResult.NEUTRAL
    if guess and any(matches(pattern, action) for pattern in listed(statement.get("Action", []))):
        return PermissionResult.PERMITTED
    judged = IAMPolicyStatement({key: value for key, value in statement.items() if key != "Condition"})
    return original_is_action_permitted(judged, action, resource, *arguments, **options)


def collect_policies(self):
    """moto stumbles over managed policies of a role, and over inline ones that a stack made."""
    role = self.backend.get_role(self._owner_role_name)
    versions = [version for policy in role.managed_policies.values() for version in policy.versions]
    documents = [version.document for version in versions if version.is_default]
    documents += role.policies.values()
    return [document if isinstance(document, str) else json.dumps(document) for document in documents]


IAMPolicyStatement.is_action_permitted = is_action_permitted
AssumedRoleAccessKey.collect_policies = collect_policies


class DeployedFunctions(Functions):
    """Invokes the functions of a stack by their ARNs."""

    def __init__(self, binary, stack):
        super().__init__(binary, stack.accounts, stack.account)
        # Two functions have the same handler: the one that asks, and the one behind the page.
        page = stack.resources.get("ApprovalPageFunction")
        self.deployed = {
            "page" if function.function_name == page else function.handler: function
            for function in stack.functions().values()
        }
        self.handlers = {function.function_arn: name for name, function in self.deployed.items()}

    def function(self, handler):
        if handler not in self.running:
            name = self.deployed[handler].handler
            started = self.running[handler] = Function(self.binary, name, self.environment(handler), self.account)
            # By which it asks to be called back.
            started.arn = self.deployed[handler].function_arn
        return self.running[handler]

    def environment(self, handler):
        """What Lambda puts into the function's environment."""
        function = self.deployed[handler]
        region = self.accounts.region
        return {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self.accounts.aws.url,
            **self.accounts.session(function.role, self.account),
            # Numbers are text in an environment.
            **{name: str(value) for name, value in function.environment_vars.items()},
        }


class DeployedMachine(StateMachine):
    """One of the stack's own state machines."""

    def __init__(self, stack, functions, monkeypatch, name="Workflow"):
        credentials = stack.accounts.session(stack.role_arn(f"{name}Role"), stack.account)
        self.interpret(stack.accounts, functions, credentials, monkeypatch)
        self.arn = stack.resources[name]
