import AWSClient
import Basics
import LosslessJSON

/// A deployed function.
struct FunctionConfiguration: Sendable, Equatable {
    let arn: String
    /// The ARN of the role that it works with.
    let role: String
    /// The name of the handler: of a zip, or the command of an image.
    let handler: String
    /// `Pending`, `Active`, `Inactive` or `Failed`.
    let state: String
    /// `Successful`, `InProgress` or `Failed`.
    let lastUpdate: String
    /// ISO 8601.
    let lastModified: String
    /// Of the zip or image.
    let codeSHA256: String
    /// `nil` where AWS could not decrypt it for the caller, or the caller may not see it.
    let environment: [String: String]?
}

/// Reads a function's settings.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
struct GetFunctionConfiguration: AWSOperation {
    static let service = AWSService.lambda
    static let name = "GetFunctionConfiguration"
    static let isWrite = false
    let region: Region
    /// The function's name: letters, digits, hyphens and underscores.
    let function: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/2015-03-31/functions/\(PercentEncoding.segment(function))/configuration")
    }

    func output(from response: WireResponse) throws(AWSError) -> FunctionConfiguration {
        let json = try response.json()
        guard let arn = json["FunctionArn"]?.string, let role = json["Role"]?.string else {
            throw response.unreadable("the answer lacks FunctionArn or Role")
        }
        let command = json["ImageConfigResponse"]?["ImageConfig"]?["Command"]?.array?.first?.string
        var environment: [String: String]? = [:]
        if let given = json["Environment"], given != .null {
            environment = given["Variables"]?.object.map { variables in
                Dictionary(variables.members.map { ($0.key, $0.value.string ?? "") }) { $1 }
            }
        }
        return FunctionConfiguration(
            arn: arn,
            role: role,
            handler: command ?? json["Handler"]?.string ?? "",
            state: json["State"]?.string ?? "",
            lastUpdate: json["LastUpdateStatus"]?.string ?? "",
            lastModified: json["LastModified"]?.string ?? "",
            codeSHA256: json["CodeSha256"]?.string ?? "",
            environment: environment
        )
    }
}
