import AWSClient
import Findings
import Handlers
import Logging
import LosslessJSON
import SimulatedAccount
import Testing

/// A bucket has no tags and no settings when S3 says so, and not because something answers 404.
@Suite struct NoTagsTests {
    /// Answers every look-up of the bucket with 404 and a body.
    private struct World: HTTPTransport {
        let headers: WireHeaders
        let body: @Sendable (_ code: String) -> String

        func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse {
            let code =
                switch exchange.target.split(separator: "?").last {
                case "tagging=": "NoSuchTagSet"
                case "publicAccessBlock=": "NoSuchPublicAccessBlockConfiguration"
                case "ownershipControls=": "OwnershipControlsNotFoundError"
                default: ""
                }
            guard !code.isEmpty else { return WireResponse(status: 403) }
            var headers = headers
            headers.append("x-amzn-errortype", code)
            return WireResponse(status: 404, headers: headers, body: Array(body(code).utf8))
        }
    }

    private func context(_ body: @escaping @Sendable (_ code: String) -> String) async throws -> JSON {
        let client = AWSClient(
            configuration: try AWSConfiguration(environment: ["AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"]),
            transport: World(headers: [:], body: body),
            credentials: StaticCredentials(Credentials(accessKeyID: "A", secretAccessKey: "S")),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let input = try Case([
            "finding": [
                "id": "a", "kind": "ExternalAccess", "status": "ACTIVE", "analyzerArn": .string(analyzer),
                "resource": "arn:aws:s3:::b", "resourceType": "AWS::S3::Bucket", "accountId": .string(account),
                "region": "us-east-1", "principal": ["AWS": .string(outsider(0))], "actions": ["s3:GetObject"],
                "condition": [:], "isPublic": false, "isDeleted": false,
            ]
        ])
        let result = try await enrich(input, environment(try world(outsiders: 0), aws: client))
        return try #require(result.json["context"])
    }

    private func missing(_ context: JSON) -> [String] {
        (context["unavailable"]?.array ?? []).compactMap { $0["what"]?.string }
    }

    private let asked = ["tags", "publicAccessBlock", "objectOwnership"]

    @Test func sThreesOwnWordMeansNone() async throws {
        let context = try await context { "<Error><Code>\($0)</Code><Message>none</Message></Error>" }
        #expect(context["tags"] == [:])
        #expect(context["publicAccessBlock"]?["BlockPublicAcls"] == false)
        #expect(!missing(context).contains { asked.contains($0) })
    }

    @Test(arguments: ["", "<html><body>404 Not Found</body></html>", "{}"])
    func anyOther404MeansUnknown(_ body: String) async throws {
        let context = try await context { _ in body }
        #expect(context["tags"] == nil)
        for what in asked { #expect(missing(context).contains(what), "\(what)") }
    }
}
