import Basics
import Ledger

/// What leases of one invocation have in common.
struct LeaseTerms: Sendable {
    let ledger: Ledger
    let settings: Settings
    /// When the invocation ends; `nil` for never.
    let deadline: ContinuousClock.Instant?
    let instant: @Sendable () -> ContinuousClock.Instant

    /// What was under way when the invocation ended has come to its end by then.
    private static let afterDeadline: Int64 = 30
    /// The lease of a command that may take as long as it likes; renewed while it goes on.
    private static let withoutDeadline: Int64 = 300

    /// Until the invocation ends; `nil` where it never does.
    var timeLeft: Duration? { deadline.map { instant().duration(to: $0) } }

    /// The end of a lease that is taken or renewed now.
    var leaseEnd: Timestamp {
        guard let timeLeft else { return ledger.now().adding(seconds: Self.withoutDeadline) }
        return ledger.now().adding(seconds: max(0, timeLeft.components.seconds) + Self.afterDeadline)
    }
}
