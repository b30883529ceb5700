import AWSClient
import AWSSigning
import Basics
import Logging
import Testing

@Suite(.ownThreads) struct ClientTests {
    @Test func aReadIsSignedAndItsAnswerRead() async throws {
        let server = try await TestServer { _, _ in .value("fine &amp; well") }
        let client = try client(port: server.port, environment: ["PREFIX": "/pre/fix/"])
        #expect(try await client.call(ReadThing()) == "fine & well")
        let seen = try #require(server.requests.first)
        #expect(seen.line == "GET /pre/fix/things/a%20b%2Fc?a=%C3%A4&x=1%202 HTTP/1.1")
        #expect(seen.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(seen.headers["x-amz-security-token"] == "token-1")
        let authorization = try #require(seen.headers["authorization"])
        #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
        #expect(
            authorization.contains(
                "/eu-central-1/things/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token,"
            )
        )
        #expect(client.counter.calls == 1)
        #expect(client.counter.retries == 0)
    }

    @Test func theSignatureIsOfTheBytesThatArrive() async throws {
        let server = try await TestServer { _, _ in .value("done") }
        _ = try await client(port: server.port).call(WriteThing(value: "grüße & mehr"))
        let seen = try #require(server.requests.first)
        #expect(seen.body == "Action=WriteThing&Version=2026-01-01&Value=gr%C3%BC%C3%9Fe%20%26%20mehr")
        let date = try #require(seen.headers["x-amz-date"].map { Array($0) })
        let iso =
            "\(String(date[0..<4]))-\(String(date[4..<6]))-\(String(date[6..<8]))T\(String(date[9..<11])):"
            + "\(String(date[11..<13])):\(String(date[13..<15]))Z"
        let expected = SignatureV4().headers(
            for: SignableRequest(
                method: "POST",
                host: "127.0.0.1:\(server.port)",
                path: "/",
                headers: [("content-type", seen.headers["content-type"] ?? "")],
                payloadHash: SHA256.hexadecimal(of: Array(seen.body.utf8))
            ),
            credentials: SigningCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "very-secret",
                sessionToken: "token-1"
            ),
            scope: SigningScope(region: "eu-central-1", service: "things"),
            date: try #require(Timestamp(iso8601: iso))
        )
        #expect(seen.headers["authorization"] == expected.last?.value)
    }

    @Test func connectionsAreKept() async throws {
        let server = try await TestServer { _, _ in .value("x") }
        let client = try client(port: server.port)
        for _ in 0..<5 { _ = try await client.call(ReadThing()) }
        #expect(server.connections == 1)
    }

    @Test(arguments: [false, true]) func throttlingIsTriedAgain(_ isWrite: Bool) async throws {
        let server = try await TestServer { number, _ in
            number < 2 ? .error(400, "Throttling", "Rate exceeded") : .value("x")
        }
        let clock = TestClock()
        let client = try client(port: server.port, clock: clock)
        _ = isWrite ? try await client.call(WriteThing()) : try await client.call(ReadThing())
        #expect(server.requests.count == 3)
        #expect(client.counter.retries == 2)
        #expect(clock.pauses.count == 2)
        // Each try is signed anew, with its own date.
        #expect(
            server.requests.map { $0.headers["x-amz-date"] } == [
                "20261121T084000Z", "20261121T084100Z", "20261121T084200Z",
            ]
        )
        #expect(Set(server.requests.compactMap { $0.headers["authorization"] }).count == 3)
    }

    @Test func retryAfterIsWaitedFor() async throws {
        let server = try await TestServer { number, _ in
            number == 0 ? .answer(429, ["x-amz-retry-after": "700", "x-amzn-ErrorType": "X"], "{}") : .value("x")
        }
        let clock = TestClock()
        _ = try await client(port: server.port, clock: clock).call(ReadThing())
        #expect(clock.pauses == [.milliseconds(700)])
        #expect(server.requests.count == 2)
    }

    @Test func aWaitPastTheDeadlineThrowsTheRealErrorAtOnce() async throws {
        let server = try await TestServer { _, _ in .answer(429, ["retry-after": "100"], "{\"code\":\"Slow\"}") }
        let clock = TestClock()
        let client = try client(port: server.port, clock: clock)
            .with(deadline: .now + .seconds(90), logger: .silent)
        let error = await failure(of: ReadThing(), client)
        #expect(error?.kind == .throttled)
        #expect(error?.status == 429)
        #expect(clock.pauses.isEmpty)
        #expect(server.requests.count == 1)
    }

    @Test func afterTheDeadlineNothingIsSent() async throws {
        let server = try await TestServer { _, _ in .value("x") }
        let error = await failure(of: WriteThing(), try client(port: server.port).with(deadline: .now, logger: .silent))
        #expect(error?.kind == .deadlineExceeded)
        #expect(error?.outcomeUnknown == false)
        #expect(error?.description == "Thing Store WriteThing: the deadline has passed, nothing was sent")
        #expect(server.connections == 0)
    }

    @Test(arguments: [false, true]) func aSlowAnswerIsCutByTheDeadline(_ isWrite: Bool) async throws {
        // On a busy machine the first deadlines may pass before anything is sent.
        for seconds in [0.5, 2, 6, 12] {
            let server = try await TestServer { _, _ in .late(.seconds(600), "x") }
            let client = try client(port: server.port).with(deadline: .now + .seconds(seconds), logger: .silent)
            let error = isWrite ? await failure(of: WriteThing(), client) : await failure(of: ReadThing(), client)
            #expect(error?.kind == .deadlineExceeded)
            guard !server.requests.isEmpty else { continue }
            #expect(error?.outcomeUnknown == isWrite)
            #expect(server.requests.count == 1)
            return
        }
        Issue.record("nothing was sent within any of the deadlines")
    }

    @Test func aCancelledTaskStopsWaiting() async throws {
        let server = try await TestServer { _, _ in .late(.seconds(600), "x") }
        let client = try client(port: server.port)
        let task = Task { await failure(of: WriteThing(), client) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let error = await task.value
        #expect(error?.kind == .cancelled)
        #expect(error?.outcomeUnknown == true)
    }

    @Test func aConnectionThatWasClosedMeanwhileIsMadeAnewAtOnce() async throws {
        let server = try await TestServer { number, _ in number == 0 ? .value("1") : number == 1 ? .close : .value("2")
        }
        let client = try client(port: server.port, environment: ["AWS_MAX_ATTEMPTS": "1"])
        #expect(try await client.call(ReadThing()) == "1")
        #expect(try await client.call(ReadThing()) == "2")
        #expect(server.requests.count == 3)
    }

    @Test func aConnectionClosedWhileIdleDoesNotDisturbAWrite() async throws {
        let server = try await TestServer { _, _ in .answerAndClose("x") }
        let client = try client(port: server.port)
        for number in 1...5 {
            #expect(try await client.call(WriteThing()) == "x")
            // As after a frozen sandbox: the end is there before the next request.
            while server.closed < number { try await Task.sleep(for: .milliseconds(5)) }
            await server.arrival()
        }
        #expect(server.requests.count == 5)
    }

    @Test func aWriteWhoseConnectionWasClosedIsNotRepeated() async throws {
        let server = try await TestServer { _, _ in .close }
        let error = await failure(of: WriteThing(), try client(port: server.port))
        #expect(error?.kind == .unavailable)
        #expect(error?.outcomeUnknown == true)
        #expect(server.requests.count == 1)
    }

    @Test func aReadThatFailsIsTriedThreeTimes() async throws {
        let server = try await TestServer { _, _ in .error(503, "ServiceUnavailable") }
        let error = await failure(of: ReadThing(), try client(port: server.port))
        #expect(error?.kind == .unavailable)
        #expect(error?.outcomeUnknown == false)
        #expect(server.requests.count == 3)
    }

    @Test func aWriteThatFailsOnTheServiceIsOfUnknownOutcome() async throws {
        let server = try await TestServer { _, _ in .error(500, "ServiceFailure", "internal") }
        let error = await failure(of: WriteThing(), try client(port: server.port))
        #expect(error?.kind == .unavailable)
        #expect(error?.outcomeUnknown == true)
        #expect(server.requests.count == 1)
        #expect(error?.description == "Thing Store WriteThing: ServiceFailure: internal (500)")
    }

    @Test func refusedConnectionsAreTriedAgainForWritesToo() async throws {
        // Nobody listens on port 1.
        let client = try client(port: 1)
        let error = await failure(of: WriteThing(), client)
        #expect(error?.kind == .unavailable)
        #expect(error?.outcomeUnknown == false)
        #expect(client.counter.retries == 2)
        #expect(error?.message == "connection refused by 127.0.0.1:1")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<Answer>",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<Ans",
        "HTTP/1.1 200 OK\r\ncontent-le", "not HTTP at all, not HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnot XML \u{1}", "HTTP/1.1 200 OK\r\n\r\n<Answer><Value>x</Value>",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<Answer/>",
    ])
    func brokenAnswersNameTheOperation(_ answer: String) async throws {
        let server = try await TestServer { _, _ in .raw(answer) }
        let client = try client(port: server.port, environment: ["AWS_MAX_ATTEMPTS": "2"])
        let read = await failure(of: ReadThing(), client)
        #expect(read?.kind == .unavailable)
        #expect(read?.description.hasPrefix("Thing Store ReadThing: ") == true)
        #expect(read?.outcomeUnknown == false)
        let before = server.requests.count
        let write = await failure(of: WriteThing(), client)
        #expect(write?.kind == .unavailable)
        #expect(write?.outcomeUnknown == true)
        #expect(server.requests.count <= before + 1)
    }

    @Test func aLargeAnswerIsRead() async throws {
        let server = try await TestServer { _, _ in .large(8 << 20) }
        let error = await failure(
            of: ReadThing(),
            try client(port: server.port, environment: ["AWS_MAX_ATTEMPTS": "1"])
        )
        #expect(error?.message.hasPrefix("the answer is not XML") == true)
    }

    @Test func anAnswerThatIsTooLargeIsAnError() async throws {
        let server = try await TestServer { _, _ in .large((8 << 20) + 1) }
        let error = await failure(of: ReadThing(), try client(port: server.port))
        #expect(error?.kind == .unavailable)
        #expect(error?.message == "the answer is larger than 8 MiB")
        #expect(server.requests.count == 1)
    }

    @Test func redirectsAreNotFollowed() async throws {
        let server = try await TestServer { _, _ in .answer(301, ["location": "http://127.0.0.1:1/"], "") }
        let error = await failure(of: ReadThing(), try client(port: server.port))
        #expect(error?.kind == .rejected)
        #expect(error?.status == 301)
        #expect(server.requests.count == 1)
    }

    @Test func aWrongClockIsCorrectedByTheAnswer() async throws {
        let server = try await TestServer { _, request in
            (request.headers["x-amz-date"] ?? "").hasPrefix("20300101T0000")
                ? .value("x") : .error(403, "RequestTimeTooSkewed", "skewed", ["Date": "Tue, 01 Jan 2030 00:00:10 GMT"])
        }
        let client = try client(port: server.port)
        #expect(try await client.call(WriteThing()) == "x")
        #expect(server.requests.count == 2)
        #expect(try await client.call(WriteThing()) == "x")
        #expect(server.requests.count == 3)
    }

    @Test func credentialsThatAreRefusedAsExpiredAndCannotBeReplacedAreNotSentTwice() async throws {
        let server = try await TestServer { _, _ in .error(400, "ExpiredTokenException") }
        let error = await failure(of: ReadThing(), try client(port: server.port))
        #expect(error?.kind == .accessDenied)
        #expect(error?.code == "ExpiredTokenException")
        #expect(server.requests.count == 1)
    }

    @Test func expiredCredentialsAreFetchedAnewOnce() async throws {
        let provider = CountingCredentials()
        let server = try await TestServer { _, request in
            request.headers["x-amz-security-token"] == "2" ? .value("x") : .error(403, "ExpiredToken")
        }
        let cache = CachingCredentials { _ throws(AWSError) in provider.next() }
        let client = try client(port: server.port, credentials: cache)
        #expect(try await client.call(WriteThing()) == "x")
        #expect(server.requests.count == 2)
    }

    @Test func anErrorNeverHoldsSecrets() async throws {
        let server = try await TestServer { _, _ in .error(403, "AccessDenied", "User is not authorized") }
        let error = try #require(await failure(of: ReadThing(), try client(port: server.port)))
        let text = "\(error) \(String(reflecting: error))"
        #expect(!text.contains("very-secret") && !text.contains("token-1") && !text.contains("Signature"))
        #expect(error.description == "Thing Store ReadThing: AccessDenied: User is not authorized (403)")
        #expect(error.kind == .accessDenied)
    }

    @Test func aPathThatIsNotEncodedIsNotSent() async throws {
        let server = try await TestServer { _, _ in .value("x") }
        let error = await failure(of: BrokenThing(), try client(port: server.port))
        #expect(error?.kind == .rejected)
        #expect(server.connections == 0)
    }

    @Test func missingCredentialsAreOneClearError() async throws {
        let server = try await TestServer { _, _ in .value("x") }
        let none = DefaultCredentials(environment: [:], transport: NetworkTransport())
        let error = await failure(of: ReadThing(), try client(port: server.port, credentials: none))
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true)
        #expect(server.connections == 0)
    }

    @Test func manyCallsAtOnceAllGetTheirOwnAnswer() async throws {
        let server = try await TestServer { _, request in .value(String(request.body.split(separator: "=").last ?? ""))
        }
        let client = try client(port: server.port)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask { try await client.call(WriteThing(value: "\(number)")) == "\(number)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(client.counter.calls == 100)
    }
}
