import AWSClient
import ArgumentParser
import Basics
import Handlers
import LosslessJSON

/// The archive rules that there are.
struct ArchiveRulesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the archive rules of the analyzers.",
        discussion: """
            Reads the archive rules of every analyzer of the regions, whatever it watches. Needs \
            access-analyzer:ListAnalyzers and access-analyzer:ListArchiveRules.

            EXAMPLES
              gatehouse archive-rules list --region eu-central-1 --region us-east-1
              gatehouse archive-rules list --analyzer everything --json

            Read on: Sources/Rules/Rules.docc/ArchiveRules.md
            """
    )

    @OptionGroup var place: AnalyzerOptions

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() async throws {
        let (environment, regions) = try place.target()
        var failures = Failures()
        let analyzers = try await place.found(in: regions, environment.aws, isExternal: false) {
            failures.add($0.name, $1)
        }
        var listed: [JSON] = []
        for analyzer in analyzers {
            let rules: [ArchiveRule]
            do throws(AWSError) {
                rules = try await AnalyzerOptions.rules(of: analyzer, environment.aws)
            } catch {
                failures.add(analyzer.arn, error)
                continue
            }
            if json {
                listed += rules.map { rule in
                    [
                        "region": .string(analyzer.region.name), "analyzer": .string(analyzer.arn),
                        "analyzerType": .string(analyzer.type), "name": .string(rule.name), "filter": rule.filter.json,
                        "createdAt": rule.createdAt.map(JSON.string) ?? .null,
                        "updatedAt": rule.updatedAt.map(JSON.string) ?? .null,
                    ]
                }
                continue
            }
            let count = rules.count == 1 ? "1 archive rule" : "\(rules.count) archive rules"
            let place = "\(analyzer.region.name) \(analyzer.name.printable(limit: 255)) (\(analyzer.type))"
            try Terminal.output("\(place): \(rules.isEmpty ? "no archive rules" : count)")
            for rule in rules {
                try Terminal.output("  \(Terminal.styled(rule.name.printable(limit: 255), "1")): \(rule.filter.words)")
            }
        }
        if json { try Terminal.output(JSON.array(listed).text(.pretty)) }
        try failures.end()
    }
}

/// What could not be done while the rest was.
struct Failures {
    private var count = 0

    /// Says it at once.
    mutating func add(_ what: String, _ error: AWSError) {
        Terminal.talk("\(what.printable(limit: 400)): \(error.description.printable(limit: 1000))")
        count += 1
    }

    /// Throws where there were any.
    func end() throws {
        if count > 0 { throw ExitCode.failure }
    }
}
