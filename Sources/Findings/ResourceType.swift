/// A type of resource as AWS names it, such as `AWS::S3::Bucket`: checked once, and with what is known of it.
///
/// Any type may be reported; of those that are not listed nothing is known but the name. Source:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
package struct ResourceType: Sendable {
    /// As AWS writes it.
    package let name: String
    /// What people call it, such as `S3 bucket`; `nil` for a type that is not known here.
    package let words: String?
    /// The service in the ARNs of its resources; `nil` for a type that is not known here.
    package let arnService: String?
    /// How much it weighs in the score that such a resource is concerned, where the rules do not say.
    ///
    /// Keys, secrets and identities weigh most: whoever has them has what they open. Then what holds data that leaves
    /// with one call (snapshots, tables, buckets); then what only passes messages or holds code.
    package let riskPoints: Int

    private init(known name: String, _ words: String, _ arnService: String, _ riskPoints: Int) {
        self.name = name
        self.words = words
        self.arnService = arnService
        self.riskPoints = riskPoints
    }

    /// A type by its name. `nil` for an empty name, and for one that is not ASCII: everything asks for types by their
    /// text, and Unicode calls the Kelvin sign equal to a K.
    package init?(_ name: String) {
        if let known = Self.known[name], known.name.utf8.elementsEqual(name.utf8) {
            self = known
            return
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.name = name
        words = nil
        arnService = nil
        riskPoints = Self.pointsOfOthers
    }

    /// What a type weighs that is not known here.
    package static let pointsOfOthers = 10

    package static let s3Bucket = ResourceType(known: "AWS::S3::Bucket", "S3 bucket", "s3", 10)
    package static let s3DirectoryBucket = ResourceType(
        known: "AWS::S3Express::DirectoryBucket",
        "S3 directory bucket",
        "s3express",
        10
    )
    package static let iamRole = ResourceType(known: "AWS::IAM::Role", "IAM role", "iam", 25)
    package static let iamUser = ResourceType(known: "AWS::IAM::User", "IAM user", "iam", 25)
    package static let sqsQueue = ResourceType(known: "AWS::SQS::Queue", "SQS queue", "sqs", 5)
    package static let lambdaFunction = ResourceType(known: "AWS::Lambda::Function", "Lambda function", "lambda", 10)
    package static let lambdaLayerVersion = ResourceType(
        known: "AWS::Lambda::LayerVersion",
        "Lambda layer version",
        "lambda",
        5
    )
    package static let kmsKey = ResourceType(known: "AWS::KMS::Key", "KMS key", "kms", 20)
    package static let secret = ResourceType(
        known: "AWS::SecretsManager::Secret",
        "Secrets Manager secret",
        "secretsmanager",
        25
    )
    package static let efsFileSystem = ResourceType(
        known: "AWS::EFS::FileSystem",
        "EFS file system",
        "elasticfilesystem",
        10
    )
    package static let ebsSnapshot = ResourceType(known: "AWS::EC2::Snapshot", "EBS snapshot", "ec2", 15)
    package static let ecrRepository = ResourceType(known: "AWS::ECR::Repository", "ECR repository", "ecr", 5)
    package static let rdsSnapshot = ResourceType(known: "AWS::RDS::DBSnapshot", "RDS DB snapshot", "rds", 15)
    package static let rdsClusterSnapshot = ResourceType(
        known: "AWS::RDS::DBClusterSnapshot",
        "RDS DB cluster snapshot",
        "rds",
        15
    )
    package static let snsTopic = ResourceType(known: "AWS::SNS::Topic", "SNS topic", "sns", 5)
    package static let dynamoDBTable = ResourceType(known: "AWS::DynamoDB::Table", "DynamoDB table", "dynamodb", 15)
    package static let dynamoDBStream = ResourceType(known: "AWS::DynamoDB::Stream", "DynamoDB stream", "dynamodb", 10)

    /// Every type that Access Analyzer reports.
    package static let all: [ResourceType] = [
        .s3Bucket, .s3DirectoryBucket, .iamRole, .iamUser, .sqsQueue, .lambdaFunction, .lambdaLayerVersion, .kmsKey,
        .secret, .efsFileSystem, .ebsSnapshot, .ecrRepository, .rdsSnapshot, .rdsClusterSnapshot, .snsTopic,
        .dynamoDBTable, .dynamoDBStream,
    ]

    private static let known = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}

extension ResourceType: Hashable, CustomStringConvertible {
    /// Whether both have the same name, which is ASCII.
    package static func == (left: ResourceType, right: ResourceType) -> Bool {
        left.name == right.name
    }

    /// Hashes the name.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }

    /// The name.
    package var description: String { name }
}
