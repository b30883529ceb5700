package import Findings

extension Message {
    /// Whether somebody is told about a case as it stands.
    ///
    /// `ALREADY_RESOLVED` is told only when our own statement for this very finding is what blocks the access, for then an
    /// earlier invocation made the change and its message may never have been sent; and when Access Analyzer went on
    /// reporting the access for as long as we looked.
    package static func isWarranted(by input: Case) -> Bool {
        guard let outcome = input.outcome else {
            return input.decision?.action == .notify || input.decision?.action == .approve
        }
        switch outcome.status {
        case .resolved, .observed, .protected, .exempt, .refused, .failed, .awaitingApproval, .deniedApproval,
            .rolledBack, .conflict:
            return true
        case .alreadyResolved:
            return outcome.rollback != nil || VerificationWords(input)?.status == .stillActive
        case .archived, .ignored:
            return false
        }
    }
}

extension Case {
    /// What a message about the case says, in one word, for those who tell each thing once: `BLOCKED`, `STILL_ACTIVE`, or
    /// an outcome or a decision.
    package var toldAs: String {
        if let verification = VerificationWords(self), verification.status == .stillActive {
            return verification.status.rawValue
        }
        switch outcome?.status {
        case .resolved, .alreadyResolved: return "BLOCKED"
        case let status?: return status.rawValue
        case nil: return decision?.action.rawValue ?? Decision.Action.notify.rawValue
        }
    }

    /// Whether it is told however many messages are sent: what failed, what waits for a person, and what is CRITICAL.
    package var isToldAlways: Bool {
        switch outcome?.status {
        case .failed, .awaitingApproval, .deniedApproval: true
        default: decision?.action == .approve || Severity(self) == .critical
        }
    }
}
