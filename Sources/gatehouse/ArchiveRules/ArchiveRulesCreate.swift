import AWSClient
import ArgumentParser
import Basics
import Handlers
import LosslessJSON
import Rules

/// Makes archive rules of one of ours.
struct ArchiveRulesCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an archive rule from one of your rules, in every region asked for, and apply it.",
        discussion: """
            Takes a rule that says ARCHIVE and says it in Access Analyzer's criteria; where one cannot be said so, every \
            such criterion is named and nothing is made. Every analyzer of external access of the regions gets it, or the \
            one of --analyzer. Shows the criteria and how many active findings they match now, asks, makes the rule, and \
            applies it to what is there. One that is there already with the same criteria is left as it is and applied; \
            with others, --replace changes it.

            EXAMPLES
              gatehouse archive-rules create partner-keys --rule partner-keys \\
                --rules rules.json --region eu-central-1 --region us-east-1
              gatehouse archive-rules create p --rule p --rules rules.json --dry-run

            Read on: Sources/Rules/Rules.docc/ArchiveRules.md
            """
    )

    @Argument(help: "The archive rule's name: a letter, then letters, digits, dots, hyphens or underscores.")
    var name: ArchiveRuleName

    @Option(help: "The name of your rule.")
    var rule: String

    @Option(help: "Your rules file.", completion: .file(extensions: ["json"]))
    var rules: RulesFile

    @OptionGroup var place: AnalyzerOptions

    @OptionGroup var moment: MomentOption

    @Flag(help: "Change an archive rule of that name that has other criteria.")
    var replace = false

    @Flag(help: "Show what would be made, and make nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    /// What is to be done in one analyzer.
    private struct Task {
        enum Deed { case create, replace, keep }

        let analyzer: AnalyzerOptions.Found
        let filter: ArchiveFilter
        let deed: Deed
    }

    func run() async throws {
        let set = try rules.load()
        guard let own = set.rules.first(where: { $0.name == rule }) else {
            let names = set.rules.map { $0.name.printable(limit: 100) }.joined(separator: ", ")
            throw CommandError(
                "\(Terminal.name(rules.path)) has no rule \(rule.printable(limit: 200)); it has \(names.isEmpty ? "none" : names)"
            )
        }
        // Whether it can be said at all is known before anybody is asked for an account.
        var remarks = try draft(own, set, .aws).remarks
        let (environment, regions) = try place.target()
        var failures = Failures()
        let meant = try regions.filter { region in
            guard let only = try draft(own, set, region.partition).regions, !only.contains(region.name) else {
                return true
            }
            remarks.append("It is not about \(region.name): there nothing is made.")
            return false
        }
        for remark in remarks { Terminal.talk("Note: \(remark)") }
        guard !meant.isEmpty else { throw CommandError("the rule is about none of the regions that were asked for") }
        let analyzers = try await place.found(in: meant, environment.aws, isExternal: true) {
            failures.add($0.name, $1)
        }
        var tasks: [Task] = []
        for analyzer in analyzers {
            let filter = try draft(own, set, analyzer.region.partition).filter
            do {
                let task = try await task(analyzer, filter, environment.aws)
                let matches = try await Self.matches(filter, "ACTIVE", analyzer, environment.aws)
                tasks.append(task)
                try Terminal.output("\(words(task)): \(matches)")
            } catch let error as AWSError {
                failures.add(analyzer.arn, error)
            }
        }
        if let filter = tasks.first?.filter { try Terminal.output("  \(filter.words)") }
        guard !dryRun else {
            Terminal.talk("Dry run: nothing was made.")
            return try failures.end()
        }
        guard !tasks.isEmpty else { return try failures.end() }
        if !yes {
            try Terminal.confirm(
                "The findings that match are archived, now and from now on, and nobody is told of them."
            )
        }
        for task in tasks {
            do throws(AWSError) {
                try await carryOut(task, environment.aws)
            } catch {
                failures.add(task.analyzer.arn, error)
            }
        }
        try failures.end()
    }

    private func draft(_ own: Rule, _ set: RuleSet, _ partition: Partition) throws(CommandError) -> ArchiveRuleDraft {
        do throws(ArchiveRuleDraft.Unsayable) {
            return try ArchiveRuleDraft(own, in: set, partition: partition, now: moment.text)
        } catch {
            let reasons = error.reasons.map { "\n  \($0)" }.joined()
            throw CommandError(
                "the rule \(own.name.printable(limit: 200)) cannot be said as an archive rule:\(reasons)"
            )
        }
    }

    private func task(
        _ analyzer: AnalyzerOptions.Found,
        _ filter: ArchiveFilter,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Task {
        let there = try await AnalyzerOptions.rules(of: analyzer, aws).first { $0.name == name.text }
        guard let there else { return Task(analyzer: analyzer, filter: filter, deed: .create) }
        guard there.filter != filter else { return Task(analyzer: analyzer, filter: filter, deed: .keep) }
        guard replace else {
            throw AWSError(
                kind: .rejected,
                message:
                    "there is an archive rule \(name.text) with other criteria (\(there.filter.words)): --replace changes it"
            )
        }
        return Task(analyzer: analyzer, filter: filter, deed: .replace)
    }

    private func words(_ task: Task) -> String {
        let place = "\(task.analyzer.region.name) \(task.analyzer.name.printable(limit: 255))"
        switch task.deed {
        case .create: return "\(place): \(name.text) is made"
        case .replace: return "\(place): \(name.text) gets these criteria"
        case .keep: return "\(place): \(name.text) is there already"
        }
    }

    /// How many findings match, in words; counted to a thousand.
    static func matches(
        _ filter: ArchiveFilter,
        _ status: String?,
        _ analyzer: AnalyzerOptions.Found,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> String {
        let ids = try await MatchingFindings.ids(filter, status, analyzer, aws)
        let count = ids.count >= MatchingFindings.limit ? "\(MatchingFindings.limit) or more" : "\(ids.count)"
        return "\(count) active finding\(ids.count == 1 ? "" : "s") match\(ids.count == 1 ? "es" : "") now"
    }

    private func carryOut(_ task: Task, _ aws: any AWSCaller) async throws(AWSError) {
        let (region, analyzer) = (task.analyzer.region, task.analyzer.name)
        switch task.deed {
        case .create:
            try await aws.call(
                CreateArchiveRule(region: region, analyzer: analyzer, rule: name.text, filter: task.filter)
            )
        case .replace:
            try await aws.call(
                UpdateArchiveRule(region: region, analyzer: analyzer, rule: name.text, filter: task.filter)
            )
        case .keep: break
        }
        try await aws.call(ApplyArchiveRule(region: region, analyzerARN: task.analyzer.arn, rule: name.text))
        let deed = task.deed == .create ? "made and applied" : task.deed == .replace ? "changed and applied" : "applied"
        Terminal.talk("\(region.name) \(analyzer.printable(limit: 255)): \(name.text) was \(deed).")
    }
}

/// The findings that an archive rule's criteria match.
enum MatchingFindings {
    /// So many are looked at.
    static let limit = 1000

    /// Their ids, at most about `limit`.
    ///
    /// - Parameter status: `ACTIVE`, `ARCHIVED` or `RESOLVED`; `nil` for every one.
    static func ids(
        _ filter: ArchiveFilter,
        _ status: String?,
        _ analyzer: AnalyzerOptions.Found,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Set<String> {
        var ids: Set<String> = []
        var token: String?
        var pages = 0
        repeat {
            let operation = ListMatchingFindings(
                region: analyzer.region,
                analyzerARN: analyzer.arn,
                filter: filter,
                status: status,
                nextToken: token
            )
            let page = try await aws.call(operation)
            ids.formUnion(page.ids)
            token = page.next
            pages += 1
        } while token != nil && ids.count < limit && pages < limit
        return ids
    }
}
