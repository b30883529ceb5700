import ArgumentParser
import Basics
import Findings
import Glibc
import Handlers
import LosslessJSON
import Rules

/// Why the rules say what they say about one finding.
struct RulesExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what a rules file decides about an event or case, and why.",
        discussion: """
            Shows each rule with the criteria that fail, the risk score line by line, and the decision. A case is taken \
            as it is. An event is taken as it is too, so rules about tags find none, unless --account or --enrich has \
            the resource looked up first.

            EXAMPLES
              gatehouse rules explain rules.json event.json
              gatehouse rules explain builtin event.json --account account.json
              gatehouse rules explain rules.json event.json --enrich --profile security

            Read on: Sources/Rules/Rules.docc/Rules.md, 'gatehouse event --help'
            """
    )

    @Argument(help: "The rules file, builtin or builtin:strict.", completion: .file(extensions: ["json"]))
    var file: RulesFile

    @Argument(help: "The event's or case's file; - for standard input.", completion: .file(extensions: ["json"]))
    var event: String

    @OptionGroup var place: CommandTargetOptions

    @Flag(help: "Look the resource up first: on AWS, or on the account that --account names. For cases as well.")
    var enrich = false

    @OptionGroup var moment: MomentOption

    @Flag(help: "Print the explanation as JSON and nothing else.")
    var json = false

    func validate() throws {
        guard file.path != "-" || event != "-" else {
            throw ValidationError("Rules and event cannot both come from standard input.")
        }
    }

    func run() async throws {
        let rules = try file.load()
        var input = try read()
        if enrich || place.account != nil && input.isBareEvent {
            input = try await Pipeline.run(.enrich, on: input, try place.target().environment(isDryRun: true))
        }
        let explanation = rules.explain(input, now: moment.text)
        guard !json else { return try Terminal.output(explanation.json.text(.pretty)) }
        try Terminal.write(Array(explanation.text.utf8), to: STDOUT_FILENO)
        if !input.finding.isActive {
            Terminal.talk("The finding is not active, so Gatehouse would ignore it whatever the rules say.")
        }
        if input.isBareEvent, !enrich, place.account == nil {
            Terminal.talk("Nothing was looked up: --account FILE or --enrich would tell what the resource is.")
        }
    }

    private func read() throws -> Case {
        let bytes = try Files.contents(of: event)
        try FileKind.checkEvent(bytes, event)
        do throws(InvalidEvent) {
            return try Case(bytes)
        } catch {
            throw CommandError("\(Terminal.name(event)): \(error.description.printable(limit: 2048))")
        }
    }
}
