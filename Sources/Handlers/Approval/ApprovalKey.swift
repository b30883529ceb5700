import AWSClient
import AWSOperations
import AWSSigning
import Basics
package import Policies
import Synchronization

/// What signs the links of requests for approval: read at first use, and again when it is older than five minutes.
package final class ApprovalKey: Sendable {
    /// Where `GATEHOUSE_APPROVAL_KEY` says that the key is.
    package enum Location: Sendable, Equatable {
        case secret(ARN)
        case parameter(String)
        /// The key itself.
        case inline(String)

        private static let leastLength = 32

        /// The location of a setting's text. Throws `InvalidConfiguration`, which never holds the text: it may be the key.
        static func read(_ text: String?) throws(HandlerError) -> Location? {
            guard let text else { return nil }
            if text.hasPrefix("secretsmanager:") {
                guard let arn = ARN(String(text.dropFirst("secretsmanager:".count))), arn.service == "secretsmanager",
                    !arn.region.isEmpty
                else { throw wrong("names no secret by its ARN") }
                return .secret(arn)
            }
            if text.hasPrefix("ssm:") {
                let name = String(text.dropFirst("ssm:".count))
                guard !name.isEmpty else { throw wrong("names no parameter") }
                return .parameter(name)
            }
            // Anybody may know an ARN: it was meant to be where the key is.
            guard !text.hasPrefix("arn:") else { throw wrong("is an ARN without 'secretsmanager:' before it,") }
            guard text.utf8.count >= leastLength else { throw wrong("has \(text.utf8.count) characters") }
            return .inline(text)
        }

        private static func wrong(_ how: String) -> HandlerError {
            HandlerError(
                .invalidConfiguration,
                "GATEHOUSE_APPROVAL_KEY \(how) but must be secretsmanager:ARN, ssm:name, or a key of at least "
                    + "\(leastLength) characters"
            )
        }

        fileprivate static func hmac(of text: String, in place: String) throws(HandlerError) -> HMAC {
            guard text.utf8.count >= leastLength else {
                throw HandlerError(
                    .invalidConfiguration,
                    "GATEHOUSE_APPROVAL_KEY names \(place), which holds \(text.utf8.count) characters: a key has at least "
                        + "\(leastLength)"
                )
            }
            return HMAC(key: Array(text.utf8))
        }
    }

    private struct Known {
        let key: HMAC
        let readAt: Int64
    }

    private static let lifetime: Int64 = 300

    private let location: Location?
    private let known = Mutex<Known?>(nil)

    /// - Parameter location: `nil` where no links are made.
    package init(_ location: Location?) {
        self.location = location
    }

    /// The key; `nil` where none is set.
    func key(_ access: AWSAccess) async throws(HandlerError) -> HMAC? {
        guard let location else { return nil }
        let now = access.now().secondsSinceEpoch
        if let known = known.withLock({ $0 }), (0..<Self.lifetime).contains(now - known.readAt) { return known.key }
        let key: HMAC
        switch location {
        case .inline(let text): key = try Location.hmac(of: text, in: "the key itself")
        case .parameter(let name):
            guard let region = access.region else {
                throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region of ssm:\(name)")
            }
            let text = try await Self.reading("ssm:\(name)") { () async throws(AWSError) in
                try await access.aws.call(GetParameter(parameter: name, region: region))
            }
            key = try Location.hmac(of: text, in: "ssm:\(name)")
        case .secret(let arn):
            let region: Region
            do { region = try Region(arn.region) } catch {
                throw HandlerError(.invalidConfiguration, "GATEHOUSE_APPROVAL_KEY: \(error.message)")
            }
            let text = try await Self.reading(arn.description) { () async throws(AWSError) in
                try await access.aws.call(GetSecretValue(secretARN: arn.description, region: region))
            }
            key = try Location.hmac(of: text, in: arn.description)
        }
        known.withLock { $0 = Known(key: key, readAt: now) }
        return key
    }

    private static func reading(
        _ place: String,
        _ read: () async throws(AWSError) -> String
    ) async throws(HandlerError) -> String {
        do throws(AWSError) {
            return try await read()
        } catch {
            let kind = HandlerError(error).kind
            throw HandlerError(kind, "GATEHOUSE_APPROVAL_KEY names \(place), which cannot be read: \(error)")
        }
    }
}
