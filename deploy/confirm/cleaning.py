"""Takes away what a run has made: by the names that it noted, and by what the account's lists show of the run."""

import time

from .account import ClientError, is_gone, is_refusal, said
from .made import MADE

# How often each step is tried, and how long apart: a resource that was just made may not be deletable yet.
TRIES, PAUSE = 6, 10
# The states of a file system that was deleted.
ENDING = ("deleting", "deleted")


class Absent(Exception):
    """No list shows it."""


class Cleaner:
    """What there is of one kind, and how one is deleted. Names, and never ids, wherever a service has them.

    `find` gives the names of the run; `delete` takes one, and may find it gone. What has no name of its own is
    `is_listed_only`: it is deleted by what lists show, and is not gone because they do not.
    """

    def __init__(self, service, find, delete, calls, note="", is_listed_only=False):
        self.service, self.find, self.delete, self.calls, self.note = service, find, delete, calls, note
        self.is_listed_only = is_listed_only


def pages(client, operation, member, **parameters):
    for page in client.get_paginator(operation).paginate(**parameters):
        yield from page.get(member, [])


def find_roles(account, iam):
    return [role["RoleName"] for role in pages(iam, "list_roles", "Roles", PathPrefix=account.path)]


def delete_role(account, iam, name):
    for policy in pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def find_buckets(account, s3):
    return [each["Name"] for each in s3.list_buckets()["Buckets"] if each["Name"].startswith(account.prefix)]


def delete_bucket(account, s3, name):
    """The templates are few, and nothing is versioned."""
    for each in pages(s3, "list_objects_v2", "Contents", Bucket=name):
        s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def find_directory_buckets(account, s3):
    named = s3.list_directory_buckets().get("Buckets", [])
    return [each["Name"] for each in named if each["Name"].startswith(account.prefix)]


def find_queues(account, sqs):
    urls = pages(sqs, "list_queues", "QueueUrls", QueueNamePrefix=account.prefix)
    return [url.rsplit("/", 1)[1] for url in urls]


def delete_queue(account, sqs, name):
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])


def find_topics(account, sns):
    names = [each["TopicArn"].rsplit(":", 1)[1] for each in pages(sns, "list_topics", "Topics")]
    return [name for name in names if name.startswith(account.prefix)]


def delete_topic(account, sns, name):
    """Its subscriptions, which SNS keeps for a while after the topic, are taken away first."""
    topic = f"arn:{account.partition}:sns:{account.region}:{account.id}:{name}"
    for each in pages(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic):
        if each["SubscriptionArn"].startswith("arn:"):
            sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    sns.delete_topic(TopicArn=topic)


def keys(account, kms):
    """Every key of the run, by its description: a key has no name."""
    refused, is_any_told = None, False
    for each in pages(kms, "list_keys", "Keys"):
        try:
            key = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
        except ClientError as error:
            if not is_refusal(error):
                raise
            # Somebody else's policy, which keeps us out: none of ours does.
            refused = error
            continue
        is_any_told = True
        if key.get("Description", "").startswith(account.prefix):
            yield key
    if refused is not None and not is_any_told:
        raise refused


def find_keys(account, kms):
    return [key["Description"] for key in keys(account, kms) if key["KeyState"] != "PendingDeletion"]


def delete_key(account, kms, name):
    """All that have the name: a call whose answer was lost, made again, has made another."""
    found = [key for key in keys(account, kms) if key["Description"] == name]
    if not found:
        raise Absent
    for key in found:
        if key["KeyState"] != "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)


def find_secrets(account, secrets):
    filters = [{"Key": "name", "Values": [account.prefix]}]
    return [each["Name"] for each in pages(secrets, "list_secrets", "SecretList", Filters=filters)]


def file_systems(account, efs):
    return [each for each in pages(efs, "describe_file_systems", "FileSystems") if each["CreationToken"].startswith(account.prefix)]


def find_file_systems(account, efs):
    return [each["CreationToken"] for each in file_systems(account, efs) if each["LifeCycleState"] not in ENDING]


def delete_file_system(account, efs, name):
    found = [each for each in file_systems(account, efs) if each["CreationToken"] == name]
    if not found:
        raise Absent
    for each in found:
        if each["LifeCycleState"] not in ENDING:
            efs.delete_file_system(FileSystemId=each["FileSystemId"])


def find_repositories(account, ecr):
    names = [each["repositoryName"] for each in pages(ecr, "describe_repositories", "repositories")]
    return [name for name in names if name.startswith(account.prefix)]


def find_functions(account, functions):
    names = [each["FunctionName"] for each in pages(functions, "list_functions", "Functions")]
    return [name for name in names if name.startswith(account.prefix)]


def find_tables(account, dynamodb):
    return [name for name in pages(dynamodb, "list_tables", "TableNames") if name.startswith(account.prefix)]


def find_rules(account, events):
    return [each["Name"] for each in events.list_rules(NamePrefix=account.prefix)["Rules"]]


