import Basics
import Findings
import LosslessJSON
import Policies

/// The parts of a message about one case; each is a paragraph of short lines.
struct MessageSections {
    let input: Case

    init(_ input: Case) {
        self.input = input
    }

    /// Which resource it is, and what is known of it.
    var resource: [String] {
        let finding = input.finding
        let type = finding.resourceType.name.printable(limit: 100)
        let region = finding.resource.region.isEmpty ? finding.region : finding.resource.region
        var lines = [
            "Resource: \(finding.resource.description.printable(limit: 2048))",
            "Type: \(finding.resourceType.words.map { "\($0) (\(type))" } ?? type)",
            ContextWords.accountLine(input),
        ]
        if !region.isEmpty { lines.append("Region: \(region.printable(limit: 50))") }
        return lines
    }

    /// Who may do what, under which conditions.
    var access: [String] {
        let finding = input.finding
        let isBlocked = AccessState(input).isBlocked
        var lines = PrincipalWords.lines(input) + AccessWords.lines(finding, isBlocked: isBlocked)
        lines += ConditionWords.lines(finding) + UnusedSteps.counts(input)
        if let error = finding.error { lines.append("Error: \(error.printable(limit: 300))") }
        if finding.isPublic == true { lines.append("Public: yes (as Access Analyzer reported it)") }
        if finding.kind != .externalAccess { lines.append("Kind: \(finding.kind.rawValue)") }
        lines += OpenedByWords.lines(input)
        lines.append("Finding id: \(finding.id.printable(limit: 200))")
        return lines
    }

    /// The rule, its reasons and the score.
    var why: [String] {
        var lines: [String] = [status]
        if let decision = input.decision {
            // The reasons of our own rules end with the score.
            let isSaid = decision.reasons.last?.kind == .total && decision.reasons.count <= 30
            let score = isSaid ? "" : decision.risk.map { " Total risk: \($0) of 100." } ?? ""
            lines.append("Why: rule \(decision.rule.printable(limit: 200)) says \(decision.action.rawValue).\(score)")
            if let owner = decision.owner { lines.append("- The rule's owner: \(owner.printable(limit: 200))") }
            lines += decision.reasons.prefix(30).map { "- \($0.text.printable(limit: 400))" }
            if decision.reasons.count > 30 { lines.append("- and \(decision.reasons.count - 30) more") }
        }
        if input.decision == nil { lines.append("Why: no rule was asked.") }
        if let sentence = PreviewWords.sentence(input) { lines.append("Preview: \(sentence)") }
        return lines
    }

    /// The status as filters know it, for whoever looks a message up by it.
    private var status: String {
        guard let outcome = input.outcome else { return "Gatehouse: \(input.decision?.action.rawValue ?? "NOTIFY")" }
        var words = "Gatehouse: \(outcome.status.rawValue)"
        if let verification = VerificationWords(input) { words += ", verification \(verification.status.rawValue)" }
        return outcome.mode.isEmpty ? words : "\(words) (mode \(outcome.mode.printable(limit: 50)))"
    }

    var about: [String] {
        let lines = ContextWords.lines(input)
        return lines.isEmpty ? [] : ["About the resource:"] + lines.map { "- \($0)" }
    }

    var unavailable: [String] {
        let unavailable = input.unavailable
        guard !unavailable.isEmpty else { return [] }
        var lines = unavailable.prefix(30).map { "- \($0.what.printable(limit: 100)): \($0.why.printable(limit: 300))" }
        if unavailable.count > 30 { lines.append("- and \(unavailable.count - 30) more") }
        return ["What could not be looked up:"] + lines
    }
}
