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
            tags: try response.tags(json["Tags"])
        )
    }
}
