import AWSClient
import Policies

/// Reads single settings; one set to the empty string counts as unset.
struct SettingValues {
    private let environment: EnvironmentVariables

    init(_ environment: EnvironmentVariables) {
        self.environment = environment
    }

    subscript(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A setting as `read` makes it of its text. Throws `InvalidConfiguration` saying what is allowed where that is `nil`.
    func checked<Value>(
        _ name: String,
        _ allowed: String,
        _ read: (String) -> Value?
    ) throws(HandlerError) -> Value? {
        guard let text = self[name] else { return nil }
        guard let value = read(text) else {
            throw HandlerError(.invalidConfiguration, "\(name) is '\(text.prefix(200))' but must be \(allowed)")
        }
        return value
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable<String>>(
        _ name: String,
        _ allowed: String
    ) throws(HandlerError) -> Choice? {
        try checked(name, allowed) { Choice(rawValue: $0) }
    }

    /// A whole number that is not negative.
    func count(_ name: String, least: Int = 0, most: Int = Int(Int32.max)) throws(HandlerError) -> Int? {
        let end = most == Int(Int32.max) ? "on" : "to \(most)"
        return try checked(name, "a whole number from \(least) \(end)") { text in
            Int(text).flatMap { (least...most).contains($0) ? $0 : nil }
        }
    }

    /// A topic that can be published to: a FIFO topic has no mail subscriptions and wants message groups.
    func topic(_ name: String) throws(HandlerError) -> ARN? {
        try checked(name, "the ARN of a standard SNS topic") { text in
            guard let arn = ARN(text), arn.service == "sns", !arn.region.isEmpty, arn.account.isAccountID,
                !arn.resource.hasSuffix(".fifo")
            else { return nil }
            return arn
        }
    }

    /// Account ids, each once.
    func accounts(_ name: String) throws(HandlerError) -> [String]? {
        try checked(name, "account ids of 12 digits with commas between") { text in
            let accounts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
            guard accounts.allSatisfy(\.isAccountID) else { return nil }
            return accounts.reduce(into: []) { known, account in
                if !known.contains(account) { known.append(account) }
            }
        }
    }

    func tag(_ name: String) throws(HandlerError) -> ExemptTag? {
        try checked(name, "a tag's key, or key=value") { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !Self.trimmed(parts[0][...]).isEmpty else { return nil }
            return ExemptTag(key: parts[0], value: parts.count > 1 ? parts[1] : nil)
        }
    }

    /// Texts with commas between.
    func list(_ name: String) -> [String]? {
        self[name]?.split(separator: ",").map(Self.trimmed)
    }

    /// The text without blanks at either end.
    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
