package import AWSClient
import LosslessJSON

/// Reads what a secret is, never what it holds.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
package struct DescribeSecret: AWSOperation {
    package static let service = AWSService.secretsManager
    package static let name = "DescribeSecret"
    package static let isWrite = false
    package let region: Region
    /// The secret's ARN.
    package let secretARN: String

    package init(secretARN: String, region: Region) {
        self.secretARN = secretARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "secretsmanager.DescribeSecret", body: ["SecretId": .string(secretARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        let json = try response.json()
        guard json["ARN"]?.string != nil || json["Name"]?.string != nil else {
            throw response.unreadable("the answer lacks a secret's ARN and Name")
        }
        return ResourceDescription(
            arn: json["ARN"]?.string,
            name: json["Name"]?.string,
            description: json["Description"]?.string,
            createdAt: try response.time(json["CreatedDate"]),
            owningService: json["OwningService"]?.string,
            tags: try response.tags(json["Tags"])
        )
    }
}

/// Reads what a secret holds, as text.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
package struct GetSecretValue: AWSOperation {
    package static let service = AWSService.secretsManager
    package static let name = "GetSecretValue"
    package static let isWrite = false
    package let region: Region
    /// The secret's ARN.
    package let secretARN: String

    package init(secretARN: String, region: Region) {
        self.secretARN = secretARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "secretsmanager.GetSecretValue", body: ["SecretId": .string(secretARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let text = try response.json()["SecretString"]?.string else {
            throw response.unreadable("the answer lacks the secret as text")
        }
        return text
    }
}

/// Reads a secret's policy, never what it holds.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
package struct GetSecretPolicy: AWSOperation {
    package static let service = AWSService.secretsManager
    package static let name = "GetResourcePolicy"
    package static let isWrite = false
    package let region: Region
    /// The secret's ARN.
    package let secretARN: String

    package init(
        secretARN: String,
        region: Region
    ) {
        self.secretARN = secretARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "secretsmanager.GetResourcePolicy", body: ["SecretId": .string(secretARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("ResourcePolicy")
    }
}

/// Replaces a secret's policy.
///
/// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
package struct PutSecretPolicy: AWSOperation {
    package static let service = AWSService.secretsManager
    package static let name = "PutResourcePolicy"
    package static let isWrite = true
    package let region: Region
    /// The secret's ARN.
    package let secretARN: String
    /// The whole document.
    package let policy: String

    package init(
        secretARN: String,
        policy: String,
        region: Region
    ) {
        self.secretARN = secretARN
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "secretsmanager.PutResourcePolicy",
            body: ["SecretId": .string(secretARN), "ResourcePolicy": .string(policy)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
