import AWSClient
import LosslessJSON

/// The policy of a resource, as its service answers it.
package struct ResourcePolicy: Sendable, Equatable {
    /// The document; `nil` where there is none.
    package let text: String?
    /// What a write must name to replace this very version; `nil` where the service has no such token.
    package let revision: String?

    package init(text: String?, revision: String? = nil) {
        self.text = text
        self.revision = revision
    }
}

extension WireResponse {
    /// The whole body as a policy, however it is written. Throws `unavailable` for a page, which somebody else sent.
    func wholePolicy() throws(AWSError) -> ResourcePolicy {
        let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        guard let first = body.first(where: { !blanks.contains($0) }), first != UInt8(ascii: "<") else {
            throw unreadable("the answer is not a policy")
        }
        return ResourcePolicy(text: String(decoding: body, as: UTF8.self))
    }

    /// A policy in a member of a JSON answer; one that is left out or empty is none.
    func policy(_ key: String, revision: String? = nil) throws(AWSError) -> ResourcePolicy {
        let text = try member(key)?.string.flatMap { $0.isEmpty ? nil : $0 }
        return ResourcePolicy(text: text, revision: revision)
    }
}
