import AWSClient
import ArgumentParser
import Basics
import Handlers

/// Applies archive rules to the findings that are there.
struct ArchiveRulesApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Have an archive rule archive the findings that are there already.",
        discussion: """
            An archive rule is applied to findings that are made after it; this applies it to those before, in every \
            analyzer of the regions that has a rule of that name. Shows how many active findings match, and asks. AWS \
            archives them within minutes.

            EXAMPLES
              gatehouse archive-rules apply partner-keys --region eu-central-1
              gatehouse archive-rules apply partner-keys --region us-east-1 --yes

            Read on: Sources/Rules/Rules.docc/ArchiveRules.md
            """
    )

    @Argument(help: "The archive rule's name.")
    var name: ArchiveRuleName

    @OptionGroup var place: AnalyzerOptions

    @Flag(help: "Show what matches, and apply nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let (environment, regions) = try place.target()
        var failures = Failures()
        let analyzers = try await place.found(in: regions, environment.aws, isExternal: false) {
            failures.add($0.name, $1)
        }
        var having: [AnalyzerOptions.Found] = []
        for analyzer in analyzers {
            do {
                let rules = try await AnalyzerOptions.rules(of: analyzer, environment.aws)
                guard let rule = rules.first(where: { $0.name == name.text }) else { continue }
                let matches = try await ArchiveRulesCreate.matches(rule.filter, "ACTIVE", analyzer, environment.aws)
                having.append(analyzer)
                try Terminal.output(
                    "\(analyzer.region.name) \(analyzer.name.printable(limit: 255)): \(matches) (\(rule.filter.words))"
                )
            } catch let error as AWSError {
                failures.add(analyzer.arn, error)
            }
        }
        guard !having.isEmpty else {
            try failures.end()
            throw CommandError(
                "no analyzer there has an archive rule \(name.text): 'gatehouse archive-rules list' names them"
            )
        }
        guard !dryRun else {
            Terminal.talk("Dry run: nothing was applied.")
            return try failures.end()
        }
        if !yes { try Terminal.confirm("These findings are archived, and nobody is told of them.") }
        for analyzer in having {
            do throws(AWSError) {
                try await environment.aws.call(
                    ApplyArchiveRule(region: analyzer.region, analyzerARN: analyzer.arn, rule: name.text)
                )
                Terminal.talk(
                    "\(analyzer.region.name) \(analyzer.name.printable(limit: 255)): \(name.text) was applied."
                )
            } catch {
                failures.add(analyzer.arn, error)
            }
        }
        try failures.end()
    }
}
