import AWSClient
import ArgumentParser
import Basics
import Handlers
import Policies
import Rules

/// Every finding, and what the rules would decide about it.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every finding of every analyzer, with what the rules would decide. Changes nothing.",
        discussion: """
            Reads the findings of external, internal and unused access, regions side by side. Nothing else is looked up: \
            a rule that needs a tag or another look-up cannot be decided, and the decision then is NOTIFY, with why. \
            Regions that are not enabled are skipped and named. Exit status 1 when something could not be read; all else is \
            printed all the same.

            EXAMPLES
              gatehouse audit --all-regions
              gatehouse audit --region eu-central-1 --region us-east-1 --rules rules.json
              gatehouse audit --all-regions --format html --output audit.html
              gatehouse audit --all-regions --format jsonl | gatehouse rules run new.json -
              gatehouse audit --role GatehouseMember --accounts accounts.txt --format csv

            Read on: Sources/Handlers/Handlers.docc/Audit.md
            """
    )

    @Option(
        name: .customLong("region"),
        help: "A region to look at, as often as wanted; without it AWS_REGION, else the profile's."
    )
    var regions: [String] = []

    @Flag(help: "Look at every region of the partition.")
    var allRegions = false

    @Option(help: ArgumentHelp("Look at this analyzer alone.", valueName: "arn"))
    var analyzer: String?

    @Option(help: "The findings' status: ACTIVE, ARCHIVED, RESOLVED, or several with commas.")
    var status = StatusList(all: ["ACTIVE"])

    @Option(
        help: ArgumentHelp(
            "The rules: a file, builtin, builtin:strict, s3://bucket/key or ssm:name; without it GATEHOUSE_RULES.",
            valueName: "rules"
        ),
        completion: .file(extensions: ["json"])
    )
    var rules: String?

    @Option(
        help: "table, json, jsonl (cases, one a line), csv, html (one file to read alone) or ocsf (one event a line)."
    )
    var format = AuditFormat.table

    @Option(help: "Write to this file instead of standard output.", completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("The role to assume in each of --accounts.", valueName: "name"))
    var role: String?

    @Option(help: ArgumentHelp("A file with the accounts to look at, one id a line.", valueName: "file"))
    var accounts: String?

    @Option(
        help: "Ask for who has the access of so many findings of internal access, a call each; their list lacks it."
    )
    var details = 1000

    @Option(help: "The moment by which rules expire and ages are counted; without it, now.")
    var now: Moment?

    @Option(help: "Work on the account in this file instead of AWS.", completion: .file(extensions: ["json"]))
    var account: String?

    @Option(help: "The profile of ~/.aws whose credentials are used; without it AWS_PROFILE, or the environment's.")
    var profile: String?

    @Flag(name: .shortAndLong, help: "Log more to standard error.")
    var verbose = false

    func validate() throws {
        guard account == nil || profile == nil else {
            throw ValidationError("--profile is for AWS; the account in a file needs no credentials.")
        }
        guard regions.isEmpty || !allRegions else {
            throw ValidationError("Give --region or --all-regions, not both.")
        }
        for region in regions {
            do throws(Region.Invalid) {
                _ = try Region(region)
            } catch {
                throw ValidationError("--region: \(error.message)")
            }
            // AWS may have it all the same.
            if let doubt = Regions.doubt(about: region) { Terminal.talk("Note: --region: \(doubt)") }
        }
        if let analyzer {
            guard let arn = ARN(analyzer), arn.service == "access-analyzer", arn.resource.hasPrefix("analyzer/") else {
                throw ValidationError(
                    "--analyzer is an analyzer's ARN, such as "
                        + "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/Name."
                )
            }
            guard regions.isEmpty, !allRegions, accounts == nil else {
                throw ValidationError("--analyzer says where it is: leave --region, --all-regions and --accounts out.")
            }
        }
        guard (role == nil) == (accounts == nil) else {
            throw ValidationError("--role and --accounts go together: the role is assumed in each of the accounts.")
        }
        guard output != "" else { throw ValidationError("--output wants the name of a file.") }
        guard (0...1_000_000).contains(details) else { throw ValidationError("--details is from 0 to 1000000.") }
    }

    func run() async throws {
        let environment = try target().environment(isDryRun: true)
        let readAt = environment.now()
        let now = now?.timestamp ?? readAt
        let ruleSource = try rules.map { (setting) throws(HandlerError) in try RuleSource(setting: setting) }
        let scope = try await scope(environment)
        let reader = AuditReader(
            rules: try await (ruleSource ?? environment.rules).rules(environment.access),
            statuses: status.all,
            analyzer: analyzer,
            now: now,
            spool: AuditSpool(),
            detailsLeft: details
        )
        var about = AuditSubject(
            readAt: readAt,
            now: now,
            rules: rules ?? environment.settings.rules ?? "builtin",
            statuses: status.all
        )
        about.notes = scope.notes
        let output = try AuditOutput(output)
        var run = AuditRun(subject: about, format: format, spool: reader.spool, output: output)
        let report = try await run.gather(scope.units, reader, AuditProgress(of: scope.units.count))
        try run.finish(report)
        if format != .table || self.output != nil {
            for line in report.summary { Terminal.talk(line) }
        }
        for line in report.coverage { Terminal.talk(line) }
        guard report.isComplete else {
            throw CommandError("not everything could be read (see above); the rest is complete")
        }
    }

    private func target() throws -> CommandTarget {
        var place = CommandTargetOptions()
        (place.account, place.profile, place.verbose) = (account, profile, verbose)
        // An account in a file may have analyzers in several regions.
        place.region = account == nil ? regions.first ?? analyzer.flatMap(ARN.init)?.region : nil
        return try place.target(memberRole: role)
    }

    private func scope(_ environment: HandlerEnvironment) async throws -> AuditScope {
        let ids = try accounts.map { (path) throws(CommandError) in try AccountsFile(path).ids }
        var wanted: [Region] = []
        for name in analyzer.flatMap(ARN.init).map({ [$0.region] }) ?? regions {
            let region = try Region(name)
            if !wanted.contains(region) { wanted.append(region) }
        }
        return try await AuditScope(
            accounts: ids,
            regions: allRegions ? nil : wanted,
            isSimulated: account != nil,
            environment
        )
    }
}

/// Statuses as they are given on the command line.
struct StatusList: ExpressibleByArgument, CustomStringConvertible {
    let all: [String]

    init(all: [String]) {
        self.all = all
    }

    init?(argument: String) {
        var all: [String] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.filter { $0 != " " }.uppercased()
            guard ["ACTIVE", "ARCHIVED", "RESOLVED"].contains(name) else { return nil }
            if !all.contains(name) { all.append(name) }
        }
        self.all = all
    }

    var description: String { all.joined(separator: ",") }
    var defaultValueDescription: String { description }
}

/// How an audit is written.
enum AuditFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, jsonl, csv, html, ocsf

    /// Whether a region is written as soon as it is its turn.
    var isStreamed: Bool { [.jsonl, .csv, .ocsf].contains(self) }
}
