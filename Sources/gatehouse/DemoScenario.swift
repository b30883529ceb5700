import LosslessJSON

/// The published scenario: a role for auditors that lets in a user of a foreign account.
enum DemoScenario {
    /// The event as AWS published it, with its odd white space and its `aws:arn:`.
    static func event(roleName: String) -> String {
        """
        {
          "version": "0",
          "id": "22222222-dcba-4444-dcba-333333333333",
          "detail-type": "Access Analyzer Finding",
          "source": "aws.access-analyzer",
          "account": "123456789012",
          "time": "2020-05-13T03:14:33Z",
          "region": "us-east-1",
          "resources": ["arn:aws:access-analyzer:us-east-1: 123456789012:analyzer/AccessAnalyzer"],
          "detail": {
            "version": "1.0",
            "id": "a5018210-97c4-46c4-9456-0295898377b6",
            "status": "ACTIVE",
            "resourceType": "AWS::IAM::Role",
            "resource": "arn:aws:iam::123456789012:role/ \(roleName)",
            "createdAt": "2020-05-13T03:14:32Z",
            "analyzedAt": "2020-05-13T03:14:32Z",
            "updatedAt": "2020-05-13T03:14:32Z",
            "accountId": "123456789012",
            "region": "us-east-1",
            "principal": {"AWS": "aws:arn:iam::999988887777:user/Alice"},
            "action": ["sts:AssumeRole"],
            "condition": {},
            "isDeleted": false,
            "isPublic": false
          }
        }
        """
    }

    /// The name of the role in the event.
    static let roleName = "Audit_CrossAccountRole"

    /// The account that the scenario takes place in.
    static func account(mode: String, roleName: String) -> JSON {
        let role = "arn:aws:iam::123456789012:role/\(roleName)"
        let topic = "arn:aws:sns:us-east-1:123456789012:gatehouse"
        let analyzer = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"
        return [
            "account": "123456789012",
            "region": "us-east-1",
            "environment": ["GATEHOUSE_MODE": .string(mode), "GATEHOUSE_TOPIC_ARN": .string(topic)],
            "topics": [.string(topic)],
            "roles": .object(JSONObject([(role, ["trustPolicy": trustPolicy])])),
            "findings": [
                [
                    "analyzerArn": .string(analyzer), "id": "a5018210-97c4-46c4-9456-0295898377b6",
                    "status": "ACTIVE", "resource": .string(role), "resourceType": "AWS::IAM::Role",
                    "principal": ["AWS": "arn:aws:iam::999988887777:user/Alice"], "action": ["sts:AssumeRole"],
                    "condition": [:], "isPublic": false,
                ]
            ],
        ]
    }

    private static let trustPolicy: JSON = [
        "Version": "2012-10-17",
        "Statement": [
            [
                "Effect": "Allow", "Principal": ["AWS": "arn:aws:iam::999988887777:user/Alice"],
                "Action": "sts:AssumeRole", "Condition": [:],
            ],
            ["Effect": "Allow", "Principal": ["Service": "ec2.amazonaws.com"], "Action": "sts:AssumeRole"],
        ],
    ]
}
