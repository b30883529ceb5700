import ArgumentParser
import Findings
import Handlers
import LosslessJSON
import Policies
import SimulatedAccount

/// The two published scenarios on an account in memory, step by step, and two more resources blocked and undone.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show findings being answered, on an account in memory.",
        discussion: """
            Needs no AWS account, no network and no settings, and changes nothing anywhere.

            EXAMPLES
              gatehouse demo
              gatehouse demo --json

            Read on: README.md, 'gatehouse event --help' to try your own
            """
    )

    @Flag(help: "Print the answers as a JSON list and nothing else.")
    var json = false

    func run() async throws {
        let enforced = try await role(mode: "enforce")
        let observed = try await role(mode: "observe")
        let protected = try await role(mode: "enforce", name: "OrganizationAccountAccessRole")
        let shared = try await key(DemoKey.Variant())
        let open = try await key(DemoKey.Variant(isPublic: true))
        let confidential = try await key(
            DemoKey.Variant(tags: DemoKey.Variant().tags + [("Data Classification", "Confidential")])
        )
        let bucket = try await undone(.bucket)
        let snapshot = try await undone(.snapshot)
        let recorded = try await DemoLedger.run()
        let decided = try await DemoApproval.run()
        if json {
            let answers = [enforced, observed, protected, shared, open, confidential, bucket.blocked, snapshot.blocked]
            let undone = [bucket.undone, snapshot.undone].map(JSON.object)
            let list = answers.map { JSON.object($0.case.json) } + undone + recorded.answers + decided.answers
            return try Terminal.output(JSON.array(list).text(.pretty))
        }
        try Terminal.output(Terminal.heading("1. A finding arrives: somebody outside can assume a role"))
        try Terminal.output(findingText(enforced.case.finding))
        try section("2. Enforce mode: the access is blocked", Report.text(.object(enforced.case.json)))
        try section(
            "3. Why that is safe: the proof",
            try proof(enforced.case).map { "- \($0)" }.joined(separator: "\n")
        )
        try section("4. The email that a person gets", enforced.mail)
        try section("5. Observe mode, the default: nothing is changed", Report.text(.object(observed.case.json)))
        try section(
            "6. A protected role: never edited, whatever the mode",
            Report.text(.object(protected.case.json))
        )
        try section("7. Another finding: a development key is shared, on purpose", findingText(shared.case.finding))
        try section("8. What was looked up", JSON.object(shared.case.context).text(.pretty))
        try section("9. The team's rule says that it is intended", Report.text(.object(shared.case.json)))
        try section("10. The same key open to everybody: never archived", Report.text(.object(open.case.json)))
        try section(
            "11. The same key with confidential data: a person looks",
            Report.text(.object(confidential.case.json))
        )
        try section(
            "12. A bucket open to everybody, with the rules builtin:strict: a Deny in its policy",
            Report.text(.object(bucket.blocked.case.json))
        )
        try section("13. The same undone: the policy is as it was", Report.text(.object(bucket.undone)))
        try section(
            "14. A snapshot shared with a stranger: taken out of the sharing",
            Report.text(.object(snapshot.blocked.case.json))
        )
        try section("15. The same undone, from the case", Report.text(.object(snapshot.undone)))
        for step in recorded.steps + decided.steps { try section(step.heading, step.text) }
        try Terminal.output("\nCalls made for step 2: " + enforced.calls.joined(separator: ", "))
        try Terminal.output("Calls made for step 9: " + shared.calls.joined(separator: ", "))
        try Terminal.output("The rules that decided: gatehouse rules print")
    }

    private func section(_ heading: String, _ text: String) throws {
        try Terminal.output("\n" + Terminal.heading(heading))
        try Terminal.output(text)
    }

    private struct Answer {
        let `case`: Case
        let mail: String
        let calls: [String]
    }

    private func role(mode: String, name: String = DemoScenario.roleName) async throws -> Answer {
        try await answer(
            Array(DemoScenario.event(roleName: name).utf8),
            DemoScenario.account(mode: mode, roleName: name)
        )
    }

    private func key(_ variant: DemoKey.Variant) async throws -> Answer {
        try await answer(DemoKey.event(variant).serialized(), DemoKey.account(variant))
    }

    /// A resource that is blocked, and what undoing that gives.
    private func undone(_ resource: DemoResource) async throws -> (blocked: Answer, undone: JSONObject) {
        let account = try SimulatedAccount(resource.account)
        let environment = try environment(account)
        let blocked = try await answer(resource.event.serialized(), account, environment)
        let input = try RollbackInput(JSON.object(blocked.case.json).serialized())
        return (blocked, try await RollbackRun(input, environment).run())
    }

    private func environment(_ account: SimulatedAccount) throws -> HandlerEnvironment {
        let settings = try Settings(environment: account.environment)
        return HandlerEnvironment.simulated(
            account,
            settings,
            try RuleSource(setting: settings.rules),
            logger: StandardErrorLog.logger(isVerbose: false)
        )
    }

    /// Runs `respond` on an event in a fresh account.
    private func answer(_ event: [UInt8], _ account: JSON) async throws -> Answer {
        let account = try SimulatedAccount(account)
        return try await answer(event, account, try environment(account))
    }

    private func answer(
        _ event: [UInt8],
        _ account: SimulatedAccount,
        _ environment: HandlerEnvironment
    ) async throws -> Answer {
        let bytes = try await HandlerName.respond.run(event, environment)
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
        guard let added = after.statements.last, let deny = Deny(recognising: added.json, .trustPolicy) else {
            throw CommandError("the demo's last statement is not a Deny of ours")
        }
        let zone = ZoneOfTrust(account: answer.finding.accountID)
        let access = try GrantedAccess(
            principal,
            deny.actions,
            condition: JSONObject(),
            in: before,
            zone: zone,
            dialect: .trustPolicy
        )
        return try ProvenEdit(adding: [deny], to: before, against: access, zone: zone, dialect: .trustPolicy).proof
    }
}
