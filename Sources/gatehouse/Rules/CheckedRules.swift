import Basics
import Findings
import LosslessJSON
import Rules

/// What a check of one rules file found.
struct CheckedRules {
    struct Located {
        let problem: RulesProblem
        /// Both from 1, columns in Unicode scalars.
        let line: Int
        let column: Int
    }

    /// As it was given.
    let path: String
    /// The rules, where the file is one that is taken.
    let rules: RuleSet?
    /// In the order of the file.
    let problems: [Located]
    /// How many more there are.
    let dropped: Int
    /// Why the file could not be read at all.
    let failure: CommandError?

    init(_ file: RulesFile, _ ignored: [RuleCode], blockedTypes: [String]?, now: Timestamp) {
        path = file.path
        let bytes: [UInt8]
        do throws(CommandError) {
            bytes = try file.bytes()
        } catch {
            (rules, problems, dropped, failure) = (nil, [], 0, error)
            return
        }
        failure = nil
        var text = RulesText(bytes)
        let found: [RulesProblem]
        do throws(RulesError) {
            let rules = try RuleSet(bytes)
            found = rules.warnings(blockedTypes: blockedTypes, now: now)
            (self.rules, dropped) = (rules, 0)
        } catch {
            found = error.problems + error.warnings(blockedTypes: blockedTypes, now: now)
            (rules, dropped) = (nil, error.dropped)
        }
        problems = found.filter { !ignored.contains($0.code) }.map { problem in
            let (line, column) = text.position(of: problem)
            return Located(problem: problem, line: line, column: column)
        }.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// A line a problem, and one for rules that can be used.
    func printText(isStrict: Bool) throws(CommandError) {
        let name = path == "-" ? path : Terminal.name(path)
        for located in problems {
            let code = located.problem.code
            let word = Terminal.styled(code.rawValue, code.isError || isStrict ? "31" : "33")
            let what = located.problem.description.printable(limit: 4096)
            try Terminal.output("\(name):\(located.line):\(located.column): \(word) \(what)")
        }
        guard let rules else { return }
        let count = rules.rules.count == 1 ? "1 rule" : "\(rules.rules.count) rules"
        let bound = rules.archiveBelow.map { ", archiveBelow \($0)" } ?? ""
        try Terminal.output("\(Terminal.name(path)): \(count), default \(rules.fallback.rawValue)\(bound)")
    }

    /// One list of the problems of all files.
    static func json(_ checks: [CheckedRules]) -> JSON {
        .array(
            checks.flatMap { check in
                check.problems.map { located in
                    [
                        "file": .string(check.path), "line": .int(located.line), "column": .int(located.column),
                        "code": .string(located.problem.code.rawValue),
                        "severity": located.problem.code.isError ? "error" : "warning",
                        "place": .string(located.problem.place.description),
                        "message": .string(located.problem.message),
                    ]
                }
            }
        )
    }
}
