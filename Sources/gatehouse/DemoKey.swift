import LosslessJSON

/// The second published scenario: a key that a development team shares with another account, on purpose.
enum DemoKey {
    static let arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    private static let finding = "b7e1c2d3-4f50-4a61-8b72-93c4d5e6f708"
    private static let analyzer = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"
    private static let topic = "arn:aws:sns:us-east-1:123456789012:gatehouse"

    /// What differs between the runs of the scenario.
    struct Variant {
        var isPublic = false
        var tags: [(String, JSON)] = [("IsAllowedToShare", "true"), ("Environment", "development")]
    }

    private static func principal(_ variant: Variant) -> JSON {
        ["AWS": variant.isPublic ? "*" : "999988887777"]
    }

    private static let actions: JSON = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]

    /// The event that Access Analyzer sends.
    static func event(_ variant: Variant) -> JSON {
        [
            "version": "0", "id": "33333333-dcba-4444-dcba-333333333333", "detail-type": "Access Analyzer Finding",
            "source": "aws.access-analyzer", "account": "123456789012", "time": "2021-03-02T10:14:33Z",
            "region": "us-east-1", "resources": [.string(analyzer)],
            "detail": [
                "version": "1.0", "id": .string(finding), "status": "ACTIVE", "resourceType": "AWS::KMS::Key",
                "resource": .string(arn), "createdAt": "2021-03-02T10:14:30Z", "analyzedAt": "2021-03-02T10:14:30Z",
                "updatedAt": "2021-03-02T10:14:30Z", "accountId": "123456789012", "region": "us-east-1",
                "principal": principal(variant), "action": actions, "condition": [:], "isDeleted": false,
                "isPublic": .bool(variant.isPublic),
            ],
        ]
    }

    /// The account that the scenario takes place in.
    static func account(_ variant: Variant) -> JSON {
        [
            "account": "123456789012",
            "region": "us-east-1",
            "environment": ["GATEHOUSE_MODE": "enforce", "GATEHOUSE_TOPIC_ARN": .string(topic)],
            "topics": [.string(topic)],
            "resources": .object(
                JSONObject([
                    (
                        arn,
                        [
                            "tags": .object(JSONObject(variant.tags)), "keyAliases": ["alias/DevelopmentKey"],
                            "keyManager": "CUSTOMER", "keyState": "Enabled",
                        ]
                    )
                ])
            ),
            "findings": [
                [
                    "analyzerArn": .string(analyzer), "id": .string(finding), "status": "ACTIVE",
                    "resource": .string(arn), "resourceType": "AWS::KMS::Key", "principal": principal(variant),
                    "action": actions, "condition": [:], "isPublic": .bool(variant.isPublic),
                ]
            ],
        ]
    }
}
