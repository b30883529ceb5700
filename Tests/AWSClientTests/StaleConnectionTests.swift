import NIOCore
import NIOPosix
import Testing

@testable import AWSClient

@Suite(.ownThreads) struct StaleConnectionTests {
    /// Holds the connections' thread, as freezing the process would, until the service has closed so many connections
    /// and that has arrived here.
    private func freeze(until closed: Int, of server: TestServer) {
        NetworkTransport.group.next().execute { server.holdThread(until: closed) }
    }

    @Test(arguments: [false, true]) func aWriteAfterAFreezeIsSentOnANewConnection(_ secure: Bool) async throws {
        let authority = secure ? TestAuthority() : nil
        let server = try await TestServer(tls: authority?.serverContext()) { _, _ in .answerAndClose("x") }
        let client = try client(
            port: server.port,
            scheme: secure ? "https" : "http",
            transport: .patient(caBundle: authority.map { "\($0.folder)/ca.pem" })
        )
        for number in 0..<10 {
            freeze(until: number, of: server)
            #expect(try await client.call(WriteThing()) == "x")
        }
        #expect(server.requests.count == 10)
        #expect(server.connections == 10)
    }
}
