import ArgumentParser
import Findings
import Handlers
import LosslessJSON
import Policies
import SimulatedAccount

/// The published scenario on an account in memory, step by step.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a finding being answered, on an account in memory.",
        discussion: "Needs no AWS account, no network and no settings, and changes nothing anywhere."
    )

    @Flag(help: "Print the three answers as a JSON list and nothing else.")
    var json = false

    func run() async throws {
        let enforced = try await answer(mode: "enforce")
        let observed = try await answer(mode: "observe")
        let protected = try await answer(mode: "enforce", roleName: "OrganizationAccountAccessRole")
        if json {
            let list = JSON.array([enforced, observed, protected].map { .object($0.case.json) })
            return try Terminal.output(list.text(.pretty))
        }
        try Terminal.output(Terminal.heading("1. A finding arrives"))
        try Terminal.output(findingText(enforced.case.finding))
        try Terminal.output("\n" + Terminal.heading("2. Enforce mode: the access is blocked"))
        try Terminal.output(Report.text(.object(enforced.case.json)))
        try Terminal.output("\n" + Terminal.heading("3. Why that is safe: the proof"))
        for line in try proof(enforced.case) { try Terminal.output("- \(line)") }
        try Terminal.output("\n" + Terminal.heading("4. The mail that a person gets"))
        try Terminal.output(enforced.mail)
        try Terminal.output(Terminal.heading("5. Observe mode, the default: nothing is changed"))
        try Terminal.output(Report.text(.object(observed.case.json)))
        try Terminal.output("\n" + Terminal.heading("6. A protected role: never edited, whatever the mode"))
        try Terminal.output(Report.text(.object(protected.case.json)))
        try Terminal.output("\nCalls made for step 2: " + enforced.calls.joined(separator: ", "))
    }

    private struct Answer {
        let `case`: Case
        let mail: String
        let calls: [String]
    }

    /// Runs `respond` on the published event in a fresh account.
    private func answer(mode: String, roleName: String = DemoScenario.roleName) async throws -> Answer {
        let account = try SimulatedAccount(DemoScenario.account(mode: mode, roleName: roleName))
        let environment = simulatedEnvironment(
            account,
            try Settings(environment: account.environment),
            logger: StandardErrorLog.logger(isVerbose: false)
        )
        let bytes = try await Handlers.run(.respond, Array(DemoScenario.event(roleName: roleName).utf8), environment)
        let mail = account.calls.last { $0.operation == "Publish" }?.parameters
        return Answer(
            case: try Case(bytes),
            mail: "Subject: \(mail?["Subject"]?.string ?? "")\n\n\(mail?["Message"]?.string ?? "")",
            calls: account.calls.map(\.operation)
        )
    }

    private func findingText(_ finding: Finding) -> String {
        """
        Access Analyzer says that \(finding.principals.map(\.element.value).joined(separator: ", "))
        can do \(finding.actions.joined(separator: ", ")) on \(finding.resource).
        """
    }

    /// Proves the change once more from its two documents alone.
    private func proof(_ answer: Case) throws -> [String] {
        guard let change = answer.outcome?.changes.first, let principal = answer.finding.principals.first else {
            throw CommandError("the demo's case has no change to prove")
        }
        let before = try PolicyDocument(change.before)
        let after = try PolicyDocument(change.after)
        guard let added = after.statements.last, let deny = Deny(recognising: added.json) else {
            throw CommandError("the demo's last statement is not a Deny of ours")
        }
        let zone = ZoneOfTrust(account: answer.finding.accountID)
        return try ProvenEdit(adding: deny, to: before, against: principal, zone: zone).proof
    }
}
