import AWSClient
import Basics
import FoundationEssentials
import Testing

@Suite(.ownThreads) struct ContainerCredentialsTests {
    private let request = CredentialsRequest(logger: .silent)

    private static let good = """
        {"AccessKeyId":"AKID","SecretAccessKey":"S","Token":"T","Expiration":"2099-01-01T00:00:00Z","RoleArn":"r"}
        """

    private func provider(_ server: TestServer, _ more: (String, String)? = nil) -> DefaultCredentials {
        var environment: EnvironmentVariables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/v2/creds?id=7"
        ]
        if let more { environment[more.0] = more.1 }
        return DefaultCredentials(environment: environment, transport: NetworkTransport())
    }

    @Test func theFullURIIsAskedOnceWithItsToken() async throws {
        let server = try await TestServer { _, _ in .answer(200, [:], Self.good) }
        let provider = provider(server, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret token"))
        for _ in 0..<3 {
            let credentials = try await provider.credentials(for: request)
            #expect(credentials.sessionToken == "T")
            #expect(credentials.expiration == Timestamp(secondsSinceEpoch: 4_070_908_800))
        }
        #expect(server.requests.count == 1)
        #expect(server.requests.first?.line == "GET /v2/creds?id=7 HTTP/1.1")
        #expect(server.requests.first?.headers["authorization"] == "secret token")
    }

    @Test func theTokenFileIsReadWithoutItsLastLineBreak() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UInt64.random(in: 0...UInt64.max))")
        try Data("from file\n".utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let server = try await TestServer { _, _ in .answer(200, [:], Self.good) }
        _ = try await provider(server, ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path.path)).credentials(for: request)
        #expect(server.requests.first?.headers["authorization"] == "from file")
        try Data("two\nlines".utf8).write(to: path)
        let broken = provider(server, ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path.path))
        let error = await #expect(throws: AWSError.self) { try await broken.credentials(for: request) }
        #expect(error?.kind == .configuration)
    }

    @Test func failuresOfTheHostAreTriedThreeTimes() async throws {
        let server = try await TestServer { number, _ in
            number < 2 ? .answer(500, [:], "") : .answer(200, [:], Self.good)
        }
        #expect(try await provider(server).credentials(for: request).accessKeyID == "AKID")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"AccessKeyId\":\"A\"}",
        "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"Expiration\":\"soon\"}",
    ])
    func anAnswerWithoutCredentialsIsAnError(_ body: String) async throws {
        let server = try await TestServer { _, _ in .answer(200, [:], body) }
        let error = await #expect(throws: AWSError.self) { try await provider(server).credentials(for: request) }
        #expect(error?.kind == .unavailable)
        #expect(error?.message.hasPrefix("credentials of the container: ") == true)
    }

    @Test(arguments: [
        "http://example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.example.com/", "ftp://localhost/",
        "localhost",
        "http://127.0.0.256/x", "http://169.254.170.2@example.com/",
    ])
    func plainHTTPToOthersIsRefused(_ uri: String) async {
        let provider = DefaultCredentials(
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri],
            transport: NetworkTransport()
        )
        let error = await #expect(throws: AWSError.self) { try await provider.credentials(for: request) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.hasPrefix("AWS_CONTAINER_CREDENTIALS_FULL_URI is") == true)
    }

    @Test(arguments: [
        "https://example.com/x", "http://localhost:1/x", "http://127.8.9.1/x", "http://[::1]/x",
        "http://169.254.170.2/x",
        "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
    ])
    func httpsAndTheHostItselfAreAccepted(_ uri: String) throws {
        let environment: EnvironmentVariables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri]
        #expect(try ContainerCredentials(environment: environment, transport: NetworkTransport()) != nil)
    }
}
