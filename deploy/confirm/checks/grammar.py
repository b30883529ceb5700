"""What services take and refuse in policies, and the limits by which gatehouse refuses before they do."""

from ..account import ClientError, code_of, said
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import (
    bucket_of, create_table, kind, make_bucket, make_directory_bucket, make_key, make_role, text, trust_of,
)  # fmt: skip


def several_ids(count=9):
    """A Sid as nine folded Denies have it, and whom they deny."""
    ids = "".join(f"{number:032x}" for number in range(count))
    return f"Gatehouse{ids}", [f"arn:aws:iam::{number:012d}:role/nobody" for number in range(1, count + 1)]


def trust(at):
    arn = make_role(at, "trust")
    name = arn.rsplit("/", 1)[1]
    base = trust_of({"AWS": at.account.root()})

    def write(*statements):
        document = text({**base, "Statement": base["Statement"] + list(statements)})
        return at.attempt("iam:UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=document)[1]

    sid, whom = several_ids()
    deny = {"Sid": sid, "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    condition = {"ArnEquals": {"aws:PrincipalArn": whom[:1]}}
    refused = write({**deny, "Condition": condition})
    at.judge("several-ids", CONTRADICTED if refused else CONFIRMED, said(refused) if refused else f"{len(sid)} characters")
    refused = write({**deny, "Sid": "GatehouseStar", "Principal": "*", "Condition": condition})
    at.judge("bare-star", CONFIRMED if refused else CONTRADICTED, said(refused) if refused else "taken")
    dead_principal(at, name, write)


def dead_principal(at, trusting, write):
    """A role is let in, deleted, and the policy is written again as it is read."""
    if not at.check.wants("dead-principal"):
        return
    gone = make_role(at, "gone")
    allow = {"Effect": "Allow", "Principal": {"AWS": gone}, "Action": "sts:AssumeRole"}
    if not at.look(lambda: write(allow) is None, 8):
        at.judge("dead-principal", UNKNOWN, "IAM did not take the new role as a principal within the time")
        return
    at.call("iam:DeleteRole", RoleName=gone.rsplit("/", 1)[1])
    at.account.made.forget("role", gone.rsplit("/", 1)[1])

    def principals():
        held = at.call("iam:GetRole", RoleName=trusting)["Role"]["AssumeRolePolicyDocument"]
        return held["Statement"][-1]["Principal"].get("AWS", "")

    is_id = at.look(lambda: str(principals()).startswith("AROA"), 8)
    shown = principals()
    refused = write({**allow, "Principal": {"AWS": shown}})
    at.judge(
        "dead-principal",
        CONFIRMED if is_id and refused else CONTRADICTED,
        f"read as {shown}; written again: {said(refused) if refused else 'taken'}",
    )


def padded(document, size):
    """The same with a Deny that matches nobody, so that it has this many bytes."""
    values = []
    deny = {**document["Statement"][0], "Sid": "Pad", "Effect": "Deny", "Principal": {"AWS": "*"}}
    deny["Condition"] = {"StringEquals": {"aws:PrincipalTag/confirm-live": values}}
    made = {**document, "Statement": [*document["Statement"], deny]}
    values.append("x")
    missing = size - len(text(made))
    while missing > 0:
        # A further value costs three characters besides its own.
        part = min(missing, 203)
        if part <= 3 or 0 < missing - part <= 3:
            part = min(missing, 200)
        if part > 3:
            values.append("x" * (part - 3))
        else:
            values[0] += "x" * part
        missing = size - len(text(made))
    return made


def quota(at, put, document, size):
    """Whether just so much is taken, and one byte more is not."""
    refused = put(text(padded(document, size)))
    over = put(text(padded(document, size + 1)))
    is_right = refused is None and over is not None
    at.judge(
        "quota",
        CONFIRMED if is_right else CONTRADICTED,
        f"{size} bytes: {said(refused) if refused else 'taken'}; {size + 1}: {said(over) if over else 'taken'}",
    )


def bucket(at):
    arn = make_bucket(at)
    name = arn.rsplit(":", 1)[1]

    def put(document):
        return at.attempt("s3:PutBucketPolicy", Bucket=name, Policy=document)[1]

    own = kind("bucket").policy(at.account, arn)
    for suffix, document in {
        "empty-statement": {**own, "Statement": []},
        "action-resource": {**own, "Statement": [{**own["Statement"][0], "Resource": arn}]},
    }.items():
        refused = put(text(document))
        # gatehouse relies on the refusal and on its name.
        is_right = refused is not None and code_of(refused) == "MalformedPolicy"
        at.judge(suffix, CONFIRMED if is_right else CONTRADICTED, said(refused) if refused else "taken")
    if at.check.wants("quota"):
        star = {**own, "Statement": [{**own["Statement"][0], "Effect": "Deny", "Principal": {"AWS": "*"}, "Condition": {
            "StringEquals": {"aws:PrincipalTag/confirm-live": "nobody"}}}]}  # fmt: skip
        quota(at, put, star, 20 << 10)


def directory_bucket(at):
    arn = make_directory_bucket(at)

    def put(document):
        return at.attempt("s3:PutBucketPolicy", Bucket=bucket_of(arn), Policy=document)[1]

    quota(at, put, kind("directory-bucket").policy(at.account, arn), 20 << 10)


def key(at):
    arn = make_key(at, "key-quota")

    def put(document):
        return at.attempt("kms:PutKeyPolicy", KeyId=arn, PolicyName="default", Policy=document)[1]

    quota(at, put, kind("key").policy(at.account, arn), 32 << 10)


def table(at):
    arn = create_table(at, "table-twice")
    own = kind("table").policy(at.account, arn)
    second = {**own, "Statement": [{**own["Statement"][0], "Sid": "Second"}]}
    at.call("dynamodb:PutResourcePolicy", ResourceArn=arn, Policy=text(own))
    _, refused = at.attempt("dynamodb:PutResourcePolicy", ResourceArn=arn, Policy=text(second))
    known = ("ResourceInUseException", "LimitExceededException")
    if refused is None:
        at.judge("second-write", CONTRADICTED, "the second policy was taken at once: nothing has to be waited for")
    else:
        at.judge("second-write", CONFIRMED if code_of(refused) in known else CONTRADICTED, said(refused))


def secret(at):
    """Nothing is written: the service is asked about a policy that is open to everybody, and the same with our Deny."""
    type_ = kind("secret")
    arn = f"arn:{at.account.partition}:secretsmanager:{at.account.region}:{at.account.id}:secret:confirm-live-a1b2c3"
    everybody = {"AWS": "*"}
    open_ = type_.policy(at.account, arn)
    open_["Statement"].append(type_.statement(arn, "Everybody", everybody))

    def passes(document):
        told, refused = at.attempt("secretsmanager:ValidateResourcePolicy", ResourcePolicy=text(document))
        if refused is not None:
            raise refused
        names = [each.get("CheckName", "") for each in told.get("ValidationErrors", [])]
        return told["PolicyValidationPassed"], ", ".join(names)

    denies, why = at.program.denies(type_, arn, at.account.id, open_, everybody)
    if not denies:
        at.judge("verdict", UNKNOWN, f"gatehouse makes no Deny here: {why}")
        return
    try:
        control, _ = passes(open_)
        with_ours, names = passes({**open_, "Statement": open_["Statement"] + denies})
    except ClientError as error:
        at.judge("verdict", UNKNOWN, said(error))
        return
    if control:
        at.judge("verdict", UNKNOWN, "the service does not call the policy public without our Deny either")
        return
    at.judge("verdict", CONFIRMED if with_ours else CONTRADICTED, "not public with it" if with_ours else f"refused: {names}")


CHECKS = [
    Check(
        "trust",
        [
            Fact("trust.several-ids", "IAM takes a Sid of nine findings' ids.", "README; folding of a full trust policy",
                 "the write fails and is told"),
            Fact("trust.bare-star", 'IAM refuses a bare "*" as principal of a trust policy.', "contract: forms of the Deny",
                 "the form with AWS is right all the same"),
            Fact("trust.dead-principal",
                 "A deleted role is read back as its id, and a policy that holds one is refused when it is written.",
                 "resolve refuses such documents beforehand", "documents are refused that could be written"),
        ],
        ["two IAM roles without permissions"],
        ["iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:GetRole", "iam:DeleteRole"],
        trust,
        ["role"],
    ),
    Check(
        "bucket-grammar",
        [
            Fact("bucket-grammar.empty-statement", "S3 refuses a policy without statements as MalformedPolicy.",
                 "undo removes a policy that holds ours alone"),
            Fact("bucket-grammar.action-resource", "S3 refuses an action that fits none of its statement's resources.",
                 "the Deny's resources are those of the Allow"),
            Fact("bucket-grammar.quota", "A bucket's policy may have 20480 bytes, and no more.",
                 "resolve refuses what is longer"),
        ],
        ["an S3 bucket, empty"],
        ["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutBucketPolicy"],
        bucket,
        ["bucket"],
    ),
    Check(
        "directory-grammar",
        [Fact("directory-grammar.quota", "A directory bucket's policy may have 20480 bytes, and no more.",
              "resolve refuses what is longer")],
        ["an S3 directory bucket, empty"],
        ["ec2:DescribeAvailabilityZones", "s3:CreateBucket", "s3:PutBucketPolicy"],
        directory_bucket,
        ["directory-bucket"],
    ),
    Check(
        "key-grammar",
        [Fact("key-grammar.quota", "A key's policy may have 32768 bytes, and no more.", "resolve refuses what is longer")],
        ["a KMS key"],
        ["kms:CreateKey", "kms:PutKeyPolicy"],
        key,
        ["key"],
        cost="$0.04 for the hour, then pending deletion, which is free",
    ),
    Check(
        "table-grammar",
        [Fact("table-grammar.second-write",
              "DynamoDB refuses a second policy within 15 s as ResourceInUseException or LimitExceededException.",
              "these are tried again", "an error of the service")],
        ["a DynamoDB table, empty"],
        ["dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:PutResourcePolicy"],
        table,
        ["table"],
    ),
    Check(
        "secret-public",
        [Fact("secret-public.verdict", "Secrets Manager counts our Deny when it says whether a policy is public.",
              "resolve is REFUSED where a service calls the result public")],
        [],
        ["secretsmanager:ValidateResourcePolicy"],
        secret,
        [],
        programs=["gatehouse invoke resolve (on paper)"],
    ),
]  # fmt: skip
