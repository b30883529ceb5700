import Basics
import Findings
import Rules

/// The rules beside what they decided in a period.
struct ReportedRules {
    /// One rule of the present file.
    struct Entry {
        let name: String
        let action: String
        let owner: String?
        let expires: String?
        var answers = 0
    }

    /// For so many days ahead a rule's end is said.
    static let daysAhead: Int64 = 30

    /// Those that decided something, the most first.
    let matched: [Entry]
    /// Those that hold and decided nothing, in their order.
    let unmatched: [Entry]
    /// Those that hold no more.
    let expired: [Entry]
    /// Those that hold and will not for long.
    let expiring: [Entry]
    /// What decided and is not in the present file.
    let unknown: [(name: String, answers: Int)]
    /// How many answers no rule decided: the file's default, or the score.
    let undecided: Int

    init(_ rules: RuleSet, decided: [String: Int], now: Timestamp) {
        // As metric lines have them.
        let name = { (rule: Rule) in rule.name.printable(limit: 200) }
        let soon = now.adding(seconds: Self.daysAhead * 86_400).extended
        let entries = rules.rules.map { rule in
            let entry = Entry(
                name: name(rule),
                action: rule.action.rawValue,
                owner: rule.owner?.printable(limit: 200),
                expires: rule.expires?.printable(limit: 40),
                answers: decided[name(rule)] ?? 0
            )
            return (entry: entry, isExpired: rule.isExpired(at: now.extended), ends: rule.isExpired(at: soon))
        }
        matched = entries.map(\.entry).filter { $0.answers > 0 }.sorted { $0.answers > $1.answers }
        unmatched = entries.filter { $0.entry.answers == 0 && !$0.isExpired }.map(\.entry)
        expired = entries.filter(\.isExpired).map(\.entry)
        expiring = entries.filter { $0.ends && !$0.isExpired }.map(\.entry)
        let known = Set(rules.rules.map(name))
        let standIns = ["default", "risk", "not-active"].filter { !known.contains($0) }
        undecided = standIns.prefix(2).reduce(0) { $0 + (decided[$1] ?? 0) }
        unknown = decided.filter { !known.contains($0.key) && !standIns.contains($0.key) }
            .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
}
