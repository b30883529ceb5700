import Testing

@testable import LambdaRuntime

@Suite struct DeadlineTests {
    @Test func aHandlerThatOutlivesItsDeadlineIsCancelledReportedAndEnds() async throws {
        let events = [Answers.event("slow", id: "one", deadline: 800), Answers.event("fast", id: "two")]
        let api = try FakeRuntimeAPI(Answers.script(events: events))
        let captured = CapturedLog()
        let seen = Queue<String>()
        _ = try await run(api, log: captured.log) { event, context throws(LambdaFailure) in
            if event == Array("fast".utf8) { return event }
            let loop = currentThread()
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                seen.put("cancelled \(context.deadline.stop.remaining()) early, \(api.reports.count) reports")
                // Cleaning up goes elsewhere and back: the loop's own thread is there for it, so it asks for nothing.
                for _ in 0..<100 { _ = await Task.detached { currentThread() }.value }
                let isOnLoop = currentThread() == loop
                seen.put("ended on the loop's thread: \(isOnLoop), \(api.requests.filter(\.isNext).count) asked")
                throw LambdaFailure(type: "Function.Late", message: "too late")
            }
            return []
        }
        #expect(seen.all == ["cancelled 0.0 seconds early, 1 reports", "ended on the loop's thread: true, 1 asked"])
        #expect(api.reports.count == 2)
        #expect(api.reports.first?.line.hasSuffix("/one/error HTTP/1.1") == true)
        #expect(api.reports.first?.headers["lambda-runtime-function-error-type"] == "Function.DeadlineExceeded")
        #expect(api.reports.last?.text == "fast")
        let lines = captured.lines()
        #expect(lines.count == 2)
        #expect(lines.last?.contains(#""message":"the handler failed after its deadline","requestId":"one""#) == true)
    }

    @Test func anAnswerAfterTheDeadlineIsNotSent() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1", deadline: 600), Answers.event("2")]))
        let captured = CapturedLog()
        _ = try await run(api, log: captured.log) { event, _ in
            if event == [0x31] { try? await Task.sleep(for: .seconds(600)) }
            return event
        }
        #expect(api.reports.count == 2)
        #expect(api.reports.last?.text == "2")
        #expect(captured.lines().last?.contains("the handler ended after its deadline: its answer is lost") == true)
    }

    @Test func aHandlerThatNeverStopsHavingJobsIsStoppedToo() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1", deadline: 650), Answers.event("2")]))
        _ = try await run(api) { event, _ in
            while event == [0x31], !Task.isCancelled { await Task.yield() }
            return event
        }
        #expect(
            api.reports.map { $0.headers["lambda-runtime-function-error-type"] } == ["Function.DeadlineExceeded", nil]
        )
    }

    @Test func anEventWhoseTimeHasPassedRunsToItsFirstSuspension() async throws {
        let api = try FakeRuntimeAPI(
            Answers.script(events: [Answers.event("1", deadline: -5000), Answers.event("2", deadline: 0)])
        )
        _ = try await run(api) { event, context in
            if event == [0x32] { try? await Task.sleep(for: .seconds(600)) }
            return event
        }
        #expect(api.reports.first?.text == "1")
        #expect(api.reports.last?.headers["lambda-runtime-function-error-type"] == "Function.DeadlineExceeded")
    }

    @Test func deadlinesAreReadByTheWallClock() {
        let before = Clocks.epochMilliseconds()
        let deadline = LambdaDeadline.after(milliseconds: Answers.farDeadline)
        let (whole, stop) = (deadline.remaining(), deadline.stop.remaining())
        let passed = Clocks.epochMilliseconds() - before
        #expect((0...passed).contains(deadline.millisecondsSinceEpoch - before - Answers.farDeadline))
        let shortest = Answers.farDeadline - passed
        #expect((.milliseconds(shortest)...(.milliseconds(Answers.farDeadline))).contains(whole))
        #expect((.milliseconds(shortest - 500)...(.milliseconds(Answers.farDeadline - 500))).contains(stop))
        #expect(deadline.stop < deadline)
        #expect(LambdaDeadline(millisecondsSinceEpoch: 5).remaining() == .zero)
        #expect(LambdaDeadline(millisecondsSinceEpoch: .max).remaining() == .seconds(86_400))
        #expect(LambdaDeadline(millisecondsSinceEpoch: .min).stop.remaining() > .seconds(1))
    }
}
