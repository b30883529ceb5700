package import Basics

/// A key pair to sign with. Prints nothing of its secrets.
package struct Credentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The public part.
    package let accessKeyID: String
    /// The secret part.
    package let secretAccessKey: String
    /// The token of temporary credentials.
    package let sessionToken: String?
    /// When temporary credentials end; nil for ones that do not, or do not say.
    package let expiration: Timestamp?

    /// Credentials of these parts.
    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// Credentials whose end is given in ISO 8601, as STS answers it. Nil when that cannot be read.
    package init?(accessKeyID: String, secretAccessKey: String, sessionToken: String?, expirationISO8601: String) {
        guard let expiration = Timestamp(iso8601: expirationISO8601) else { return nil }
        self.init(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: sessionToken,
            expiration: expiration
        )
    }

    /// The access key's id alone.
    package var description: String { "Credentials(\(accessKeyID), redacted)" }

    /// The access key's id alone.
    package var debugDescription: String { description }

    /// Nothing, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
