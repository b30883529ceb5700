/// A resource type whose resources are looked up, with the calls that are made for one.
///
/// | type | what is read |
/// | --- | --- |
/// | S3 bucket | tags, its own public access block, who owns new objects |
/// | S3 directory bucket | tags |
/// | IAM role | tags, path, description, last use |
/// | IAM user | tags, path, when its password was last used |
/// | SQS queue, SNS topic, Lambda function, ECR repository, DynamoDB table and stream (its table's) | tags |
/// | Lambda layer version | description; layers have no tags |
/// | KMS key | tags, aliases, manager, state, description |
/// | Secrets Manager secret | tags, name, description |
/// | EFS file system | tags, name, encryption |
/// | EBS snapshot | tags, age, encryption, description |
/// | RDS snapshots | tags, age, encryption |
///
/// Types: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
package enum EnrichedType: String, Sendable, CaseIterable {
    case bucket = "AWS::S3::Bucket"
    case directoryBucket = "AWS::S3Express::DirectoryBucket"
    case role = "AWS::IAM::Role"
    case user = "AWS::IAM::User"
    case queue = "AWS::SQS::Queue"
    case function = "AWS::Lambda::Function"
    case layerVersion = "AWS::Lambda::LayerVersion"
    case key = "AWS::KMS::Key"
    case secret = "AWS::SecretsManager::Secret"
    case fileSystem = "AWS::EFS::FileSystem"
    case snapshot = "AWS::EC2::Snapshot"
    case repository = "AWS::ECR::Repository"
    case databaseSnapshot = "AWS::RDS::DBSnapshot"
    case clusterSnapshot = "AWS::RDS::DBClusterSnapshot"
    case topic = "AWS::SNS::Topic"
    case table = "AWS::DynamoDB::Table"
    case stream = "AWS::DynamoDB::Stream"

    /// The permissions that the look-ups of one resource need, in its own account, as IAM names actions.
    ///
    /// Of several ways to the same answer the one with the narrowest permission is taken: ListLayerVersions instead of
    /// GetLayerVersion, which gives a way to the code.
    package var permissions: [String] {
        switch self {
        case .bucket: ["s3:GetBucketTagging", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls"]
        case .directoryBucket: ["s3express:ListTagsForResource"]
        case .role: ["iam:GetRole"]
        case .user: ["iam:GetUser"]
        case .queue: ["sqs:GetQueueUrl", "sqs:ListQueueTags"]
        case .function: ["lambda:ListTags"]
        case .layerVersion: ["lambda:ListLayerVersions"]
        case .key: ["kms:DescribeKey", "kms:ListAliases", "kms:ListResourceTags"]
        case .secret: ["secretsmanager:DescribeSecret"]
        case .fileSystem: ["elasticfilesystem:DescribeFileSystems"]
        case .snapshot: ["ec2:DescribeSnapshots"]
        case .repository: ["ecr:ListTagsForResource"]
        case .databaseSnapshot: ["rds:DescribeDBSnapshots", "rds:ListTagsForResource"]
        case .clusterSnapshot: ["rds:DescribeDBClusterSnapshots", "rds:ListTagsForResource"]
        case .topic: ["sns:ListTagsForResource"]
        case .table, .stream: ["dynamodb:ListTagsOfResource"]
        }
    }

    /// The keys of the context that the look-ups of one resource give, and that are unavailable where none can be made.
    var keys: [ContextKey] {
        switch self {
        case .bucket: [.tags, .publicAccessBlock, .objectOwnership]
        case .directoryBucket, .queue, .function, .repository, .topic, .table, .stream: [.tags]
        case .role: [.tags, .description, .lastUsed]
        case .user: [.tags, .lastUsed]
        case .layerVersion: [.description]
        case .key: [.tags, .keyAliases, .description, .keyManager, .keyState]
        case .secret: [.tags, .name, .description]
        case .fileSystem: [.tags, .name, .encrypted]
        case .snapshot: [.tags, .description, .createdAt, .ageDays, .encrypted]
        case .databaseSnapshot, .clusterSnapshot: [.tags, .createdAt, .ageDays, .encrypted]
        }
    }

    /// What is asked with our own credentials for every case; GetFindingV2 is authorised under this name too.
    package static let findingPermissions = ["access-analyzer:GetFinding"]

    /// What is asked of Organizations with our own credentials, where that is permitted.
    package static let organizationPermissions = [
        "organizations:DescribeAccount", "organizations:ListTagsForResource", "organizations:ListParents",
        "organizations:DescribeOrganizationalUnit",
    ]
}
