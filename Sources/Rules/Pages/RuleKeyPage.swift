import Findings
import Policies

/// What there is to say about one key of `when`.
package struct RuleKeyPage: Sendable {
    /// As rules spell it; with `<key>` or `<path>` where any text follows.
    package let name: String
    /// What it looks at.
    package let meaning: String
    /// What its values are; empty where any text may be one.
    package let values: [String]
    /// Where there is one, and what must be permitted; empty for what every finding has.
    package let availability: String
    /// The key with an operator and a value, as it stands in `when`.
    package var example: String { #""\#(name)": \#(operators)"# }
    private let operators: String

    /// Every key, those of the finding first.
    package static let all = finding + resource + accounts

    /// The page of a key as somebody typed it; also of one such as `tags.Environment`.
    package static func page(of key: String) -> RuleKeyPage? {
        if let page = all.first(where: { $0.name == key }) { return page }
        guard let read = RuleKey(key) else { return nil }
        if let page = all.first(where: { page in RuleKey(page.name)?.identity == read.identity }) { return page }
        return all.first { page in
            guard let end = page.name.firstIndex(of: "<") else { return false }
            return key.hasPrefix(page.name[..<end])
        }?.named(key)
    }

    /// The same of one key in the place of `<key>` or `<path>`.
    private func named(_ key: String) -> RuleKeyPage {
        RuleKeyPage(key, meaning, values: values, availability, example: operators)
    }

    /// What to say of a key that has no page.
    package static func unknown(_ key: String) -> String { RuleKey.unknown(key) }

    private init(
        _ name: String,
        _ meaning: String,
        values: [String] = [],
        _ availability: String = "",
        example: String
    ) {
        self.name = name
        self.meaning = meaning
        self.values = values
        self.availability = availability
        operators = example
    }

    static let truth = ["true", "false"]

    private static let finding = [
        RuleKeyPage("resource", "the resource's ARN", example: #"{"like": ["arn:aws:s3:::logs-*"]}"#),
        RuleKeyPage(
            "resourceType",
            "the resource's type",
            values: ResourceType.all.map(\.name),
            example: #"{"eq": ["AWS::S3::Bucket"]}"#
        ),
        RuleKeyPage("accountId", "the account that owns the resource", example: #"{"eq": ["123456789012"]}"#),
        RuleKeyPage(
            "resourceOwnerAccount",
            "the account that owns the resource: accountId as archive rules call it",
            example: #"{"eq": ["123456789012"]}"#
        ),
        RuleKeyPage("region", "the region of the finding", example: #"{"eq": ["eu-central-1"]}"#),
        RuleKeyPage(
            "kind",
            "what is found",
            values: [
                "ExternalAccess", "InternalAccess", "UnusedIAMRole", "UnusedIAMUserAccessKey", "UnusedIAMUserPassword",
                "UnusedPermission",
            ],
            example: #"{"eq": ["ExternalAccess"]}"#
        ),
        RuleKeyPage(
            "isPublic",
            "whether anybody has the access",
            values: truth,
            "Where Access Analyzer says it.",
            example: #"{"eq": ["false"]}"#
        ),
        RuleKeyPage(
            "error",
            "why Access Analyzer could not tell, such as ACCESS_DENIED or INTERNAL_ERROR",
            "Of findings that have one.",
            example: #"{"exists": false}"#
        ),
        RuleKeyPage(
            "principal.AWS",
            "the AWS principal that has the access: an ARN, an account or *. An account matches as id and as root's ARN",
            "Of findings of such a principal.",
            example: #"{"eq": ["arn:aws:iam::999988887777:role/audit"]}"#
        ),
        RuleKeyPage(
            "principal.Federated",
            "the identity provider that has the access",
            "Of findings of such a principal.",
            example: #"{"eq": ["accounts.google.com"]}"#
        ),
        RuleKeyPage(
            "principal.CanonicalUser",
            "the canonical user that has the access, in ACLs of S3",
            "Of findings of such a principal.",
            example: #"{"exists": true}"#
        ),
        RuleKeyPage(
            "principal.Service",
            "the AWS service that has the access",
            "Of findings of such a principal.",
            example: #"{"eq": ["sns.amazonaws.com"]}"#
        ),
        RuleKeyPage("actions", "what the principal can do", example: #"{"contains": ["Get"]}"#),
        RuleKeyPage(
            "action",
            "what the principal can do: actions as archive rules call it",
            example: #"{"eq": ["s3:GetObject"]}"#
        ),
        RuleKeyPage(
            "condition.<key>",
            "a condition under which the access holds, in any case of letters",
            "Of findings that have it.",
            example: #"{"exists": true}"#
        ),
        RuleKeyPage(
            "sources",
            "where the access comes from",
            values: ["POLICY", "BUCKET_ACL", "S3_ACCESS_POINT", "S3_ACCESS_POINT_ACCOUNT"],
            "Needs access-analyzer:GetFinding.",
            example: #"{"eq": ["S3_ACCESS_POINT"]}"#
        ),
        RuleKeyPage(
            "sources.accessPointArn",
            "the access point that the access comes through",
            "Needs access-analyzer:GetFinding.",
            example: #"{"like": ["arn:aws:s3:*:123456789012:accesspoint/*"]}"#
        ),
        RuleKeyPage(
            "sources.accessPointAccount",
            "the account of that access point",
            "Needs access-analyzer:GetFinding.",
            example: #"{"eq": ["123456789012"]}"#
        ),
        RuleKeyPage(
            "resourceControlPolicyRestriction",
            "whether a resource control policy limits the access, as Access Analyzer says it",
            "Needs access-analyzer:GetFinding.",
            example: #"{"exists": true}"#
        ),
        RuleKeyPage(
            "status",
            "how the finding stands; rules are asked about ACTIVE ones",
            values: ["ACTIVE", "ARCHIVED", "RESOLVED"],
            example: #"{"eq": ["ACTIVE"]}"#
        ),
        RuleKeyPage("id", "the finding's id", example: #"{"exists": true}"#),
        RuleKeyPage(
            "isDeleted",
            "whether the resource has been deleted",
            values: truth,
            example: #"{"eq": ["false"]}"#
        ),
        RuleKeyPage("risk", "the score, a whole number from 0 to 100", example: #"{"lt": 40}"#),
    ]

    private static let resource =
        [
            RuleKeyPage(
                "tags.<key>",
                "a tag of the resource; case counts",
                "Every type but Lambda layers. Needs the service's permission to list tags.",
                example: #"{"eq": ["development"]}"#
            ),
            RuleKeyPage("name", "the resource's name", example: #"{"like": ["audit-*"]}"#),
            RuleKeyPage("path", "its path", "IAM roles and users.", example: #"{"eq": ["/partners/"]}"#),
            RuleKeyPage(
                "description",
                "its description",
                "IAM roles, keys, secrets, EBS snapshots, layers.",
                example: #"{"contains": ["shared"]}"#
            ),
            RuleKeyPage("lastUsed", "when it was last used", "IAM roles and users.", example: #"{"exists": false}"#),
            RuleKeyPage("createdAt", "when it was made", "Types that say it.", example: #"{"exists": true}"#),
            RuleKeyPage("ageDays", "its age in days", "Types that say when they were made.", example: #"{"gt": 365}"#),
            RuleKeyPage(
                "encrypted",
                "whether it is encrypted",
                values: truth,
                "Snapshots and file systems.",
                example: #"{"eq": ["false"]}"#
            ),
            RuleKeyPage(
                "keyAliases",
                "the key's aliases",
                "KMS keys. Needs kms:ListAliases.",
                example: #"{"eq": ["alias/DevelopmentKey"]}"#
            ),
            RuleKeyPage(
                "keyManager",
                "who manages the key",
                values: ["AWS", "CUSTOMER"],
                "KMS keys.",
                example: #"{"eq": ["CUSTOMER"]}"#
            ),
            RuleKeyPage(
                "keyState",
                "the key's state",
                values: [
                    "Creating", "Disabled", "Enabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion",
                    "Unavailable", "Updating",
                ],
                "KMS keys.",
                example: #"{"eq": ["Enabled"]}"#
            ),
            RuleKeyPage(
                "objectOwnership",
                "who owns new objects",
                values: ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
                "S3 buckets. Needs s3:GetBucketOwnershipControls.",
                example: #"{"eq": ["BucketOwnerEnforced"]}"#
            ),
        ]
        + ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"].map { flag in
            RuleKeyPage(
                "publicAccessBlock.\(flag)",
                "a flag of the bucket's Block Public Access; false where it is not set",
                values: truth,
                "S3 buckets. Needs s3:GetBucketPublicAccessBlock.",
                example: #"{"eq": ["true"]}"#
            )
        }

    private static let accounts = [
        RuleKeyPage("account.id", "the resource's account", example: #"{"eq": ["123456789012"]}"#),
        RuleKeyPage(
            "account.name",
            "the name of the resource's account",
            "Needs organizations:DescribeAccount.",
            example: #"{"like": ["sandbox-*"]}"#
        ),
        RuleKeyPage(
            "account.organizationalUnits",
            "ids and names of all organizational units above the resource's account",
            "Needs organizations:ListParents.",
            example: #"{"eq": ["Sandbox"]}"#
        ),
        RuleKeyPage(
            "account.tags.<key>",
            "a tag of the resource's account",
            "Needs organizations:ListTagsForResource.",
            example: #"{"eq": ["production"]}"#
        ),
        RuleKeyPage("principalAccount.id", "the principal's account", example: #"{"eq": ["999988887777"]}"#),
        RuleKeyPage(
            "principalAccount.inOrganization",
            "whether the principal's account is in the organization",
            values: truth,
            "Needs organizations:DescribeAccount.",
            example: #"{"eq": ["true"]}"#
        ),
        RuleKeyPage(
            "context.<path>",
            "what a team of yours has added to the context; members with dots between",
            "Cases that hold it.",
            example: #"{"eq": ["approved"]}"#
        ),
    ]
}
