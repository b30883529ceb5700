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
