package import Findings

/// How Access Analyzer has a finding now.
package enum FindingNow: Sendable, Equatable {
    /// It has it no longer.
    case gone
    /// Its status, and when it was changed and looked at, as AWS writes it.
    case read(status: FindingStatus, updatedAt: String?, analyzedAt: String?)
}
