import LosslessJSON

/// What else is blocked: a bucket that is open to everybody, and a snapshot that is shared with a foreign account.
struct DemoResource {
    let type: String
    let arn: String
    let finding: String
    let principal: JSON
    let actions: JSON
    let isPublic: Bool
    /// What there is of it, in the words of the simulated account.
    let state: JSON

    static let bucket = DemoResource(
        type: "AWS::S3::Bucket",
        arn: "arn:aws:s3:::quarterly-reports",
        finding: "c8f2d3e4-5061-4b72-9c83-a4d5e6f70819",
        principal: ["AWS": "*"],
        actions: ["s3:GetObject"],
        isPublic: true,
        state: [
            "account": "123456789012", "tags": [:],
            "policy": [
                "Version": "2012-10-17",
                "Statement": [
                    [
                        "Sid": "Readers", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::quarterly-reports/*",
                    ],
                    [
                        "Sid": "Auditors", "Effect": "Allow", "Principal": ["AWS": "arn:aws:iam::111122223333:root"],
                        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::quarterly-reports/2026/*",
                    ],
                ],
            ],
        ]
    )

    static let snapshot = DemoResource(
        type: "AWS::EC2::Snapshot",
        arn: "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",
        finding: "d9a3e4f5-6172-4c83-8d94-b5e6f708192a",
        principal: ["AWS": "999988887777"],
        actions: ["ec2:CreateVolume"],
        isPublic: false,
        state: [
            "owner": "123456789012", "tags": [:], "encrypted": false, "description": "payroll",
            "createdAt": "2026-01-05T08:00:00Z",
            "sharedWith": ["111122223333", "999988887777"],
        ]
    )

    private static let analyzer = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"
    private static let topic = "arn:aws:sns:us-east-1:123456789012:gatehouse"

    /// The event that Access Analyzer sends.
    var event: JSON {
        [
            "version": "0", "id": "44444444-dcba-4444-dcba-333333333333", "detail-type": "Access Analyzer Finding",
            "source": "aws.access-analyzer", "account": "123456789012", "time": "2026-03-02T10:14:33Z",
            "region": "us-east-1", "resources": [.string(Self.analyzer)],
            "detail": [
                "version": "1.0", "id": .string(finding), "status": "ACTIVE", "resourceType": .string(type),
                "resource": .string(arn), "createdAt": "2026-03-02T10:14:30Z", "analyzedAt": "2026-03-02T10:14:30Z",
                "updatedAt": "2026-03-02T10:14:30Z", "accountId": "123456789012", "region": "us-east-1",
                "principal": principal, "action": actions, "condition": [:], "isDeleted": false,
                "isPublic": .bool(isPublic),
            ],
        ]
    }

    /// The account that it is in, with the rules that block every type.
    var account: JSON {
        [
            "account": "123456789012",
            "region": "us-east-1",
            "environment": [
                "GATEHOUSE_MODE": "enforce", "GATEHOUSE_RULES": "builtin:strict",
                "GATEHOUSE_TOPIC_ARN": .string(Self.topic),
            ],
            "topics": [.string(Self.topic)],
            "resources": .object(JSONObject([(arn, state)])),
            "findings": [
                [
                    "analyzerArn": .string(Self.analyzer), "id": .string(finding), "status": "ACTIVE",
                    "resource": .string(arn), "resourceType": .string(type), "resourceOwnerAccount": "123456789012",
                    "principal": principal, "action": actions, "condition": [:], "isPublic": .bool(isPublic),
                ]
            ],
        ]
    }
}
