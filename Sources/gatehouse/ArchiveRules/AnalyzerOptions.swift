import AWSClient
import AWSOperations
import ArgumentParser
import Basics
import Handlers
import SimulatedAccount

/// The options that say which analyzers a command is about.
struct AnalyzerOptions: ParsableArguments {
    @Option(help: "Work on the account in this file instead of AWS.", completion: .file(extensions: ["json"]))
    var account: String?

    @Option(
        name: .customLong("region"),
        help: "A region to work in, as often as wanted; without it AWS_REGION, else the profile's."
    )
    var regions: [String] = []

    @Option(help: "The profile of ~/.aws whose credentials are used; without it AWS_PROFILE, or the environment's.")
    var profile: String?

    @Option(help: "Only this analyzer, by name or ARN.")
    var analyzer: String?

    @Flag(name: .shortAndLong, help: "Log more to standard error.")
    var verbose = false

    func validate() throws {
        guard account == nil || profile == nil else {
            throw ValidationError("--profile is for AWS; the account in a file needs no credentials.")
        }
        for region in regions { try CommandTargetOptions.check(region: region) }
    }

    /// An analyzer with its region.
    struct Found: Sendable {
        let arn: String
        /// Its name, by which its archive rules are asked for.
        let name: String
        let type: String
        let region: Region

        /// Whether it tells of access from outside.
        var isExternal: Bool { type == "ACCOUNT" || type == "ORGANIZATION" }
    }

    /// AWS or the account in the file, with the regions that are meant.
    func target() throws -> (environment: HandlerEnvironment, regions: [Region]) {
        let logger = StandardErrorLog.logger(isVerbose: verbose)
        let target: CommandTarget
        if let account {
            let json = try Files.json(account)
            try FileKind.checkAccount(json, account)
            target = try .simulated(try SimulatedAccount(json), logger: logger)
        } else {
            let environment = EnvironmentVariables.ofProcess().placed(region: regions.first, profile: profile)
            target = try .live(environment, logger: logger)
        }
        let environment = try target.environment(isDryRun: false)
        guard regions.isEmpty else { return (environment, try regions.map { try Region($0) }) }
        guard let region = environment.region else { throw CommandError("no region: give --region, or set AWS_REGION") }
        return (environment, [region])
    }

    /// The analyzers that are meant, region by region. Throws where there are none.
    ///
    /// - Parameters:
    ///   - isExternal: only those of access from outside.
    ///   - failed: told of each region that could not be asked.
    func found(
        in regions: [Region],
        _ aws: any AWSCaller,
        isExternal: Bool,
        failed: (Region, AWSError) -> Void
    ) async throws(CommandError) -> [Found] {
        var found: [Found] = []
        var isAsked = false
        for region in regions {
            do throws(AWSError) {
                let analyzers = try await aws.everyPage(of: ListAnalyzers.self) { (token) throws(AWSError) in
                    let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
                    return (page.analyzers, page.nextToken)
                }
                isAsked = true
                for one in analyzers {
                    let name = Self.name(ofAnalyzer: one.arn)
                    guard analyzer.map({ $0 == name || $0 == one.arn }) ?? true else { continue }
                    let analyzer = Found(arn: one.arn, name: name, type: one.type, region: region)
                    if !isExternal || analyzer.isExternal { found.append(analyzer) }
                }
            } catch {
                failed(region, error)
            }
        }
        guard found.isEmpty, isAsked else { return found }
        let names = regions.map(\.name).joined(separator: ", ")
        let which = analyzer.map { "analyzer \($0.printable(limit: 300))" } ?? "analyzer"
        throw CommandError("there is no \(which)\(isExternal ? " of external access" : "") in \(names)")
    }

    /// What follows the last slash of an analyzer's ARN.
    private static func name(ofAnalyzer arn: String) -> String {
        guard let slash = arn.utf8.lastIndex(of: UInt8(ascii: "/")) else { return arn }
        return String(arn[arn.utf8.index(after: slash)...])
    }

    /// Every archive rule of an analyzer.
    static func rules(of analyzer: Found, _ aws: any AWSCaller) async throws(AWSError) -> [ArchiveRule] {
        try await aws.everyPage(of: ListArchiveRules.self) { (token) throws(AWSError) in
            let operation = ListArchiveRules(region: analyzer.region, analyzer: analyzer.name, nextToken: token)
            let page = try await aws.call(operation)
            return (page.rules, page.next)
        }
    }
}
