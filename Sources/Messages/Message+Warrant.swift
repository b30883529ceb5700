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
