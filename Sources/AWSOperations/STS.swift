package import AWSClient

private let version = "2011-06-15"

/// Credentials of a role for one hour.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
package struct AssumeRole: AWSOperation {
    package static let service = AWSService.sts
    package static let name = "AssumeRole"
    package static let isWrite = false
    package let region: Region
    /// The ARN of the role to become.
    package let roleARN: String
    /// The name of the session, as it shows in CloudTrail.
    package let sessionName: String
    /// The external id that the role's trust policy asks for.
    package let externalID: String?

    package init(roleARN: String, sessionName: String, externalID: String?, region: Region) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.externalID = externalID
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var parameters = [("RoleArn", roleARN), ("RoleSessionName", sessionName)]
        if let externalID { parameters.append(("ExternalId", externalID)) }
        return .query(action: Self.name, version: version, parameters: parameters)
    }

    package func output(from response: WireResponse) throws(AWSError) -> Credentials {
        guard let element = try response.xml().at("AssumeRoleResult", "Credentials"),
            let id = element.text(at: "AccessKeyId"), let secret = element.text(at: "SecretAccessKey"),
            let token = element.text(at: "SessionToken"), let expiration = element.text(at: "Expiration"),
            let credentials = Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: token,
                expirationISO8601: expiration
            )
        else { throw response.unreadable("the answer lacks complete credentials") }
        return credentials
    }
}

/// Who we are to AWS.
package struct CallerIdentity: Sendable, Equatable {
    /// Twelve digits.
    package let account: String
    /// The ARN of the user or session.
    package let arn: String

    package init(account: String, arn: String) {
        self.account = account
        self.arn = arn
    }
}

/// Asks who the credentials belong to; needs no permission.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
package struct GetCallerIdentity: AWSOperation {
    package static let service = AWSService.sts
    package static let name = "GetCallerIdentity"
    package static let isWrite = false
    package let region: Region

    package init(region: Region) {
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: version, parameters: [])
    }

    package func output(from response: WireResponse) throws(AWSError) -> CallerIdentity {
        guard let result = try response.xml().first("GetCallerIdentityResult"),
            let account = result.text(at: "Account"), let arn = result.text(at: "Arn")
        else { throw response.unreadable("the answer lacks Account and Arn") }
        return CallerIdentity(account: account, arn: arn)
    }
}
