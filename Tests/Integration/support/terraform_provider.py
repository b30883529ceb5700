"""The AWS provider's place at Terraform's side: its own schema, and no AWS behind it.

Terraform itself checks the module against the schema, evaluates it and plans it, as with the real provider. What
AWS would assign (ARNs, ids) is planned as `<type.name.attribute>`, so that every document which names it is known;
or, as with the real provider, as not known yet.

Runs in an environment of its own (requirements-terraform.txt):
`terraform_provider.py SOCKET ACCOUNT REGION PARTITION named|unknown`.
"""

import json
import pathlib
import sys
from concurrent import futures

import grpc
import msgpack
from tf.gen import grpc_controller_pb2, grpc_controller_pb2_grpc
from tf.gen import tfplugin_pb2 as messages
from tf.gen import tfplugin_pb2_grpc as services

SCHEMA = json.loads(pathlib.Path(__file__).with_name("aws_provider_schema.json").read_text())
NESTED = messages.Schema.NestedBlock
NAMES = ("name", "function_name", "analyzer_name", "alarm_name", "dashboard_name")
DNS_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}
# As Terraform writes a value that is known after apply only.
UNKNOWN = msgpack.ExtType(0, b"\0")


def made_up(block):
    """The optional attributes that the provider fills in."""
    return ("id", "name") if "name_prefix" in block["attributes"] else ("id",)


def block_message(block):
    """A schema in Terraform's protocol."""
    attributes = [
        messages.Schema.Attribute(
            name=name,
            type=json.dumps(attribute["type"]).encode(),
            required=attribute["use"] == "required",
            optional=attribute["use"] == "optional",
            # The provider makes up an id where none is given, as it does for all that is only read.
            # A name it makes of a prefix.
            computed=attribute["use"] == "computed" or (name in made_up(block) and attribute["use"] == "optional"),
        )
        for name, attribute in block["attributes"].items()
    ]
    nested = [
        NESTED(
            type_name=name,
            nesting=NESTED.NestingMode.LIST,
            max_items=0 if inner["several"] else 1,
            block=block_message(inner),
        )
        for name, inner in block["blocks"].items()
    ]
    return messages.Schema.Block(attributes=attributes, block_types=nested)


def schema_message(block):
    return messages.Schema(version=0, block=block_message(block))


def decoded(value):
    return msgpack.unpackb(value.msgpack, ext_hook=msgpack.ExtType, strict_map_key=False)


def encoded(value):
    return messages.DynamicValue(msgpack=msgpack.packb(value))


def assigned(type_name, planned, schema, assigns="named"):
    """The planned state with what AWS would assign."""
    if planned.get("name_prefix") and not planned.get("name"):
        planned["name"] = planned["name_prefix"] + "made-up"
    name = next((planned[key] for key in NAMES if planned.get(key)), "")
    for attribute, its in schema["attributes"].items():
        if planned.get(attribute) is None and (its["use"] == "computed" or attribute == "id"):
            made_up = f"<{type_name}.{name}.{attribute}>" if its["type"] == "string" else None
            planned[attribute] = UNKNOWN if assigns == "unknown" else made_up
    return planned


class Provider(services.ProviderServicer):
    def __init__(self, account, region, partition, assigns):
        self.assigns = assigns
        self.data = {
            "aws_caller_identity": {"account_id": account},
            "aws_region": {"region": region},
            "aws_partition": {
                "partition": partition,
                "dns_suffix": DNS_SUFFIXES.get(partition, "amazonaws.com"),
            },
            "aws_secretsmanager_random_password": {"random_password": "random"},
        }

    def GetMetadata(self, request, context):
        return messages.GetMetadata.Response()

    def GetProviderSchema(self, request, context):
        nothing = {"attributes": {}, "blocks": {}}
        return messages.GetProviderSchema.Response(
            provider=schema_message(nothing),
            provider_meta=schema_message(nothing),
            resource_schemas={name: schema_message(block) for name, block in SCHEMA["resources"].items()},
            data_source_schemas={name: schema_message(block) for name, block in SCHEMA["data"].items()},
        )

    def ValidateProviderConfig(self, request, context):
        return messages.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request, context):
        return messages.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request, context):
        return messages.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request, context):
        return messages.ValidateDataResourceConfig.Response()

    def ReadDataSource(self, request, context):
        state = {**decoded(request.config), **self.data[request.type_name]}
        return messages.ReadDataSource.Response(
            state=encoded(assigned(request.type_name, state, SCHEMA["data"][request.type_name]))
        )

    def PlanResourceChange(self, request, context):
        planned = decoded(request.proposed_new_state)
        if planned is not None:
            planned = assigned(request.type_name, planned, SCHEMA["resources"][request.type_name], self.assigns)
        return messages.PlanResourceChange.Response(planned_state=encoded(planned))

    def StopProvider(self, request, context):
        return messages.StopProvider.Response()


class Controller(grpc_controller_pb2_grpc.GRPCControllerServicer):
    def Shutdown(self, request, context):
        return grpc_controller_pb2.Empty()


def main(socket, account, region, partition, assigns):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    services.add_ProviderServicer_to_server(Provider(account, region, partition, assigns), server)
    grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(Controller(), server)
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
