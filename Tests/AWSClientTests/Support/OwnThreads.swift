import NIOCore
import NIOPosix
import Testing

/// Runs tests on threads of their own: those of Swift's pool may all be busy for a minute with what other tests compute,
/// and what asks the network gives up after seconds.
struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    private final class Executor: TaskExecutor {
        private let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)

        func enqueue(_ job: consuming ExecutorJob) {
            let unowned = UnownedJob(job)
            group.next().execute { unowned.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private static let executor = Executor()

    let isRecursive = true

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Self.executor) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    static var ownThreads: OwnThreads { OwnThreads() }
}
