import Testing

@testable import LambdaRuntime

@Suite struct ConnectionTests {
    @Test func aConnectionClosedWhileFrozenIsOpenedAgain() async throws {
        let api = try FakeRuntimeAPI(
            Answers.script([
                .send([Answers.event("1")]), .close, .send([Answers.event("2")]), .reset, .send([Answers.event("3")]),
            ])
        )
        _ = try await run(api, handler: echo)
        #expect(api.reports.map(\.text) == ["1", "2", "3"])
        #expect(api.connections == 3)
    }

    @Test func aReportOnAClosedConnectionIsSentAgainOnce() async throws {
        let next = Answers.script(events: [Answers.event("1"), Answers.event("2")])
        let closed = Queue([true])
        let api = try FakeRuntimeAPI { request, number in
            !request.isNext && closed.take() == true ? .close : next(request, number)
        }
        _ = try await run(api, handler: echo)
        #expect(api.reports.map(\.text) == ["1", "1", "2"])
    }

    @Test func aReportThatWasBeingAnsweredIsNotSentAgain() async throws {
        let next = Answers.script(events: [Answers.event("1", id: "one"), Answers.event("2")])
        let api = try FakeRuntimeAPI { request, number in
            request.text == "1" ? .sendThenClose(Array("HTTP/1.1 2".utf8)) : next(request, number)
        }
        let captured = CapturedLog()
        _ = try await run(api, log: captured.log, handler: echo)
        #expect(api.reports.map(\.text) == ["1", "2"])
        let line = try #require(captured.lines().first)
        #expect(line.contains(#""requestId":"one","why":"the connection was closed in the middle of it""#))
    }

    @Test func anAnswerThatAsksForCloseIsFollowedByANewConnection() async throws {
        let body = Array("1".utf8)
        let close = Answers.http(200, Answers.headers(id: "a") + [("Connection", "Close")], body)
        var old = Array("HTTP/1.0 200 OK\r\n".utf8)
        old += Answers.http(200, Answers.headers(id: "b"), body).drop { $0 != 0x0A }.dropFirst()
        var endless = Array("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: c\r\n".utf8)
        endless += Array("Lambda-Runtime-Deadline-Ms: 99999999999999\r\n\r\n1".utf8)
        let api = try FakeRuntimeAPI(Answers.script([.send([close]), .send([old]), .sendThenClose(endless)]))
        _ = try await run(api, handler: echo)
        #expect(api.reports.map(\.text) == ["1", "1", "1"])
        // The last connection was closed by the answer's end: whether the report finds that out is a race.
        #expect(api.reports.map(\.connection)[..<2] == [1, 2])
    }

    @Test func theEndOfTheAPIIsAnErrorThatSaysWhatToDo() async throws {
        let closing = try FakeRuntimeAPI { _, _ in .close }
        let closed = try await run(closing, handler: echo)
        #expect(
            closed.message.hasPrefix(
                "the Lambda Runtime API at \(closing.authority) closed the connection without an answer (end of stream); "
            )
        )
        let gone = try await run(closing, handler: echo)
        #expect(
            gone.message == "cannot connect to the Lambda Runtime API at \(closing.authority): Connection refused; "
                + "AWS_LAMBDA_RUNTIME_API must name where it listens"
        )
    }

    @Test func aHostNameIsResolved() async throws {
        let api = try FakeRuntimeAPI(Answers.script([]))
        let name = "localhost:\(api.port)"
        let error = #expect(throws: RuntimeError.self) {
            try LambdaRuntime.run(api: name, concurrency: 1, stop: StopRequest(), log: silent, handler: echo)
        }
        #expect(error?.message.contains("at \(name) answered 500 to /next") == true)
        #expect(api.requests.first?.headers["host"] == name)
        api.stop()
    }

    @Test(arguments: [
        "", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:9001/x", "a b:1", "http://a:1", "[::1", "[::1]9",
        "[a]:1", "a:1:2", ":9001", "a\r\nX: y:1", "127.0.0.1:-1", "127.0.0.1:+1", "ä:1",
    ])
    func anUnusableAddressIsRefused(authority: String) {
        let error = #expect(throws: RuntimeError.self) { try RuntimeEndpoint(authority) }
        #expect(error?.message.hasPrefix("AWS_LAMBDA_RUNTIME_API is `\(authority)`: it must be host:port") == true)
    }

    @Test(arguments: ["admin:hunter2@a:1", "a:1?hunter2", "a:1#hunter2"])
    func anUnusableAddressShowsNoSecret(authority: String) {
        let error = #expect(throws: RuntimeError.self) { try RuntimeEndpoint(authority) }
        #expect(error?.message.hasPrefix("AWS_LAMBDA_RUNTIME_API is a text that is not shown here: it must") == true)
    }

    @Test(arguments: ["127.0.0.1:9001", "[::1]:9001", "sandbox.local:80", "localhost", "[fe80::1]"])
    func aUsableAddressIsTaken(authority: String) throws {
        #expect(try RuntimeEndpoint(authority).authority == authority)
    }
}
