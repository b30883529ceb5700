import Basics
import Findings

/// What Gatehouse did about a finding, in sentences that are true by themselves.
package struct OutcomeWords {
    let sentences: String

    init(_ input: Case) {
        var sentences = OutcomeWords.first(input)
        if let verification = VerificationWords(input), input.outcome != nil {
            sentences += " \(verification.sentence)"
        }
        if OutcomeWords.isLeftOpen(input), !sentences.lowercasedASCII.holds("still open") {
            sentences += " The access is still open."
        }
        self.sentences = sentences
    }

    private static func first(_ input: Case) -> String {
        guard let outcome = input.outcome else {
            let rule = input.decision.map { " (rule \($0.rule.printable(limit: 200)): \($0.action.rawValue))" } ?? ""
            let wait = input.decision?.action == .approve ? " Blocking this access waits for a person's decision." : ""
            return "Gatehouse changed nothing\(rule).\(wait)"
        }
        let summary = outcome.summary.printable(limit: 2000)
        switch outcome.status {
        case .resolved: return "Gatehouse blocked the access. \(summary)"
        case .alreadyResolved where VerificationWords(input)?.status == .stillActive:
            return "Nothing was left to change. \(summary)"
        case .alreadyResolved: return "The access was blocked before, and still is. \(summary)"
        case .observed: return "Observe mode: nothing was changed. \(summary)"
        case .exempt, .protected, .refused: return summary
        case .awaitingApproval: return "Nothing was changed yet: a person has to decide. \(summary)"
        case .deniedApproval: return "\(ApprovalWords(outcome).sentence) \(summary)"
        case .rolledBack:
            let again = summary.holds(undone) || summary.holds(coolDownOpening) ? "" : " \(undone)"
            return "Undone by hand: the access is open. \(summary)\(again)"
        case .conflict: return "Nothing was undone. \(summary)"
        case .failed: return "Gatehouse could not finish; the access may still be open. \(summary)"
        case .archived: return "The finding was archived as intended. \(summary)"
        case .ignored: return "The finding needs nothing any more. \(summary)"
        }
    }

    /// What whoever undoes a change has to know.
    package static let inCaseAlone =
        "If grants or permissions were taken out, or Block Public Access was switched on, give rollback the case that resolve "
        + "or respond answered: what was there before is in it alone."
    /// The same where the ledger keeps it from being blocked again.
    package static func undone(coolDownDays days: Int) -> String {
        days == 0 ? undone : "\(coolDownOpening)\(days) \(days == 1 ? "day" : "days") (GATEHOUSE_COOL_DOWN_DAYS)."
    }

    private static let coolDownOpening = "The same access is not blocked again for "

    package static let notInLedger =
        "The ledger has no change for this finding that stands, and where there is a ledger no case is believed. What was "
        + "changed without it is taken back by 'gatehouse rollback' without --ledger and GATEHOUSE_LEDGER_TABLE."

    package static let undone = "Gatehouse blocks it again at the next finding unless a rule archives it."

    /// Whether an outcome leaves an access as it was found. A finding that has changed since says nothing about that.
    private static func isLeftOpen(_ input: Case) -> Bool {
        guard let outcome = input.outcome, input.finding.isActive, input.finding.error == nil else { return false }
        switch input.finding.kind {
        case .externalAccess, .internalAccess: break
        default: return false
        }
        return switch outcome.status {
        case .refused: !outcome.isStale
        case .protected, .exempt, .observed, .awaitingApproval, .deniedApproval: true
        default: false
        }
    }
}
