import AWSClient
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount

/// With a ledger in memory: a block, its retry, the way back by the finding's id alone, and the same finding again.
struct DemoLedger {
    let steps: [(heading: String, text: String)]
    /// Every answer in order.
    let answers: [JSON]

    static func run() async throws -> DemoLedger {
        let account = try SimulatedAccount(DemoScenario.account(mode: "enforce", roleName: DemoScenario.roleName))
        let store = MemoryStore()
        let ledger = Ledger(store, now: { WallClock.now() })
        let settings = try Settings(environment: account.environment)
        let environment = HandlerEnvironment.simulated(
            account,
            settings,
            try RuleSource(setting: settings.rules),
            ledger,
            logger: StandardErrorLog.logger(isVerbose: false)
        )
        let event = Array(DemoScenario.event(roleName: DemoScenario.roleName).utf8)
        func respond() async throws -> JSON { try JSON.parse(try await HandlerName.respond.run(event, environment)) }
        func text(_ answer: JSON) -> String {
            let outcome = answer["outcome"]
            return "\(outcome?["status"]?.string ?? "-"): \(outcome?["summary"]?.string ?? "-")"
        }
        func mails() -> Int { account.calls.count { $0.operation == "Publish" } }

        let blocked = try await respond()
        let id = blocked["finding"]?["id"]?.string ?? ""
        let recorded = try await ledger.changes(ofFinding: id).first
        let afterBlock = mails()
        let retried = try await respond()
        let afterRetry = mails()
        let undone = JSON.object(
            try await RollbackRun(RollbackInput(findingID: id, resource: nil), environment).run()
        )
        let again = try await respond()
        let ended = try await ledger.changes(ofFinding: id).first
        return DemoLedger(
            steps: [
                (
                    "16. With a ledger: the change is recorded before it is made",
                    text(blocked) + "\nThe ledger: \(recorded?.operation ?? "-") \(recorded?.state.rawValue ?? "-"), "
                        + "messages sent: \(afterBlock)"
                ),
                (
                    "17. The same event once more: nothing is written, nobody is told again",
                    text(retried) + "\nMessages sent: \(afterRetry)"
                ),
                (
                    "18. gatehouse rollback \(id): the id is enough, everything is as it was",
                    text(undone) + "\nThe ledger: \(ended?.state.rawValue ?? "-")"
                ),
                ("19. The same finding again: somebody gave the access back on purpose", text(again)),
            ],
            answers: [blocked, retried, undone, again]
        )
    }
}
