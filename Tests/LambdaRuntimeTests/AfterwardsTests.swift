import Glibc
import Testing

@testable import LambdaRuntime

@Suite struct AfterwardsTests {
    /// What the API had got and was asked for when the work ran.
    private struct Seen: Sendable {
        let errorType: String?
        let time: Int64
        let reports: Int
        let requests: Int
    }

    private func seen(
        _ events: [[UInt8]],
        handler: @escaping LambdaRuntime.Handler
    ) async throws -> [Seen] {
        let api = try FakeRuntimeAPI(Answers.script(events: events))
        let seen = Queue<Seen>()
        _ = try await run(api) { event, context throws(LambdaFailure) in
            context.afterwards.run { report in
                seen.put(
                    Seen(
                        errorType: report.errorType,
                        time: report.time,
                        reports: api.reports.count,
                        requests: api.requests.count
                    )
                )
            }
            return try await handler(event, context)
        }
        return seen.all
    }

    @Test func workRunsBetweenTheReportAndTheNextEvent() async throws {
        let before = Clocks.epochMilliseconds()
        let seen = try await seen([Answers.event("1"), Answers.event("2")], handler: echo)
        #expect(seen.map(\.reports) == [1, 2])
        // /next and the response; then both once more.
        #expect(seen.map(\.requests) == [2, 4])
        #expect(seen.allSatisfy { $0.errorType == nil && $0.time >= before && $0.time <= Clocks.epochMilliseconds() })
    }

    @Test func workIsToldWhatWasReported() async throws {
        let seen = try await seen([Answers.event("bad"), Answers.event("large")]) { event, _ throws(LambdaFailure) in
            if event == Array("bad".utf8) { throw LambdaFailure(type: "Throttled", message: "slow") }
            return [UInt8](repeating: 0x20, count: RuntimeClient.longestResponse + 1)
        }
        #expect(seen.map(\.errorType) == ["Function.Throttled", "Function.ResponseTooLarge"])
    }

    @Test func aLineOfDataIsWrittenAsItIsWhateverTheLog() throws {
        for settings in [["AWS_LAMBDA_LOG_LEVEL": "FATAL"], ["AWS_LAMBDA_LOG_FORMAT": "Text"]] {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            let log = LambdaLog(descriptor: -1, dataDescriptor: ends[1]) { settings[$0] }
            log.writeData(Array(#"{"_aws":{}}"#.utf8))
            close(ends[1])
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = read(ends[0], &bytes, bytes.count)
            close(ends[0])
            #expect(String(decoding: bytes[..<count], as: UTF8.self) == "{\"_aws\":{}}\n")
        }
    }
}
