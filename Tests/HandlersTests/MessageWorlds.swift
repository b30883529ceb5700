import Basics
import Findings
import LosslessJSON
import Messages
import ResourceTypes
import SimulatedAccount

@testable import Handlers

/// Resources that tests name.
enum Resource {
    static let role = (type: "AWS::IAM::Role", arn: roleARN)
    static let key = (type: "AWS::KMS::Key", arn: "arn:aws:kms:us-east-1:123456789012:key/1234")
    static let topic = (type: "AWS::SNS::Topic", arn: "arn:aws:sns:us-east-1:123456789012:news")
}

/// A resource of each type that Access Analyzer reports.
let resources: [(type: String, arn: String)] = [
    ("AWS::S3::Bucket", "arn:aws:s3:::reports"),
    ("AWS::S3Express::DirectoryBucket", "arn:aws:s3express:us-east-1:123456789012:bucket/fast--use1-az4--x-s3"),
    Resource.role,
    ("AWS::IAM::User", "arn:aws:iam::123456789012:user/team/Bob"),
    ("AWS::SQS::Queue", "arn:aws:sqs:us-east-1:123456789012:orders"),
    ("AWS::Lambda::Function", "arn:aws:lambda:us-east-1:123456789012:function:pay:live"),
    ("AWS::Lambda::LayerVersion", "arn:aws:lambda:us-east-1:123456789012:layer:tools:7"),
    Resource.key,
    ("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"),
    ("AWS::EFS::FileSystem", "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"),
    ("AWS::EC2::Snapshot", "arn:aws:ec2:us-east-1:123456789012:snapshot/snap-1"),
    ("AWS::ECR::Repository", "arn:aws:ecr:us-east-1:123456789012:repository/team/web"),
    ("AWS::RDS::DBSnapshot", "arn:aws:rds:us-east-1:123456789012:snapshot:nightly"),
    ("AWS::RDS::DBClusterSnapshot", "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:nightly"),
    Resource.topic,
    ("AWS::DynamoDB::Table", "arn:aws:dynamodb:us-east-1:123456789012:table/Orders"),
    ("AWS::DynamoDB::Stream", "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000"),
]

/// A case that was decided to be told of, with the finding's and the case's own keys changed as a test needs.
func toldCase(
    _ type: String,
    _ arn: String,
    finding more: [(String, JSON)] = [],
    adding: [(String, JSON)] = []
) throws -> Case {
    var finding = JSONObject([
        ("id", .string(findingID(7))), ("kind", "ExternalAccess"), ("status", "ACTIVE"),
        ("analyzerArn", .string(analyzer)), ("resource", .string(arn)), ("resourceType", .string(type)),
        ("accountId", .string(account)), ("region", "us-east-1"), ("principal", ["AWS": "999988887777"]),
        ("actions", ["x:GetThing"]), ("condition", [:]), ("isPublic", false),
    ])
    for (key, value) in more { finding[key] = value == .null ? nil : value }
    var json = JSONObject([("finding", .object(finding)), ("decision", ["action": "NOTIFY", "rule": "default"])])
    for (key, value) in adding { json[key] = value }
    return try Case(.object(json))
}

/// What a case has of which a rule to paste is given: a low score, and tags that call nothing sensitive.
let harmless: [(String, JSON)] = [
    ("decision", ["action": "NOTIFY", "rule": "default", "risk": 40]), ("context", ["tags": ["Team": "web"]]),
]

/// When messages of tests are written: 2026-11-21T08:40:00Z.
let messageTime = Timestamp(secondsSinceEpoch: 1_795_250_400)

/// The message about a case.
func message(_ input: Case) -> Message {
    Message(input, KnownResourceGuide(), now: messageTime)
}

/// An account with nothing but topics.
enum SimulatedWorld {
    static func topics(_ topics: [String], faults: JSON = []) throws -> SimulatedAccount {
        try SimulatedAccount([
            "account": .string(account), "topics": .array(topics.map(JSON.string)), "faults": faults,
        ])
    }
}
