package import Findings

extension RuleSet {
    /// Whether the action or rule could be another one if the resource were looked up: a rule before the match looks at
    /// the context, or nothing matches and what happens then depends on it.
    ///
    /// What the case already holds in its context is not asked.
    package func needsContext(_ input: Case, now: String) -> Bool {
        let view = CaseView(input)
        let score = RiskScore(input, view, weights, program.entry(input.finding.resourceType.name))
        let judge = Judge(view: view, score: score)
        for index in rules.indices where !rules[index].isExpired(at: now) {
            var dependsOnContext = false
            var holds = true
            for criterion in rules[index].inOrder {
                if criterion.dependsOnContext {
                    dependsOnContext = true
                } else if judge.verdict(of: criterion, input) != .holds {
                    holds = false
                    break
                }
            }
            if holds { return dependsOnContext }
        }
        return archiveBelow != nil
    }
}

extension Criterion {
    /// Whether what is looked up about the resource can change the answer.
    fileprivate var dependsOnContext: Bool {
        if case .risk = key.source { return true }
        return key.part != nil
    }
}

extension RuleSet {
    /// Whether a rule looks at a first-level key of the context such as `account`. The risk score is none: it has a
    /// value of its own for what is not known.
    package func uses(_ part: String) -> Bool {
        rules.contains { rule in rule.criteria.contains { $0.key.part == part } }
    }
}
