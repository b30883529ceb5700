import AWSClient
import Basics
import Findings
import Policies
import Rules

/// What a sample event says about one type of resource: how its ARN looks, what its findings name as actions, and who can
/// be named.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
struct SampleType {
    /// How access to a resource of the type is given.
    enum Sharing {
        /// By a policy document whose statements name this as their resource; `nil` where they name none.
        case policy(resource: [String]?)
        /// By a list of accounts, or of all.
        case list
    }

    let type: ResourceType
    /// The resource's ARN.
    let arn: String
    /// What the finding says that somebody can do.
    let actions: [String]
    /// Who can be named in a finding about access from outside; none for a type that has no such findings.
    let principals: [SamplePrincipal]
    /// What can be reported, the usual kind first.
    let kinds: [FindingKind]
    let sharing: Sharing
    /// Why a principal is never named, where that is not plain.
    let whyNot: [SamplePrincipal: String]

    /// - Parameters:
    ///   - actions: IAM's names; for a federated principal of a role another is taken.
    ///   - resources: what a policy's statements name, `nil` for the resource itself.
    private init(
        _ type: ResourceType,
        _ arn: String,
        _ actions: [String],
        _ principals: [SamplePrincipal] = [.account, .user, .role, .public],
        kinds: [FindingKind] = [.externalAccess],
        sharing: Sharing? = nil,
        whyNot: [SamplePrincipal: String] = [:]
    ) {
        self.type = type
        self.arn = arn
        self.actions = actions
        self.principals = principals
        self.kinds = kinds
        self.sharing = sharing ?? .policy(resource: [arn])
        self.whyNot = whyNot.merging(Self.whyNot) { own, _ in own }
    }

    /// The other resource whose tags count for it: a stream's table.
    var tagged: String? {
        guard type == .dynamoDBStream, let end = arn.firstRange(of: "/stream/")?.lowerBound else { return nil }
        return String(arn[..<end])
    }

    private static let whyNot: [SamplePrincipal: String] = [
        .federated: "identity providers can be let in by the trust policies of roles alone",
        .canonical: "canonical users are known to S3 buckets alone",
    ]
    private static let blocksPublic = "its Block Public Access is always on"
    private static let sharedWithAccounts = "it is shared with accounts, not with users and roles"
    private static let onlyAccounts: [SamplePrincipal: String] = [.user: sharedWithAccounts, .role: sharedWithAccounts]

