import Handlers
import Synchronization
import Testing

/// How many are inside at once.
private final class Counts: Sendable {
    let state = Mutex((now: 0, most: 0, done: 0))
}

@Suite struct ResourceLocksTests {
    @Test func oneAtATimeForOneKey() async throws {
        let locks = ResourceLocks()
        let inside = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await locks.withLock("a") { () async throws(HandlerError) in
                        inside.state.withLock {
                            $0.now += 1
                            $0.most = max($0.most, $0.now)
                        }
                        await Task.yield()
                        inside.state.withLock {
                            $0.now -= 1
                            $0.done += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counts = inside.state.withLock { $0 }
        #expect(counts == (0, 1, 100))
    }

    @Test func otherKeysDoNotWait() async throws {
        let locks = ResourceLocks()
        try await locks.withLock("a") { () async throws(HandlerError) in
            try await locks.withLock("b") { () async throws(HandlerError) in }
        }
    }

    @Test func whoIsCancelledWhileWaitingStopsWaiting() async throws {
        let locks = ResourceLocks()
        try await locks.withLock("a") { () async throws(HandlerError) in
            let waiter = Task {
                try await locks.withLock("a") { () async throws(HandlerError) in }
            }
            await Task.yield()
            waiter.cancel()
            let result = await waiter.result
            #expect(throws: HandlerError.self) { try result.get() }
        }
        // And the lock is free afterwards.
        try await locks.withLock("a") { () async throws(HandlerError) in }
    }
}
