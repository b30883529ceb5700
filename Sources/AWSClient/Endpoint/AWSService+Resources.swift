import Basics

/// The services whose resources are looked up. Their endpoints are those of AWS's published rule sets.
extension AWSService {
    /// Amazon S3's control of accounts; an account's id stands before the host.
    package static let s3Control = AWSService(
        id: "S3 Control",
        signingName: "s3",
        endpointPrefix: "s3-control",
        dualStack: .label,
        signsPathAsSent: true
    )

    /// Amazon S3's control of directory buckets.
    package static let s3ExpressControl = AWSService(
        id: "S3 Control",
        signingName: "s3express",
        endpointPrefix: "s3express-control",
        dualStack: .unsupported,
        signsPathAsSent: true
    )

    /// Simple Queue Service.
    package static let sqs = AWSService(
        id: "SQS",
        signingName: "sqs",
        endpointPrefix: "sqs",
        governmentNameIsFIPS: true
    )

    /// Lambda.
    package static let lambda = AWSService(id: "Lambda", signingName: "lambda", endpointPrefix: "lambda")

    /// Key Management Service.
    package static let kms = AWSService(id: "KMS", signingName: "kms", endpointPrefix: "kms")

    /// Secrets Manager.
    package static let secretsManager = AWSService(
        id: "Secrets Manager",
        signingName: "secretsmanager",
        endpointPrefix: "secretsmanager",
        dualStack: .plainName
    )

    /// Elastic File System.
    package static let efs = AWSService(
        id: "EFS",
        signingName: "elasticfilesystem",
        endpointPrefix: "elasticfilesystem",
        dualStack: .ownDomainNamed("efs")
    )

    /// Elastic Compute Cloud.
    package static let ec2 = AWSService(
        id: "EC2",
        signingName: "ec2",
        endpointPrefix: "ec2",
        governmentNameIsFIPS: true
    )

    /// Elastic Container Registry.
    package static let ecr = AWSService(
        id: "ECR",
        signingName: "ecr",
        endpointPrefix: "api.ecr",
        dualStack: .ownDomainNamed("ecr")
    )

    /// Relational Database Service.
    package static let rds = AWSService(
        id: "RDS",
        signingName: "rds",
        endpointPrefix: "rds",
        governmentNameIsFIPS: true
    )

    /// DynamoDB.
    package static let dynamoDB = AWSService(
        id: "DynamoDB",
        signingName: "dynamodb",
        endpointPrefix: "dynamodb",
        governmentNameIsFIPS: true
    )

    /// Step Functions.
    package static let stepFunctions = AWSService(
        id: "SFN",
        signingName: "states",
        endpointPrefix: "states",
        governmentNameIsFIPS: true
    )

    /// CloudWatch Logs.
    package static let cloudWatchLogs = AWSService(
        id: "CloudWatch Logs",
        signingName: "logs",
        endpointPrefix: "logs",
        governmentNameIsFIPS: true
    )

    /// CloudTrail.
    package static let cloudTrail = AWSService(
        id: "CloudTrail",
        signingName: "cloudtrail",
        endpointPrefix: "cloudtrail",
        governmentNameIsFIPS: true
    )

    /// EventBridge.
    package static let eventBridge = AWSService(
        id: "EventBridge",
        signingName: "events",
        endpointPrefix: "events",
        governmentNameIsFIPS: true,
        governmentDualStackIsFIPS: true
    )

    /// CloudFormation.
    package static let cloudFormation = AWSService(
        id: "CloudFormation",
        signingName: "cloudformation",
        endpointPrefix: "cloudformation",
        governmentNameIsFIPS: true
    )

    /// Organizations. It is in one region of each partition: `Partition.organizationsRegion`.
    package static let organizations = AWSService(
        id: "Organizations",
        signingName: "organizations",
        endpointPrefix: "organizations",
        governmentNameIsFIPS: true
    )
}

extension Partition {
    /// The region of the partition that Organizations is in.
    package var organizationsRegion: Region {
        switch self {
        case .aws, .usGovernment: globalRegion
        case .china: Region(known: "cn-northwest-1", partition: .china)
        }
    }
}
