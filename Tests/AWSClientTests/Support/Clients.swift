import AWSSigning
import Logging

@testable import AWSClient

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension Credentials {
    static let example = Credentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "very-secret",
        sessionToken: "token-1"
    )
}

extension HTTPTransport where Self == NetworkTransport {
    /// The network, with more time to connect than a busy machine needs.
    static func patient(caBundle: String? = nil) -> NetworkTransport {
        NetworkTransport(caBundle: caBundle, connectTimeout: .seconds(60))
    }
}

/// A client whose services are all at one test server, with the system's clock where the test brings none.
func client(
    port: Int,
    scheme: String = "http",
    environment: EnvironmentVariables = [:],
    transport: any HTTPTransport = .patient(),
    credentials: any CredentialsProvider = StaticCredentials(.example),
    clock: TestClock? = nil
) throws -> AWSClient {
    var environment = environment
    environment["AWS_ENDPOINT_URL"] = "\(scheme)://127.0.0.1:\(port)\(environment["PREFIX"] ?? "")"
    let configuration = try AWSConfiguration(environment: environment)
    guard let clock else {
        return AWSClient(configuration: configuration, transport: transport, credentials: credentials, logger: .silent)
    }
    let core = ClientCore(
        configuration: configuration,
        transport: transport,
        now: { clock.now },
        pause: { clock.pause($0) }
    )
    return AWSClient(core: core, credentials: credentials, deadline: nil, logger: .silent, counter: CallCounter())
}

/// The error that an operation throws.
func failure<Operation: AWSOperation>(of operation: Operation, _ client: some AWSCaller) async -> AWSError? {
    do throws(AWSError) {
        _ = try await client.call(operation)
        return nil
    } catch {
        return error
    }
}
