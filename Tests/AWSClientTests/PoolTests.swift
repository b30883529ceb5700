import AWSSigning
import Testing

@testable import AWSClient

/// What connections carry, and when one is used again.
@Suite(.ownThreads) struct PoolTests {
    private static func answer(_ text: String) -> String {
        "<Answer><Value>\(text)</Value></Answer>"
    }

    @Test func connectionsToOneHostAreAtMostSixtyFour() async throws {
        let server = try await TestServer { _, _ in .late(.milliseconds(20), "x") }
        let client = try client(port: server.port)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { try await client.call(ReadThing()) } }
            for try await value in group {
                #expect(value == "x")
            }
        }
        #expect(server.requests.count == 200)
        #expect(server.connections <= 64)
    }

    @Test func whoWaitsForAConnectionCanBeCancelledAndCutByTheDeadline() async throws {
        let server = try await TestServer { _, _ in .late(.milliseconds(300), "x") }
        let transport = NetworkTransport.patient()
        let client = try client(port: server.port, transport: transport)
        let busy = (0..<64).map { _ in Task { try await client.call(ReadThing()) } }
        while server.connections < 64 { await Task.yield() }
        let waiting = Task { await failure(of: WriteThing(), client) }
        waiting.cancel()
        let error = await waiting.value
        #expect(error?.kind == .cancelled)
        #expect(error?.outcomeUnknown == false)
        for task in busy { #expect(try await task.value == "x") }
        // None of them was sent, and the pool still works.
        #expect(server.requests.allSatisfy { !$0.line.contains("WriteThing") })
        #expect(try await client.call(ReadThing()) == "x")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n<Answe\r\n22\r\nr><Value>x</Value></Answer>       \r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n<Answer><Value>x</Value></Answer>",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 33\r\n\r\n<Answer><Value>x</Value></Answer>",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<Answer><Value>x</Value></Answer>",
    ])
    func answersOfEveryFormAreRead(_ text: String) async throws {
        let server = try await TestServer { _, _ in .raw(text) }
        let client = try client(port: server.port)
        // The server closes each connection; whether the client sees that in time is its own business for a read.
        for _ in 0..<2 { #expect(try await client.call(ReadThing()) == "x") }
        #expect(server.connections >= 2)
    }

    @Test func anAnswerThatNobodyAskedForIsNobodysAnswer() async throws {
        let one = "HTTP/1.1 200 OK\r\ncontent-length: 33\r\n\r\n\(Self.answer("x"))"
        let other = "HTTP/1.1 200 OK\r\ncontent-length: 33\r\n\r\n\(Self.answer("y"))"
        let server = try await TestServer { number, _ in number == 0 ? .answer(200, [:], Self.answer("x")) : .value("z")
        }
        let twice = try await TestServer { number, _ in number == 0 ? .rawKept(one + other) : .value("z") }
        for server in [server, twice] {
            let client = try client(port: server.port)
            #expect(try await client.call(WriteThing()) == "x")
            #expect(try await client.call(WriteThing()) == "z")
            #expect(server.requests.count == 2)
        }
        #expect(server.connections == 1)
        #expect(twice.connections == 2)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<Answer>",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n<Answe\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 33\r\ncontent-length: 34\r\n\r\n<Answer><Value>x</Value></Answer>",
        "HTTP/1.1 20", "nonsense\r\n\r\n",
    ])
    func aBrokenAnswerToAWriteIsOfUnknownOutcomeAndNotRepeated(_ text: String) async throws {
        let server = try await TestServer { _, _ in .raw(text) }
        let error = await failure(of: WriteThing(), try client(port: server.port))
        #expect(error?.outcomeUnknown == true)
        #expect(error?.kind == .unavailable)
        #expect(server.requests.count == 1)
    }

    @Test func aHostThatNeverShakesHandsIsNotConnected() async throws {
        // Accepts, and says nothing: the request of a client that speaks TLS never becomes one.
        let server = try await TestServer { _, _ in .value("x") }
        let transport = NetworkTransport(connectTimeout: .milliseconds(200))
        let client = try client(
            port: server.port,
            scheme: "https",
            environment: ["AWS_MAX_ATTEMPTS": "1"],
            transport: transport
        )
        let error = await failure(of: WriteThing(), client)
        #expect(error?.message == "no connection to 127.0.0.1:\(server.port) in time")
        #expect(error?.outcomeUnknown == false)
    }

    @Test func aNameIsLookedUp() async throws {
        let server = try await TestServer { _, _ in .value("x") }
        let exchange = HTTPExchange(
            method: "GET",
            endpoint: try EndpointURL("http://localhost:\(server.port)"),
            target: "/",
            headers: [:],
            body: [],
            deadline: .now + .seconds(30),
            bodyLimit: 1000
        )
        let transport = NetworkTransport.patient()
        for _ in 0..<2 { #expect(try await transport.send(exchange).status == 200) }
        #expect(server.connections == 1)
        #expect(server.requests.allSatisfy { $0.headers["host"] == "localhost:\(server.port)" })
        #expect(server.requests.allSatisfy { $0.headers["content-length"] == nil })
    }

    @Test func aNameThatDoesNotExistIsSaid() async throws {
        var environment: EnvironmentVariables = ["AWS_MAX_ATTEMPTS": "1"]
        environment["AWS_ENDPOINT_URL"] = "http://nowhere.invalid:80"
        let lost = AWSClient(
            configuration: try AWSConfiguration(environment: environment),
            transport: NetworkTransport.patient(),
            credentials: StaticCredentials(.example),
            logger: .silent
        )
        let error = await failure(of: WriteThing(), lost)
        #expect(error?.message == "cannot find the host nowhere.invalid", "\(error?.message ?? "")")
        #expect(error?.outcomeUnknown == false)
    }

    @Test(arguments: [false, true])
    func aPreparedConnectionIsTheOneThatIsUsed(_ isSecure: Bool) async throws {
        let authority = isSecure ? TestAuthority() : nil
        let server = try await TestServer(tls: authority?.serverContext()) { _, _ in .value("x") }
        let transport = NetworkTransport.patient(caBundle: authority.map { "\($0.folder)/ca.pem" })
        let client = try client(port: server.port, scheme: isSecure ? "https" : "http", transport: transport)
        // At once: what is sent waits for the connection that is being opened.
        client.prepare(for: ReadThing.service, in: try Region("us-east-1"))
        client.prepare(for: ReadThing.service, in: try Region("us-east-1"))
        #expect(try await client.call(WriteThing()) == "x")
        #expect(try await client.call(WriteThing()) == "x")
        #expect(server.connections == 1)
    }

    @Test func whatCannotBePreparedShowsWhenItIsUsed() async throws {
        let nobody = try client(port: 1, environment: ["AWS_MAX_ATTEMPTS": "1"])
        nobody.prepare(for: ReadThing.service, in: try Region("us-east-1"))
        let error = await failure(of: WriteThing(), nobody)
        #expect(error?.message == "connection refused by 127.0.0.1:1", "\(error?.message ?? "")")
        #expect(error?.outcomeUnknown == false)
        // One that was prepared and closed by the service is not used.
        let server = try await TestServer(greeting: "") { _, _ in .value("x") }
        let closing = try client(port: server.port)
        closing.prepare(for: ReadThing.service, in: try Region("us-east-1"))
        while server.closed < 1 { await Task.yield() }
        #expect(await failure(of: ReadThing(), closing) != nil)
    }
}
