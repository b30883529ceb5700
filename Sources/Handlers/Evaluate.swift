package import Findings

/// Decides by the built-in rules. Calls nothing.
///
/// A finding that is not ACTIVE, or whose resource is deleted, ends here as `IGNORED`.
package func evaluate(_ input: Case, _ settings: Settings) -> Case {
    var result = input
    if let ignored = ignoredOutcome(input, settings) {
        result.decide(Decision(.ignore, rule: "not-active", reasons: [ignored.summary]))
        result.conclude(ignored)
        return result
    }
    var decision = builtInDecision(input.finding)
    if decision.action == .resolve, settings.mode == .approve {
        decision.action = .approve
        decision.reasons.append("In approve mode a person decides before anything is blocked.")
    }
    result.decide(decision)
    return result
}

/// The outcome for a finding that asks for nothing any more; `nil` for one that does, and after an earlier outcome.
func ignoredOutcome(_ input: Case, _ settings: Settings) -> Outcome? {
    let finding = input.finding
    guard !finding.isActive, input.outcome == nil else { return nil }
    let why = finding.isDeleted ? "its resource has been deleted" : "its status is \(plain(finding.status, limit: 100))"
    return Outcome(.ignored, "The finding needs nothing: \(why).", mode: settings.mode.rawValue)
}

private func builtInDecision(_ finding: Finding) -> Decision {
    if let error = finding.error {
        return Decision(
            .notify,
            rule: "default",
            reasons: ["Access Analyzer could not analyse the resource (\(error)), so nobody knows who has access."]
        )
    }
    if finding.isResolvable, finding.role != nil {
        return Decision(
            .resolve,
            rule: "unintended-role-trust",
            reasons: [
                "Somebody outside the zone of trust can assume the role, and no archive rule calls that intended."
            ]
        )
    }
    let reason =
        switch finding.kind {
        case .externalAccess where finding.principals.isEmpty: "The finding names no principal to block."
        case .externalAccess: "No rule is about \(finding.resourceType)."
        default: "No rule is about findings of kind \(finding.kind.rawValue)."
        }
    return Decision(.notify, rule: "default", reasons: [reason])
}
