import AWSClient
import ArgumentParser
import Basics
import Handlers
import Ledger
import LosslessJSON
import Rules

/// What was answered in a period, and what enforce would have done.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show what was answered in a period, and what enforce would have done.",
        discussion: """
            Reads what the functions logged (the metric lines, which no log level drops) and counts: what enforce \
            would have blocked, with each resource, principal and rule; what was refused and why; which rules never \
            matched, have expired or expire soon. Without --stack, --log-group and --file it reads the log group of \
            the stack 'gatehouse', and needs logs:FilterLogEvents and cloudformation:DescribeStacks. --ledger adds \
            the changes that were made; alone, it reports nothing else.

            EXAMPLES
              gatehouse report --since 7d
              gatehouse report --stack gatehouse --rules rules.json --since 30d
              gatehouse report --log-group NAME --region eu-central-1 --json
              gatehouse rules run rules.json cases.jsonl | gatehouse report --file -

            Read on: Sources/Handlers/Handlers.docc/Reports.md
            """
    )

    @Option(help: "The period's begin: 30m, 24h, 7d, 4w, a date, or a time with its zone; 7d, for a file all of it.")
    var since: PastMoment?

    @Option(help: "The period's end, as --since; without it, now.")
    var until: PastMoment?

    @Option(help: "The stack whose functions' log group is read, by its output FunctionLogs.")
    var stack: String?

    @Option(help: "The functions' log group.")
    var logGroup: String?

    @Option(
        help: "Lines of the log, or cases as 'rules run' prints them, one a line; - for standard input.",
        completion: .file(extensions: ["jsonl"])
    )
    var file: String?

    @Option(
        help: ArgumentHelp(
            "The rules: a file, builtin, s3://bucket/key or ssm:name; without it GATEHOUSE_RULES.",
            valueName: "rules"
        ),
        completion: .file(extensions: ["json"])
    )
    var rules: String?

    @Option(
        help: ArgumentHelp("The ledger's DynamoDB table, by name or ARN, for what was changed.", valueName: "table")
    )
    var ledger: String?

    @Option(help: "So many elements of each list; 20, and 1000 with --json.")
    var limit: Int?

    @OptionGroup var place: CommandTargetOptions

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func validate() throws {
        guard [stack, logGroup, file].count(where: { $0 != nil }) < 2 else {
            throw ValidationError("Of --stack, --log-group and --file one is enough.")
        }
        guard place.account == nil else {
            throw ValidationError("An account in a file has no log: give --file.")
        }
        if let limit, limit < 1 || limit > 100_000 { throw ValidationError("--limit is from 1 to 100000.") }
        if let logGroup, Settings.logGroupName(logGroup) == nil {
            throw ValidationError("--log-group is a log group's name, such as /aws/lambda/gatehouse.")
        }
    }

    func run() async throws {
        let environment = try place.target(ledger: ledger).environment(isDryRun: false)
        let now = environment.now()
        // An end is not part of its period, and this second is.
        let end = until?.before(now) ?? now.adding(seconds: 1)
        let begin = since?.before(now) ?? (file == nil ? PastMoment.week.before(now) : nil)
        if let begin, begin >= end { throw CommandError("--since is not before --until, or before now") }
        let report = try await report(from: begin, to: end, environment)
        let changes = try await changes(from: begin, environment)
        if json {
            var answer = report?.json(limit: limit ?? 1000) ?? JSONObject()
            if let changes { answer["changes"] = changes.summary.json }
            return try Terminal.output(JSON.object(answer).text(.pretty))
        }
        var parts: [String] = []
        if let report { parts.append(report.text(limit: limit ?? 20)) }
        if let changes { parts.append(changes.summary.text(since: changes.since)) }
        try Terminal.write(Array(parts.joined(separator: "\n").utf8), to: 1)
    }

    /// `nil` where only the ledger was asked for.
    private func report(
        from begin: Timestamp?,
        to end: Timestamp,
        _ environment: HandlerEnvironment
    ) async throws -> ActivityReport? {
        guard ledger == nil || stack != nil || logGroup != nil || file != nil else { return nil }
        let ruleSet = try await ruleSet(environment)
        if let file {
            let read = try ReportFile(file, since: begin, until: since == nil && until == nil ? nil : end)
            return ActivityReport(read.tally, read.source(file), rules: ruleSet, now: environment.now())
        }
        guard let region = environment.region else {
            throw CommandError("no region: give --region, or set AWS_REGION")
        }
        let group: String
        if let logGroup {
            group = logGroup
        } else {
            group = try await logGroupOfStack(stack ?? "gatehouse", region, environment.aws)
        }
        let reader = LogGroupReader(logGroup: group, region: region, aws: environment.aws)
        let read = try await reader.read(from: begin ?? end, to: end)
        return ActivityReport(read.tally, read.source, rules: ruleSet, now: environment.now())
    }

    private func ruleSet(_ environment: HandlerEnvironment) async throws -> RuleSet? {
        if let rules { return try await RuleSource(setting: rules).rules(environment.access) }
        return environment.settings.rules == nil ? nil : try await environment.rules.rules(environment.access)
    }

    private func logGroupOfStack(_ stack: String, _ region: Region, _ aws: any AWSCaller) async throws -> String {
        let outputs: [String: String]
        do throws(AWSError) {
            outputs = try await aws.call(DescribeStack(region: region, stack: stack)).outputs
        } catch {
            guard error.isAnswer("ValidationError", to: DescribeStack.self) else { throw HandlerError(error) }
            throw CommandError(
                "there is no stack \(stack.printable(limit: 128)) in \(region.name): name yours with --stack, or the "
                    + "functions' log group with --log-group"
            )
        }
        guard let group = outputs["FunctionLogs"] else {
            throw CommandError(
                "the stack \(stack.printable(limit: 128)) has no output FunctionLogs: name the functions' log group with "
                    + "--log-group"
            )
        }
        return group
    }

    private func changes(
        from begin: Timestamp?,
        _ environment: HandlerEnvironment
    ) async throws -> (summary: LedgerSummary, since: Timestamp)? {
        guard let ledger = environment.ledger else { return nil }
        let since = begin ?? PastMoment.week.before(environment.now())
        return (LedgerSummary(try await ledger.history(since: since)), since)
    }
}
