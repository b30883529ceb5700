import Basics
import Findings
import LosslessJSON
import Policies

/// Something in a rules file that is allowed, and most likely not meant.
package struct RuleWarning: Sendable, Equatable, CustomStringConvertible {
    /// The place, such as `rules[2] "audit".when.region`.
    package let place: String
    /// What is odd about it, and what to write.
    package let what: String

    /// Both in one line.
    package var description: String { "\(place): \(what)" }
}

extension RuleSet {
    /// What is odd about the rules as far as that can be told for certain, in their order.
    ///
    /// - Parameter blockedTypes: the resource types that may be changed (`GATEHOUSE_BLOCKED_TYPES`); `nil` for all.
    package func warnings(blockedTypes: [String]?) -> [RuleWarning] {
        var warnings: [RuleWarning] = []
        switch fallback {
        case .archive:
            warnings.append(
                RuleWarning(
                    place: "default",
                    what: "ARCHIVE archives whatever no rule is about, also what nobody has thought of; write NOTIFY"
                )
            )
        case .resolve, .approve:
            guard let blockedTypes else { break }
            warnings.append(RuleWarning(place: "default", what: RuleSet.notBlocked(blockedTypes, fallback)))
        case .notify, .ignore:
            break
        }
        if let archiveBelow, archiveBelow > 60 {
            let what = "\(archiveBelow) archives serious findings unseen (a role that a stranger can assume scores 60)"
            warnings.append(RuleWarning(place: "risk.archiveBelow", what: "\(what); write 60 or less"))
        }
        for index in rules.indices {
            let place = "rules[\(index)] \(rules[index].name.quotedName)"
            warnings += rules[index].warnings(blockedTypes).map { RuleWarning(place: place + $0.place, what: $0.what) }
        }
        return warnings
    }

    fileprivate static func notBlocked(_ types: [String], _ action: Decision.Action) -> String {
        "GATEHOUSE_BLOCKED_TYPES lets only \(types.joined(separator: ", ")) be changed: for other types "
            + "\(action.rawValue) is refused and told; list them there, or name only these in 'resourceType'"
    }
}

extension Rule {
    /// Places begin with a dot, or are empty for the rule as a whole.
    fileprivate func warnings(_ blockedTypes: [String]?) -> [RuleWarning] {
        var warnings = criteria.flatMap(\.warnings)
        switch action {
        case .archive:
            if mayMatchPublic {
                let what = "ARCHIVE also matches public access; add \"isPublic\": {\"eq\": [\"false\"]} to 'when'"
                warnings.append(RuleWarning(place: ".when", what: what))
            }
            var missing: [String] = []
            if owner == nil { missing.append("owner") }
            if expires == nil { missing.append("expires") }
            if !missing.isEmpty {
                let what =
                    "ARCHIVE without '\(missing.joined(separator: "' and '"))'; say who answers for it and until when"
                warnings.append(RuleWarning(place: "", what: what))
            }
        case .resolve, .approve:
            if let blockedTypes, mayMatchOther(than: blockedTypes) {
                warnings.append(RuleWarning(place: ".action", what: RuleSet.notBlocked(blockedTypes, action)))
            }
            if means == .publicAccessBlock, mayMatchOther(than: [ResourceType.s3Bucket.name]) {
                let what = "PUBLIC_ACCESS_BLOCK is for S3 buckets; other types get what DENY means"
                warnings.append(RuleWarning(place: ".with", what: "\(what). Name AWS::S3::Bucket in 'resourceType'"))
            }
        case .notify, .ignore:
            break
        }
        return warnings
    }

    /// A public finding is one of external access, is public and has the principal `*`.
    private var mayMatchPublic: Bool {
        criteria.allSatisfy { criterion in
            switch criterion.key.source {
            case .isPublic: criterion.holds(.text("true"))
            case .kind: criterion.holds(.text(FindingKind.externalAccess.rawValue))
            case .principal("AWS"): criterion.holds(.text("*"))
            case .principal: criterion.holds(.absent)
            // Who has access to what could not be analysed is not known, public or not.
            case .error: criterion.holds(.absent)
            default: true
            }
        }
    }

    private func mayMatchOther(than types: [String]) -> Bool {
        let others = ResourceType.all.map(\.name).filter { !types.contains($0) }
        return others.contains { type in
            criteria.allSatisfy { $0.key.source != .resourceType || $0.holds(.text(type)) }
        }
    }
}

extension Criterion {
    fileprivate var warnings: [RuleWarning] {
        var warnings: [RuleWarning] = []
        for test in tests {
            switch test {
            case .equals(let set), .differs(let set):
                for value in set.values {
                    guard let what = fault(value) else { continue }
                    warnings.append(
                        RuleWarning(place: ".when.\(key.text.printable(limit: 100)).\(test.name)", what: what)
                    )
                }
            default: continue
            }
        }
        return warnings
    }

    /// Why a wanted value never equals one; `nil` where nothing speaks against it.
    private func fault(_ value: String) -> String? {
        let shown = "'\(value.printable(limit: 200))'"
        switch key.source {
        case .resourceType:
            return unknown(
                value,
                among: ResourceType.all.map(\.name),
                "a resource type that Access Analyzer reports"
            )
        case .region:
            return unknown(value, among: Regions.known, "a region that this version knows")
        case .principal("AWS"), .principal("Federated"):
            if value != "*", value.utf8.contains(UInt8(ascii: "*")) || value.utf8.contains(UInt8(ascii: "?")) {
                return "\(shown) holds * or ?, which mean themselves here; did you mean 'like'?"
            }
            return accountFault(value, shown)
        case .resource:
            return accountFault(value, shown)
        default:
            return nil
        }
    }

    private func unknown(_ value: String, among known: [String], _ what: String) -> String? {
        guard !known.contains(where: { $0.hasSameBytes(as: value) }) else { return nil }
        let near = value.nearest(among: known).map { "; did you mean '\($0)'?" } ?? ""
        return "'\(value.printable(limit: 200))' is not \(what)\(near)"
    }

    /// An account that has not 12 digits, alone or as the fifth part of an ARN.
    private func accountFault(_ value: String, _ shown: String) -> String? {
        let isNumber = !value.isEmpty && value.utf8.allSatisfy { $0 &- 0x30 < 10 }
        if isNumber {
            return value.isAccountID ? nil : "\(shown) has \(value.utf8.count) digits, and an account has 12"
        }
        guard value.utf8.starts(with: "arn:".utf8) else { return nil }
        let parts = value.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { return "\(shown) is not an ARN: it has too few parts" }
        let account = String(Substring(parts[4]))
        guard !account.isEmpty, account != "aws", !account.isAccountID else { return nil }
        return "\(shown) names the account '\(account.printable(limit: 50))', and an account has 12 digits"
    }
}
