import Findings

extension RuleSet {
    /// Makes the decision of what the walk through the rules has found.
    func conclude(_ input: Case, _ view: CaseView, _ score: RiskScore, _ walk: Walk) -> Decision {
        var reasons: [Reason] = []
        reasons.reserveCapacity(16)
        var (action, rule): (Decision.Action, String)
        if let match = walk.match {
            (action, rule) = (rules[match].action, rules[match].name)
            reasons += rules[match].opening
        } else {
            (action, rule) = unmatched(input, view, score, isOpen: !walk.undecidable.isEmpty, &reasons)
        }
        let meant = walk.match.map { effective($0, input.finding) } ?? action
        let isAgreed = walk.undecidable.allSatisfy { index in
            rules[index].action == action && effective(index, input.finding) == meant
                && rules[index].means ?? .deny == walk.match.flatMap { rules[$0].means } ?? .deny
        }
        if !isAgreed {
            // What the match would have said is not what is decided.
            reasons = []
            addUndecidable(walk, action, input, Judge(view: view, score: score), &reasons)
            (action, rule) = (.notify, Decision.noRule)
        } else if let match = walk.match {
            action = bounded(match, input.finding, &reasons)
        }
        addExpired(walk.expired, &reasons)
        addRisk(score, view, &reasons)
        var decision = Decision(action, rule: rule, risk: score.points, reasons: reasons)
        if let match = walk.match, rule == rules[match].name {
            decision.owner = rules[match].owner
            if action == rules[match].action { decision.means = rules[match].means }
        }
        return decision
    }

    /// What happens when no rule matches: the default, or archiving what scores low, within bounds.
    private func unmatched(
        _ input: Case,
        _ view: CaseView,
        _ score: RiskScore,
        isOpen: Bool,
        _ reasons: inout [Reason]
    ) -> (Decision.Action, String) {
        reasons.append(Reason(.rule, "No rule matches."))
        let obstacle = obstacle(input.finding, view.gaps)
        if let archiveBelow, fallback != .archive, !isOpen, score.points < archiveBelow {
            guard let obstacle else {
                reasons.append(.score(below: archiveBelow, "so it is archived (risk.archiveBelow)."))
                return (.archive, Decision.score)
            }
            reasons.append(.score(below: archiveBelow, "but risk.archiveBelow is not for \(obstacle)."))
        }
        switch fallback {
        case .archive:
            if let obstacle = never(input.finding) {
                reasons.append(Reason(.bound, "The default ARCHIVE is not for \(obstacle), so a person is notified."))
                return (.notify, Decision.noRule)
            }
        case .resolve, .approve:
            if !input.finding.isResolvable {
                reasons.append(Reason(.bound, Self.notResolvable))
                return (.notify, Decision.noRule)
            }
        case .notify, .ignore:
            break
        }
        return (fallback, Decision.noRule)
    }

    /// Why a finding that no rule is about may not be archived by its score; `nil` where it may.
    private func obstacle(_ finding: Finding, _ gaps: UnavailableLookUps) -> String? {
        never(finding) ?? (gaps.isEmpty ? nil : "a case of which something could not be looked up")
    }

    /// Why a finding is never archived without a rule that says so.
    private func never(_ finding: Finding) -> String? {
        if finding.isPublic == true { return "public access" }
        if finding.error != nil { return "a resource that could not be analysed" }
        if !finding.isResolvable { return "findings of kind \(finding.kind.rawValue) without a rule that names them" }
        return nil
    }

    /// The action of the rule that matched, unless the finding is not one for it.
    private func bounded(_ match: Int, _ finding: Finding, _ reasons: inout [Reason]) -> Decision.Action {
        let action = effective(match, finding)
        guard action != rules[match].action else { return action }
        reasons.append(Reason(.bound, rules[match].action == .archive ? Self.notNamed : Self.notResolvable))
        return action
    }

    /// What a rule comes to for a finding: what cannot be blocked, or is not named by a rule that archives it, is told.
    private func effective(_ index: Int, _ finding: Finding) -> Decision.Action {
        let action = rules[index].action
        guard !finding.isResolvable else { return action }
        switch action {
        case .resolve, .approve: return .notify
        case .archive: return rules[index].namesKindOrError ? .archive : .notify
        case .notify, .ignore: return action
        }
    }

    private static let notNamed =
        "The rule would archive it, but it names neither the finding's kind nor its error, so a person is notified."

    private static let notResolvable =
        "Only external access with a principal and without an error can be blocked, so a person is notified instead."

    private func addUndecidable(
        _ walk: Walk,
        _ action: Decision.Action,
        _ input: Case,
        _ judge: Judge,
        _ reasons: inout [Reason]
    ) {
        let open = walk.undecidable
        for index in open.prefix(10) {
            let missing = judge.missing(for: rules[index], input).prefix(8).joined(separator: ", ")
            let rule = "\(rules[index].name.quotedName) (\(rules[index].action.rawValue))"
            reasons.append(Reason(.undecidable, "The rule \(rule) cannot be decided without \(missing)."))
        }
        if open.count > 10 {
            reasons.append(Reason(.undecidable, "\(open.count - 10) more rules cannot be decided either."))
        }
        let other = walk.match.map { "the rule \(rules[$0].name.quotedName)" } ?? "the default"
        let possible = Set(open.map { rules[$0].action.rawValue })
        let changed = Decision.Action.names.filter { $0 != action.rawValue && possible.contains($0) }
        let change =
            changed.isEmpty
            ? "what \(other) says (\(action.rawValue))"
            : "the decision from \(action.rawValue) (\(other)) to \(changed.joined(separator: " or "))"
        reasons.append(Reason(.undecidable, "The missing data could change \(change), so a person is notified."))
    }

    private func addExpired(_ expired: [Int], _ reasons: inout [Reason]) {
        for index in expired.prefix(10) {
            let name = rules[index].name.quotedName
            reasons.append(
                Reason(.expired, "The rule \(name) would match, but it expired (\(rules[index].expires ?? "")).")
            )
        }
        if expired.count > 10 {
            reasons.append(Reason(.expired, "\(expired.count - 10) more rules would match, but expired."))
        }
    }

    private func addRisk(_ score: RiskScore, _ view: CaseView, _ reasons: inout [Reason]) {
        score.addLines(weights, to: &reasons)
        if score.range.upperBound > score.points, !score.missing.isEmpty {
            let missing = score.missing.map(view.gaps.words).joined(separator: ", ")
            let bound = score.range.upperBound
            reasons.append(
                Reason(.contribution, "The score could rise to \(bound): \(missing) could not be looked up.")
            )
        }
        reasons.append(totals[score.points])
    }
}

/// The closing line of each score, made once.
private let totals = (0...100).map(Reason.total)
