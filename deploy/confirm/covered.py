"""What README's list "Not yet confirmed on live AWS" and the inferences behind the program come to: the facts that are looked at
here, or why one is not.

A test keeps the list whole: each phrase stands in README, and each bullet of README has one.
"""

OTHER_PARTITION = "needs an account in aws-cn or aws-us-gov: run it there"
DEPLOY = "is seen when the stack is deployed: deploy/install in the sandbox"
SECOND = "needs a second account, with a caller and resources of its own"
POLICIES = [
    f"{kind}.{suffix}"
    for kind in ("role", "bucket", "directory-bucket", "queue", "topic", "key", "secret", "file-system", "repository", "table",
                 "function")
    for suffix in ("accepted", "read-back")
]  # fmt: skip
VERDICTS = [name.replace(".accepted", ".resolved") for name in POLICIES if name.endswith(".accepted")]
PREVIEWS = [
    name.replace(".resolved", f".preview-{form}")
    for name in VERDICTS
    if not name.startswith("function.")
    for form in ("condition", "principal")
]

# A phrase of each point of README's list, and the facts that confirm it; a text where it needs something else.
README = [
    ("`aws:PrincipalArn` of a role's session", ["session.principal-arn-path"]),
    ("a Deny on an account's `root`", ["session.deny-on-root"]),
    ("reaches services", ["service-role.star-reaches", "service-role.spared"]),
    ("people who come by an identity provider", "needs a provider and somebody who signs in there"),
    ("IAM returns our statements as written", POLICIES),
    ("the console's addresses in each partition", "is seen by a person who opens the links of a message"),
    ("FIPS and dual-stack endpoints", ["endpoints.fips", "endpoints.dual-stack"]),
    ("That CloudFormation, StackSets, IAM and KMS take the templates", ["templates.valid"]),
    ("Nothing was deployed to AWS", DEPLOY),
    ("Step Functions its Distributed Map", "needs deploy/sweep.yaml in the organization's security account"),
    ("`rds:DescribeDBSnapshots`", ["rds-authorisation.snapshot"]),
    ("ListFindingsV2 as", "is seen by `gatehouse audit` with a role that may ListFindings"),
    ("`kms:ViaService`", ["kms-via.sns"]),
    ("`lambda:ListTags`", ["lambda-tags.unqualified"]),
    ("`aws:ResourceTag`", ["session.resource-tag"]),
    ("`aws:ResourceOrgID`", ["session.resource-org-id"]),
    ("S3's own verdict count our Deny", [*VERDICTS, "bucket-public.verdict", "bucket-public.block"]),
    ("`aws:PrincipalAccount` of unsigned callers", ["anonymous.queue", "anonymous.topic"]),
    ("function URLs", "answers a refusal without its reason; seen by calling a page unsigned, before and after a Deny"),
    ("a Deny of `*` in a directory bucket's policy", ["directory-bucket.accepted"]),
    ("Lambda's whole-document policies", ["function.accepted", "function.rollback"]),
    ("Step Functions' log delivery, X-Ray and JSON log format", OTHER_PARTITION),
    ("arm64", "needs the arm64 binary: deploy/package on an arm64 machine, then deploy/install"),
    ("Access Analyzer, its previews", PREVIEWS),
    ("a task ends by its token from a function URL's function", "needs the stack: deploy/install --approvals iam in the sandbox"),
    ("DynamoDB answers transactions", ["ledger.transactions", "ledger.commands"]),
    ("takes a Sid of several ids", ["trust.several-ids"]),
    ("events hold `isDeleted`", ["events.shape"]),
    ("how chat clients show our notifications", "is seen by a person: a topic joined to a channel, and deploy/smoke-test"),
    ("how CloudTrail spells the names of each type", "needs CloudTrail's records of the changes that a run makes, up to 15 minutes later"),
]

# What else is inferred and not in README's list: facts, or why it is not looked at.
INFERRED = [
    ("deleted principals turn into ids, and block every later write", ["trust.dead-principal"]),
    ("a bare star is refused in trust policies", ["trust.bare-star"]),
    ("S3 refuses an empty policy", ["bucket-grammar.empty-statement"]),
    ("S3 refuses actions that fit no resource", ["bucket-grammar.action-resource"]),
    ("quotas of policies that AWS does not document", ["bucket-grammar.quota", "directory-grammar.quota", "key-grammar.quota"]),
    ("the error of a second policy of a table within 15 s", ["table-grammar.second-write"]),
    ("Secrets Manager's own verdict on our Deny", ["secret-public.verdict"]),
    ("services that publish by AWS:SourceOwner stay heard", ["topic-alarms.spared"]),
    ("undoing puts back what was there", [name.replace(".resolved", ".rollback") for name in VERDICTS]),
    ("a Deny limited to an access point, in Access Analyzer's eyes", "is not looked at yet; the program is right either way"),
    ("subscriptions and KMS grants of services outlive a Deny", SECOND),
    ("a Deny by principal holds for a mounted EFS file system", SECOND),
    ("a Deny of what a foreign source sends through a service", SECOND),
    ("DB snapshots with colons in their names", "needs AWS Backup and a database: 20 minutes and a dollar"),
    ("Neptune's and DocumentDB's snapshots are reported as cluster snapshots", "needs such a cluster"),
    ("a policy of AWS RAM beside a key's or a secret's own", SECOND),
]
