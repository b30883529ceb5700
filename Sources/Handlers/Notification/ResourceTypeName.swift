/// The resource types that Access Analyzer reports, in words.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
func typeName(_ resourceType: String) -> String? {
    switch resourceType {
    case "AWS::S3::Bucket": "S3 bucket"
    case "AWS::S3Express::DirectoryBucket": "S3 directory bucket"
    case "AWS::IAM::Role": "IAM role"
    case "AWS::IAM::User": "IAM user"
    case "AWS::SQS::Queue": "SQS queue"
    case "AWS::Lambda::Function": "Lambda function"
    case "AWS::Lambda::LayerVersion": "Lambda layer version"
    case "AWS::KMS::Key": "KMS key"
    case "AWS::SecretsManager::Secret": "Secrets Manager secret"
    case "AWS::EFS::FileSystem": "EFS file system"
    case "AWS::EC2::Snapshot": "EBS snapshot"
    case "AWS::ECR::Repository": "ECR repository"
    case "AWS::RDS::DBSnapshot": "RDS DB snapshot"
    case "AWS::RDS::DBClusterSnapshot": "RDS DB cluster snapshot"
    case "AWS::SNS::Topic": "SNS topic"
    case "AWS::DynamoDB::Table": "DynamoDB table"
    case "AWS::DynamoDB::Stream": "DynamoDB stream"
    default: nil
    }
}
