import Testing

@testable import LambdaRuntime

@Suite struct UnusableAnswerTests {
    private static let id = String(repeating: "a", count: 129)

    @Test(arguments: ["../../x", "a b", "a/../b", "", "ä", "a\u{0}", "a?b", "a%2f", id])
    func aWrongRequestIdNeverReachesAPathAndTheNextEventIsTaken(id: String) async throws {
        let bad = Answers.http(200, Answers.headers(id: id), Array("bad".utf8))
        let api = try FakeRuntimeAPI(Answers.script(events: [bad, bad, Answers.event("good")]))
        let captured = CapturedLog()
        _ = try await run(api, log: captured.log, handler: echo)
        #expect(api.reports.map(\.text) == ["good"])
        #expect(captured.lines().filter { $0.contains("the answer to /next cannot be used") }.count == 2)
    }

    @Test func threeUnusableAnswersInARowEndTheRun() async throws {
        let bad = Answers.http(200, [], Array("who am I".utf8))
        let api = try FakeRuntimeAPI(Answers.script(events: [bad, bad, Answers.event("good"), bad, bad, bad]))
        let error = try await run(api, handler: echo)
        #expect(
            error.message
                == "the Lambda Runtime API at \(api.authority) gave 3 answers to /next in a row that cannot be "
                + "used; of the last: it has no header Lambda-Runtime-Aws-Request-Id"
        )
        #expect(api.requests.count == 7)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1",
    ])
    func whatIsNotHTTPEndsTheRunAfterThreeTimes(text: String) async throws {
        let api = try FakeRuntimeAPI { _, _ in .sendThenClose(Array(text.utf8)) }
        let error = try await run(api, handler: echo)
        #expect(error.message.contains("gave 3 answers to /next in a row that cannot be used; of the last: "))
    }

    /// An invocation that nobody answers is only seen as a time-out, minutes later.
    @Test(arguments: [
        "X: a\u{1}b\r\nContent-Length: 1", "no name\r\nContent-Length: 1", ": x\r\nContent-Length: 1",
        "Content-Length: one", "Content-Length: 1\r\nContent-Length: 2", "Transfer-Encoding: gzip",
        "Content-Length: 9",
    ])
    func aMalformedAnswerWhoseRequestIdIsReadableIsReportedAsFailed(header: String) async throws {
        for isBehind in [false, true] {
            let id = "Lambda-Runtime-Aws-Request-Id: 8476a536"
            let fields = isBehind ? "\(header)\r\n\(id)" : "\(id)\r\n\(header)"
            let bad = Array("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n1".utf8)
            let api = try FakeRuntimeAPI(
                Answers.script([
                    .sendThenClose(bad), .sendThenClose(bad), .sendThenClose(bad), .sendThenClose(bad),
                    .send([Answers.event("good")]),
                ])
            )
            _ = try await run(api, handler: echo)
            #expect(api.reports.count == 5)
            for report in api.reports.dropLast() {
                #expect(report.line == "POST /2018-06-01/runtime/invocation/8476a536/error HTTP/1.1")
                #expect(report.headers["lambda-runtime-function-error-type"] == "Function.ServiceUnavailable")
                #expect(report.text.contains("the answer to /next was not read, and nothing was done: "))
            }
            #expect(api.reports.last?.text == "good")
        }
    }

    @Test(arguments: ["", "../x", "a b", "1\r\nLambda-Runtime-Aws-Request-Id: 2"])
    func ofAMalformedAnswerOnlyOneReadableIdCounts(id: String) async throws {
        let bad = Array("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(id)\r\nno name\r\n\r\n".utf8)
        let api = try FakeRuntimeAPI(Answers.script([.sendThenClose(bad), .send([Answers.event("good")])]))
        _ = try await run(api, handler: echo)
        #expect(api.reports.map(\.text) == ["good"])
    }

    @Test(arguments: [400, 403, 404, 500, 204])
    func anyStatusButOKFromNextEndsTheRun(status: Int) async throws {
        let body = status == 204 ? [] : Array(("x\ny" + String(repeating: "z", count: 1000)).utf8)
        let api = try FakeRuntimeAPI { _, _ in .send([Answers.http(status, [], body)]) }
        let error = try await run(api, handler: echo)
        let shown = status == 204 ? "" : ": x y" + String(repeating: "z", count: 197)
        #expect(
            error.message == "the Lambda Runtime API at \(api.authority) answered \(status) to /next instead of 200"
                + "\(shown); AWS_LAMBDA_RUNTIME_API must name where it listens"
        )
    }
}
