"""What a resource in moto lets others do: its policy's very text, or with whom it is shared. Read and put in behind
the interfaces, for documents that no service would take any more."""

import json

from moto.backends import get_backend

from . import bucket_access, directory_buckets, function_policies
from .policies import TablePolicy


class Sharing(dict):
    """A set of moto's that keeps its order, as AWS does."""

    def update(self, values):
        super().update(dict.fromkeys(values))

    def difference_update(self, values):
        for value in values:
            self.pop(value, None)


class Held:
    """A resource by its ARN; `account` and `region` where the ARN does not say them."""

    def __init__(self, arn, account="123456789012", region="us-east-1"):
        self.arn = arn
        _, partition, self.service, own_region, own_account, self.rest = arn.split(":", 5)
        if self.service == "s3express":
            self.backend = directory_buckets.BUCKETS
            return
        place = partition if self.service == "s3" else own_region or region
        self.backend = get_backend(self.service.replace("elasticfilesystem", "efs"))[own_account or account][place]

    @property
    def name(self):
        return self.rest.replace(":", "/", 1).split("/", 1)[-1]

    def resource(self):
        """moto's own object."""
        finders = {
            "s3": lambda: self.backend.get_bucket(self.rest),
            "s3express": lambda: self.backend[self.arn],
            "sqs": lambda: self.backend.queues[self.rest],
            "sns": lambda: self.backend.topics[self.arn],
            "kms": lambda: self.backend.keys[self.name],
            "secretsmanager": lambda: self.backend.secrets[self.arn],
            "ecr": lambda: self.backend.repositories[self.name],
            "elasticfilesystem": lambda: self.backend.file_systems_by_id[self.name],
            "lambda": self.function_or_layer,
            "ec2": lambda: self.backend.snapshots[self.name],
        }
        if self.service == "rds":
            of_cluster = self.rest.startswith("cluster-")
            return (self.backend.cluster_snapshots if of_cluster else self.backend.database_snapshots)[self.name]
        return finders[self.service]()

    def function_or_layer(self):
        if self.rest.startswith("layer:"):
            return self.backend.get_layer_version(*self.rest.split(":")[1:])
        return self.backend.get_function(self.name)

    @property
    def policy(self):
        """The text; None where there is none."""
        if self.service == "dynamodb":
            held = self.backend.resource_policies.get(self.arn)
            return held.policy_doc if held else None
        if self.service == "s3":
            text = self.resource().policy
            return text.decode() if text else None
        if self.service == "lambda":
            return function_policies.whole_policy(self.resource())
        return getattr(self.resource(), self.attribute)

    @policy.setter
    def policy(self, text):
        if self.service == "dynamodb":
            if text is None:
                self.backend.resource_policies.pop(self.arn, None)
            else:
                self.backend.resource_policies[self.arn] = TablePolicy(text)
        elif self.service == "s3":
            self.resource().policy = text.encode() if text else None
        elif self.service == "lambda":
            function_policies.give_policy(self.resource(), text)
        else:
            setattr(self.resource(), self.attribute, text)

    @property
    def access(self):
        """All that lets anybody in, of whatever kind it is, with documents parsed: equal where nothing differs."""
        if self.service in ("ec2", "rds"):
            return {"sharedWith": sorted(self.shared_with)}
        found = {"policy": json.loads(self.policy) if self.policy else None}
        if self.service == "s3":
            bucket = self.resource()
            found["acl"] = bucket_access.document_of(bucket.acl)
            found["publicAccessBlock"] = bucket_access.flags_of(bucket.public_access_block)
        return found

    @property
    def attribute(self):
        return "file_system_policy" if self.service == "elasticfilesystem" else "policy"

    @property
    def shared_with(self):
        """Account ids, and `all`, in moto's order."""
        snapshot = self.resource()
        if self.service == "rds":
            return list(snapshot.attributes["restore"])
        return [*snapshot.create_volume_permission_groups, *snapshot.create_volume_permission_userids]

    @shared_with.setter
    def shared_with(self, whom):
        snapshot = self.resource()
        if self.service == "rds":
            snapshot.attributes["restore"] = list(whom)
            return
        snapshot.create_volume_permission_groups = Sharing.fromkeys(one for one in whom if one == "all")
        snapshot.create_volume_permission_userids = Sharing.fromkeys(one for one in whom if one != "all")
