import Testing

@testable import LambdaRuntime

@Suite struct DeadlineTests {
    @Test func aHandlerThatOutlivesItsDeadlineIsCancelledReportedAndEnds() async throws {
        let events = [Answers.event("slow", id: "one", deadline: 800), Answers.event("fast", id: "two")]
        let api = try FakeRuntimeAPI(Answers.script(events: events))
        let captured = CapturedLog()
        let seen = Queue<String>()
        let took = try await milliseconds {
            _ = try await run(api, log: captured.log) { event, context throws(LambdaFailure) in
                if event == Array("fast".utf8) { return event }
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    seen.put("cancelled, \(api.reports.count) reports")
                    // Cleaning up takes its time; nothing else begins meanwhile.
                    await withCheckedContinuation { done in
                        Task {
                            try? await Task.sleep(for: .milliseconds(150))
                            done.resume()
                        }
                    }
                    seen.put("ended, \(api.requests.filter(\.isNext).count) asked")
                    throw LambdaFailure(type: "Function.Late", message: "too late")
                }
                return []
            }
        }
        #expect(took >= 400 && took < 20_000)
        #expect(seen.all == ["cancelled, 1 reports", "ended, 1 asked"])
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
            if event == [0x31] { try? await Task.sleep(for: .seconds(60)) }
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
            if event == [0x32] { try? await Task.sleep(for: .seconds(60)) }
            return event
        }
        #expect(api.reports.first?.text == "1")
        #expect(api.reports.last?.headers["lambda-runtime-function-error-type"] == "Function.DeadlineExceeded")
    }

    @Test func deadlinesAreReadByTheWallClock() {
        let deadline = LambdaDeadline.after(milliseconds: 10_000)
        #expect(deadline.remaining() > .seconds(9) && deadline.remaining() <= .seconds(10))
        #expect(deadline.stop.remaining() <= .milliseconds(9500))
        #expect(deadline.stop < deadline)
        #expect(LambdaDeadline(millisecondsSinceEpoch: 5).remaining() == .zero)
        #expect(LambdaDeadline(millisecondsSinceEpoch: .max).remaining() == .seconds(86_400))
        #expect(LambdaDeadline(millisecondsSinceEpoch: .min).stop.remaining() > .seconds(1))
    }
}
