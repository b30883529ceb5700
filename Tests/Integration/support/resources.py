"""The resources and the organization of a fixture in moto: made through AWS's own interfaces, then given the ids and
times of the fixture, which no interface takes."""

import datetime
import io
import re
import zipfile

from moto.backends import get_backend

from .account import MEMBER, trusting_lambda
from .bucket_access import acl_of, private
from .directory_buckets import BUCKETS, Bucket
from .held import Held
from .spelling import dumps


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
        # A snapshot's ARN and a bucket's do not say whose it is.
        owner = account or resource.get("account") or resource.get("owner") or MEMBER
        maker(arn, owner, rest, resource)
        if "policy" in resource:
            policy = resource["policy"]
            self.held(arn, owner).policy = policy if isinstance(policy, str) else dumps(policy)
        elif service == "sns":
            # moto gives a topic one when it is made.
            self.held(arn, owner).policy = None
        if "sharedWith" in resource:
            self.held(arn, owner).shared_with = resource["sharedWith"]

    def held(self, arn, owner):
        return Held(arn, owner, self.accounts.region)

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
        for grant in resource.get("grants", []):
            made = key.add_grant("", grant["GranteePrincipal"], grant["Operations"], {}, "")
            made.id = grant["GrantId"]
            key.grants = {one.id: one for one in key.grants.values()}
        backend.keys[key.id] = key
        backend.tagger.tag_resource(key.id, tags)
        for alias in resource.get("keyAliases", []):
            kms.create_alias(AliasName=alias, TargetKeyId=key.id)

    def make_s3(self, arn, account, rest, resource):
        s3 = self.client("s3", account)
        s3.create_bucket(Bucket=rest)
        bucket = get_backend("s3")[account][self.accounts.partition].get_bucket(rest)
        bucket.acl = acl_of(resource["acl"]) if "acl" in resource else private()
        if resource.get("tags"):
            s3.put_bucket_tagging(Bucket=rest, Tagging={"TagSet": pairs(resource.get("tags"))})
        if "publicAccessBlock" in resource:
            s3.put_public_access_block(Bucket=rest, PublicAccessBlockConfiguration=dict(resource["publicAccessBlock"]))
        if "objectOwnership" in resource:
            rules = [{"ObjectOwnership": resource["objectOwnership"]}]
            s3.put_bucket_ownership_controls(Bucket=rest, OwnershipControls={"Rules": rules})

    def make_s3express(self, arn, account, rest, resource):
        BUCKETS[arn] = Bucket(arn, dict(resource.get("tags") or {}))

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
        self.client("sqs", account).create_queue(QueueName=rest, Attributes=attributes, tags=resource.get("tags") or {})

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
            Tags=resource.get("tags") or {},
        )
        self.backend("lambda", account).get_function(name).policy.has_whole = resource.get("hasWholePolicies", True)

    def make_secretsmanager(self, arn, account, rest, resource):
        client = self.client("secretsmanager", account)
        # Six characters of Secrets Manager's follow the name.
        name = resource.get("name", rest.removeprefix("secret:")[:-7])
        client.create_secret(
            Name=name,
            SecretString=resource.get("content", "x"),
            Description=resource.get("description", ""),
            Tags=pairs(resource.get("tags")),
        )
        backend = self.backend("secretsmanager", account)
        secret = backend.secrets.get(name)
        secret.arn = arn
        if "owningService" in resource:
            # As AWS itself tags it, which nobody else may.
            owner = {"Key": "aws:secretsmanager:owningService", "Value": resource["owningService"]}
            secret.tags = [*(secret.tags or []), owner]
        if "createdAt" in resource:
            secret.created_date = moment(resource["createdAt"]).replace(tzinfo=datetime.timezone.utc).timestamp()

    def make_elasticfilesystem(self, arn, account, rest, resource):
        client = self.client("efs", account)
        made = client.create_file_system(Encrypted=resource.get("encrypted", False), Tags=pairs(resource.get("tags")))
        backend = self.backend("efs", account)
        system = backend.file_systems_by_id.pop(made["FileSystemId"])
        system.file_system_id, system.file_system_arn = rest.removeprefix("file-system/"), arn
        if "createdAt" in resource:
            system.creation_time = moment(resource["createdAt"]).replace(tzinfo=datetime.timezone.utc).timestamp()
        backend.file_systems_by_id[system.file_system_id] = system
        client.tag_resource(ResourceId=system.file_system_id, Tags=pairs(resource.get("tags")))

    def make_ec2(self, arn, account, rest, resource):
        client = self.client("ec2", account)
        zone = f"{self.accounts.region}a"
        volume = client.create_volume(AvailabilityZone=zone, Size=1, Encrypted=resource.get("encrypted", False))
        made = client.create_snapshot(VolumeId=volume["VolumeId"], Description=resource.get("description", ""))
        made = made["SnapshotId"]
        backend = self.backend("ec2", account)
        snapshot = backend.snapshots.pop(made)
        snapshot.id = rest.removeprefix("snapshot/")
        if "createdAt" in resource:
            snapshot.start_time = moment(resource["createdAt"])
        backend.snapshots[snapshot.id] = snapshot
        if resource.get("tags"):
            client.create_tags(Resources=[snapshot.id], Tags=pairs(resource["tags"]))

    def make_ecr(self, arn, account, rest, resource):
        name = rest.removeprefix("repository/")
        self.client("ecr", account).create_repository(repositoryName=name, tags=pairs(resource.get("tags")))

    def make_rds(self, arn, account, rest, resource):
        kind, name = rest.split(":", 1)
        client = self.client("rds", account)
        shared = {"Engine": "aurora-mysql", "StorageEncrypted": resource.get("encrypted", False)}
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
        if "createdAt" in resource:
            snapshot.created = moment(resource["createdAt"])

    def make_sns(self, arn, account, rest, resource):
        self.client("sns", account).create_topic(Name=rest, Tags=pairs(resource.get("tags")))

    def make_dynamodb(self, arn, account, rest, resource):
        """A table; or a stream, which has its table's tags. Either may be named first."""
        name, _, label = rest.removeprefix("table/").partition("/stream/")
        client, backend = self.client("dynamodb", account), self.backend("dynamodb", account)
        if name in backend.tables:
            backend.tables[name].latest_stream_label = label or backend.tables[name].latest_stream_label
            if not label:
                backend.tables[name].tags = pairs(resource.get("tags"))
            return
        client.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=pairs(resource.get("tags")),
        )
        backend.tables[name].latest_stream_label = label or None


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
