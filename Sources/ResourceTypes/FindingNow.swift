/// How Access Analyzer has a finding now.
package enum FindingNow: Sendable {
    /// It has it no longer.
    case gone
    /// Its status, and when it was changed and looked at, as AWS writes it.
    case read(status: String, updatedAt: String?, analyzedAt: String?)
}