    /// What is known of a type; `nil` for one that Access Analyzer does not report.
    ///
    /// - Parameter account: twelve digits, whose resource it is.
    static func known(_ type: ResourceType, in region: Region, account: String) -> SampleType? {
        func arn(_ service: String, _ resource: String, _ place: String? = nil) -> String {
            "arn:\(region.partition.rawValue):\(service):\(place ?? "\(region.name):\(account)"):\(resource)"
        }
        switch type {
        case .iamRole:
            return SampleType(
                type,
                arn("iam", "role/ExampleRole", ":\(account)"),
                ["sts:AssumeRole"],
                [.account, .user, .role, .federated, .public],
                kinds: [.externalAccess, .unusedIAMRole, .unusedPermission]
            )
        case .iamUser:
            return SampleType(
                type,
                arn("iam", "user/ExampleUser", ":\(account)"),
                [],
                [],
                kinds: [.unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission]
            )
        case .s3Bucket:
            let bucket = arn("s3", "example-reports", ":")
            return SampleType(
                type,
                bucket,
                ["s3:GetObject", "s3:ListBucket"],
                [.account, .user, .role, .canonical, .public],
                kinds: [.externalAccess, .internalAccess],
                sharing: .policy(resource: [bucket, bucket + "/*"])
            )
        case .s3DirectoryBucket:
            return SampleType(
                type,
                arn("s3express", "bucket/example--\(region.zonePrefix)-az4--x-s3"),
                ["s3express:CreateSession"],
                [.account, .user, .role],
                kinds: [.externalAccess, .internalAccess],
                whyNot: [.public: blocksPublic]
            )
        case .sqsQueue: return SampleType(type, arn("sqs", "example-queue"), ["sqs:ReceiveMessage", "sqs:SendMessage"])
        case .snsTopic: return SampleType(type, arn("sns", "example-topic"), ["sns:Publish", "sns:Subscribe"])
        case .lambdaFunction:
            return SampleType(type, arn("lambda", "function:example-function"), ["lambda:InvokeFunction"])
        case .lambdaLayerVersion:
            return SampleType(
                type,
                arn("lambda", "layer:example-layer:1"),
                ["lambda:GetLayerVersion"],
                [.account, .public],
                whyNot: onlyAccounts
            )
        case .kmsKey:
            return SampleType(
                type,
                arn("kms", "key/11112222-3333-4444-5555-666677778888"),
                ["kms:Decrypt", "kms:DescribeKey"],
                sharing: .policy(resource: ["*"])
            )
        case .secret:
            return SampleType(
                type,
                arn("secretsmanager", "secret:example-secret-AbCdEf"),
                ["secretsmanager:GetSecretValue"],
                sharing: .policy(resource: ["*"])
            )
        case .efsFileSystem:
            return SampleType(
                type,
                arn("elasticfilesystem", "file-system/fs-0123456789abcdef0"),
                ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
            )
        case .ecrRepository:
            return SampleType(
                type,
                arn("ecr", "repository/example/web"),
                ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                sharing: .policy(resource: nil)
            )
        case .ebsSnapshot:
            return shared(type, arn("ec2", "snapshot/snap-0123456789abcdef0", "\(region.name):"), "ec2:CreateVolume")
        case .rdsSnapshot:
            return shared(
                type,
                arn("rds", "snapshot:example-snapshot"),
                "rds:RestoreDBInstanceFromDBSnapshot",
                [.externalAccess, .internalAccess]
            )
        case .rdsClusterSnapshot:
            return shared(
                type,
                arn("rds", "cluster-snapshot:example-snapshot"),
                "rds:RestoreDBClusterFromSnapshot",
                [.externalAccess, .internalAccess]
            )
        case .dynamoDBTable:
            return SampleType(
                type,
                arn("dynamodb", "table/ExampleTable"),
                ["dynamodb:GetItem", "dynamodb:Query"],
                [.account, .user, .role],
                kinds: [.externalAccess, .internalAccess],
                whyNot: [.public: blocksPublic]
            )
        case .dynamoDBStream:
            return SampleType(
                type,
                arn("dynamodb", "table/ExampleTable/stream/2026-01-01T00:00:00.000"),
                ["dynamodb:GetRecords"],
                [.account, .user, .role],
                kinds: [.externalAccess, .internalAccess],
                whyNot: [.public: blocksPublic]
            )
        default: return nil
        }
    }

    private static func shared(
        _ type: ResourceType,
        _ arn: String,
        _ action: String,
        _ kinds: [FindingKind] = [.externalAccess]
    ) -> SampleType {
        SampleType(type, arn, [action], [.account, .public], kinds: kinds, sharing: .list, whyNot: onlyAccounts)
    }
}

/// Somebody that a finding can name, in the words of the command line.
enum SamplePrincipal: String, CaseIterable {
    case `public`, account, user, role, federated, canonical

    /// The finding's `principal`: its key and value.
    ///
    /// - Parameter foreign: an account outside of the zone of trust.
    func element(_ partition: Partition, foreign: String) -> (key: String, value: String) {
        let outside = "arn:\(partition.rawValue):iam::\(foreign)"
        switch self {
        case .public: return ("AWS", "*")
        case .account: return ("AWS", foreign)
        case .user: return ("AWS", "\(outside):user/Alice")
        case .role: return ("AWS", "\(outside):role/Visitor")
        case .federated: return ("Federated", "accounts.google.com")
        case .canonical: return ("CanonicalUser", String(repeating: "79a59df900b949e5", count: 4))
        }
    }
}

extension Region {
    /// How the ids of its Availability Zones begin, such as `use1` in us-east-1 and `apse2` in ap-southeast-2.
    ///
    /// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    fileprivate var zonePrefix: String {
        let parts = name.split(separator: "-")
        let directions = [
            "north": "n", "south": "s", "east": "e", "west": "w", "central": "c", "northeast": "ne", "northwest": "nw",
            "southeast": "se", "southwest": "sw",
        ]
        return parts.map { part in
            let part = String(part)
            return directions[part] ?? (part == "gov" ? "g" : part)
        }.joined()
    }
}
