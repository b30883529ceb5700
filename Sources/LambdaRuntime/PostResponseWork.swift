import Synchronization

/// Work for when an invocation's answer is out: nobody waits for it, and Lambda does not freeze the process before it
/// asks for the next event.
package final class PostResponseWork: Sendable {
    /// How the invocation ended.
    package struct Report: Sendable {
        /// The error type that was reported; `nil` for an answer.
        package let errorType: String?
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        package let time: Int64
    }

    private let work = Mutex<(@Sendable (Report) -> Void)?>(nil)

    package init() {}

    /// Has `work` run on the loop's thread after the report; it must not block. A second call replaces the first's.
    package func run(_ work: @escaping @Sendable (Report) -> Void) {
        self.work.withLock { $0 = work }
    }

    func ended(errorType: String?) {
        guard let work = work.withLock({ $0 }) else { return }
        work(Report(errorType: errorType, time: Clocks.epochMilliseconds()))
    }
}
