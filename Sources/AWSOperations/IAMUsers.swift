package import AWSClient

/// Reads a user with its tags.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
package struct GetUser: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "GetUser"
    package static let isWrite = false
    package let region: Region
    /// The user's name without its path.
    package let userName: String

    package init(userName: String, partition: Partition) {
        self.userName = userName
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2010-05-08", parameters: [("UserName", userName)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        guard let user = try response.xml().at("GetUserResult", "User"), let arn = user.text(at: "Arn") else {
            throw response.unreadable("the answer lacks a user with an Arn")
        }
        return ResourceDescription(
            arn: arn,
            name: user.text(at: "UserName"),
            path: user.text(at: "Path") ?? "/",
            createdAt: try response.time(user.text(at: "CreateDate")),
            lastUsed: try response.time(user.text(at: "PasswordLastUsed")),
            tags: try response.tags(user.first("Tags"))
        )
    }
}
