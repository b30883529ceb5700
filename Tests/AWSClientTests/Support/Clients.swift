import AWSClient
import Logging

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

/// A client whose services are all at one test server.
func client(
    port: Int,
    scheme: String = "http",
    environment: EnvironmentVariables = [:],
    transport: any HTTPTransport = NetworkTransport(),
    credentials: any CredentialsProvider = StaticCredentials(.example)
) throws -> AWSClient {
    var environment = environment
    environment["AWS_ENDPOINT_URL"] = "\(scheme)://127.0.0.1:\(port)\(environment["PREFIX"] ?? "")"
    return AWSClient(
        configuration: try AWSConfiguration(environment: environment),
        transport: transport,
        credentials: credentials,
        logger: .silent
    )
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
