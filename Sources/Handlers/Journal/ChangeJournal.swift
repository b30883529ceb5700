package import LosslessJSON

/// One change of one resource, as it is recorded before it is made.
package struct ChangeRecord: Sendable, Equatable {
    /// As AWS writes it.
    package let findingID: String
    /// The resource's ARN.
    package let resource: String
    /// Such as `iam:UpdateAssumeRolePolicy`.
    package let operation: String
    package let before: JSON
    package let after: JSON
}

/// How a change ended that was recorded.
package enum Settlement: Sendable, Equatable {
    /// Written, and read back.
    case made
    /// The service did not take it; nothing was changed.
    case notMade
}

/// The right to change one resource, for as long as the journal's `body` runs.
package protocol Lease: Sendable {
    /// Records a change right before it is written. Throws when it cannot be recorded: then nothing may be written.
    func intend(_ change: ChangeRecord) async throws(HandlerError)
    /// Records how it ended. What is never settled is for the next holder of the lease to look at.
    func settle(_ change: ChangeRecord, _ settlement: Settlement) async throws(HandlerError)
}

/// What changes are written through: one writer of a resource at a time, and a record of each change.
package protocol ChangeJournal: Sendable {
    /// Differs whenever somebody may have changed a resource in between; `nil` where nobody can know.
    var revision: UInt64? { get }

    /// Runs `body` while nobody else may change the resource.
    func withLease<T: Sendable>(
        on resource: String,
        _ body: (any Lease) async throws(HandlerError) -> T
    ) async throws(HandlerError) -> T
}
