import Basics
import Findings
import LosslessJSON
import Policies
import Rules

/// One of our rules said as an archive rule of Access Analyzer's.
struct ArchiveRuleDraft {
    let filter: ArchiveFilter
    /// The regions that our rule is about; `nil` for every one.
    let regions: [String]?
    /// What is true of our rule and cannot be said in AWS's.
    let remarks: [String]

    /// Why a rule cannot be said so: a line for each criterion.
    struct Unsayable: Error {
        let reasons: [String]
    }

    /// - Parameters:
    ///   - partition: of the region that the rule is for.
    ///   - now: `2026-11-21T08:40:00Z`.
    init(_ rule: Rule, in rules: RuleSet, partition: Partition, now: String) throws(Unsayable) {
        guard rule.action == .archive else {
            throw Unsayable(reasons: ["its action is \(rule.action.rawValue): AWS's rules do nothing but archive"])
        }
        if let end = rule.expires, rule.isExpired(at: now) { throw Unsayable(reasons: ["it ended on \(end)"]) }
        var filter = ArchiveFilter()
        var regions: [String]?
        var reasons: [String] = []
        var namesError = false
        for criterion in rule.criteria {
            do throws(Unsayable) {
                switch criterion.key.source {
                case .region:
                    regions = try Self.regions(criterion)
                case .kind:
                    try Self.checkKind(criterion)
                default:
                    let key = try Self.key(criterion.key)
                    // Two of our keys, or spellings, can be one of AWS's, which holds one criterion.
                    guard filter[key] == nil else {
                        throw Unsayable(reasons: ["an earlier criterion is said by the same key, \(key)"])
                    }
                    namesError = namesError || key == "error"
                    filter[key] = try Self.criterion(criterion, key, partition)
                }
            } catch {
                reasons += error.reasons.map { "\(criterion.key.text.printable(limit: 200)): \($0)" }
            }
        }
        // Ours never archives a finding with an error unless it says so.
        if !namesError { filter["error"] = ArchiveFilter.Criterion(exists: false) }
        guard reasons.isEmpty else { throw Unsayable(reasons: reasons) }
        guard filter.criteria.count > (namesError ? 0 : 1) else {
            throw Unsayable(reasons: ["no criterion is left, so that it would archive everything"])
        }
        self.filter = filter
        self.regions = regions
        remarks = Self.remarks(rule, in: rules)
    }

    private static func remarks(_ rule: Rule, in rules: RuleSet) -> [String] {
        var remarks: [String] = []
        if let end = rule.expires {
            remarks.append(
                "It ends on \(end) in the rules file; AWS's rule does not end by itself. Put until-\(end.prefix(10)) at the end of "
                    + "its name, and 'gatehouse archive-rules lint' says when it is over."
            )
        }
        let before = rules.rules.prefix { $0.name != rule.name }.filter { $0.action != .archive }.map(\.name)
        if !before.isEmpty {
            remarks.append(
                "In the rules file these come first and do not archive: "
                    + before.prefix(8).map { $0.printable(limit: 100) }.joined(separator: ", ")
                    + ". AWS's rule archives before they are asked."
            )
        }
        return remarks
    }

    private static func checkKind(_ criterion: Criterion) throws(Unsayable) {
        guard criterion.tests.count == 1, case .equals(let set) = criterion.tests[0],
            set.values == [FindingKind.externalAccess.rawValue]
        else { throw Unsayable(reasons: ["only analyzers of external access are given rules: eq ExternalAccess"]) }
    }

    private static func regions(_ criterion: Criterion) throws(Unsayable) -> [String] {
        guard criterion.tests.count == 1, case .equals(let set) = criterion.tests[0] else {
            throw Unsayable(reasons: ["an analyzer is in one region; only eq can be said, by where the rule is made"])
        }
        return set.values
    }

