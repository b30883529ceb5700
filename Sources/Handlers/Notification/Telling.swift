import Findings

/// Whether somebody is told about a case as it stands.
///
/// `ALREADY_RESOLVED` is told only when our own statement for this very finding is what blocks the access: then an
/// earlier invocation made the change, and its message may never have been sent.
func isTold(_ input: Case) -> Bool {
    guard let outcome = input.outcome else {
        return input.decision?.action == .notify || input.decision?.action == .approve
    }
    switch outcome.status {
    case .resolved, .observed, .protected, .exempt, .refused, .failed, .awaitingApproval, .deniedApproval,
        .rolledBack, .conflict:
        return true
    case .alreadyResolved:
        return outcome.rollback != nil
    case .archived, .ignored:
        return false
    }
}

/// How pressing a message is, for subscriptions that filter.
enum Severity: String {
    /// Everybody can reach the resource, and nothing was done about it.
    case critical = "CRITICAL"
    /// Somebody outside can reach it, and nothing was done about it.
    case high = "HIGH"
    /// Nobody knows, or it is about access inside.
    case medium = "MEDIUM"
    /// It is done, or about access that nobody uses.
    case low = "LOW"

    init(_ input: Case) {
        let finding = input.finding
        switch input.outcome?.status {
        case .resolved, .alreadyResolved, .archived, .ignored: self = .low
        default:
            switch finding.kind {
            case .externalAccess where finding.error != nil: self = .medium
            case .externalAccess: self = finding.isPublic == true ? .critical : .high
            case .internalAccess: self = .medium
            default: self = .low
            }
        }
    }
}
