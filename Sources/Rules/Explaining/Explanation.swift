import Basics
package import Findings

/// How a rule set came to its decision about a case: every rule with what held of it and what did not.
package struct Explanation: Sendable, Equatable {
    /// One rule and how it stands to the case.
    package struct RuleResult: Sendable, Equatable {
        /// How it stands.
        package enum Status: String, Sendable {
            /// Every criterion holds.
            case matched
            /// A criterion does not hold.
            case failed
            /// All that can be told holds, but a look-up failed.
            case undecidable
            /// Every criterion holds, but the rule has ended.
            case expired
        }

        /// Its name.
        package let name: String
        /// What it says.
        package let action: Decision.Action
        /// How it stands to the case.
        package let status: Status
        /// Whether it was asked at all: rules after the match are not.
        package let isReached: Bool
        /// The day or moment at which it ended, when it has, as written.
        package let expired: String?
        /// The operators that do not hold, or cannot be told.
        package let failures: [Failure]
    }

    /// One operator of a criterion that does not hold.
    package struct Failure: Sendable, Equatable {
        /// The key, as the rule spells it.
        package let key: String
        /// `eq`, `neq`, `contains`, `like`, `exists`, `lt` or `gt`.
        package let test: String
        /// What the rule wants; at most 20 values, each of at most 200 characters.
        package let wanted: [String]
        /// What the case holds, bounded alike; empty when there is nothing.
        package let found: [String]
        /// What could not be looked up and why; empty when the operator could be decided.
        package let missing: [String]
    }

    /// Every rule in order.
    package let rules: [RuleResult]
    /// The score, a line for each contribution.
    package let score: [String]
    /// What was decided.
    package let decision: Decision
}

extension RuleSet {
    /// Decides as `decide` does, and says how each rule stands.
    package func explain(_ input: Case, now: String) -> Explanation {
        let decision = decide(input, now: now)
        let view = CaseView(input)
        let score = RiskScore(input, view, weights, program.entry(input.finding.resourceType.name))
        let judge = Judge(view: view, score: score)
        var results: [Explanation.RuleResult] = []
        var isReached = true
        for index in rules.indices {
            let rule = rules[index]
            let isExpired = rule.isExpired(at: now)
            let verdict = judge.verdict(of: rule, input)
            let status: Explanation.RuleResult.Status =
                switch verdict {
                case .fails: .failed
                case .undecidable: .undecidable
                case .holds: isExpired ? .expired : .matched
                }
            results.append(
                Explanation.RuleResult(
                    name: rule.name,
                    action: rule.action,
                    status: status,
                    isReached: isReached,
                    expired: isExpired ? rule.expires : nil,
                    failures: judge.failures(of: rule, input)
                )
            )
            if status == .matched { isReached = false }
        }
        return Explanation(rules: results, score: score.lines(weights), decision: decision)
    }
}

extension Judge {
    /// Every operator of the rule that does not hold or cannot be told.
    fileprivate func failures(of rule: Rule, _ input: Case) -> [Explanation.Failure] {
        var failures: [Explanation.Failure] = []
        for criterion in rule.criteria {
            for test in criterion.tests {
                let single = Criterion(key: criterion.key, slot: criterion.slot, tests: [test])
                let verdict = verdict(of: single, input)
                guard verdict != .holds else { continue }
                failures.append(
                    Explanation.Failure(
                        key: criterion.key.text.printable(limit: 200),
                        test: test.name,
                        wanted: bounded(test.wanted),
                        found: bounded(found(single, input)),
                        missing: verdict == .undecidable ? missing(single) : []
                    )
                )
            }
        }
        return failures
    }

    private func found(_ criterion: Criterion, _ input: Case) -> [String] {
        guard case .risk = criterion.key.source else { return view.found(criterion.key, input).texts }
        let range = score.range
        return range.count == 1 ? [String(score.points)] : ["\(range.lowerBound) to \(range.upperBound)"]
    }
}

private func bounded(_ values: [String]) -> [String] {
    let shown = values.prefix(20).map { $0.printable(limit: 200) }
    return values.count > 20 ? shown + ["and \(values.count - 20) more"] : shown
}
