import Glibc
import Testing

@testable import LambdaRuntime

/// In processes of their own, because the environment belongs to the process.
@Suite struct TraceTests {
    static func variable() -> String? {
        getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) }
    }

    @Test func theVariableFollowsTheInvocation() async {
        await #expect(processExitsWith: .success) {
            let long = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"
            let traces = [long, "Root=1", nil, "Root=2", String(repeating: "x", count: 2000)]
            let events = traces.map { Answers.event("-", trace: $0) }
            let api = try FakeRuntimeAPI(Answers.script(events: events))
            _ = try await run(api) { _, context in
                Array("\(TraceTests.variable() ?? "none") \(context.traceID?.utf8.count ?? 0)".utf8)
            }
            try #require(api.reports.map(\.text) == ["\(long) 74", "Root=1 6", "none 0", "Root=2 6", "none 2000"])
            try #require(TraceTests.variable() == nil)
        }
    }

    @Test func severalLoopsLeaveItAlone() async {
        await #expect(processExitsWith: .success) {
            setenv("_X_AMZN_TRACE_ID", "ours", 1)
            let events = (0..<4).map { Answers.event("-", trace: "Root=\($0)") }
            let api = try FakeRuntimeAPI(Answers.script(events: events))
            _ = try await run(api, concurrency: 2) { _, _ in Array((TraceTests.variable() ?? "none").utf8) }
            try #require(api.reports.allSatisfy { $0.text == "ours" })
        }
    }

    @Test func itsMemoryDoesNotGrow() async {
        await #expect(processExitsWith: .success) {
            var trace = TraceEnvironment()
            trace.set("Root=0")
            let first = getenv("_X_AMZN_TRACE_ID")
            for number in 0..<1000 { trace.set("Root=\(number)") }
            try #require(getenv("_X_AMZN_TRACE_ID") == first)
            try #require(TraceTests.variable() == "Root=999")
        }
    }
}
