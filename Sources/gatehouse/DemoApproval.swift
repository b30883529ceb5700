import AWSClient
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount

/// A person decides: asked by mail, shown the page, and only what was shown is done.
struct DemoApproval {
    let steps: [(heading: String, text: String)]
    /// Every answer in order.
    let answers: [JSON]

    private static let page = "https://abcdefg.lambda-url.us-east-1.on.aws/"

    static func run() async throws -> DemoApproval {
        let account = try SimulatedAccount(DemoScenario.account(mode: "enforce", roleName: DemoScenario.roleName))
        let ledger = Ledger(MemoryStore(), now: { WallClock.now() })
        let environment = try ExampleRequests.environment(account, page).with(ledger)
        let event = Array(DemoScenario.event(roleName: DemoScenario.roleName).utf8)
        func respond() async throws -> JSON { try JSON.parse(try await HandlerName.respond.run(event, environment)) }
        func text(_ answer: JSON) -> String {
            let outcome = answer["outcome"]
            return "\(outcome?["status"]?.string ?? "-"): \(outcome?["summary"]?.string ?? "-")"
        }

        let asked = try await respond()
        let mail = account.calls.last { $0.operation == "Publish" }?.parameters
        let body = mail?["Message"]?.string ?? ""
        let token = body.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(page) }
            .map { String($0.dropFirst("\(page)?token=".count)) }
        guard let token else { throw CommandError("the demo's message has no link") }
        let shown = try await visit(environment, query: "token=\(token)")
        let form = "token=\(token)&decision=approve&name=Maria+Keller&reason=the+project+is+over"
        let decided = try await visit(environment, form: form)
        let again = try await visit(environment, form: form)
        let done = try await respond()
        let id = done["finding"]?["id"]?.string ?? ""
        let undone = JSON.object(
            try await RollbackRun(RollbackInput(findingID: id, resource: nil), environment).run()
        )
        return DemoApproval(
            steps: [
                ("20. A rule says APPROVE: nothing is changed, and a person is asked", text(asked)),
                (
                    "21. The email, with both ways to decide",
                    "Subject: \(mail?["Subject"]?.string ?? "")\n\n"
                        + body.replacing(every: token, with: "(the request, signed)")
                ),
                (
                    "22. The page behind the link (see it: gatehouse approvals preview)",
                    """
                    GET: status \(shown), however often
                    POST, approved by Maria Keller: status \(decided)
                    POST once more: status \(again), for a request is decided once
                    """
                ),
                ("23. Only the change that was shown is made", text(done)),
                ("24. And it is taken back as any other", text(undone)),
            ],
            answers: [asked, done, undone]
        )
    }

    /// The status that the page answers with.
    private static func visit(
        _ environment: HandlerEnvironment,
        query: String = "",
        form: String = ""
    ) async throws -> Int {
        let event: JSON = [
            "version": "2.0", "rawPath": "/", "rawQueryString": .string(query),
            "headers": ["content-type": "application/x-www-form-urlencoded"],
            "requestContext": ["http": ["method": .string(form.isEmpty ? "GET" : "POST")]],
            "body": .string(form), "isBase64Encoded": false,
        ]
        let answer = try JSON.parse(try await HandlerName.approve.run(event.serialized(), environment))
        return answer["statusCode"]?.int ?? 0
    }
}
