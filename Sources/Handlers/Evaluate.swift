import Basics
package import Findings
import LosslessJSON
import Rules

/// Decides by the rules. A bare event whose decision depends on what the resource is gets enriched first.
///
/// A finding that is not ACTIVE, or whose resource is deleted, ends here as `IGNORED`.
package func evaluate(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    var result = input
    if let ignored = ignoredOutcome(result, environment.settings) { result.conclude(ignored) }
    if result.isIgnored { return withoutAction(result) }
    let rules = try await environment.rules.rules(environment)
    let now = environment.now().extended
    if result.isBareEvent, result.json["context"] == nil, rules.needsContext(result, now: now) {
        result = try await enrich(result, environment)
        if result.isIgnored { return withoutAction(result) }
    }
    var decision = rules.decide(result, now: now)
    if decision.action == .resolve, environment.settings.mode == .approve {
        decision.action = .approve
        decision.reasons.append("In approve mode a person decides before anything is blocked.")
    }
    result.decide(decision)
    return result
}

/// The case of a finding that needs nothing any more.
private func withoutAction(_ input: Case) -> Case {
    var result = input
    result.decide(Decision(.ignore, rule: "not-active", reasons: [input.outcome?.summary ?? ""]))
    return result
}

/// The outcome for a finding that asks for nothing any more; `nil` for one that does, and after an earlier outcome.
func ignoredOutcome(_ input: Case, _ settings: Settings) -> Outcome? {
    let finding = input.finding
    guard !finding.isActive, input.outcome == nil else { return nil }
    let why =
        finding.isDeleted ? "its resource has been deleted" : "its status is \(finding.status.printable(limit: 100))"
    return Outcome(.ignored, "The finding needs nothing: \(why).", mode: settings.mode.rawValue)
}

extension Case {
    /// Whether a step has found that the finding needs nothing any more.
    var isIgnored: Bool { outcome?.status == .ignored }
}
