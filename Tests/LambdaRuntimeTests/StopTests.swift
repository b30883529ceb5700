import Glibc
import Synchronization
import Testing

@testable import LambdaRuntime

/// Being asked to stop: what SIGTERM does, without the signal.
@Suite struct StopTests {
    private static let waiting = FakeRuntimeAPI.Answer.send([])

    @Test(arguments: [1, 5]) func loopsThatWaitForAnEventEnd(_ loops: Int) async throws {
        let stop = try StopRequest()
        let asked = Mutex(0)
        let api = try FakeRuntimeAPI { _, _ in
            let all = asked.withLock { count in
                count += 1
                return count == loops
            }
            if all { stop.ask() }
            return Self.waiting
        }
        #expect(try await run(api, concurrency: loops, until: stop, handler: echo) == nil)
        #expect(api.requests.count == loops)
        #expect(api.reports.isEmpty)
    }

    @Test func askedBeforeTheFirstEventNothingIsTaken() async throws {
        let stop = try StopRequest()
        stop.ask()
        stop.ask()
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1")]))
        #expect(try await run(api, until: stop, handler: echo) == nil)
        #expect(api.requests.isEmpty)
    }

    @Test func aRunningInvocationIsFinishedAndNoOtherTaken() async throws {
        let stop = try StopRequest()
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1"), Answers.event("2")]))
        let error = try await run(api, until: stop) { event, _ in
            stop.ask()
            // What it is at goes on: suspended, and back.
            for _ in 0..<100 { await Task.yield() }
            return event
        }
        #expect(error == nil)
        #expect(api.reports.map(\.text) == ["1"])
        #expect(api.requests.filter(\.isNext).count == 1)
    }

    @Test func aRunningInvocationEndsAtItsDeadline() async throws {
        let stop = try StopRequest()
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1", deadline: 600), Answers.event("2")]))
        let error = try await run(api, until: stop) { event, _ in
            stop.ask()
            try? await Task.sleep(for: .seconds(600))
            return event
        }
        #expect(error == nil)
        #expect(
            api.reports.map { $0.headers["lambda-runtime-function-error-type"] } == ["Function.DeadlineExceeded"]
        )
    }

    @Test func anEventThatIsThereIsNotLost() async throws {
        let stop = try StopRequest()
        let api = try FakeRuntimeAPI { request, number in
            guard request.isNext else { return .send([Answers.accepted]) }
            // Event and request to stop at the same time.
            if number == 0 { stop.ask() }
            return .send([Answers.event("given")])
        }
        #expect(try await run(api, until: stop, handler: echo) == nil)
        // Given or not: what was taken was answered, and nothing was taken twice.
        #expect(api.reports.map(\.text) == [] || api.reports.map(\.text) == ["given"])
        #expect(api.requests.filter(\.isNext).count == 1)
    }

    /// One loop's API breaks while the other loop is in the middle of an invocation.
    @Test func aBrokenLoopLetsTheOthersFinish() async throws {
        let isInside = Mutex(false)
        let isBroken = Mutex(false)
        let first = Mutex(true)
        let api = try FakeRuntimeAPI { request, _ in
            guard request.isNext else { return .send([Answers.accepted]) }
            let isFirst = first.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isFirst { return .send([Answers.event("in the middle")]) }
            while !isInside.withLock({ $0 }) { sched_yield() }
            isBroken.withLock { $0 = true }
            return .send([Answers.end])
        }
        let error = try await run(api, concurrency: 2, until: StopRequest()) { event, _ in
            isInside.withLock { $0 = true }
            while !isBroken.withLock({ $0 }) { await Task.yield() }
            for _ in 0..<200 { await Task.yield() }
            return event
        }
        #expect(error?.message.contains("answered 500 to /next") == true)
        #expect(api.reports.map(\.text) == ["in the middle"])
    }

    @Test func theSignalAsks() throws {
        // On a thread of its own. The threads of the tests' pool, which it comes from, take no signals.
        let stop = try StopRequest()
        let isAsked = Mutex<Bool?>(nil)
        // Whoever ends the tests by this signal must be able to.
        defer { signal(SIGTERM, SIG_DFL) }
        try LoopThread.start {
            stop.askOnTermination()
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_UNBLOCK, &all, nil)
            raise(SIGTERM)
            isAsked.withLock { $0 = stop.isAsked }
        }
        while isAsked.withLock({ $0 }) == nil { sched_yield() }
        #expect(isAsked.withLock { $0 } == true)
    }
}

@Suite struct DescriptorTests {
    /// Numbers far beyond those that the tests have open.
    @Test func closedNumbersLeadToTheNullDevice() throws {
        let numbers: ClosedRange<Int32> = 900...902
        defer { for number in numbers { close(number) } }
        let kept = dup2(1, 901)
        try #require(kept == 901)
        #expect(StandardDescriptors.open(numbers))
        var null = stat()
        var found = stat()
        try #require(stat("/dev/null", &null) == 0)
        for number in numbers {
            try #require(fstat(number, &found) == 0)
            #expect((found.st_rdev == null.st_rdev) == (number != 901))
        }
    }

    @Test func aLimitThatIsTooLowIsSaidWithWhatFits() {
        #expect(DescriptorLimit.shortage(loops: 1, limit: 1024) == nil)
        #expect(DescriptorLimit.shortage(loops: 900, limit: 1024) == nil)
        #expect(DescriptorLimit.shortage(loops: 924, limit: 1024) == nil)
        #expect(
            DescriptorLimit.shortage(loops: 960, limit: 1024)
                == "AWS_LAMBDA_MAX_CONCURRENCY is 960, which needs 1060 file descriptors, but the process may have 1024: "
                + "set it to 924 or less, or raise the limit (ulimit -n)"
        )
        #expect(
            DescriptorLimit.shortage(loops: 1, limit: 14)
                == "the process may have 14 file descriptors but needs 32: raise its limit (ulimit -n)"
        )
    }

    @Test func thisProcessHasEnoughForOneLoop() {
        #expect(DescriptorLimit.shortage(loops: 1) == nil)
        #expect(DescriptorLimit.areFree(16))
    }
}
