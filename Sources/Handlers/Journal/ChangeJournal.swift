package import Ledger
package import LosslessJSON

/// One change of one resource, as it is recorded before it is made.
package struct ChangeRecord: Sendable, Equatable {
    /// What a change is for.
    package enum Purpose: Sendable, Equatable {
        /// To close an access.
        ///
        /// - Parameters:
        ///   - replacing: our earlier changes of this very access that no longer stand.
        ///   - remadeAt: when it was made again within the last day, now included.
        case block(replacing: [LedgerChange], remadeAt: [Int64])
        /// To take an earlier change back; `nil` where no ledger knows it.
        case undo(of: LedgerChange?, by: String?)
    }

    /// As AWS writes it.
    package let findingID: String
    /// The resource's ARN.
    package let resource: String
    /// Twelve digits.
    package let account: String
    /// Such as `iam:UpdateAssumeRolePolicy`.
    package let operation: String
    package let before: JSON
    package let after: JSON
    /// What else is known of it, in a case's words.
    package let about: JSONObject
    package let purpose: Purpose

    /// The member of `about` that holds who agreed to the change.
    static let approval = "approvedBy"
    /// Whether a person has agreed to it: then it is counted, and never held back.
    var isApproved: Bool { about[Self.approval] != nil }

    package static func == (left: ChangeRecord, right: ChangeRecord) -> Bool {
        left.findingID == right.findingID && left.resource == right.resource && left.operation == right.operation
            && left.before == right.before && left.after == right.after && left.purpose == right.purpose
    }
}

/// How a change ended that was recorded.
package enum Settlement: Sendable, Equatable {
    /// Written, and read back.
    case made
    /// The service did not take it; nothing was changed.
    case notMade
    /// Of several writes the first ones were made: the state then.
    case partlyMade(JSON)
}

/// Whether a change may be written.
package enum Intention: Sendable, Equatable {
    case recorded
    /// As many changes as may be were made; with sentences on that.
    case heldBack(String)
    /// Somebody has stopped all changes; with a sentence on that.
    case paused(String)
}

/// The right to change one resource, for as long as the journal's `body` runs.
package protocol Lease: Sendable {
    /// What earlier invocations have changed, and what must not be changed yet; empty where nothing is remembered.
    var known: KnownChanges { get }
    /// Records a change right before it is written. Throws when it cannot be recorded: then nothing may be written.
    func intend(_ change: ChangeRecord) async throws(HandlerError) -> Intention
    /// Records how it ended. What is never settled is for the next holder of the lease to look at.
    func settle(_ change: ChangeRecord, _ settlement: Settlement) async throws(HandlerError)
    /// Records how a change of an earlier invocation ended, as the resource shows it now.
    func settle(_ earlier: LedgerChange, _ settlement: Settlement) async throws(HandlerError)
    /// Records that a change of an earlier invocation is to stay undone, where nothing of it is left to be undone.
    func end(_ vanished: LedgerChange, by: String?) async throws(HandlerError)
}

/// What changes are written through: one writer of a resource at a time, and a record of each change.
package protocol ChangeJournal: Sendable {
    /// Differs whenever somebody may have changed a resource in between; `nil` where nobody can know.
    var revision: UInt64? { get }

    /// Runs `body` while nobody else may change the resource.
    ///
    /// - Parameter isWriting: whether `body` may write; what only looks keeps nobody away, and records nothing.
    func withLease<T: Sendable>(
        on resource: String,
        isWriting: Bool,
        _ body: (any Lease) async throws(HandlerError) -> T
    ) async throws(HandlerError) -> T
}
