import ArgumentParser
import Glibc
import Handlers
import LosslessJSON
import Messages

/// Takes our statement for a finding out again, after showing it and asking.
struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what Gatehouse did about a finding.",
        discussion: """
            Takes exactly Gatehouse's own statement out of the role's trust policy, found by its Sid. Shows the \
            change and asks before it writes. Refuses when somebody has edited the statement since.

            If the access is intended, add an archive rule first: the next finding is blocked again otherwise. Access \
            Analyzer is asked for the finding in --region, so that the statement can be compared. For a role of \
            another account use credentials of the analyzer's account, with GATEHOUSE_MEMBER_ROLE and \
            GATEHOUSE_MEMBER_EXTERNAL_ID set as the deployed functions have them; with credentials of the role's own \
            account the statement is found by --resource, but not compared.
            """
    )

    @Argument(help: "The finding's id, with or without hyphens.")
    var finding: String

    @Option(help: "The role's ARN. Without it the analyzers of the region are asked.")
    var resource: String?

    @OptionGroup var place: CommandTargetOptions

    @Flag(help: "Show what would be taken out, and write nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Print the answer as JSON and nothing else.")
    var json = false

    func run() async throws {
        let target = try place.target()
        let input = RollbackInput(findingID: finding, resource: resource)
        let preview = try await RollbackRun(input, try target.environment(isDryRun: true)).run()
        guard status(preview) == "OBSERVED", !dryRun else { return try finish(preview, wanted: "OBSERVED") }
        if !yes { try ask(preview) }
        let answer = try await RollbackRun(input, try target.environment(isDryRun: false)).run()
        try finish(answer, wanted: "ROLLED_BACK")
    }

    private func status(_ answer: JSONObject) -> String {
        answer["outcome"]?["status"]?.string ?? ""
    }

    /// Shows the change and takes nothing but a typed yes.
    private func ask(_ preview: JSONObject) throws(CommandError) {
        let diff = preview["outcome"]?["changes"]?.array?.first?["diff"]?.string ?? ""
        Terminal.talk(Terminal.colored(diff: diff, on: STDERR_FILENO))
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandError(
                "cannot ask for confirmation without a terminal; nothing was changed. Run it in a terminal or add --yes."
            )
        }
        Terminal.talk("This opens the access again. \(OutcomeWords.undone) Type 'yes' to go on:")
        guard readLine() == "yes" else { throw CommandError("not confirmed, so nothing was changed") }
    }

    private func finish(_ answer: JSONObject, wanted: String) throws(CommandError) {
        let value = JSON.object(answer)
        try Terminal.output(json ? value.text(.pretty) : Report.text(value))
        guard status(answer) == wanted else {
            throw CommandError(answer["outcome"]?["summary"]?.string ?? "it was not rolled back")
        }
    }
}
