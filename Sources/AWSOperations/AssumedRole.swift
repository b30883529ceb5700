package import AWSClient

extension AWSClient {
    /// This client with the credentials of a role, assumed at the first call and again before they expire.
    ///
    /// - Parameter base: whose credentials may assume the role; its deadline does not bind later refreshes.
    package static func assumedRole(
        _ roleARN: String,
        sessionName: String,
        externalID: String?,
        region: Region,
        base: AWSClient
    ) -> CachingCredentials {
        CachingCredentials { (request) async throws(AWSError) -> Credentials in
            let client = base.with(deadline: request.deadline, logger: request.logger)
            return try await client.call(
                AssumeRole(roleARN: roleARN, sessionName: sessionName, externalID: externalID, region: region)
            )
        }
    }
}
