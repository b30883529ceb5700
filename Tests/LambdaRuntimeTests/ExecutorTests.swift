import Glibc
import Synchronization
import Testing

@testable import LambdaRuntime

private actor Counter {
    private(set) var value = 0

    func add(_ amount: Int) -> UInt {
        value += amount
        return currentThread()
    }

    /// Keeps the actor, and its thread, until another task waits for it.
    func hold(_ crowd: Crowd) {
        crowd.enter()
        value += 1
        // At the end there may be nobody left who could wait: whoever could has had the time to.
        var looks = 0
        while !crowd.isQueued, !(crowd.isAllTaken && looks > 2000) {
            sched_yield()
            looks += 1
        }
    }
}

/// How far the invocations of several loops are, so that an actor can be held until the others wait for it.
private final class Crowd: Sendable {
    private struct State {
        var taken = 0
        var reported = 0
        var waiting = 0
    }

    let size: Int
    let allReported = Latch()
    private let state = Mutex(State())

    init(_ size: Int) { self.size = size }

    func take() { state.withLock { $0.taken += 1 } }
    func wait() { state.withLock { $0.waiting += 1 } }
    func enter() { state.withLock { $0.waiting -= 1 } }

    func report() {
        let isLast = state.withLock { state in
            state.reported += 1
            return state.reported == size
        }
        if isLast { allReported.open() }
    }

    /// Whether somebody waits besides the holder.
    var isQueued: Bool { state.withLock { $0.waiting > 0 } }
    /// Whether there are no more events: a loop that has none blocks.
    var isAllTaken: Bool { state.withLock { $0.taken == size } }
}

/// Swift's concurrency inside a handler, whose thread is the loop's own.
@Suite struct ExecutorTests {
    private static func work(_ counter: Counter) async -> String {
        let before = currentThread()
        var threads: Set<UInt> = [before]
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...20 {
                group.addTask {
                    if number % 4 == 0 { try? await Task.sleep(for: .milliseconds(2)) }
                    return number
                }
            }
            return await group.reduce(0, +)
        }
        for _ in 0..<10 { threads.insert(await counter.add(1)) }
        async let one = counter.add(1)
        threads.insert(await one)
        try? await Task.sleep(for: .milliseconds(5))
        await Task.yield()
        let detached = await Task.detached { 5 }.value
        let resumed = await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                Task.detached { done.resume(returning: 7) }
            }
        } onCancel: {
        }
        threads.insert(currentThread())
        return "\(sum) \(detached) \(resumed) \(threads.count)"
    }

    @Test func sleepGroupsActorsAndContinuationsRunOnTheLoopsThread() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: (0..<5).map { Answers.event(String($0)) }))
        let counter = Counter()
        _ = try await run(api) { _, _ in Array(await Self.work(counter).utf8) }
        #expect(api.reports.map(\.text) == Array(repeating: "210 5 7 1", count: 5))
        #expect(await counter.value == 55)
    }

    @Test func cancellationReachesChildrenAndHandlers() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1", deadline: 650), Answers.event("2")]))
        let seen = Queue<String>()
        _ = try await run(api) { event, _ in
            guard event == [0x31] else { return event }
            await withTaskCancellationHandler {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            try? await Task.sleep(for: .seconds(600))
                            seen.put("child")
                        }
                    }
                }
            } onCancel: {
                seen.put("handler")
            }
            return event
        }
        #expect(seen.all.sorted() == ["child", "child", "child", "handler"])
        #expect(api.reports.count == 2)
    }

    @Test func twoLoopsWorkSideBySideEachOnItsOwnConnection() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: (0..<40).map { Answers.event(String($0), id: "id-\($0)") }))
        let meeting = Counter()
        let threads = Queue<UInt>()
        _ = try await run(api, concurrency: 2) { event, _ in
            threads.put(currentThread())
            // Both must be inside at once for the first two to end.
            _ = await meeting.add(1)
            while await meeting.value < 2 { try? await Task.sleep(for: .milliseconds(1)) }
            return event
        }
        #expect(Set(api.reports.map(\.text)).count == api.reports.count)
        #expect(api.reports.allSatisfy { $0.line.contains("/id-\($0.text)/response") })
        #expect(api.reports.count >= 38)
        #expect(Set(threads.all).count == 2)
        #expect(api.connections == 2)
    }

    @Test func anActorHeldByOneLoopIsNotLostWhenThatLoopWaitsForItsNextEvent() async throws {
        // One loop holds the actor, others queue up behind it; then the holder's thread blocks in /next, until the
        // others have reported too.
        let next = Queue((0..<24).map { Answers.event(String($0)) })
        let crowd = Crowd(24)
        let api = try FakeRuntimeAPI { request, number in
            guard request.isNext else {
                crowd.report()
                return .send([Answers.accepted])
            }
            if let event = next.take() {
                crowd.take()
                return .send([event])
            }
            crowd.allReported.wait()
            return .send([Answers.end])
        }
        let shared = Counter()
        _ = try await run(api, concurrency: 3) { event, _ in
            for _ in 0..<2 {
                crowd.wait()
                await shared.hold(crowd)
            }
            return event
        }
        #expect(api.reports.count == 24)
        #expect(await shared.value == 48)
    }

    @Test func aJobForAParkedLoopRunsElsewhere() async {
        let executor = LoopExecutor()
        let value = await Task(executorPreference: executor) { 42 }.value
        #expect(value == 42)
    }
}
