import Basics
import LosslessJSON

/// What a condition key says about who may come, as far as the score goes.
enum ConditionMeaning {
    case externalId, source

    /// The meaning of a condition key in any case; `nil` for one that does not count.
    init?(key: String) {
        guard key.utf8.count <= 32 else { return nil }
        let key = key.lowercasedASCII
        if key == "sts:externalid" {
            self = .externalId
            return
        }
        for known in Self.sourceKeys where known == key {
            self = .source
            return
        }
        return nil
    }

    /// Keys that hold the access to a known place, service, account or organization.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    private static let sourceKeys = [
        "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:sourceip", "aws:vpcsourceip",
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn",
        "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "kms:calleraccount", "s3:dataaccesspointaccount",
    ]
}

extension JSON {
    /// Whether a condition's value lets everybody through: `*`, every address, or nothing that can be read.
    var letsEverybodyThrough: Bool {
        switch self {
        case .string(let text):
            text.isEmpty || text.utf8.allSatisfy { $0 == UInt8(ascii: "*") } || text.hasSuffix("/0")
        case .array(let values): values.isEmpty || values.contains(where: \.letsEverybodyThrough)
        case .number: false
        case .null, .bool, .object: true
        }
    }
}
