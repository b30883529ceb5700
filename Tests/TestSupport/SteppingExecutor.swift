import Synchronization

/// Runs tasks only when a test says so, on the test's own thread: after `runUntilIdle()` each of them has ended or waits
/// for somebody else. That is how a test knows that a task waits, without giving it time to get there.
///
///     let waiter = Task(executorPreference: executor) { try await locks.withLock("a") { } }
///     executor.runUntilIdle()   // It waits now.
package final class SteppingExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isReleased = false
    }

    private let state = Mutex(State())

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let isReleased = state.withLock { state in
            if !state.isReleased { state.jobs.append(unowned) }
            return state.isReleased
        }
        if isReleased { globalConcurrentExecutor.enqueue(ExecutorJob(unowned)) }
    }

    /// Runs jobs, and those that they cause, until there are no more.
    package func runUntilIdle() {
        while let job = take() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// Lets the tasks run on as any other, side by side.
    package func release() {
        let jobs = state.withLock { state in
            state.isReleased = true
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    private func take() -> UnownedJob? {
        state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }
}
