import Findings
import LosslessJSON
import Rules

/// Decides by the rules.
enum Evaluation {
    /// The case with the decision of the rules.
    static func run(_ input: Case, by rules: RuleSet, now: String, _ environment: HandlerEnvironment) -> Case {
        var result = input
        var decision = rules.decide(result, now: now)
        if decision.action == .resolve, environment.settings.mode == .approve {
            decision.action = .approve
            decision.reasons.append(.askedByMode)
        }
        result.decide(decision)
        return result
    }

    /// The case of a finding that needs nothing any more.
    static func withoutAction(_ input: Case) -> Case {
        var result = input
        result.decide(
            Decision(.ignore, rule: Decision.notActive, reasons: [Reason(.rule, input.outcome?.summary ?? "")])
        )
        return result
    }
}
