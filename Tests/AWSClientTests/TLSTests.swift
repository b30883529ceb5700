import AWSClient
import FoundationEssentials
import NIOSSL
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A certificate authority and a server certificate for 127.0.0.1, made by openssl in a folder of their own.
final class TestAuthority: Sendable {
    let folder: String

    /// - Parameter dates: when the server's certificate begins and ends, as `openssl ca` wants them; `nil` for now.
    init?(host: String = "IP:127.0.0.1", dates: (from: String, until: String)? = nil) {
        folder = "\(FileManager.default.temporaryDirectory.path)/gatehouse-tls-\(UInt64.random(in: 0...UInt64.max))"
        let script = """
            mkdir -p \(folder) && cd \(folder) && exec >/dev/null 2>&1 &&
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 \
            -subj '/CN=Test CA' -addext basicConstraints=critical,CA:TRUE &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj '/CN=x' &&
            printf 'subjectAltName=\(host)' > ext &&
            \(TestAuthority.signing(dates))
            """
        guard system(script) == 0 else { return nil }
    }

    /// Only `openssl ca` takes dates of the past.
    private static func signing(_ dates: (from: String, until: String)?) -> String {
        guard let dates else {
            return "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext "
                + "-out server.pem"
        }
        return """
            touch index.txt && echo 01 > serial &&
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nserial=serial\\nnew_certs_dir=.\\npolicy=p\\n' > ca.cnf &&
            printf 'default_md=sha256\\n[p]\\ncommonName=supplied\\n' >> ca.cnf &&
            openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in server.csr -out server.pem \
            -startdate \(dates.from) -enddate \(dates.until) -extfile ext
            """
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile("\(folder)/server.pem").map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: "\(folder)/server.key", format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        )
    }
}

@Suite(.ownThreads, .enabled(if: system("openssl version >/dev/null 2>&1") == 0, "needs the openssl command"))
struct TLSTests {
    private func setUp(host: String = "IP:127.0.0.1") async throws -> (TestAuthority, TestServer) {
        let authority = try #require(TestAuthority(host: host))
        return (authority, try await TestServer(tls: authority.serverContext()) { _, _ in .value("x") })
    }

    @Test func aBundleThatVerifiesTheChainIsUsed() async throws {
        let (authority, server) = try await setUp()
        let transport = NetworkTransport.patient(caBundle: "\(authority.folder)/ca.pem")
        let client = try client(port: server.port, scheme: "https", transport: transport)
        for _ in 0..<3 { #expect(try await client.call(ReadThing()) == "x") }
        #expect(server.connections == 1)
    }

    @Test(arguments: [nil, "/etc/ssl/certs/ca-certificates.crt"])
    func aChainThatNothingVerifiesFailsAtOnce(_ bundle: String?) async throws {
        let (_, server) = try await setUp()
        let client = try client(port: server.port, scheme: "https", transport: .patient(caBundle: bundle))
        let error = await failure(of: ReadThing(), client)
        #expect(error?.kind == .unavailable)
        #expect(error?.message.hasPrefix("the certificate of 127.0.0.1 is not verified by ") == true)
        #expect(error?.message.contains("set AWS_CA_BUNDLE") == true)
        #expect(error?.outcomeUnknown == false)
        #expect(client.counter.retries == 0)
        #expect(server.requests.isEmpty)
    }

    @Test func aCertificateForAnotherHostFailsAtOnce() async throws {
        let (authority, server) = try await setUp(host: "DNS:example.com")
        let transport = NetworkTransport.patient(caBundle: "\(authority.folder)/ca.pem")
        let error = await failure(
            of: WriteThing(),
            try client(port: server.port, scheme: "https", transport: transport)
        )
        #expect(error?.message.contains("it is for another host") == true)
        #expect(error?.outcomeUnknown == false)
    }

    @Test(
        arguments: [
            ("20200101000000Z", "20200201000000Z", "expired on 2020-02-01T00:00:00Z: whoever runs 127.0.0.1", true),
            ("20200101000000Z", "20200201000000Z", "expired on 2020-02-01T00:00:00Z: whoever runs 127.0.0.1", false),
            ("20900101000000Z", "20910101000000Z", "is not valid before 2090-01-01T00:00:00Z", true),
        ]
    )
    func aCertificateOutOfDateIsSaidToBeSo(
        _ from: String,
        _ until: String,
        _ words: String,
        _ isKnown: Bool
    ) async throws {
        let authority = try #require(TestAuthority(dates: (from, until)))
        let server = try await TestServer(tls: authority.serverContext()) { _, _ in .value("x") }
        let bundle = isKnown ? "\(authority.folder)/ca.pem" : nil
        let client = try client(port: server.port, scheme: "https", transport: .patient(caBundle: bundle))
        let error = try #require(await failure(of: WriteThing(), client))
        #expect(error.message.hasPrefix("a certificate of 127.0.0.1 "))
        #expect(error.message.contains(words))
        #expect(error.message.contains("no retry helps"))
        #expect(!error.message.contains("AWS_CA_BUNDLE"))
        #expect(error.kind == .configuration)
        #expect(error.outcomeUnknown == false)
        #expect(client.counter.retries == 0)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["/nowhere/ca.pem", "/dev/null"])
    func aBundleThatCannotBeReadIsAClearError(_ path: String) async throws {
        let transport = NetworkTransport(caBundle: path)
        let error = await failure(of: ReadThing(), try client(port: 1, scheme: "https", transport: transport))
        #expect(error?.kind == .configuration)
        #expect(error?.message.hasPrefix("AWS_CA_BUNDLE is '\(path)', which cannot be read") == true)
    }

    @Test func aServerThatSpeaksNoTLSIsNotATimeOut() async throws {
        let server = try await TestServer(greeting: "220 plain text\r\n") { _, _ in .close }
        let client = try client(port: server.port, scheme: "https", environment: ["AWS_MAX_ATTEMPTS": "1"])
        let error = try #require(await failure(of: ReadThing(), client))
        #expect(error.kind == .unavailable)
        // A time-out says that there was none.
        #expect(!error.message.contains("in time"))
        #expect(error.message.hasPrefix("no TLS connection to 127.0.0.1:\(server.port): "), "\(error.message)")
    }
}
