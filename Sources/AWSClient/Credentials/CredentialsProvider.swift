package import Logging

/// Where credentials come from. A provider is asked before every attempt, so it keeps what it fetched.
package protocol CredentialsProvider: Sendable {
    /// Credentials that are valid now. Throws `configuration` when there are none to be had, else what the source said.
    func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials
}

/// What a provider may need to know of the call it is asked for.
package struct CredentialsRequest: Sendable {
    /// When the call must be over; a provider that waits does not wait longer.
    package var deadline: ContinuousClock.Instant?
    /// Credentials that AWS just refused as expired: any others are wanted.
    package var refused: Credentials?
    /// The call's logger.
    package var logger: Logger

    /// A request of these parts.
    package init(deadline: ContinuousClock.Instant? = nil, refused: Credentials? = nil, logger: Logger) {
        self.deadline = deadline
        self.refused = refused
        self.logger = logger
    }
}

/// Credentials that are what they are: of a test, a profile, or a caller that has its own.
package struct StaticCredentials: CredentialsProvider {
    private let credentials: Credentials

    /// Always `credentials`.
    package init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    /// The credentials.
    package func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        credentials
    }
}
