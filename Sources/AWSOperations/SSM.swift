package import AWSClient
import LosslessJSON

/// Reads a parameter of Parameter Store, decrypted where it is a secure string.
///
/// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
package struct GetParameter: AWSOperation {
    package static let service = AWSService.ssm
    package static let name = "GetParameter"
    package static let isWrite = false
    package let region: Region
    /// The parameter's name, or its ARN.
    package let parameter: String

    package init(parameter: String, region: Region) {
        self.parameter = parameter
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AmazonSSM.GetParameter",
            body: ["Name": .string(parameter), "WithDecryption": true]
        )
    }

    /// The parameter's value.
    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let value = try response.json()["Parameter"]?["Value"]?.string else {
            throw response.unreadable("the answer lacks the parameter's value")
        }
        return value
    }
}
