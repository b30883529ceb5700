import ArgumentParser
import Basics
import Handlers
import LosslessJSON
import Rules

/// A team's own expectations of its rules.
struct RulesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test a rules file against the expectations in a folder.",
        discussion: """
            The folder holds rules.json (or name another with --rules) and a .json file for each test:

              {"description": "the development key may be shared",
               "case": {"finding": {...}, "context": {"tags": {"Environment": "development"}}},
               "expect": {"action": "ARCHIVE", "rule": "shared-development-key", "risk": {"lt": 40}},
               "now": "2026-11-21T08:40:00Z"}

            "event" takes an EventBridge event in the place of "case"; "risk" a number, or "lt" and "gt"; "now" is the \
            moment by which rules expire. Prints a line a test and, for one that fails, what differs and why. Exit \
            status 1 when a test fails or there is none.
            """
    )

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Option(help: "The rules file, builtin or builtin:strict; without it, rules.json in the folder.")
    var rules: RulesFile?

    @OptionGroup var moment: MomentOption

    func run() throws {
        let own = RulesFile(argument: "\(folder)/rules.json")
        let rules = try (self.rules ?? own).load()
        let files = try Files.names(in: folder, ending: ".json").filter { $0 != "rules.json" }
        guard !files.isEmpty else {
            throw CommandError("\(Terminal.name(folder)) holds no test: put a .json file for each beside the rules")
        }
        var failed = 0
        for file in files {
            let problems = outcome(of: "\(folder)/\(file)", rules)
            try show(file, problems)
            if !problems.lines.isEmpty { failed += 1 }
        }
        try Terminal.output("\(files.count - failed) passed, \(failed) failed")
        guard failed == 0 else { throw ExitCode.failure }
    }

    /// What is wrong with one test; no lines when nothing is.
    private func outcome(of path: String, _ rules: RuleSet) -> (about: String?, lines: [String]) {
        do throws(CommandError) {
            let json = try Files.json(path)
            do throws(RulesError) {
                let test = try Expectation(json)
                return (test.description, test.differences(rules, now: moment.text))
            } catch {
                return (nil, ["this is no test: \(error)"])
            }
        } catch {
            return (nil, ["\(error)"])
        }
    }

    private func show(_ file: String, _ outcome: (about: String?, lines: [String])) throws(CommandError) {
        let about = outcome.about.map { "  \($0.printable(limit: 200))" } ?? ""
        guard !outcome.lines.isEmpty else {
            return try Terminal.output("\(Terminal.styled("ok", "32"))    \(Terminal.name(file))\(about)")
        }
        try Terminal.output("\(Terminal.styled("FAIL", "31"))  \(Terminal.name(file))\(about)")
        for line in outcome.lines { try Terminal.output("      \(Terminal.colored(diff: line))") }
    }
}
