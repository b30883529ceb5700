/// One log entry and its two written forms; both end with a newline and hold no other.
struct LogLine {
    enum Style: Sendable { case json, text }

    /// Milliseconds since the epoch.
    let time: Int64
    let level: LambdaLog.Level
    let message: String
    let requestID: String?
    let fields: [(String, String)]

    /// Written in place of a value whose key looks like a secret's.
    static let redacted = "…redacted"
    /// A key that holds one of these, in any case, looks like a secret's.
    private static let secretWords: [StaticString] = ["authorization", "token", "secret", "password", "credential"]
    /// Keys that are ours; a field of that name is written as `field.name`, so that no key comes twice.
    private static let reserved = ["timestamp", "level", "message", "requestId"]

    func bytes(_ style: Style) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch style {
        case .json: appendJSON(to: &line)
        case .text: appendText(to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func appendJSON(to line: inout [UInt8]) {
        line.append(contentsOf: "{\"timestamp\":\"".utf8)
        Clocks.appendRFC3339(epochMilliseconds: time, to: &line)
        line.append(contentsOf: "\",\"level\":\"".utf8)
        line.append(contentsOf: level.name.utf8)
        line.append(contentsOf: "\",\"message\":".utf8)
        JSONText.append(message, to: &line)
        if let requestID {
            line.append(contentsOf: ",\"requestId\":".utf8)
            JSONText.append(requestID, to: &line)
        }
        for (key, value) in fields {
            line.append(UInt8(ascii: ","))
            JSONText.append(Self.reserved.contains(key) ? "field." + key : key, to: &line)
            line.append(UInt8(ascii: ":"))
            JSONText.append(Self.looksSecret(key) ? Self.redacted : value, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    /// `time LEVEL request-id message key=value …`, control characters escaped, values quoted where they need it.
    private func appendText(to line: inout [UInt8]) {
        Clocks.appendRFC3339(epochMilliseconds: time, to: &line)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: level.name.utf8)
        if let requestID {
            line.append(UInt8(ascii: " "))
            JSONText.appendEscaped(requestID, to: &line)
        }
        line.append(UInt8(ascii: " "))
        JSONText.appendEscaped(message, to: &line)
        for (key, value) in fields {
            line.append(UInt8(ascii: " "))
            JSONText.appendEscaped(key, to: &line)
            line.append(UInt8(ascii: "="))
            let shown = Self.looksSecret(key) ? Self.redacted : value
            if !shown.isEmpty, shown.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"\"\\=".utf8.contains($0) }) {
                line.append(contentsOf: shown.utf8)
            } else {
                JSONText.append(shown, to: &line)
            }
        }
    }

    /// Whether a field's value must not be written.
    static func looksSecret(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return secretWords.contains { word in
            let count = word.utf8CodeUnitCount
            guard bytes.count >= count else { return false }
            return (0...(bytes.count - count)).contains { ASCII.equals(bytes, $0..<($0 + count), word) }
        }
    }
}
