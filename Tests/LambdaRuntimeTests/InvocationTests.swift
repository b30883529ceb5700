import Testing

@testable import LambdaRuntime

@Suite struct InvocationTests {
    private static let path = "/2018-06-01/runtime/invocation/"

    @Test func anEventIsAnsweredAndTheNextTakenOnTheSameConnection() async throws {
        let deadline = LambdaDeadline.after(milliseconds: Answers.farDeadline)
        let first = Answers.http(200, Answers.headers(id: "one", until: deadline), Array("{\"a\":1}".utf8))
        let api = try FakeRuntimeAPI(Answers.script(events: [first, Answers.event("2")]))
        let contexts = Queue<LambdaContext>()
        let error = try await run(api) { event, context in
            contexts.put(context)
            return event + [0x21]
        }
        #expect(
            api.requests.map(\.line)[..<2] == [
                "GET \(Self.path)next HTTP/1.1", "POST \(Self.path)one/response HTTP/1.1",
            ]
        )
        #expect(api.reports.map(\.text) == ["{\"a\":1}!", "2!"])
        #expect(api.connections == 1)
        #expect(api.requests.allSatisfy { $0.headers["host"] == api.authority && $0.headers["user-agent"] != nil })
        #expect(api.reports.allSatisfy { $0.headers["content-type"] == "application/json" })
        let context = try #require(contexts.take())
        #expect(context.requestID == "one")
        #expect(context.invokedFunctionARN == "arn:aws:lambda:us-east-1:123456789012:function:gatehouse")
        #expect(context.traceID == nil)
        // What the API gave, and not the longest time-out, which stands in for none.
        #expect(context.deadline == deadline)
        #expect(error.message.contains("answered 500 to /next instead of 200: {\"errorMessage\":\"the test is over\"}"))
    }

    @Test func aFailureIsReportedWithItsTypeAndTheNextEventIsTaken() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("bad", id: "one"), Answers.event("good")]))
        let captured = CapturedLog()
        _ = try await run(api, log: captured.log) { event, _ throws(LambdaFailure) in
            if event == Array("bad".utf8) {
                throw LambdaFailure(type: "Function.InvalidEvent", message: "`id` is\n\"missing\"")
            }
            return event
        }
        let report = try #require(api.reports.first)
        #expect(report.line == "POST \(Self.path)one/error HTTP/1.1")
        #expect(report.headers["lambda-runtime-function-error-type"] == "Function.InvalidEvent")
        #expect(
            report.text
                == #"{"errorType":"Function.InvalidEvent","errorMessage":"`id` is\n\"missing\"","stackTrace":[]}"#
        )
        #expect(api.reports.last?.text == "good")
        let line = try #require(captured.lines().first)
        #expect(line.contains(#""level":"ERROR","message":"the invocation failed","requestId":"one","errorType""#))
    }

    @Test func chunkedEventsOddHeaderCaseAndSplitReadsAreRead() async throws {
        let deadline = LambdaDeadline.after(milliseconds: Answers.farDeadline).millisecondsSinceEpoch
        let chunked = """
            HTTP/1.1 200 OK\r\nLAMBDA-RUNTIME-AWS-REQUEST-ID:  two \r\nlambda-runtime-deadline-ms: \(deadline)\r\n\
            transfer-encoding: Chunked\r\n\r\n3;name=value\r\nabc\r\n00A \r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n
            """
        let bytes = Array(chunked.utf8)
        let api = try FakeRuntimeAPI(
            Answers.script([.send([bytes]), .send(bytes.map { [$0] }), .send([Answers.event("end")])])
        )
        _ = try await run(api, handler: echo)
        #expect(api.reports.map(\.text) == ["abc0123456789", "abc0123456789", "end"])
        #expect(api.reports.first?.line == "POST \(Self.path)two/response HTTP/1.1")
    }

    @Test func anEventOfSixMebibytesComesBackWhole() async throws {
        let size = 6 * 1024 * 1024
        let block = (0..<4099).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 >> 8) }
        var body: [UInt8] = []
        while body.count < size { body += block.prefix(size - body.count) }
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.http(200, Answers.headers(id: "big"), body)]))
        _ = try await run(api, handler: echo)
        #expect(api.reports.count == 1)
        #expect(api.reports.first?.body == body)
    }

    @Test func anEventThatIsTooLongIsReportedAndTheNextTaken() async throws {
        let size = HTTPResponseParser.longestBody + 1
        let long = [UInt8](repeating: 0x20, count: size)
        let api = try FakeRuntimeAPI(
            Answers.script(events: [Answers.http(200, Answers.headers(id: "big"), long), Answers.event("next")])
        )
        _ = try await run(api, handler: echo)
        #expect(api.reports.first?.line == "POST \(Self.path)big/error HTTP/1.1")
        #expect(api.reports.first?.headers["lambda-runtime-function-error-type"] == "Function.InvalidEvent")
        #expect(api.reports.first?.text.contains("its body is longer than \(size - 1) bytes") == true)
        #expect(api.reports.last?.text == "next")
    }

    @Test func aResponseOverSixMebibytesIsNotSent() async throws {
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.event("1"), Answers.event("2")]))
        _ = try await run(api) { event, _ in
            [UInt8](repeating: 0x20, count: 6 * 1024 * 1024 + (event == [0x31] ? 1 : 0))
        }
        #expect(api.reports.count == 2)
        let report = try #require(api.reports.first)
        #expect(report.headers["lambda-runtime-function-error-type"] == "Function.ResponseTooLarge")
        #expect(report.text.contains("the response has 6291457 bytes: Lambda takes at most 6291456"))
        #expect(api.reports.last?.body.count == 6_291_456)
    }

    @Test func aResponseThatLambdaRefusesAsTooLargeIsReported() async throws {
        let next = Answers.script(events: [Answers.event("1"), Answers.event("2")])
        let api = try FakeRuntimeAPI { request, number in
            request.line.hasSuffix("/response HTTP/1.1") && request.text == "1"
                ? .send([Answers.http(413, [], Array("{\"errorType\":\"RequestEntityTooLarge\"}".utf8))])
                : next(request, number)
        }
        _ = try await run(api, handler: echo)
        #expect(api.reports.count == 3)
        #expect(api.reports[1].headers["lambda-runtime-function-error-type"] == "Function.ResponseTooLarge")
        #expect(api.reports[2].text == "2")
    }

    @Test func aRefusedReportIsLoggedAndTheNextEventTaken() async throws {
        let next = Answers.script(events: [Answers.event("1", id: "one"), Answers.event("2")])
        let api = try FakeRuntimeAPI { request, number in
            request.text == "1" ? .send([Answers.http(400, [], Array("Invalid\nid".utf8))]) : next(request, number)
        }
        let captured = CapturedLog()
        _ = try await run(api, log: captured.log, handler: echo)
        #expect(api.reports.map(\.text) == ["1", "2"])
        let line = try #require(captured.lines().first)
        #expect(line.contains(#""requestId":"one","why":"status 400: Invalid id""#))
    }

    @Test func anEventWithoutDeadlineGetsTheLongestOne() async throws {
        let headers = [("Lambda-Runtime-Aws-Request-Id", "one"), ("Lambda-Runtime-Deadline-Ms", "soon")]
        let api = try FakeRuntimeAPI(Answers.script(events: [Answers.http(200, headers, [0x31])]))
        let before = Clocks.epochMilliseconds()
        _ = try await run(api) { event, context throws(LambdaFailure) in
            let left = context.deadline.millisecondsSinceEpoch - LambdaDeadline.longest
            guard (before...Clocks.epochMilliseconds()).contains(left), context.invokedFunctionARN == nil else {
                throw LambdaFailure(type: "Wrong", message: "")
            }
            return event
        }
        #expect(api.reports.first?.text == "1")
    }
}
