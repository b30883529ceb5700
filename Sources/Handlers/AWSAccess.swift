package import AWSClient
package import Basics
package import Logging

/// What is needed to ask AWS with our own credentials.
package struct AWSAccess: Sendable {
    /// AWS with our own credentials.
    package let aws: any AWSCaller
    /// Our own region, for calls that no ARN gives one.
    package let region: Region?
    /// The invocation's log.
    package let logger: Logger
    /// The time.
    package let now: @Sendable () -> Timestamp
}
