package import AWSSigning
import Basics
import LosslessJSON

/// What a link to the approval page carries: which request it is for, signed by us.
package struct ApprovalToken: Sendable, Equatable {
    package let findingID: String
    package let requestID: String
    /// A random number that is in the link alone: the request holds its digest, so that the key by itself makes no link.
    package let nonce: String

    private enum Member {
        static let (finding, request, nonce) = ("finding", "request", "nonce")
    }

    /// What is signed begins with it, so that no other text that the key signs is taken for a token.
    private static let purpose = Array("gatehouse approval 1 ".utf8)

    package init(findingID: String, requestID: String, nonce: String) {
        self.findingID = findingID
        self.requestID = requestID
        self.nonce = nonce
    }

    /// The token of a link; `nil` for what was not signed with this key.
    package init?(_ text: String, key: HMAC) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let payload = Self.bytes(parts[0]), let signature = Self.bytes(parts[1]),
            Self.isSame(signature, key.code(for: Self.purpose + payload)),
            // Nothing but the very text that we wrote.
            text == Self.text(payload, signature),
            let json = try? JSON.parse(payload),
            let finding = json[Member.finding]?.string, let request = json[Member.request]?.string,
            let nonce = json[Member.nonce]?.string
        else { return nil }
        self.init(findingID: finding, requestID: request, nonce: nonce)
    }

    /// The token as a link holds it: letters, digits, hyphens, underscores and one full stop.
    package func signed(_ key: HMAC) -> String {
        let json: JSON = [
            Member.finding: .string(findingID), Member.request: .string(requestID), Member.nonce: .string(nonce),
        ]
        let payload = json.serialized()
        return Self.text(payload, key.code(for: Self.purpose + payload))
    }

    private static func text(_ payload: [UInt8], _ signature: [UInt8]) -> String {
        "\(base64URL(payload)).\(base64URL(signature))"
    }

    /// https://www.rfc-editor.org/rfc/rfc4648#section-5, without padding
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let text = String(base64: bytes).utf8.prefix { $0 != UInt8(ascii: "=") }.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ text: Substring.UTF8View.SubSequence) -> [UInt8]? {
        var standard = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return [UInt8](base64: String(decoding: standard, as: UTF8.self))
    }

    /// Takes as long wherever two signatures differ.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
