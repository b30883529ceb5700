import AWSClient
import Synchronization
import Testing

/// What was signed with, and what settings hold beside scheme and host, never comes back in an error.
@Suite struct SecretsTests {
    private static let token = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJ/token+with/slashes=="
    private static let encodedToken =
        "IQoJb3JpZ2luX2VjEJr%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEaCXVzLWVhc3QtMSJ%2Ftoken%2Bwith%2Fslashes%3D%3D"
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    /// An error whose message begins so and quotes the whole request, as services do when a signature does not match.
    private func error(_ code: String, _ beginning: String, json: Bool = false) async throws -> (AWSError, String) {
        let signature = Signature()
        let transport = ScriptedTransport { (exchange) throws(TransportError) in
            let headers = exchange.headers.fields.map { "\($0.name.lowercased()):\($0.value)" }
            signature.keep(exchange.headers["authorization"]?.split(separator: "=").last.map(String.init) ?? "")
            let message =
                "\(beginning) \(headers.joined(separator: " ")) \(Self.encodedToken) and \(Self.secret)"
            let body =
                json
                ? "{\"__type\":\"\(code)\",\"message\":\"\(message)\"}"
                : "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
                    + "<RequestId>\(Self.token)</RequestId></ErrorResponse>"
            return WireResponse(
                status: 403,
                headers: ["x-amzn-requestid": Self.token],
                body: Array(body.utf8)
            )
        }
        let client = try client(
            port: 1,
            transport: transport,
            credentials: StaticCredentials(
                Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Self.secret, sessionToken: Self.token)
            )
        )
        let error = json ? await failure(of: ReadThing(), client) : await failure(of: WriteThing(), client)
        return (try #require(error), signature.value)
    }

    private final class Signature: Sendable {
        private let text = Mutex("")
        var value: String { text.withLock { $0 } }
        func keep(_ value: String) { text.withLock { $0 = value } }
    }

    @Test(
        arguments: [
            "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "AccessDenied",
            "ValidationError", "ThrottlingException", "InternalFailure",
        ],
        [false, true]
    )
    func whatWasSignedWithIsWithheld(_ code: String, _ json: Bool) async throws {
        let (error, signature) = try await error(code, "The signature does not match. It should have been", json: json)
        let text = "\(error) \(String(reflecting: error))"
        for value in [Self.token, Self.encodedToken, Self.secret, signature] {
            #expect(value.utf8.count > 16)
            #expect(!text.contains(value), "\(text)")
        }
        #expect(error.message == "The signature does not match.")
        #expect(error.code == code)
    }

    @Test func aClockThatIsWrongIsStillSeenInALongMessage() async throws {
        let (error, _) = try await error("SignatureDoesNotMatch", "No. Signature expired: x is earlier than y")
        #expect(error.message == "No.")
    }

    @Test func wordsThatQuoteNothingStayAsTheyAre() async throws {
        let transport = ScriptedTransport.answering(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: x is not. Because y.</Message></Error>"
                + "</ErrorResponse>"
        )
        let error = await failure(of: WriteThing(), try client(port: 1, transport: transport))
        #expect(error?.message == "User: x is not. Because y.")
    }

    @Test(
        arguments: ["", "{\"message\":\"no: hunter2hunter2 at /v2/creds?id=topsecret\"}", "{}"],
        [200, 404, 500]
    )
    func theTokenOfTheContainersHostIsWithheld(_ body: String, _ status: Int) async throws {
        let provider = DefaultCredentials(
            environment: [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/v2/creds?id=topsecret",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hunter2hunter2",
            ],
            transport: ScriptedTransport.answering(status, body)
        )
        let error = await #expect(throws: AWSError.self) {
            try await provider.credentials(for: CredentialsRequest(logger: .silent))
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(!text.contains("hunter2") && !text.contains("topsecret"), "\(text)")
    }

    // MARK: Settings

    @Test(
        arguments: [
            ("http://admin:hunter2@iam.example.com", "'http://iam.example.com…'"),
            ("https://admin:hunter2@iam.example.com:8443/hunter2", "'https://iam.example.com…'"),
            ("https://iam.example.com/x?token=hunter2", "'https://iam.example.com…'"),
            ("https://iam.example.com:hunter2/", "'https://iam.example.com…'"),
            ("https://iam.example.com#hunter2", "'https://iam.example.com…'"),
            ("https://iam.example.com\\hunter2", "'https://iam.example.com…'"),
            ("HTTP://[::1]:hunter2/?x", "'http://[::1]…'"),
            ("https://admin:hunt/er2@iam.example.com", "'https://…'"),
            ("https://admin:h?unter2@iam.example.com", "'https://…'"),
            ("https://hunter2 hunter2/", "'https://…'"), ("https://hünter2/", "'https://…'"),
            ("https://:hunter2@/", "'https://…'"), ("http://[hunter2/", "'http://…'"),
            ("admin:hunter2@iam.example.com", "a text that is not shown here"),
            ("hunter2", "a text that is not shown here"),
        ]
    )
    func ofAnUnusableEndpointOnlySchemeAndHostAreShown(_ value: String, _ shown: String) async throws {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM"] {
            let error = #expect(throws: AWSError.self) { try AWSConfiguration(environment: [name: value]) }
            let message = try #require(error?.message)
            #expect(message.hasPrefix("\(name) is \(shown), wh"), "\(message)")
            #expect(!message.contains("hunter2") && !message.contains("unter2") && !message.contains("admin"))
        }
        let provider = DefaultCredentials(
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": value],
            transport: NetworkTransport()
        )
        let error = await #expect(throws: AWSError.self) {
            try await provider.credentials(for: CredentialsRequest(logger: .silent))
        }
        #expect(error?.message.contains("er2") == false && error?.message.contains("admin") == false)
    }

    @Test func unusableContainerSettingsAreNotShown() async throws {
        for environment in [
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "v2/hunter2"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/hunter2?hunter2"],
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "hunter2",
            ],
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hunter2\nhunter2",
            ],
        ] as [EnvironmentVariables] {
            let provider = DefaultCredentials(environment: environment, transport: NetworkTransport())
            let error = await #expect(throws: AWSError.self) {
                try await provider.credentials(for: CredentialsRequest(logger: .silent))
            }
            #expect(error?.kind == .configuration)
            #expect(error?.message.contains("hunter2") == false)
        }
    }
}
