import AWSClient
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount

/// A ledger's world in which people are asked, and answer by the page.
struct ApprovalWorld {
    let world: LedgerWorld
    static let key = "an-example-of-a-key-of-forty-characters."
    static let page = "https://example.lambda-url.us-east-1.on.aws/"

    init(outsiders: Int = 1, faults: JSON = []) throws {
        world = try LedgerWorld(outsiders: outsiders, faults: faults)
    }

    func environment(
        mode: Settings.Mode = .enforce,
        _ change: (inout HandlerEnvironment) -> Void = { _ in }
    ) throws -> HandlerEnvironment {
        var environment = world.environment { settings in
            settings.mode = mode
            settings.approvalURL = Self.page
        }
        environment.settings.approvalKey = .inline(Self.key)
        environment.approvalKey = ApprovalKey(.inline(Self.key))
        environment.rules = try RuleSource(
            setting: #"{"version":1,"default":"APPROVE","rules":[]}"#
        )
        change(&environment)
        return environment
    }

    func respond(_ number: Int = 0, _ environment: HandlerEnvironment? = nil) async throws -> Case {
        try await Pipeline.run(.respond, on: try bareCase(number), try environment ?? self.environment())
    }

    var bodies: [String] {
        world.simulated.calls.filter { $0.operation == "Publish" }.compactMap { $0.parameters["Message"]?.string }
    }

    /// The token of the newest message with a link.
    var token: String? {
        bodies.compactMap { body in
            body.split(separator: "\n").first { $0.contains("?token=") }?.split(separator: "=").last.map(String.init)
        }.last
    }

    /// The status and the body of the page.
    func page(
        _ method: String = "GET",
        token: String?,
        form: String = "",
        path: String = "/",
        user: String? = nil,
        _ environment: HandlerEnvironment? = nil
    ) async throws -> (status: Int, html: String) {
        let isPost = method == "POST"
        let field = token.map { "token=\($0)" } ?? ""
        var context: JSON = ["http": ["method": .string(method), "path": .string(path)]]
        if let user {
            context = ["http": ["method": .string(method)], "authorizer": ["iam": ["userArn": .string(user)]]]
        }
        let event: JSON = [
            "version": "2.0", "rawPath": .string(path), "rawQueryString": .string(isPost ? "" : field),
            "headers": ["content-type": "application/x-www-form-urlencoded"], "requestContext": context,
            "body": .string(isPost ? "\(field)&\(form)" : ""), "isBase64Encoded": false,
        ]
        let bytes = try await HandlerName.approve.run(
            event.serialized(),
            try environment ?? self.environment()
        )
        let answer = try JSON.parse(bytes)
        return (answer["statusCode"]?.int ?? 0, answer["body"]?.string ?? "")
    }

    func decide(_ decision: String, _ environment: HandlerEnvironment? = nil) async throws -> Int {
        try await page("POST", token: token, form: "decision=\(decision)&name=Ann+Example&reason=seen", environment)
            .status
    }

    var request: ApprovalRequest? {
        get async throws { try await world.ledger.request(ofFinding: findingID(0)) }
    }
}
