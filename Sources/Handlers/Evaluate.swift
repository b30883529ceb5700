import Findings
import LosslessJSON
import Rules

/// Decides by the rules.
enum Evaluation {
    /// Why somebody is asked about what the rule itself would block.
    static let askedByMode = "In approve mode a person decides before anything is blocked."

    /// The case with the decision of the rules.
    static func run(_ input: Case, by rules: RuleSet, now: String, _ environment: HandlerEnvironment) -> Case {
        var result = input
        var decision = rules.decide(result, now: now)
        if decision.action == .resolve, environment.settings.mode == .approve {
            decision.action = .approve
            decision.reasons.append(Reason(.bound, askedByMode))
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
