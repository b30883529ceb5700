import ArgumentParser
import Rules

/// Rules of ours as a file to start from.
struct RulesPrint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print the built-in rules, to start a file of your own from.",
        discussion: """
            'builtin' holds when GATEHOUSE_RULES is not set: roles are blocked, everything else is told. \
            'builtin:strict' blocks every type; keys and public file systems wait for approval.

            EXAMPLES
              gatehouse rules print > rules.json
              gatehouse rules print builtin:strict

            Read on: Sources/Rules/Rules.docc/Rules.md
            """
    )

    /// The names that there are.
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case builtin
        case strict = "builtin:strict"

        /// `strict` is short for its setting's name.
        init?(argument: String) {
            self.init(rawValue: argument == "strict" ? Name.strict.rawValue : argument)
        }
    }

    @Argument(help: "Which rules.")
    var name = Name.builtin

    func run() throws {
        guard let rules = RuleSet.named(name.rawValue) else {
            throw CommandError("there are no rules named \(name.rawValue)")
        }
        try Terminal.output(rules.text)
    }
}