def delete_rule(account, events, name):
    targets = [each["Id"] for each in events.list_targets_by_rule(Rule=name)["Targets"]]
    if targets:
        events.remove_targets(Rule=name, Ids=targets)
    events.delete_rule(Name=name)


def find_alarms(account, cloudwatch):
    found = cloudwatch.describe_alarms(AlarmNamePrefix=account.prefix)["MetricAlarms"]
    return [each["AlarmName"] for each in found]


def find_analyzers(account, analyzer):
    names = [each["name"] for each in pages(analyzer, "list_analyzers", "analyzers")]
    return [name for name in names if name.startswith(account.prefix)]


# In this order: what uses another goes first.
CLEANERS = {
    "rule": Cleaner("events", find_rules, delete_rule,
                    ["ListRules", "ListTargetsByRule", "RemoveTargets", "DeleteRule"]),
    "alarm": Cleaner("cloudwatch", find_alarms,
                     lambda account, client, name: client.delete_alarms(AlarmNames=[name]), ["DescribeAlarms", "DeleteAlarms"]),
    "topic": Cleaner("sns", find_topics, delete_topic,
                     ["ListTopics", "ListSubscriptionsByTopic", "Unsubscribe", "DeleteTopic"]),
    "queue": Cleaner("sqs", find_queues, delete_queue, ["ListQueues", "GetQueueUrl", "DeleteQueue"]),
    "function": Cleaner("lambda", find_functions,
                        lambda account, client, name: client.delete_function(FunctionName=name),
                        ["ListFunctions", "DeleteFunction"]),
    "table": Cleaner("dynamodb", find_tables,
                     lambda account, client, name: client.delete_table(TableName=name), ["ListTables", "DeleteTable"]),
    "secret": Cleaner("secretsmanager", find_secrets,
                      lambda account, client, name: client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
                      ["ListSecrets", "DeleteSecret"]),
    "repository": Cleaner("ecr", find_repositories,
                          lambda account, client, name: client.delete_repository(repositoryName=name, force=True),
                          ["DescribeRepositories", "DeleteRepository"]),
    "file-system": Cleaner("efs", find_file_systems, delete_file_system, ["DescribeFileSystems", "DeleteFileSystem"],
                           is_listed_only=True),
    "directory-bucket": Cleaner("s3", find_directory_buckets,
                                lambda account, client, name: client.delete_bucket(Bucket=name),
                                ["ListDirectoryBuckets", "DeleteBucket"]),
    "bucket": Cleaner("s3", find_buckets, delete_bucket, ["ListBuckets", "ListObjectsV2", "DeleteObject", "DeleteBucket"]),
    "role": Cleaner("iam", find_roles, delete_role,
                    ["ListRoles", "ListRolePolicies", "DeleteRolePolicy", "DeleteRole"]),
    "key": Cleaner("kms", find_keys, delete_key, ["ListKeys", "DescribeKey", "ScheduleKeyDeletion"],
                   "keys are deleted by KMS after 7 days, free until then", is_listed_only=True),
    "analyzer": Cleaner("accessanalyzer", find_analyzers,
                        lambda account, client, name: client.delete_analyzer(analyzerName=name),
                        ["ListAnalyzers", "DeleteAnalyzer"]),
}  # fmt: skip


def clean(account, kinds, say, tries=TRIES, pause=PAUSE):
    """Deletes what there is of these kinds; gives what could not be deleted, as lines.

    What was asked for and is not there is looked for until the last try: a list, or the resource itself, may come late.
    """
    again, problems = [kind for kind in CLEANERS if kind in kinds], {}
    for number in range(tries):
        if number > 0:
            time.sleep(min(pause, account.pace))
        for kind in again:
            problems[kind] = clean_kind(account, kind, say)
        again = [kind for kind in again if problems[kind] or account.made.names(kind)]
        if not again:
            break
    lines = [line for kind in again for line in problems[kind]]
    for kind in again:
        if CLEANERS[kind].is_listed_only and not problems[kind]:
            lines += [f"{kind} {name}: it was made, and no list shows it" for name in account.made.names(kind, MADE)]
    return lines


def clean_kind(account, kind, say):
    """One look at what there is of a kind; gives what went wrong, as lines."""
    cleaner, problems = CLEANERS[kind], []
    client = account.client(cleaner.service)
    try:
        for name in cleaner.find(account, client):
            account.made.note(kind, name)
    # Whatever an answer looks like, the other kinds are taken away as well.
    except Exception as error:
        problems.append(f"{kind}: cannot be listed: {said(error)}")
    for name in account.made.names(kind):
        try:
            cleaner.delete(account, client, name)
        except Absent:
            continue
        except Exception as error:
            # Gone, or a part of it is: the next try tells.
            account.made.doubt(kind, name)
            if not is_gone(error):
                problems.append(f"{kind} {name}: {said(error)}")
            continue
        account.made.forget(kind, name)
        say(f"deleted: {kind} {name}")
    return problems
