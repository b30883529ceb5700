"""The resources and the organization of a fixture in moto: made through AWS's own interfaces, then given the ids and
times of the fixture, which no interface takes."""

import datetime
import io
import re
import zipfile

from moto.backends import get_backend

from .account import MEMBER, trusting_lambda


def moment(text):
    """A time of the fixture, without a zone as moto holds most."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def pairs(tags, key="Key", value="Value"):
    return [{key: name, value: text} for name, text in (tags or {}).items()]


def code():
    """A function's or layer's code: a zip with one empty file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", "")
    return buffer.getvalue()


class Resources:
    """Makes the resources of one region."""

    def __init__(self, accounts):
        self.accounts = accounts

    def make(self, arn, resource):
        """One resource of a fixture."""
        _, _, service, region, account, rest = arn.split(":", 5)
        maker = getattr(self, "make_" + service.replace("-", "_"))
        maker(arn, account or resource.get("account", MEMBER), rest, resource)

    def client(self, service, account=MEMBER):
        return self.accounts.client(service, account)

    def backend(self, service, account):
        return get_backend(service)[account][self.accounts.region]

    def make_kms(self, arn, account, rest, resource):
        kms = self.client("kms", account)
        made = kms.create_key(
            Description=resource.get("description", ""), Tags=pairs(resource.get("tags"), "TagKey", "TagValue")
        )
        backend = self.backend("kms", account)
        key = backend.keys.pop(made["KeyMetadata"]["KeyId"])
        tags = backend.tagger.list_tags_for_resource(key.id)["Tags"]
        key.id, key.arn = rest.removeprefix("key/"), arn
        key.key_state = resource.get("keyState", key.key_state)
        if "createdAt" in resource:
            key.creation_date = moment(resource["createdAt"]).replace(tzinfo=datetime.timezone.utc).timestamp()
        backend.keys[key.id] = key
        backend.tagger.tag_resource(key.id, tags)
        for alias in resource.get("keyAliases", []):
            kms.create_alias(AliasName=alias, TargetKeyId=key.id)

    def make_s3(self, arn, account, rest, resource):
        s3 = self.client("s3", account)
        s3.create_bucket(Bucket=rest)
        if resource.get("tags"):
            s3.put_bucket_tagging(Bucket=rest, Tagging={"TagSet": pairs(resource.get("tags"))})
        if "publicAccessBlock" in resource:
            s3.put_public_access_block(Bucket=rest, PublicAccessBlockConfiguration=dict(resource["publicAccessBlock"]))
        if "objectOwnership" in resource:
            rules = [{"ObjectOwnership": resource["objectOwnership"]}]
            s3.put_bucket_ownership_controls(Bucket=rest, OwnershipControls={"Rules": rules})

    def make_iam(self, arn, account, rest, resource):
        path, name = re.fullmatch(r"user(/.*/|/)([^/]+)", rest).groups()
        self.client("iam", account).create_user(UserName=name, Path=path, Tags=pairs(resource.get("tags")))
        user = get_backend("iam")[account][self.accounts.partition].get_user(name)
        if "createdAt" in resource:
            user.create_date = moment(resource["createdAt"])
        if "lastUsed" in resource:
            user.password_last_used = moment(resource["lastUsed"])

    def make_sqs(self, arn, account, rest, resource):
        attributes = {"FifoQueue": "true"} if rest.endswith(".fifo") else {}
        self.client("sqs", account).create_queue(QueueName=rest, Attributes=attributes, tags=resource.get("tags", {}))

    def make_lambda(self, arn, account, rest, resource):
        kind, name = rest.split(":")[:2]
        client = self.client("lambda", account)
        if kind == "layer":
            number = int(rest.split(":")[2])
            backend = self.backend("lambda", account)
            layer = backend._layers._layers.get(name)
            while layer is None or number not in {version.version for version in layer.layer_versions.values()}:
                client.publish_layer_version(LayerName=name, Content={"ZipFile": code()})
                layer = backend._layers._layers[name]
            # moto finds layers by name alone; the ARN is legal as well.
            backend._layers._layers[arn.rsplit(":", 1)[0].replace(":", "%3A")] = layer
            version = next(version for version in layer.layer_versions.values() if version.version == number)
            version.description = resource.get("description", "")
            if "createdAt" in resource:
                version.created_date = moment(resource["createdAt"]).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
            return
        role = self.accounts.role("function", {"Version": "2012-10-17", "Statement": [trusting_lambda()]})
        client.create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.12",
            Handler="index.handler",
            Code={"ZipFile": code()},
            Tags=resource.get("tags"),
        )

    def make_secretsmanager(self, arn, account, rest, resource):
        client = self.client("secretsmanager", account)
        client.create_secret(
            Name=resource["name"],
            SecretString="x",
            Description=resource["description"],
            Tags=pairs(resource.get("tags")),
        )
        backend = self.backend("secretsmanager", account)
        secret = backend.secrets.get(resource["name"])
        secret.arn = arn
        secret.created_date = moment(resource["createdAt"]).replace(tzinfo=datetime.timezone.utc).timestamp()

    def make_elasticfilesystem(self, arn, account, rest, resource):
        client = self.client("efs", account)
        made = client.create_file_system(Encrypted=resource["encrypted"], Tags=pairs(resource.get("tags")))
        backend = self.backend("efs", account)
        system = backend.file_systems_by_id.pop(made["FileSystemId"])
        system.file_system_id, system.file_system_arn = rest.removeprefix("file-system/"), arn
        system.creation_time = moment(resource["createdAt"]).replace(tzinfo=datetime.timezone.utc).timestamp()
        backend.file_systems_by_id[system.file_system_id] = system
        client.tag_resource(ResourceId=system.file_system_id, Tags=pairs(resource.get("tags")))

    def make_ec2(self, arn, account, rest, resource):
        account = account or resource["owner"]
        client = self.client("ec2", account)
        zone = f"{self.accounts.region}a"
        volume = client.create_volume(AvailabilityZone=zone, Size=1, Encrypted=resource["encrypted"])["VolumeId"]
        made = client.create_snapshot(VolumeId=volume, Description=resource["description"])["SnapshotId"]
        backend = self.backend("ec2", account)
        snapshot = backend.snapshots.pop(made)
        snapshot.id = rest.removeprefix("snapshot/")
        snapshot.start_time = moment(resource["createdAt"])
        backend.snapshots[snapshot.id] = snapshot
        client.create_tags(Resources=[snapshot.id], Tags=pairs(resource.get("tags")))

    def make_ecr(self, arn, account, rest, resource):
        name = rest.removeprefix("repository/")
        self.client("ecr", account).create_repository(repositoryName=name, tags=pairs(resource.get("tags")))

    def make_rds(self, arn, account, rest, resource):
        kind, name = rest.split(":")
        client = self.client("rds", account)
        shared = {"Engine": "aurora-mysql", "StorageEncrypted": resource["encrypted"]}
        backend = self.backend("rds", account)
        if kind == "snapshot":
            client.create_db_instance(
                DBInstanceIdentifier="instance",
                DBInstanceClass="db.t3.medium",
                **{**shared, "Engine": "mysql", "AllocatedStorage": 20},
            )
            client.create_db_snapshot(
                DBInstanceIdentifier="instance", DBSnapshotIdentifier=name, Tags=pairs(resource.get("tags"))
            )
            snapshot = backend.database_snapshots[name]
        else:
            login = {"MasterUsername": "administrator", "MasterUserPassword": "not-a-secret"}
            client.create_db_cluster(DBClusterIdentifier="cluster", **shared, **login)
            client.create_db_cluster_snapshot(
                DBClusterIdentifier="cluster", DBClusterSnapshotIdentifier=name, Tags=pairs(resource.get("tags"))
            )
            snapshot = backend.cluster_snapshots[name]
        snapshot.created = moment(resource["createdAt"])

    def make_sns(self, arn, account, rest, resource):
        self.client("sns", account).create_topic(Name=rest, Tags=pairs(resource.get("tags")))

    def make_dynamodb(self, arn, account, rest, resource):
        self.client("dynamodb", account).create_table(
            TableName=rest.removeprefix("table/"),
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=pairs(resource.get("tags")),
        )


def make_organization(accounts, members):
    """An organization whose management account is ours, with these accounts by id."""
    client = accounts.client("organizations", MEMBER)
    client.create_organization(FeatureSet="ALL")
    backend = get_backend("organizations")[MEMBER][accounts.partition]
    root = client.list_roots()["Roots"][0]["Id"]
    for number, member in members.items():
        known = next((account for account in backend.accounts if account.id == number), None)
        if known is None:
            email = f"{number}@example.com"
            made = client.create_account(AccountName=member["name"], Email=email)["CreateAccountStatus"]["AccountId"]
            known = next(account for account in backend.accounts if account.id == made)
            known.id = number
        known.name, known.tags = member["name"], dict(member.get("tags", {}))
        parent = root
        for unit in reversed(member.get("organizationalUnits", [])):
            made = client.create_organizational_unit(ParentId=parent, Name=unit["name"])["OrganizationalUnit"]["Id"]
            next(known for known in backend.ou if known.id == made).id = unit["id"]
            parent = unit["id"]
        known.parent_id = parent
