import ArgumentParser
import Rules

/// The built-in rules as a file to start from.
struct RulesPrint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print the built-in rules, to start a file of your own from."
    )

    func run() throws {
        try Terminal.output(RuleSet.builtInText)
    }
}
