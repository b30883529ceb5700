import AWSClient
import ArgumentParser
import Basics
import Findings
import Handlers
import LosslessJSON
import Rules

/// Whether rules files are ones that Gatehouse would take.
struct RulesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rules files: every mistake, and what is most likely not meant.",
        discussion: """
            A line for each problem: FILE:LINE:COLUMN: CODE PLACE: what is wrong and what to write. Codes with E are \
            errors: Gatehouse does not take the file. Codes with W are warnings: a value that nothing equals, a rule \
            that archives public access, one without owner or end, and the like. 'gatehouse rules code CODE' explains one.

            Exit status 1 with an error; with --strict also with a warning.

            EXAMPLES
              gatehouse rules check rules.json
              gatehouse rules check --strict --ignore W401 rules.json strict.json
              gatehouse rules check --format sarif rules.json > rules.sarif

            Read on: Sources/Rules/Rules.docc/Rules.md, 'gatehouse rules code'
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, sarif
    }

    @Argument(help: "Rules files; - for standard input.", completion: .file(extensions: ["json"]))
    var files: [RulesFile]

    @Option(help: "How to print: text, json or sarif (2.1.0, for code scanning).")
    var format = Format.text

    @Option(
        name: .customLong("ignore"),
        help: ArgumentHelp("Leave this warning out; as often as wanted.", valueName: "code")
    )
    var ignored: [RuleCode] = []

    @Option(
        help: ArgumentHelp(
            "Types that may be changed, with commas between; without it GATEHOUSE_BLOCKED_TYPES, else all.",
            valueName: "types"
        )
    )
    var blockedTypes: String?

    @OptionGroup var moment: MomentOption

    @Flag(help: "Take warnings as errors: exit status 1.")
    var strict = false

    func validate() throws {
        if let error = ignored.first(where: \.isError) {
            throw ValidationError("\(error.rawValue) is an error and cannot be ignored: the file would not be taken.")
        }
        let known = ResourceType.all.map(\.name)
        for type in (blockedTypes ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        where blockedTypes?.isEmpty == false && !known.contains(type) {
            let near = type.nearest(among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw ValidationError("--blocked-types: '\(type.printable(limit: 100))' is no resource type\(near)")
        }
        guard files.count(where: { $0.path == "-" }) < 2 else {
            throw ValidationError("Standard input can be read once.")
        }
    }

    func run() throws {
        var environment = EnvironmentVariables.ofProcess()
        if let blockedTypes { environment["GATEHOUSE_BLOCKED_TYPES"] = blockedTypes }
        let types = try Settings(environment: environment).blockedTypes?.map(\.name)
        let now = moment.timestamp
        let checks = files.map { CheckedRules($0, ignored, blockedTypes: types, now: now) }
        switch format {
        case .text: for check in checks { try check.printText(isStrict: strict) }
        case .json: try Terminal.output(CheckedRules.json(checks).text(.pretty))
        case .sarif: try Terminal.output(CheckedRules.sarif(checks, isStrict: strict).text(.pretty))
        }
        for check in checks { if let failure = check.failure { Terminal.talk("Error: \(failure)") } }
        let problems = checks.flatMap(\.problems)
        let errors = problems.count(where: \.problem.code.isError)
        let warnings = problems.count - errors
        let dropped = checks.reduce(0) { $0 + $1.dropped }
        if dropped > 0 { Terminal.talk("\(dropped) more are not shown.") }
        let count = [Self.count(errors, "error"), Self.count(warnings, "warning")].compactMap(\.self)
        guard errors > 0 || strict && warnings > 0 else {
            if warnings > 0 { Terminal.talk("\(count.joined()): --strict takes warnings as errors") }
            guard checks.contains(where: { $0.failure != nil }) else { return }
            throw ExitCode.failure
        }
        let code = problems.first { $0.problem.code.isError || errors == 0 }?.problem.code.rawValue ?? ""
        throw CommandError("\(count.joined(separator: ", ")); 'gatehouse rules code \(code)' explains the first")
    }

    private static func count(_ count: Int, _ word: String) -> String? {
        count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
    }
}

extension RuleCode: ExpressibleByArgument {
    /// In either case of its letter.
    public init?(argument: String) {
        self.init(rawValue: argument.uppercased())
    }
}
