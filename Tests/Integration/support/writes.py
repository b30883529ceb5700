"""The calls that change something, in the shape of the fixtures' `calls`: the resource's ARN, the document as JSON."""

import json
from urllib.parse import unquote
from xml.etree import ElementTree

from .moto import partition_of
from .spelling import loads

# A remedy's write: the operation, its service, and how it is told.
TOLD = {}


def change(service, operation):
    """Says how a remedy's write is told."""

    def known(function):
        TOLD[(service, operation)] = function
        return function

    return known


def arn(call, *rest, region=None, account=None):
    place = call.region if region is None else region
    owner = call.account if account is None else account
    service = "elasticfilesystem" if call.service == "efs" else call.service
    return ":".join(["arn", partition_of(call.region), service, place, owner, *rest])


@change("s3", "PutBucketPolicy")
def bucket_policy(call):
    return {"resource": bucket_of(call), "policy": loads(call.body)}


@change("s3", "DeleteBucketPolicy")
def no_bucket_policy(call):
    return {"resource": bucket_of(call), "policy": None}


@change("s3express", "PutBucketPolicy")
def directory_bucket_policy(call):
    return {"resource": arn(call, f"bucket/{call.path.strip('/')}"), "policy": loads(call.body)}


@change("s3", "PutBucketAcl")
def bucket_acl(call):
    document = ElementTree.fromstring(call.body)
    grants = [
        {
            "Grantee": fields_of(grant.find("{*}Grantee")),
            "Permission": grant.findtext("{*}Permission"),
        }
        for grant in document.iterfind("{*}AccessControlList/{*}Grant")
    ]
    return {"resource": bucket_of(call), "acl": {"Grants": grants, "Owner": fields_of(document.find("{*}Owner"))}}


@change("s3", "PutPublicAccessBlock")
def public_access_block(call):
    flags = fields_of(ElementTree.fromstring(call.body))
    return {"resource": bucket_of(call), "publicAccessBlock": {name: json.loads(on) for name, on in flags.items()}}


@change("s3", "DeletePublicAccessBlock")
def no_public_access_block(call):
    return {"resource": bucket_of(call), "publicAccessBlock": None}


def bucket_of(call):
    return arn(call, call.path.strip("/"), region="", account="")


def fields_of(element):
    """An element's members by name; whose type is said in an attribute has it as well, in the AWS CLI's order."""
    fields = {child.tag.rpartition("}")[2]: child.text or "" for child in element}
    kind = element.get("{http://www.w3.org/2001/XMLSchema-instance}type")
    if kind:
        fields["Type"] = kind
    return fields if kind != "Group" else dict(sorted(fields.items()))


@change("sqs", "SetQueueAttributes")
def queue_attributes(call):
    account, name = call.parameters["QueueUrl"].rsplit("/", 2)[1:]
    (policy,) = call.parameters["Attributes"].values()
    return {"resource": arn(call, name, account=account), "policy": loads(policy)}


@change("sns", "SetTopicAttributes")
def topic_attributes(call):
    assert call.parameters["AttributeName"] == "Policy"
    return {"resource": call.parameters["TopicArn"], "policy": loads(call.parameters["AttributeValue"])}


@change("kms", "PutKeyPolicy")
def key_policy(call):
    assert set(call.parameters) == {"KeyId", "PolicyName", "Policy"}, "a lock-out check is not to be passed by"
    return {"resource": call.parameters["KeyId"], "policy": loads(call.parameters["Policy"])}


@change("secretsmanager", "PutResourcePolicy")
def secret_policy(call):
    return {"resource": call.parameters["SecretId"], "policy": loads(call.parameters["ResourcePolicy"])}


@change("dynamodb", "PutResourcePolicy")
def table_policy(call):
    assert call.parameters["ExpectedRevisionId"], "only what was read is to be replaced"
    return {"resource": call.parameters["ResourceArn"], "policy": loads(call.parameters["Policy"])}


@change("lambda", "PutResourcePolicy")
def function_policy(call):
    assert call.parameters["RevisionId"], "only what was read is to be replaced"
    return {"resource": unquote(call.path.rsplit("/", 1)[1]), "policy": loads(call.parameters["Policy"])}


