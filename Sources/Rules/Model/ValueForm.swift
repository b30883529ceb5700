import Basics
import Findings
import LosslessJSON
import Policies

/// What the values of a key always look like. A wanted value of another form never equals one, so that `eq` would
/// match nothing and `neq` everything: the file is refused instead.
enum ValueForm {
    case truth, kind, account, resourceType

    /// The form of a key's values; `nil` where any text may stand. `context.` paths are a team's own.
    init?(_ key: RuleKey) {
        switch key.text {
        case "isPublic", "isDeleted", "encrypted", "principalAccount.inOrganization": self = .truth
        case "kind": self = .kind
        case "accountId", "resourceOwnerAccount", "account.id", "principalAccount.id": self = .account
        case "resourceType": self = .resourceType
        default:
            guard case .accessBlock = key.source else { return nil }
            self = .truth
        }
    }

    /// What is wrong with a value, and what to write; `nil` when nothing is.
    func fault(_ text: String) -> String? {
        switch self {
        case .truth:
            guard !ValueForm.truths.contains(where: { $0.hasSameBytes(as: text) }) else { return nil }
            return "must be \"true\" or \"false\", not '\(text.printable(limit: 100))'"
        case .kind:
            guard !ValueForm.kinds.contains(where: { $0.hasSameBytes(as: text) }) else { return nil }
            return RulesProblem.unknown("kind", text, ValueForm.kinds)
        case .account:
            guard !text.isAccountID else { return nil }
            return "must be an account of 12 digits, not '\(text.printable(limit: 100))'"
        case .resourceType:
            guard !isResourceType(text) else { return nil }
            return "must be a type such as 'AWS::S3::Bucket', not '\(text.printable(limit: 100))'"
        }
    }

    private static let truths = ["true", "false"]

    private static let kinds: [String] = [
        FindingKind.externalAccess, .internalAccess, .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword,
        .unusedPermission,
    ].map(\.rawValue)
}

/// Whether a text is `AWS::Service::Thing`, in ASCII letters and digits.
private func isResourceType(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].elementsEqual("AWS".utf8), parts[1].isEmpty, parts[3].isEmpty else { return false }
    return !parts[2].isEmpty && !parts[4].isEmpty
        && text.utf8.allSatisfy { $0 | 0x20 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: ":") }
}
