package import Findings

/// How pressing a message is, for subscriptions that filter and for the urgent topic.
package enum Severity: String, Sendable, Comparable, CaseIterable {
    /// It is done, or about access that nobody uses.
    case low = "LOW"
    /// Nobody knows, or it is about access inside.
    case medium = "MEDIUM"
    /// Somebody outside can reach it, and nothing was done about it.
    case high = "HIGH"
    /// Everybody can reach the resource, and nothing was done about it.
    case critical = "CRITICAL"

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }

    /// Less pressing comes first.
    package static func < (left: Severity, right: Severity) -> Bool {
        left.rank < right.rank
    }

    /// What is done is `LOW`, unless Access Analyzer still reports it. Of the rest, what is public and still open is
    /// `CRITICAL`; else the decision's score counts (from 80, 60 and 30 on), and without one the kind of finding.
    /// A resource that could not be analysed is at least `MEDIUM`: nobody knows. Who has just decided something is not
    /// called out of bed for it: a person's decision is at most `MEDIUM`.
    package init(_ input: Case) {
        self = min(Severity(openness: input), Severity.most(input))
    }

    /// The most that an outcome can be.
    private static func most(_ input: Case) -> Severity {
        guard let outcome = input.outcome else { return .critical }
        switch outcome.status {
        case .rolledBack: return .medium
        case .deniedApproval: return ApprovalWords(outcome).isTimedOut ? .high : .medium
        // Our Deny is there, and it was proven.
        case .resolved, .alreadyResolved: return AccessState(input) == .stillListed ? .high : .critical
        default: return .critical
        }
    }

    private init(openness input: Case) {
        let finding = input.finding
        if Severity.isDone(input) {
            self = .low
        } else if finding.kind == .externalAccess, finding.isPublic == true {
            self = .critical
        } else if let risk = input.decision?.risk {
            let scored: Severity = risk >= 80 ? .critical : risk >= 60 ? .high : risk >= 30 ? .medium : .low
            self = finding.error == nil ? scored : max(scored, .medium)
        } else {
            switch finding.kind {
            case .externalAccess: self = finding.error == nil ? .high : .medium
            case .internalAccess: self = .medium
            case .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission: self = .low
            }
        }
    }

    private static func isDone(_ input: Case) -> Bool {
        switch input.outcome?.status {
        case .resolved, .alreadyResolved: VerificationWords(input)?.status != .stillActive
        case .archived, .ignored: true
        default: false
        }
    }
}
