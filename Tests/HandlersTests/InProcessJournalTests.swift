import Handlers
import Synchronization
import TestSupport
import Testing

/// How many are inside at once.
private final class Counts: Sendable {
    let state = Mutex((now: 0, most: 0, done: 0))

    func enter() {
        state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func leave() {
        state.withLock {
            $0.now -= 1
            $0.done += 1
        }
    }
}

@Suite struct InProcessJournalTests {
    @Test func oneAtATimeForOneKey() async throws {
        let (journal, inside, gate, executor) = (InProcessJournal(), Counts(), Gate(), SteppingExecutor())
        let tasks = (0..<100).map { _ in
            Task(executorPreference: executor) {
                try await journal.withLease(on: "a", isWriting: true) { (_) async throws(HandlerError) in
                    inside.enter()
                    await gate.pass()
                    inside.leave()
                }
            }
        }
        executor.runUntilIdle()
        // One is inside and 99 wait for it.
        #expect(inside.state.withLock { $0 } == (1, 1, 0))
        gate.open()
        executor.release()
        for task in tasks { try await task.value }
        #expect(inside.state.withLock { $0 } == (0, 1, 100))
    }

    @Test func otherKeysDoNotWait() async throws {
        let journal = InProcessJournal()
        try await journal.withLease(on: "a", isWriting: true) { (_) async throws(HandlerError) in
            try await journal.withLease(on: "b", isWriting: true) { (_) async throws(HandlerError) in }
        }
    }

    @Test func whoIsCancelledWhileWaitingStopsWaiting() async throws {
        let (journal, inside, executor) = (InProcessJournal(), Counts(), SteppingExecutor())
        try await journal.withLease(on: "a", isWriting: true) { (_) async throws(HandlerError) in
            let waiter = Task(executorPreference: executor) {
                try await journal.withLease(on: "a", isWriting: true) { (_) async throws(HandlerError) in inside.enter()
                }
            }
            // It waits now.
            executor.runUntilIdle()
            waiter.cancel()
            executor.release()
            let result = await waiter.result
            #expect(throws: HandlerError.self) { try result.get() }
        }
        // And the lock is free afterwards.
        try await journal.withLease(on: "a", isWriting: true) { (_) async throws(HandlerError) in }
        #expect(inside.state.withLock { $0.most } == 0)
    }
}
