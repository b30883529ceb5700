import Basics
import LosslessJSON

/// What is known of the value of a condition key in a request.
package enum ContextValue: Sendable, Equatable {
    /// The request does not carry the key.
    case absent
    /// Exactly this value.
    case known(String)
    /// Some value that is none of these, nor matches one as a pattern; `mayBeAbsent` where the key may be missing as well.
    case outside([String], mayBeAbsent: Bool)
    /// The ARN of some identity of this account, of this role where its name is known (its path is not).
    case identity(account: String, role: String?)
    /// One of these, and it is not known which.
    indirect case either(ContextValue, ContextValue)
    /// Nothing is known, not even whether it is there.
    case unknown
}

extension AccessRequest {
    /// What is known of a condition key (lower case) from the principal alone or from the request's context.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    func value(of key: String) -> ContextValue {
        if let value = context[key] { return value }
        switch key {
        case "aws:principalaccount":
            switch principal {
            case .account(let id): return .known(id)
            case .user(let arn), .role(let arn), .session(let arn, _): return .known(arn.account)
            // AWS documents the key as present in all requests, as `anonymous` in unsigned ones, and those of people who
            // come by an identity provider are unsigned.
            case .federated: return .either(.absent, .known("anonymous"))
            case .service: return .absent
            default: return .unknown
            }
        case "aws:principalarn":
            switch principal {
            case .user(let arn), .role(let arn): return .known(arn.description)
            case .session(let arn, let role): return .identity(account: arn.account, role: role)
            case .account(let id): return .identity(account: id, role: nil)
            case .federated, .service: return .absent
            default: return .unknown
            }
        case "aws:principalisawsservice":
            switch principal {
            case .service: return .known("true")
            case .federated: return .absent
            // Unsigned requests have no such key. Source:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
            case .everyone: return .either(.absent, .known("false"))
            case .account, .user, .role, .session: return .known("false")
            default: return .unknown
            }
        default:
            return .unknown
        }
    }
}

extension Statement.Condition {
    /// How much of the request fulfils this condition; `some` for every operator or value that is not known here.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    package func coverage(of request: AccessRequest) -> Coverage {
        isDocumented ? coverage(of: request.value(of: key)) : .some
    }

    private func coverage(of value: ContextValue) -> Coverage {
        if case .either(let one, let other) = value {
            let (one, other) = (coverage(of: one), coverage(of: other))
            return one == other ? one : .some
        }
        if test == "Null" { return nullCoverage(value) }
        if test == "IpAddress", case .known(let range) = value, values.contains(where: { $0.hasSameBytes(as: range) }) {
            // An address in the very range that is named; other ranges are not compared here.
            return .every
        }
        let ifExists = test.hasSuffix("IfExists")
        guard let comparison = Comparison(ifExists ? String(test.dropLast("IfExists".count)) : test) else {
            return .some
        }
        // Policy variables stand for something that only the request knows; what AWS makes of no value at all, or of an
        // ARN pattern that is not one, is not documented.
        if values.isEmpty || values.contains(where: \.holdsVariable) { return .some }
        if comparison.comparesARNs, !values.allSatisfy(isARNPattern) { return .some }
        switch value {
        case .absent: return ifExists || comparison.isNegated ? .every : .none
        case .unknown, .either: return .some
        case .known(let text): return comparison.result(values.contains { comparison.matches($0, text) })
        case .outside(let excluded, let mayBeAbsent):
            let isExcluded = values.allSatisfy { value in excluded.contains { $0.hasSameBytes(as: value) } }
            guard comparison.isExact || comparison.isPattern, isExcluded else { return .some }
            return mayBeAbsent && ifExists && !comparison.isNegated ? .some : comparison.result(false)
        case .identity(let account, let role):
            guard comparison.comparesARNs || comparison.isExact else { return .some }
            let isSame = comparison.isExact ? { $0.hasSameBytes(as: $1) } : Wildcards.match
            let coverage =
                values.map { identityCoverage($0, account: account, role: role, isSame) }.max() ?? .none
            return comparison.isNegated ? coverage.inverted : coverage
        }
    }

    private func nullCoverage(_ value: ContextValue) -> Coverage {
        guard values.count == 1, let wantsAbsence = ["true": true, "false": false][values[0].lowercasedASCII] else {
            return .some
        }
        switch value {
        case .absent: return wantsAbsence ? .every : .none
        case .known, .identity, .outside(_, mayBeAbsent: false): return wantsAbsence ? .none : .every
        case .unknown, .outside, .either: return .some
        }
    }
}

/// The operators that can be judged here.
private struct Comparison {
    let isNegated: Bool
    let isExact: Bool
    let isPattern: Bool
    let comparesARNs: Bool
    let matches: (_ pattern: String, _ value: String) -> Bool

    init?(_ name: String) {
        isNegated = name.holds("Not")
        comparesARNs = name.hasPrefix("Arn")
        isExact = name == "StringEquals" || name == "StringNotEquals"
        isPattern = comparesARNs || name == "StringLike" || name == "StringNotLike"
        switch name {
        case "StringEquals", "StringNotEquals": matches = { $0.hasSameBytes(as: $1) }
        case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "Bool":
            matches = { $0.lowercasedASCII.hasSameBytes(as: $1.lowercasedASCII) }
        case "StringLike", "StringNotLike": matches = Wildcards.match
        case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike": matches = { ARNPattern($0).matches($1) }
        default: return nil
        }
    }

    func result(_ matched: Bool) -> Coverage {
        matched != isNegated ? .every : .none
    }
}

/// Whether the ARN pattern may mean an identity of which account and perhaps role name are known.
private func identityCoverage(
    _ pattern: String,
    account: String,
    role: String?,
    _ isSame: (_ pattern: String, _ value: String) -> Bool
) -> Coverage {
    let parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return .some }
    guard isSame(String(parts[4]), account) else { return .none }
    if let role, !parts[5].utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
        return parts[5].hasPrefix("role/") && String(parts[5]).lastComponent.utf8.elementsEqual(role.utf8)
            ? .some : .none
    }
    return .some
}

/// Whether the text has the six parts that an ARN pattern must have.
private func isARNPattern(_ text: String) -> Bool {
    text.utf8.count { $0 == UInt8(ascii: ":") } >= 5
}
