import AWSClient
import Basics
import Rules

/// What is amiss with an archive rule.
struct ArchiveRuleProblem: Equatable {
    enum Code: String {
        case noPrincipal = "NO_PRINCIPAL"
        case isPublic = "PUBLIC"
        case containsNumber = "CONTAINS_NUMBER"
        case matchesNothing = "MATCHES_NOTHING"
        case covered = "COVERED"
        case overlaps = "OVERLAPS"
        case over = "OVER"
    }

    let rule: String
    let code: Code
    /// One printable sentence or two.
    let message: String
}

/// Looks at the archive rules of one analyzer.
struct ArchiveRuleLint {
    private(set) var problems: [ArchiveRuleProblem] = []

    /// - Parameters:
    ///   - matching: for each rule the ids of the findings that it matches, whatever their status.
    ///   - own: our rules, which know owners and ends.
    ///   - now: `2026-11-21T08:40:00Z`.
    init(
        analyzer: AnalyzerOptions.Found,
        rules: [ArchiveRule],
        matching: [Set<String>],
        own: RuleSet?,
        now: String
    ) {
        for (index, rule) in rules.enumerated() {
            func note(_ code: ArchiveRuleProblem.Code, _ message: String) {
                let text = message.printable(limit: 2000)
                problems.append(ArchiveRuleProblem(rule: rule.name, code: code, message: text))
            }
            if analyzer.isExternal {
                if Self.isPublic(rule.filter) {
                    note(.isPublic, "it archives access of everybody: let people see that (\(rule.filter.words))")
                } else if !Self.namesPrincipal(rule.filter) {
                    note(
                        .noPrincipal,
                        "it archives whoever has access, also who is not thought of yet (\(rule.filter.words))"
                    )
                }
            }
            for (key, value) in Self.numbers(rule.filter) {
                note(.containsNumber, "\(key) contains \(value) also matches other ids that hold these digits: use eq")
            }
            if matching[index].isEmpty {
                note(
                    .matchesNothing,
                    "no finding of any status matches: it is not needed, or misspelled (\(rule.filter.words))"
                )
            }
            for (other, earlier) in rules.enumerated() where other != index {
                let isSame = earlier.filter == rule.filter
                if earlier.filter.covers(rule.filter), !isSame || other < index {
                    note(.covered, "\(earlier.name) archives all that it does\(isSame ? ", by the same criteria" : "")")
                } else if other < index, !rule.filter.covers(earlier.filter) {
                    let shared = matching[index].intersection(matching[other])
                    guard let example = shared.min() else { continue }
                    let count = shared.count == 1 ? "a finding" : "\(shared.count) findings"
                    note(.overlaps, "\(earlier.name) and it both match \(count), such as \(example)")
                }
            }
            if let over = Self.over(rule, own, analyzer, now) { note(.over, over) }
        }
    }

    private static func isPublic(_ filter: ArchiveFilter) -> Bool {
        if filter["isPublic"]?.eq?.contains("true") ?? false { return true }
        let principal = filter["principal.AWS"]
        return (principal?.eq ?? []).contains("*") || (principal?.contains ?? []).contains { "*".holds($0) }
    }

    /// Keys that say who has access.
    private static let principalKeys = [
        "principal.AWS", "principal.Federated", "condition.aws:PrincipalArn", "condition.aws:PrincipalOrgID",
        "condition.aws:PrincipalOrgPaths", "condition.aws:UserId", "condition.kms:CallerAccount",
    ]

    private static func namesPrincipal(_ filter: ArchiveFilter) -> Bool {
        principalKeys.contains { key in
            guard let criterion = filter[key] else { return false }
            return criterion.eq != nil || criterion.contains != nil
        }
    }

    private static func numbers(_ filter: ArchiveFilter) -> [(key: String, value: String)] {
        filter.criteria.flatMap { key, criterion in
            (criterion.contains ?? []).filter { value in
                !value.isEmpty && value.utf8.allSatisfy { $0 &- 0x30 < 10 }
            }.map { (key, $0) }
        }
    }

    /// Whose date is over, as a sentence; `nil` where none is.
    private static func over(_ rule: ArchiveRule, _ own: RuleSet?, _ analyzer: AnalyzerOptions.Found, _ now: String)
        -> String?
    {
        if let date = rule.name.dateAtEnd, date < String(now.prefix(10)) {
            return "its name says that it was meant until \(date)"
        }
        guard let own else { return nil }
        for mine in own.rules where mine.isExpired(at: now) {
            // Asked as it was when it was made, before it ended.
            let draft = try? ArchiveRuleDraft(mine, in: own, partition: analyzer.region.partition, now: "")
            guard mine.name == rule.name || draft?.filter == rule.filter else { continue }
            let owner = mine.owner.map { " of \($0)" } ?? ""
            return "your rule \(mine.name)\(owner) ended on \(mine.expires ?? "")"
        }
        return nil
    }
}

extension String {
    /// A day, `2026-12-31`, that the text ends with; `nil` where there is none.
    fileprivate var dateAtEnd: String? {
        let end = Array(utf8.suffix(10))
        guard end.count == 10 else { return nil }
        for (index, byte) in end.enumerated() {
            guard index == 4 || index == 7 ? byte == UInt8(ascii: "-") : byte &- 0x30 < 10 else { return nil }
        }
        let text = String(decoding: end, as: UTF8.self)
        return Timestamp(iso8601: text + "T00:00:00Z") == nil ? nil : text
    }
}
