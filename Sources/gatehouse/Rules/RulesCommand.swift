import AWSClient
import ArgumentParser
import Basics
import Rules

/// What a team needs for its rules: none of it changes anything anywhere.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check, explain, test and replay rules.",
        discussion: """
            A rules file is JSON; deploy/rules.schema.json says what it may hold, so that an editor helps. Where a \
            file is asked for, 'builtin' stands for the rules that hold without any, and 'builtin:strict' for those that \
            block every type: 'gatehouse rules print NAME' shows them.
            """,
        subcommands: [RulesCheck.self, RulesExplain.self, RulesTest.self, RulesRun.self, RulesPrint.self]
    )
}

/// The rules that a command works with.
struct RulesFile: ExpressibleByArgument {
    /// The path as it was given, or the name of rules of ours: `builtin`, `builtin:strict`.
    let path: String

    init(argument: String) {
        path = argument
    }

    /// Reads, checks and compiles them.
    func load() throws(CommandError) -> RuleSet {
        if let known = RuleSet.named(path) { return known.rules }
        let bytes = try Files.contents(of: path)
        do {
            return try RuleSet(bytes)
        } catch {
            throw CommandError("\(Terminal.name(path)): \(error)")
        }
    }
}

/// The moment by which rules expire.
struct MomentOption: ParsableArguments {
    @Option(help: "The moment by which rules expire, such as 2026-11-21T08:40:00Z or 2026-11-21; without it, now.")
    var now: Moment?

    /// As the rules compare it.
    var text: String { (now?.timestamp ?? WallClock.now()).extended }
}

/// A moment on the command line.
struct Moment: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        // A day, as `expires` has it, begins at midnight UTC.
        guard let timestamp = Timestamp(iso8601: argument) ?? Timestamp(iso8601: argument + "T00:00:00Z") else {
            return nil
        }
        self.timestamp = timestamp
    }
}
