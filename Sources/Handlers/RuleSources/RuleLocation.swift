import AWSClient
import AWSOperations
import Basics
import Policies
import Rules

/// Where `GATEHOUSE_RULES` says that the rules are.
enum RuleLocation: Equatable {
    /// Rules of ours, by name: `builtin` or `builtin:strict`.
    case builtIn(String)
    /// In the setting itself.
    case inline(String)
    /// In a file: in a Lambda function, of its package.
    case file(String)
    /// In a bucket of our own region.
    case object(bucket: String, key: String)
    /// In Parameter Store.
    case parameter(String)

    /// What the setting may hold, for messages.
    static let allowed = "builtin, builtin:strict, rules as JSON, a file's path, s3://bucket/key or ssm:name"

    /// The location that a setting names; `nil` when it names none.
    init?(_ text: String) {
        if text.utf8.first(where: { !isBlank($0) }) == UInt8(ascii: "{") {
            self = .inline(text)
        } else if RuleSet.named(text) != nil {
            self = .builtIn(text)
        } else if text.hasPrefix("builtin:") {
            return nil
        } else if text.hasPrefix("s3://") {
            let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            self = .object(bucket: String(parts[0]), key: String(parts[1]))
        } else if text.hasPrefix("ssm:") {
            // Both `ssm:name` and, as people copy it, the parameter's whole ARN.
            let name = text.dropFirst(4)
            guard !name.isEmpty else { return nil }
            self = .parameter(String(name))
        } else if text.hasPrefix("arn:"), ARN(text)?.service == "ssm" {
            self = .parameter(text)
        } else if text.holds("://") {
            return nil
        } else {
            self = .file(text)
        }
    }

    /// As messages name it; inline rules by their setting alone.
    var name: String {
        switch self {
        case .builtIn(let name): name
        case .inline: "GATEHOUSE_RULES"
        case .file(let path): path
        case .object(let bucket, let key): "s3://\(bucket)/\(key)"
        case .parameter(let name): "ssm:\(name)"
        }
    }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
}
