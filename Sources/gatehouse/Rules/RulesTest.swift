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

            EXAMPLES
              gatehouse rules test rules/
              gatehouse rules test rules/ --format junit > rules.xml
              gatehouse rules test rules/ --rules builtin

            Read on: Sources/Rules/Rules.docc/Rules.md
            """
    )

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Option(help: "The rules file, builtin or builtin:strict; without it, rules.json in the folder.")
    var rules: RulesFile?

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, junit
    }

    @Option(help: "How to print: text, or junit for CI.")
    var format = Format.text

    @OptionGroup var moment: MomentOption

    func run() throws {
        let own = RulesFile(argument: "\(folder)/rules.json")
        let rules = try (self.rules ?? own).load()
        let files = try Files.names(in: folder, ending: ".json").filter { $0 != "rules.json" }
        guard !files.isEmpty else {
            throw CommandError("\(Terminal.name(folder)) holds no test: put a .json file for each beside the rules")
        }
        var outcomes: [TestOutcome] = []
        for file in files {
            let outcome = outcome(of: file, rules)
            if format == .text { try show(outcome) }
            outcomes.append(outcome)
        }
        let failed = outcomes.count { !$0.lines.isEmpty }
        switch format {
        case .text: try Terminal.output("\(files.count - failed) passed, \(failed) failed")
        case .junit: try Terminal.output(JUnitReport.text(outcomes, suite: (self.rules ?? own).path))
        }
        guard failed == 0 else { throw ExitCode.failure }
    }

    private func outcome(of file: String, _ rules: RuleSet) -> TestOutcome {
        do throws(CommandError) {
            let json = try Files.json("\(folder)/\(file)")
            do throws(RulesProblem) {
                let test = try Expectation(json)
                let differences = test.differences(rules, now: moment.text)
                return TestOutcome(file: file, about: test.description, lines: differences)
            } catch {
                return TestOutcome(file: file, about: nil, lines: ["this is no test: \(error)"])
            }
        } catch {
            return TestOutcome(file: file, about: nil, lines: ["\(error)"])
        }
    }

    private func show(_ outcome: TestOutcome) throws(CommandError) {
        let about = outcome.about.map { "  \($0.printable(limit: 200))" } ?? ""
        guard !outcome.lines.isEmpty else {
            return try Terminal.output("\(Terminal.styled("ok", "32"))    \(Terminal.name(outcome.file))\(about)")
        }
        try Terminal.output("\(Terminal.styled("FAIL", "31"))  \(Terminal.name(outcome.file))\(about)")
        for line in outcome.lines { try Terminal.output("      \(Terminal.colored(diff: line))") }
    }
}

/// What came of one test.
struct TestOutcome {
    let file: String
    /// What the test is about, in the team's words.
    let about: String?
    /// What is wrong; none when nothing is.
    let lines: [String]
}
