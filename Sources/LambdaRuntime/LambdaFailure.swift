/// A handler's failure, as Lambda, Step Functions and whoever reads the log get to see it.
package struct LambdaFailure: Error, Sendable, Equatable {
    /// `Function.Name`; whatever was given is brought into that form (see `typeName(from:)`).
    package let type: String
    /// What failed and what to do, any text.
    package let message: String

    package init(type: String, message: String) {
        self.type = Self.typeName(from: type)
        self.message = message
    }

    /// How much of a message is sent, in bytes of UTF-8; Step Functions keeps half of it.
    static let longestMessage = 65_536
    private static let prefix = "Function."
    private static let longestName = 64

    /// `Function.` followed by the ASCII letters and digits of `text` (its own `Function.` left out), at most 64 of
    /// them; `Function.Internal` where there are none. It goes into a header, so nothing else may pass.
    package static func typeName(from text: String) -> String {
        let name = text.hasPrefix(prefix) ? text.utf8.dropFirst(prefix.utf8.count) : text.utf8[...]
        if text.hasPrefix(prefix), !name.isEmpty, name.count <= longestName, name.allSatisfy(isLetterOrDigit) {
            return text
        }
        let kept = name.lazy.filter(isLetterOrDigit).prefix(longestName)
        return kept.isEmpty ? prefix + "Internal" : prefix + String(decoding: Array(kept), as: UTF8.self)
    }

    /// The body of `/error` and `/init/error`.
    func body() -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(96 + type.utf8.count + message.utf8.count)
        body.append(contentsOf: "{\"errorType\":".utf8)
        JSONText.append(type, to: &body)
        body.append(contentsOf: ",\"errorMessage\":".utf8)
        if message.utf8.count <= Self.longestMessage {
            JSONText.append(message, to: &body)
        } else {
            // Cut bytes may end inside a scalar: decoding repairs that.
            let start = String(decoding: Array(message.utf8.prefix(Self.longestMessage)), as: UTF8.self)
            JSONText.append("\(start)… (\(message.utf8.count) bytes in all)", to: &body)
        }
        body.append(contentsOf: ",\"stackTrace\":[]}".utf8)
        return body
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
