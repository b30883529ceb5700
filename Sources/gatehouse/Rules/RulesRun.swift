import ArgumentParser
import Glibc
import Rules

/// History through the rules: what would they say?
struct RulesRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Decide about many cases, one a line, by a rules file.",
        discussion: """
            Prints a line for each line, in order: the case as it came but for its 'decision', or an 'error' for a line \
            that is no case. Nothing is looked up, nobody is called; status and mode are not asked. A summary goes to \
            standard error. Exit status 1 when a line was no case.

            EXAMPLES
              gatehouse rules run rules.json history.jsonl > decided.jsonl
              gatehouse rules run rules.json history.jsonl --changes
              gatehouse rules run new.json history.jsonl --changes --detailed-exitcode

            Read on: Sources/Rules/Rules.docc/Rules.md
            """
    )

    @Argument(help: "The rules file, builtin or builtin:strict.", completion: .file(extensions: ["json"]))
    var file: RulesFile

    @Argument(help: "Cases or events, one a line; - for standard input.", completion: .file(extensions: ["jsonl"]))
    var cases: String

    @Flag(help: "Print only cases whose decision has another action or rule than the one they came with, and errors.")
    var changes = false

    @Flag(
        name: .customLong("detailed-exitcode"),
        help: "Exit status 2 when a case is decided differently than it came, or came without a decision."
    )
    var hasDetailedExitCode = false

    @OptionGroup var moment: MomentOption

    func validate() throws {
        guard file.path != "-" || cases != "-" else {
            throw ValidationError("Rules and cases cannot both come from standard input.")
        }
    }

    func run() throws {
        var replay = Replay(try file.load(), now: moment.text, showsChangesOnly: changes)
        let source = try BlockReader(cases)
        var output = OutputBuffer()
        var splitter = LineSplitter(limit: Replay.lineLimit)
        while true {
            let isAtEnd = try source.next { (block) throws(CommandError) in
                try splitter.feed(block) { (line) throws(CommandError) in
                    replay.answer(line, into: &output.bytes)
                    try output.flushIfLarge()
                }
            }
            if isAtEnd { break }
            // Whoever feeds us slowly, line by line, sees the answers at once.
            if source.isShort { try output.flush() }
        }
        try splitter.finish { (line) throws(CommandError) in replay.answer(line, into: &output.bytes) }
        try output.flush()
        Terminal.talk(replay.summary.text)
        let refused = replay.summary.refused
        guard refused == 0 else {
            throw CommandError(refused == 1 ? "1 line is no case" : "\(refused) lines are no case")
        }
        if hasDetailedExitCode, replay.summary.decided == 0 { throw CommandError("there is no case to decide about") }
        if hasDetailedExitCode, replay.summary.differing > 0 { throw ExitCode(2) }
    }
}
