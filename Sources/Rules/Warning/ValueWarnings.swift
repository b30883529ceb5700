import Basics
import Findings
import Policies

extension Criterion {
    /// What its values are, where that is none that a finding has.
    func warnings(at place: RulesPlace) -> [RulesProblem] {
        let place = place.member(key.text)
        return tests.flatMap { test -> [RulesProblem] in
            guard let values = test.exactValues else { return [] }
            return values.compactMap { value in
                fault(value).map { RulesProblem($0.code, place.member(test.name).text(value), $0.what) }
            }
        }
    }

    /// Why a wanted value never equals one; `nil` where nothing speaks against it.
    private func fault(_ value: String) -> (code: RuleCode, what: String)? {
        let shown = "'\(value.printable(limit: 200))'"
        switch key.source {
        case .resourceType:
            return unknown(value, among: ResourceType.all.map(\.name), "a resource type that Access Analyzer reports")
                .map { (.unknownType, $0) }
        case .region:
            if Regions.others.contains(where: { value.utf8.starts(with: $0.utf8) }) {
                return (.unknownRegion, "\(shown) is of a partition that Gatehouse does not serve")
            }
            return unknown(value, among: Regions.known, "a region that this version knows").map { (.unknownRegion, $0) }
        case .principal("AWS"), .principal("Federated"), .resource, .context("keyAliases"):
            if value != "*", value.utf8.contains(UInt8(ascii: "*")) || value.utf8.contains(UInt8(ascii: "?")) {
                return (.literalWildcard, "\(shown) holds * or ?, which mean themselves here; did you mean 'like'?")
            }
            if key.source == .context("keyAliases") {
                return value.utf8.starts(with: "alias/".utf8)
                    ? nil : (.unknownValue, "\(shown) is no alias: they begin with 'alias/'")
            }
            return accountFault(value, shown).map { (.malformedAccount, $0) } ?? formFault(value, shown)
        default:
            if let values = RuleKeyPage.page(of: key.text)?.values, !values.isEmpty, values != RuleKeyPage.truth {
                return unknown(value, among: values, "a value of '\(key.text)'").map { (.unknownValue, $0) }
            }
            if key.source == .actions, value != "*", !value.utf8.contains(UInt8(ascii: ":")) {
                return (.unknownValue, "\(shown) is no action: they are written as 's3:GetObject'")
            }
            guard value != "*", value.utf8.contains(UInt8(ascii: "*")) else { return nil }
            return (.literalWildcard, "\(shown) holds *, which means itself here; did you mean 'like'?")
        }
    }

    /// What is neither a principal nor a resource.
    private func formFault(_ value: String, _ shown: String) -> (code: RuleCode, what: String)? {
        switch key.source {
        case .principal("AWS"):
            let isID = ["AIDA", "AROA", "ASIA", "AKIA"].contains { value.utf8.starts(with: $0.utf8) }
            guard value != "*", !value.isAccountID, !value.utf8.starts(with: "arn:".utf8), !isID else { return nil }
            return (.unknownValue, "\(shown) is no AWS principal: they are '*', an account of 12 digits or an ARN")
        case .resource where !value.utf8.starts(with: "arn:".utf8):
            return (.unknownValue, "\(shown) is no ARN, which resources are named by")
        default: return nil
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

extension Predicate {
    /// The values that it compares whole; `nil` for other tests.
    var exactValues: [String]? {
        switch self {
        case .equals(let set), .differs(let set): set.values
        default: nil
        }
    }
}
