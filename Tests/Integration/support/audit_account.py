"""An account's file with 3 regions and 300 findings of every kind, for `gatehouse audit`.

    python3 Tests/Integration/support/audit_account.py > account.json
    gatehouse audit --account account.json --all-regions --format html --output audit.html
"""

import datetime
import json
import sys

ACCOUNT, MEMBER = "123456789012", "210987654321"
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
NOW = datetime.datetime(2026, 11, 21, 8, 40, tzinfo=datetime.timezone.utc)
HOSTILE = '"><script>document.title = "run"</script><img src=x onerror=alert(1)>=1+1'
# Type, its resources, and what an outsider may do.
TYPES = (
    ("AWS::S3::Bucket", "arn:aws:s3:::reports-{region}-{number}", ["s3:GetObject", "s3:ListBucket"]),
    ("AWS::IAM::Role", "arn:aws:iam::{account}:role/partners/audit-{region}-{number}", ["sts:AssumeRole"]),
    ("AWS::KMS::Key", "arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-{number:012d}", ["kms:Decrypt"]),
    ("AWS::SQS::Queue", "arn:aws:sqs:{region}:{account}:orders-{number}", ["sqs:SendMessage", "sqs:ReceiveMessage"]),
    ("AWS::Lambda::Function", "arn:aws:lambda:{region}:{account}:function:import-{number}", ["lambda:InvokeFunction"]),
    ("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:{region}:{account}:secret:db-{number}-AbCdEf",
     ["secretsmanager:GetSecretValue"]),
    ("AWS::SNS::Topic", "arn:aws:sns:{region}:{account}:events-{number}", ["sns:Publish", "sns:Subscribe"]),
    ("AWS::ECR::Repository", "arn:aws:ecr:{region}:{account}:repository/base/{number}", ["ecr:BatchGetImage"]),
)
PRINCIPALS = (
    {"AWS": "arn:aws:iam::999988887777:user/Alice"},
    {"AWS": "999988887777"},
    {"AWS": "arn:aws:iam::444455556666:role/partner/Reader"},
    {"Federated": "arn:aws:iam::444455556666:saml-provider/Okta"},
    {"AWS": "*"},
)
UNUSED = ("UnusedIAMRole", "UnusedIAMUserAccessKey", "UnusedIAMUserPassword", "UnusedPermission")


def analyzer(region, name):
    return f"arn:aws:access-analyzer:{region}:{ACCOUNT}:analyzer/{name}"


def at(days):
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def finding(which, region, number, **members):
    place = REGIONS.index(region)
    days = (1, 12, 45, 200, 900)[number % 5]
    return {
        "analyzerArn": which,
        "id": f"{place:08d}-0000-4000-8000-{number:012d}",
        "status": "ACTIVE",
        "resourceOwnerAccount": MEMBER if number % 4 == 3 else ACCOUNT,
        "createdAt": at(days),
        "analyzedAt": at(0),
        "updatedAt": at(days // 2),
        **members,
    }


def external(region, number, which):
    kind, arn, actions = TYPES[number % len(TYPES)]
    principal = PRINCIPALS[number % len(PRINCIPALS)]
    made = finding(which, region, number)
    made.update(
        findingType="ExternalAccess",
        resource=arn.format(region=region, account=made["resourceOwnerAccount"], number=number),
        resourceType=kind,
        principal=principal,
        action=actions,
        condition={"aws:PrincipalOrgID": "o-abcdefghij"} if number % 7 == 0 else {},
        isPublic=principal == {"AWS": "*"} and number % 7 != 0,
    )
    if kind == "AWS::S3::Bucket":
        made["sources"] = [{"type": "POLICY"}]
    if number % 31 == 30:
        made.update(error="ACCESS_DENIED", principal=None, action=[], condition={}, isPublic=None)
        made = {key: value for key, value in made.items() if value is not None}
    return made


def account():
    """The account, as a dictionary."""
    analyzers, findings = {}, []
    for region in REGIONS:
        which = analyzer(region, "External")
        analyzers[which] = "ORGANIZATION"
        findings += [external(region, number, which) for number in range(80)]
        # Both watch the same: the account's own analyzer reports ten of them again.
        own = analyzer(region, "OwnAccount")
        analyzers[own] = "ACCOUNT"
        for number in range(10):
            again = external(region, number, own)
            again["id"] = again["id"].replace("-0000-", "-0001-", 1)
            findings.append(again)
    unused = analyzer("us-east-1", "Unused")
    analyzers[unused] = "ACCOUNT_UNUSED_ACCESS"
    for number in range(20):
        kind = UNUSED[number % len(UNUSED)]
        is_role = kind in ("UnusedIAMRole", "UnusedPermission")
        made = finding(unused, "us-east-1", 1000 + number, findingType=kind)
        made.update(
            resourceOwnerAccount=ACCOUNT,
            resource=f"arn:aws:iam::{ACCOUNT}:{'role' if is_role else 'user'}/idle-{number}",
            resourceType="AWS::IAM::Role" if is_role else "AWS::IAM::User",
            findingDetails=[],
        )
        findings.append(made)
    internal = analyzer("eu-west-1", "Internal")
    analyzers[internal] = "ACCOUNT_INTERNAL_ACCESS"
    for number in range(9):
        made = finding(internal, "eu-west-1", 2000 + number, findingType="InternalAccess")
        made.update(
            resourceOwnerAccount=ACCOUNT,
            resource=f"arn:aws:s3:::crown-jewels-{number}",
            resourceType="AWS::S3::Bucket",
            findingDetails=[
                {
                    "internalAccessDetails": {
                        "action": ["s3:GetObject"],
                        "principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/intern-{number}"},
                        "condition": {},
                        "accessType": "INTRA_ACCOUNT",
                    }
                }
            ],
        )
        findings.append(made)
    # Whoever names a resource may try what a report does with the name.
    hostile = finding(analyzer("us-east-1", "External"), "us-east-1", 3000, findingType="ExternalAccess")
    hostile.update(
        resourceOwnerAccount=ACCOUNT,
        resource=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{HOSTILE}",
        resourceType="AWS::SQS::Queue",
        principal={"AWS": f"arn:aws:iam::999988887777:user/{HOSTILE}"},
        action=["sqs:*"],
        condition={HOSTILE: HOSTILE},
        isPublic=False,
    )
    findings.append(hostile)
    return {
        "description": "3 regions, 300 findings of every kind.",
        "account": ACCOUNT,
        "region": "us-east-1",
        "analyzers": analyzers,
        "findings": findings,
    }


if __name__ == "__main__":
    json.dump(account(), sys.stdout, indent=1)
