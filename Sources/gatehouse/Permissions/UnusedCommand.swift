import AWSClient
import AWSOperations
import ArgumentParser
import Basics
import Handlers
import LosslessJSON
import Policies

/// Findings of unused access, with what AWS recommends.
struct UnusedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unused",
        abstract: "Show unused access findings, with what AWS recommends as a diff.",
        discussion: """
            Reads the active findings of the region's analyzers of unused access. For unused permissions AWS is asked for a \
            recommendation, which takes seconds to minutes, and the difference from the policy that it replaces is shown; \
            that of a user, and of a role that cannot be read, is shown as new text. Nothing is attached or changed.

            EXAMPLES
              gatehouse unused --region eu-central-1
              gatehouse unused --resource arn:aws:iam::111122223333:role/A --format json
              gatehouse unused --no-recommendation --format csv > unused.csv

            Read on: Sources/Handlers/Handlers.docc/UnusedAccess.md
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, csv
    }

    @Option(help: "Only findings on this role or user, by ARN.")
    var resource: String?

    @Option(help: "Only this analyzer, by name or ARN.")
    var analyzer: String?

    @Option(help: "How to print: text, json or csv (without the policies).")
    var format = Format.text

    @Flag(inversion: .prefixedNo, help: "Ask AWS what to do about unused permissions.")
    var recommendation = true

    @OptionGroup var place: CommandTargetOptions

    func run() async throws {
        let environment = try place.target().environment(isDryRun: false)
        guard let region = environment.region else { throw CommandError("no region: give --region, or set AWS_REGION") }
        let analyzers = try await analyzers(region, environment.aws)
        var failures = Failures()
        var shown = 0
        var rows: [UnusedFinding] = []
        for analyzer in analyzers {
            do {
                for listed in try await findings(of: analyzer, region, environment.aws) {
                    let finding = await UnusedFinding(
                        listed,
                        analyzer: analyzer.arn,
                        region: region,
                        withRecommendation: recommendation,
                        environment
                    )
                    shown += 1
                    switch format {
                    case .text: for line in finding.lines { try Terminal.output(line) }
                    case .csv, .json: rows.append(finding)
                    }
                    for why in finding.failures { failures.add(why.what, why.error) }
                }
            } catch let error as AWSError {
                failures.add(analyzer.arn, error)
            }
        }
        switch format {
        case .text: break
        case .json: try Terminal.output(JSON.array(rows.map(\.json)).text(.pretty))
        case .csv: for line in [UnusedFinding.header] + rows.map(\.csv) { try Terminal.output(line) }
        }
        Terminal.talk("\(shown) active finding\(shown == 1 ? "" : "s") of unused access in \(region.name)")
        try failures.end()
    }

    private func analyzers(_ region: Region, _ aws: any AWSCaller) async throws -> [Analyzer] {
        let all: [Analyzer]
        do throws(AWSError) {
            all = try await aws.everyPage(of: ListAnalyzers.self) { (token) throws(AWSError) in
                let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
                return (page.analyzers, page.nextToken)
            }
        } catch {
            throw HandlerError(error)
        }
        let found = all.filter { one in
            guard one.type.hasSuffix("UNUSED_ACCESS") else { return false }
            return analyzer.map { one.arn == $0 || one.arn.hasSuffix("/\($0)") } ?? true
        }
        guard !found.isEmpty else {
            throw CommandError(
                "there is no \(analyzer.map { "analyzer \($0.printable(limit: 300))" } ?? "analyzer") of unused access in "
                    + "\(region.name): its type is ACCOUNT_UNUSED_ACCESS or ORGANIZATION_UNUSED_ACCESS"
            )
        }
        return found
    }

    private func findings(
        of analyzer: Analyzer,
        _ region: Region,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> [JSON] {
        let all = try await aws.everyPage(of: ListFindingsV2.self) { (token) throws(AWSError) in
            let operation = ListFindingsV2(
                analyzerARN: analyzer.arn,
                status: "ACTIVE",
                nextToken: token,
                region: region
            )
            let page = try await aws.call(operation)
            return (page.listed, page.nextToken)
        }
        guard let resource else { return all }
        return all.filter { $0["resource"]?.string == resource }
    }
}