def permission_of(call):
    """The function or the layer version by its ARN, and the Sid that is taken out."""
    parts = call.path.split("/")
    version = f":{parts[5]}" if parts[2] == "layers" else ""
    return unquote(parts[3]) + version, unquote(parts[-1])


@change("lambda", "AddPermission")
def function_permission(call):
    return {"resource": permission_of(call)[0], **call.parameters}


@change("lambda", "AddLayerVersionPermission")
def layer_permission(call):
    given = {key: call.parameters.get(key) for key in ("StatementId", "Principal", "OrganizationId")}
    assert call.parameters["Action"] == "lambda:GetLayerVersion"
    return {"resource": permission_of(call)[0], **given}


@change("lambda", "RemovePermission")
@change("lambda", "RemoveLayerVersionPermission")
def no_permission(call):
    assert call.parameters["RevisionId"], "only what was read is to be taken out"
    resource, sid = permission_of(call)
    return {"resource": resource, "StatementId": sid}


@change("ecr", "SetRepositoryPolicy")
def repository_policy(call):
    assert set(call.parameters) == {"registryId", "repositoryName", "policyText"}, "nothing is to be forced"
    name = f"repository/{call.parameters['repositoryName']}"
    return {
        "resource": arn(call, name, account=call.parameters["registryId"]),
        "policy": loads(call.parameters["policyText"]),
    }


@change("elasticfilesystem", "PutFileSystemPolicy")
def file_system_policy(call):
    assert set(call.parameters) == {"Policy"}, "a lock-out check is not to be passed by"
    return {
        "resource": arn(call, f"file-system/{call.path.split('/')[3]}"),
        "policy": loads(call.parameters["Policy"]),
    }


def values(call, prefix):
    """A form's list."""
    return [value for name, value in call.parameters.items() if name.startswith(prefix)]


@change("ec2", "ModifySnapshotAttribute")
def volume_snapshot(call):
    whom = values(call, "UserId.") + values(call, "UserGroup.")
    resource = arn(call, f"snapshot/{call.parameters['SnapshotId']}", account="")
    return {"resource": resource, call.parameters["OperationType"]: whom}


def database_snapshot(kind, identifier):
    def told(call):
        added, removed = values(call, "ValuesToAdd."), values(call, "ValuesToRemove.")
        whom = {key: some for key, some in (("add", added), ("remove", removed)) if some}
        return {"resource": arn(call, kind, call.parameters[identifier]), **whom}

    return told


change("rds", "ModifyDBSnapshotAttribute")(database_snapshot("snapshot", "DBSnapshotIdentifier"))
change("rds", "ModifyDBClusterSnapshotAttribute")(database_snapshot("cluster-snapshot", "DBClusterSnapshotIdentifier"))

# Nothing makes these as yet: one that comes is a write that no fixture expects.
DELETES = ("DeleteResourcePolicy", "DeleteRepositoryPolicy", "DeleteFileSystemPolicy")
CHANGES = {"UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", *(operation for _, operation in TOLD)}
WRITES = {"UpdateFindings", "Publish", "PutEvents", "CreateAccessPreview", *DELETES, *CHANGES}


def parameters(call):
    """What a write was given."""
    if (call.service, call.action) in TOLD:
        return TOLD[(call.service, call.action)](call)
    if (call.service, call.action) == ("events", "PutEvents"):
        (entry,) = call.parameters["Entries"]
        return {**entry, "Detail": loads(entry["Detail"])}
    given = {name: value for name, value in call.parameters.items() if name not in ("Action", "Version")}
    attributes = {}
    for name in [name for name in given if name.startswith("MessageAttributes.")]:
        value = given.pop(name)
        if name.endswith(".Name"):
            attributes[value] = call.parameters[name.removesuffix("Name") + "Value.StringValue"]
    if "PolicyDocument" in given:
        given["PolicyDocument"] = loads(given["PolicyDocument"])
    if attributes:
        given["MessageAttributes"] = attributes
    return given
