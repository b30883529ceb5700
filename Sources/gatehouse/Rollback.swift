import ArgumentParser
import Findings
import Glibc
import Handlers
import LosslessJSON
import Messages

/// Takes our statement for a finding out again, after showing it and asking.
struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what Gatehouse did about a finding.",
        discussion: """
            Takes exactly Gatehouse's own statement out of the resource's policy, found by its Sid, or puts back what \
            --changes names. Shows the change and asks before it writes. Refuses when somebody has edited it since.

            With the ledger that the functions use (--ledger or GATEHOUSE_LEDGER_TABLE) the finding's id is enough, \
            everything is put back exactly, and the same access is not blocked again for GATEHOUSE_COOL_DOWN_DAYS.

            If the access is intended, add an archive rule first: the next finding is blocked again otherwise. Access \
            Analyzer is asked for the finding in --region, so that the statement can be compared. For a resource of \
            another account use credentials of the analyzer's account, with GATEHOUSE_MEMBER_ROLE and \
            GATEHOUSE_MEMBER_EXTERNAL_ID set as the deployed functions have them; with credentials of the resource's own \
            account the statement is found by --resource, but not compared.

            EXAMPLES
              gatehouse rollback a5018210-97c4-46c4-9456-0295898377b6 --dry-run \\
                --resource arn:aws:iam::123456789012:role/Audit --region us-east-1
              gatehouse rollback a501821097c446c494560295898377b6 --ledger gatehouse

            Read on: Sources/Ledger/Ledger.docc/Ledger.md, README.md (Undo)
            """
    )

    @Argument(help: "The finding's id, with or without hyphens.")
    var finding: String

    @Option(help: "The resource's ARN. Without it the analyzers of the region are asked.")
    var resource: String?

    @Option(
        help: ArgumentHelp(
            "What was changed, as JSON, where no statement tells it: a snapshot's sharing, an ACL, Block Public Access. Messages and outcomes hold the whole command.",
            valueName: "json"
        )
    )
    var changes: String?

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Show what would be taken out, and write nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Print the answer as JSON and nothing else.")
    var json = false

    func run() async throws {
        let target = try options.place.target(ledger: options.ledger)
        let heard = HeardNews()
        let input = RollbackInput(findingID: finding, resource: resource, changes: try earlierChanges())
        let preview = try await RollbackRun(input, heard.listening(try target.environment(isDryRun: true))).run()
        // Taken back before, which the ledger may still have to be told: there is nothing to show and to ask.
        guard status(preview) != "ROLLED_BACK" else {
            let answer = dryRun ? preview : try await RollbackRun(input, try target.environment(isDryRun: false)).run()
            return try finish(
                answer,
                wanted: "ROLLED_BACK",
                dryRun: dryRun ? heard.dryRun(.object(answer)) : nil
            )
        }
        guard status(preview) == "OBSERVED", !dryRun else {
            return try finish(preview, wanted: "OBSERVED", dryRun: dryRun ? heard.dryRun(.object(preview)) : nil)
        }
        if !yes { try ask(preview) }
        let answer = try await RollbackRun(input, try target.environment(isDryRun: false)).run()
        try finish(answer, wanted: "ROLLED_BACK")
    }

    private func earlierChanges() throws -> [Outcome.Change] {
        guard let changes else { return [] }
        do {
            return try Outcome.changes(try JSON.parse(text: changes), at: "changes")
        } catch {
            throw ValidationError("--changes is not a list of changes: \(error)")
        }
    }

    private func status(_ answer: JSONObject) -> String {
        answer["outcome"]?["status"]?.string ?? ""
    }

    /// Shows the change and takes nothing but a typed yes.
    private func ask(_ preview: JSONObject) throws(CommandError) {
        let diffs = preview["outcome"]?["changes"]?.array?.compactMap { $0["diff"]?.string } ?? []
        let diff = diffs.joined(separator: "\n")
        Terminal.talk(Terminal.colored(diff: diff, on: STDERR_FILENO))
        try Terminal.confirm("This opens the access again. \(OutcomeWords.undone)")
    }

    private func finish(
        _ answer: JSONObject,
        wanted: String,
        dryRun: Report.DryRun? = nil
    ) throws(CommandError) {
        let value = JSON.object(answer)
        try Terminal.output(json ? value.text(.pretty) : Report.text(value, dryRun: dryRun))
        guard status(answer) == wanted else {
            throw CommandError(answer["outcome"]?["summary"]?.string ?? "it was not rolled back")
        }
    }
}
