import AWSClient
import ArgumentParser
import Basics
import Findings
import Handlers
import Rules

/// Whether a rules file is one that Gatehouse would take.
struct RulesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a rules file.",
        discussion: """
            Exit status 1 with the place and the fix when the file cannot be used. What can be used but is most likely \
            not meant is a warning on standard error: a value that nothing equals, a rule that archives public access, \
            one without owner or end, and the like.
            """
    )

    @Argument(help: "The rules file; - for standard input.", completion: .file(extensions: ["json"]))
    var file: RulesFile

    @OptionGroup var moment: MomentOption

    @Flag(help: "Take warnings as errors: exit status 1.")
    var strict = false

    func run() throws {
        let rules = try file.load()
        let count = rules.rules.count == 1 ? "1 rule" : "\(rules.rules.count) rules"
        let bound = rules.archiveBelow.map { ", archiveBelow \($0)" } ?? ""
        try Terminal.output("\(Terminal.name(file.path)): \(count), default \(rules.fallback.rawValue)\(bound)")
        for rule in rules.expired(at: moment.text) {
            try Terminal.output(
                "  expired (\(rule.expires ?? "")), matches nothing: \(rule.name.printable(limit: 2048))"
            )
        }
        let blockedTypes = try Settings(environment: .ofProcess()).blockedTypes?.map(\.name)
        let warnings = rules.warnings(blockedTypes: blockedTypes)
        for warning in warnings {
            Terminal.talk("\(strict ? "error" : "warning"): \(warning.description.printable(limit: 2048))")
        }
        guard strict, !warnings.isEmpty else { return }
        let what = warnings.count == 1 ? "1 warning counts" : "\(warnings.count) warnings count"
        throw CommandError("\(Terminal.name(file.path)): \(what) as an error (--strict)")
    }
}
