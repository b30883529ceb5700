package import Findings

/// A team's rules, checked and compiled once.
package struct RuleSet: Sendable {
    /// The rules in the order in which they are asked.
    package let rules: [Rule]
    /// What to do when no rule matches.
    package let fallback: Decision.Action
    /// Below this score what no rule is about is archived, within bounds; `nil`: never.
    package let archiveBelow: Int?
    /// What the file says of itself.
    package let description: String?
    let weights: RiskWeights
    /// Where each rule stands in its file, where others could not be read; `nil` for a whole file.
    var places: [RulesPlace]?
    /// The rules laid out for speed.
    let program: Program

    /// Reads, checks and compiles the text of a rules file.
    package init(_ text: [UInt8]) throws(RulesError) {
        var reader = RuleSetReader()
        self = try reader.read(text)
    }

    init(
        rules: [Rule],
        fallback: Decision.Action,
        archiveBelow: Int?,
        description: String?,
        weights: RiskWeights
    ) {
        self.rules = rules
        self.fallback = fallback
        self.archiveBelow = archiveBelow
        self.description = description
        self.weights = weights
        program = Program(rules, weights)
    }

    /// The rules that have ended by this moment, `2026-11-21T08:40:00Z`.
    package func expired(at now: String) -> [Rule] {
        rules.filter { $0.isExpired(at: now) }
    }

    /// Whether the score decides about anything: in a rule, or by `archiveBelow`.
    package var decidesByScore: Bool {
        archiveBelow != nil || rules.contains { rule in rule.criteria.contains { $0.key.source == .risk } }
    }
}
