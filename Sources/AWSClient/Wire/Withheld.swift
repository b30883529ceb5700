import AWSSigning
import Basics

/// The values of one request that must not come back in an error: services quote what they were sent.
struct Withheld {
    /// Written in place of such a value.
    static let mark = "…withheld"
    /// Shorter texts are no secrets, and would be found everywhere.
    private static let shortest = 8

    private let values: [String]

    /// Values in the form they were sent in; the percent-encoded form is withheld as well. The longest go first, for one
    /// may be a part of another.
    init(_ values: [String?]) {
        var all: [String] = []
        for value in values.compactMap({ $0 }) where value.utf8.count >= Self.shortest {
            all.append(value)
            let encoded = PercentEncoding.encode(value)
            if encoded != value { all.append(encoded) }
        }
        self.values = all.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// What one signed exchange holds: token, key, signature and the whole header they stand in.
    init(_ credentials: Credentials, _ exchange: HTTPExchange) {
        let authorization = exchange.headers["authorization"]
        let signature = authorization?.split(separator: "=").last.map(String.init)
        self.init([credentials.sessionToken, credentials.secretAccessKey, authorization, signature])
    }

    /// The text without the values. Of a long one the first 64 KiB, which is more than any error shows.
    func text(_ text: String) -> String {
        var result = text.utf8.count <= 65_536 ? text : String(decoding: text.utf8.prefix(65_536), as: UTF8.self)
        for value in values where result.holds(value) { result = result.replacing(every: value, with: Self.mark) }
        return result
    }

    /// An error's message as it may be shown: without the values, and, where it tells how the request was signed, its
    /// first sentence alone.
    func message(_ message: String, code: String?) -> String {
        let text = text(message)
        let lowercased = text.lowercased()
        let quotesRequest =
            code.map(ErrorCodes.aboutSignature.contains) ?? false
            || ["x-amz-security-token", "aws4-hmac-sha256", "canonical", "string-to-sign"].contains {
                lowercased.holds($0)
            }
        return quotesRequest ? Self.firstSentence(text) : text
    }

    /// Up to the first full stop before white space or the end, at most one line; 200 characters where there is none.
    private static func firstSentence(_ text: String) -> String {
        var end = text.startIndex
        while end < text.endIndex, !text[end].isNewline {
            let next = text.index(after: end)
            if text[end] == ".", next == text.endIndex || text[next].isWhitespace { return String(text[..<next]) }
            end = next
        }
        return String(text[..<end].prefix(200))
    }
}