    /// Condition keys as AWS spells them in filters.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
    private static let conditionKeys = [
        "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:SourceVpc",
        "aws:UserId",
        "cognito-identity.amazonaws.com:aud", "graph.facebook.com:app_id", "accounts.google.com:aud",
        "kms:CallerAccount", "www.amazon.com:app_id",
    ]

    /// Keys that every finding has.
    private static let alwaysThere = ["resource", "resourceType", "resourceOwnerAccount"]

    /// The key of AWS's filter.
    private static func key(_ key: RuleKey) throws(Unsayable) -> String {
        switch key.source {
        case .resource: return "resource"
        case .resourceType: return "resourceType"
        case .owner: return "resourceOwnerAccount"
        case .isPublic: return "isPublic"
        case .error: return "error"
        case .principal(let kind) where kind == "AWS" || kind == "Federated": return "principal.\(kind)"
        case .condition(let name):
            guard let known = conditionKeys.first(where: { $0.lowercasedASCII == name }) else {
                throw Unsayable(reasons: ["archive rules do not know this condition key"])
            }
            return "condition.\(known)"
        default: throw Unsayable(reasons: ["archive rules do not know this key"])
        }
    }

    private static func criterion(
        _ criterion: Criterion,
        _ key: String,
        _ partition: Partition
    ) throws(Unsayable) -> ArchiveFilter.Criterion {
        guard let test = criterion.tests.first, criterion.tests.count == 1 else {
            throw Unsayable(reasons: ["AWS does not say what two operators under one key mean together"])
        }
        var result = ArchiveFilter.Criterion()
        switch test {
        case .equals(let set): result.eq = spellings(set.values, key, partition)
        case .differs(let set):
            guard alwaysThere.contains(key) else {
                throw Unsayable(reasons: ["AWS does not say what neq means of a finding that lacks the key"])
            }
            result.neq = set.values
        case .contains(let parts): result.contains = parts
        case .exists(let wanted): result.exists = wanted
        case .like(let patterns): result = try like(patterns.map(\.text), key, partition)
        case .below, .above: throw Unsayable(reasons: ["archive rules compare no numbers"])
        }
        let count = (result.eq ?? result.neq ?? result.contains)?.count ?? 1
        guard count <= ArchiveFilter.mostValues else {
            throw Unsayable(
                reasons: ["\(count) values (an account counts twice), and AWS takes \(ArchiveFilter.mostValues)"]
            )
        }
        return result
    }

    /// An account is written in two ways in findings, and ours means both.
    private static func spellings(_ values: [String], _ key: String, _ partition: Partition) -> [String] {
        guard key == "principal.AWS" else { return values }
        var all: [String] = []
        for value in values {
            var both = [value]
            if case .account(let id) = Principal(key: "AWS", value: value) {
                both = [id, "arn:\(partition.rawValue):iam::\(id):root"]
                if !both.contains(where: { $0.hasSameBytes(as: value) }) { both.append(value) }
            }
            for one in both where !all.contains(where: { $0.hasSameBytes(as: one) }) { all.append(one) }
        }
        return all
    }

    /// `*text*` is what contains says, and a text without wildcards what eq says.
    private static func like(
        _ patterns: [String],
        _ key: String,
        _ partition: Partition
    ) throws(Unsayable) -> ArchiveFilter.Criterion {
        if patterns.allSatisfy({ !$0.hasWildcard }) {
            return ArchiveFilter.Criterion(eq: spellings(patterns, key, partition))
        }
        let inner = patterns.map { pattern -> String? in
            guard pattern.utf8.count > 2, pattern.hasPrefix("*"), pattern.hasSuffix("*") else { return nil }
            let text = String(pattern.dropFirst().dropLast())
            return text.hasWildcard ? nil : text
        }
        let texts = inner.compactMap(\.self)
        guard texts.count == patterns.count else {
            throw Unsayable(reasons: ["archive rules know no wildcards, only contains (like \"*text*\")"])
        }
        return ArchiveFilter.Criterion(contains: texts)
    }
}
