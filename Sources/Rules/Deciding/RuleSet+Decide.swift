import Basics
package import Findings
import LosslessJSON

extension RuleSet {
    /// Decides about a case by the first rule that matches. Asks neither status nor mode.
    ///
    /// - Parameters:
    ///   - input: the case, enriched or not.
    ///   - now: the moment, `2026-11-21T08:40:00Z`, by which rules expire.
    package func decide(_ input: Case, now: String) -> Decision {
        let view = CaseView(input)
        let type = program.entry(input.finding.resourceType.name)
        let score = RiskScore(input, view, weights, type)
        let walk: Walk
        if view.gaps.isEmpty {
            walk = program.walk(input, view, type.candidates, points: score.points, now: now)
        } else {
            walk = Judge(view: view, score: score).walk(input, rules, type.candidates, now: now)
        }
        return conclude(input, view, score, walk)
    }
}

/// What can be said of a rule's criteria.
enum Verdict {
    case fails, holds, undecidable
}

/// Says how rules stand to a case of which something may be missing.
struct Judge {
    let view: CaseView
    let score: RiskScore

    /// Asks the candidates in order; the other rules are not about this resource type.
    func walk(_ input: Case, _ rules: [Rule], _ candidates: [Int], now: String) -> Walk {
        var walk = Walk()
        for index in candidates {
            let verdict = verdict(of: rules[index], input)
            guard verdict != .fails else { continue }
            if rules[index].isExpired(at: now) {
                if verdict == .holds { walk.expired.append(index) }
            } else if verdict == .holds {
                walk.match = index
                break
            } else {
                walk.undecidable.append(index)
            }
        }
        return walk
    }

    /// Whether a rule holds, as far as can be told; expiry is not asked.
    func verdict(of rule: Rule, _ input: Case) -> Verdict {
        var result = Verdict.holds
        for criterion in rule.inOrder {
            switch verdict(of: criterion, input) {
            case .fails: return .fails
            case .undecidable: result = .undecidable
            case .holds: break
            }
        }
        return result
    }

    /// Whether one criterion holds.
    func verdict(of criterion: Criterion, _ input: Case) -> Verdict {
        if case .risk = criterion.key.source { return riskVerdict(of: criterion) }
        let found = view.found(criterion.key, input)
        if case .unavailable = found { return .undecidable }
        return criterion.holds(found) ? .holds : .fails
    }

    /// A score that a failed look-up could have changed decides only when that would not change the answer.
    private func riskVerdict(of criterion: Criterion) -> Verdict {
        let holds = criterion.tests.allSatisfy { $0.holds(points: score.points) }
        for points in score.range where criterion.tests.allSatisfy({ $0.holds(points: points) }) != holds {
            return .undecidable
        }
        return holds ? .holds : .fails
    }

    /// The look-ups that left a rule open: each with its why.
    func missing(for rule: Rule, _ input: Case) -> [String] {
        var parts: [String] = []
        for criterion in rule.criteria where verdict(of: criterion, input) == .undecidable {
            for part in missingParts(criterion) where !parts.contains(where: { $0.hasSameBytes(as: part) }) {
                parts.append(part)
            }
        }
        return parts.map(view.gaps.words)
    }

    /// The look-ups that left a criterion open.
    func missing(_ criterion: Criterion) -> [String] {
        missingParts(criterion).map(view.gaps.words)
    }

    private func missingParts(_ criterion: Criterion) -> [String] {
        criterion.key.part.map { [$0] } ?? score.missing
    }
}
