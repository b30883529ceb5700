import AWSClient
import ArgumentParser
import Basics
import Handlers
import LosslessJSON

/// Archive rules that hide more than they should, or nothing.
struct ArchiveRulesLint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Name archive rules that are too broad, match nothing, overlap, or are over.",
        discussion: """
            Looks at every archive rule of every analyzer of the regions, and changes nothing. NO_PRINCIPAL, PUBLIC and \
            CONTAINS_NUMBER are rules that archive more than somebody meant; MATCHES_NOTHING matches no finding in any \
            status; COVERED and OVERLAPS are two rules for the same findings; OVER is a rule whose owner's date has \
            passed: the date at the end of its name (…until-2026-12-31), or with --rules the 'expires' of your rule with \
            its name or its criteria.

            Exit status: 0 nothing to say, 1 when it finds something.

            EXAMPLES
              gatehouse archive-rules lint --region eu-central-1 --region us-east-1
              gatehouse archive-rules lint --rules rules.json --json

            Read on: Sources/Rules/Rules.docc/ArchiveRules.md
            """
    )

    @OptionGroup var place: AnalyzerOptions

    @Option(help: "Your rules file, which knows owners and dates.", completion: .file(extensions: ["json"]))
    var rules: RulesFile?

    @OptionGroup var moment: MomentOption

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() async throws {
        let own = try rules?.load()
        let (environment, regions) = try place.target()
        var failures = Failures()
        let analyzers = try await place.found(in: regions, environment.aws, isExternal: false) {
            failures.add($0.name, $1)
        }
        var problems: [(analyzer: AnalyzerOptions.Found, problem: ArchiveRuleProblem)] = []
        var count = 0
        for analyzer in analyzers {
            do throws(AWSError) {
                let rules = try await AnalyzerOptions.rules(of: analyzer, environment.aws)
                count += rules.count
                var matching: [Set<String>] = []
                for rule in rules {
                    matching.append(try await MatchingFindings.ids(rule.filter, nil, analyzer, environment.aws))
                }
                let lint = ArchiveRuleLint(
                    analyzer: analyzer,
                    rules: rules,
                    matching: matching,
                    own: own,
                    now: moment.text
                )
                problems += lint.problems.map { (analyzer, $0) }
            } catch {
                failures.add(analyzer.arn, error)
            }
        }
        if json {
            let list = problems.map { analyzer, problem -> JSON in
                [
                    "region": .string(analyzer.region.name), "analyzer": .string(analyzer.arn),
                    "rule": .string(problem.rule), "code": .string(problem.code.rawValue),
                    "message": .string(problem.message),
                ]
            }
            try Terminal.output(JSON.array(list).text(.pretty))
        } else {
            for (analyzer, problem) in problems {
                let place = "\(analyzer.region.name) \(analyzer.name.printable(limit: 255))"
                let code = Terminal.styled(problem.code.rawValue, "33")
                try Terminal.output("\(place) \(problem.rule.printable(limit: 255)): \(code) \(problem.message)")
            }
        }
        let looked =
            "\(count) archive rule\(count == 1 ? "" : "s") in \(analyzers.count) analyzer\(analyzers.count == 1 ? "" : "s")"
        Terminal.talk("\(looked), \(problems.isEmpty ? "nothing to say" : "\(problems.count) to look at")")
        try failures.end()
        if !problems.isEmpty { throw ExitCode.failure }
    }
}
