"""CloudFormation templates as data: read, and worked out for given parameters as far as the tests look at them."""

import pathlib
import re

import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "deploy"
NAMES = ("gatehouse.yaml", "single-function.yaml", "analyzer.yaml", "forwarder.yaml", "ledger.yaml", "member-role.yaml", "sweep.yaml")
# Those of them that make roles.
WITH_ROLES = ("gatehouse.yaml", "single-function.yaml", "forwarder.yaml", "member-role.yaml", "sweep.yaml")

ACCOUNT, REGION = "123456789012", "us-east-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/gatehouse/51af3dc0-da77-11e4-872e-1234567db123",
    "AWS::StackName": "gatehouse",
    "AWS::URLSuffix": "amazonaws.com",
}
# What a reference to a resource's ARN gives, by its type.
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role{path}{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
}
# Types whose plain reference is the ARN.
REFERRED_BY_ARN = (
    "AWS::IAM::ManagedPolicy",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
)
NOTHING = object()


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which become their long ones."""


def short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", short_form)


def read(name):
    """A template of `deploy/` as it stands, with long forms."""
    return yaml.load((DEPLOY / name).read_text(), Loader)


class Template:
    """A template worked out for some parameters; the others have their defaults."""

    def __init__(self, name, **parameters):
        self.body = read(name)
        unknown = set(parameters) - set(self.body["Parameters"])
        assert not unknown, f"{name} has no parameters {unknown}"
        defaults = {key: value.get("Default", "") for key, value in self.body["Parameters"].items()}
        self.parameters = {key: str(value) for key, value in {**defaults, **parameters}.items()}
        wanted = {
            name: resource
            for name, resource in self.body["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }
        self.resources = {name: self.resolve(resource) for name, resource in wanted.items()}

    def of_type(self, kind):
        return {name: resource["Properties"] for name, resource in self.resources.items() if resource["Type"] == kind}

    def holds(self, condition):
        """Whether a condition, by its name or written out, holds."""
        if isinstance(condition, str):
            return self.holds(self.body["Conditions"][condition])
        ((kind, value),) = condition.items()
        if kind == "Condition":
            return self.holds(value)
        if kind == "Fn::Equals":
            return str(self.resolve(value[0])) == str(self.resolve(value[1]))
        results = [self.holds(part) for part in value]
        return {"Fn::Not": lambda: not results[0], "Fn::And": lambda: all(results), "Fn::Or": lambda: any(results)}[
            kind
        ]()

    def resolve(self, value):
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((kind, argument),) = value.items()
            if kind == "Ref":
                return self.reference(argument)
            if kind == "Fn::GetAtt":
                return self.attribute(*argument)
            if kind == "Fn::If":
                return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])
            if kind == "Fn::Sub":
                text, values = argument if isinstance(argument, list) else (argument, {})
                return self.substitute(text, self.resolve(values))
            if kind == "Fn::Join":
                return argument[0].join(self.resolve(argument[1]))
            if kind == "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            if kind == "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def reference(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            given = self.parameters[name]
            if self.body["Parameters"][name]["Type"] == "CommaDelimitedList":
                return given.split(",")
            return given
        kind = self.body["Resources"][name]["Type"]
        return self.attribute(name, "Arn") if kind in REFERRED_BY_ARN else name

    def attribute(self, name, attribute):
        if attribute != "Arn":
            return f"{name}.{attribute}"
        resource = self.body["Resources"][name]
        path = resource["Properties"].get("Path", "/")
        return ARNS.get(resource["Type"], name + ".Arn").format(region=REGION, account=ACCOUNT, name=name, path=path)

    def substitute(self, text, values):
        def value(match):
            if match[1].startswith("!"):
                return "${" + match[1][1:] + "}"
            if match[1] in values:
                return str(values[match[1]])
            name, _, attribute = match[1].partition(".")
            return str(self.attribute(name, attribute) if attribute else self.reference(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)

    def statements(self, role):
        """Every statement of a role's policies, its own and the managed and inline ones of the template."""
        properties = self.resources[role]["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        inline = self.of_type("AWS::IAM::Policy").values()
        documents += [policy["PolicyDocument"] for policy in inline if role in policy["Roles"]]
        for arn in properties.get("ManagedPolicyArns", []):
            documents.append(self.resources[arn.rsplit("/", 1)[1]]["Properties"]["PolicyDocument"])
        return [statement for document in documents for statement in document["Statement"]]


def listed(value):
    """A list, of what may be a scalar."""
    return value if isinstance(value, list) else [value]
