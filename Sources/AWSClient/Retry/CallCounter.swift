import Synchronization

/// How often AWS was asked, for metrics. Shared by all copies of a client made for one invocation.
package final class CallCounter: Sendable {
    private let attemptCount = Atomic<Int>(0)
    private let callCount = Atomic<Int>(0)

    /// Starts at zero.
    package init() {}

    /// Calls made, however often each was tried.
    package var calls: Int { callCount.load(ordering: .relaxed) }

    /// Tries beyond the first one of each call.
    package var retries: Int { max(0, attemptCount.load(ordering: .relaxed) - calls) }

    func countCall() { callCount.add(1, ordering: .relaxed) }

    func countAttempt() { attemptCount.add(1, ordering: .relaxed) }
}
