import AWSClient
import AWSOperations
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

extension SweepRun {
    mutating func sweepFindings() async throws(HandlerError) -> Place? {
        let analyzers = try await FindingSearch(environment: environment).analyzers(in: scope?.region)
        counts.analyzers = analyzers.count
        var skipped: (analyzer: String, token: String?)?
        if case .findings(let analyzer, let token) = start { skipped = (analyzer, token) }
        for analyzer in analyzers.sorted(by: { $0.arn < $1.arn }) {
            if let reached = skipped, analyzer.arn < reached.analyzer { continue }
            var token = skipped?.analyzer == analyzer.arn ? skipped?.token : nil
            skipped = nil
            guard let arn = ARN(analyzer.arn) else { continue }
            repeat {
                guard !isOver else { return .findings(analyzer: analyzer.arn, token: token) }
                guard let page = await pageOrReport(of: arn, analyzer.isOfExternalAccess, token) else { break }
                for listed in page.listed {
                    guard !isOver else { return .findings(analyzer: analyzer.arn, token: token) }
                    await look(at: listed, of: arn)
                }
                token = page.nextToken
            } while token != nil
        }
        return nil
    }

    /// One analyzer that cannot be read keeps no other one from being looked at; a place that the service no longer knows
    /// is its beginning.
    mutating func pageOrReport(
        of analyzer: ARN,
        _ isOfExternalAccess: Bool,
        _ token: String?
    ) async -> FindingPage? {
        do throws(HandlerError) {
            return try await page(of: analyzer, isOfExternalAccess, token)
        } catch {
            guard token == nil else { return await pageOrReport(of: analyzer, isOfExternalAccess, nil) }
            counts.failed += 1
            environment.logger.error(
                "an analyzer could not be swept",
                metadata: ["analyzer": .string(analyzer.description), "why": .string(error.message)]
            )
            return nil
        }
    }

    func page(
        of analyzer: ARN,
        _ isOfExternalAccess: Bool,
        _ token: String?
    ) async throws(HandlerError) -> FindingPage {
        let (endpoint, aws) = (try AnalyzerEndpoint(analyzer), environment.aws)
        let (name, active, account) = (analyzer.description, FindingStatus.active.name, scope?.account)
        return try await HandlerError.mapping { () async throws(AWSError) in
            guard isOfExternalAccess else {
                return try await aws.call(
                    ListFindingsV2(
                        analyzerARN: name,
                        ownerAccount: account,
                        status: active,
                        nextToken: token,
                        region: endpoint.region
                    )
                )
            }
            return try await aws.call(
                ListFindings(
                    analyzerARN: name,
                    resource: nil,
                    ownerAccount: account,
                    status: active,
                    nextToken: token,
                    region: endpoint.region
                )
            )
        }
    }

    mutating func look(at listed: JSON, of analyzer: ARN) async {
        counts.findings += 1
        guard let input = Case(listed: listed, by: analyzer) else {
            return report("the finding is not as findings are known", listed["id"]?.string ?? "")
        }
        do throws(HandlerError) {
            guard try await isOpen(input) else {
                counts.known += 1
                return
            }
            try await handOn(input)
        } catch {
            report(error.message, input.finding.id)
        }
    }

    /// Whether there is no final word on a finding; without a ledger, whether the rules would do something about it.
    func isOpen(_ input: Case) async throws(HandlerError) -> Bool {
        guard let ledger = environment.ledger else {
            let decided = try await Pipeline.run(
                .evaluate,
                on: try await Pipeline.run(.enrich, on: input, environment),
                environment
            )
            return [.archive, .resolve, .approve].contains(decided.decision?.action)
        }
        let id = input.finding.id
        let word = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.word(onFinding: id)
        }
        guard let word, word.isFinal else { return try await !isWaitingForSomebody(input, ledger) }
        return word.updatedAt != input.json["finding"]?["updatedAt"]?.string ?? ""
            || word.mode != environment.settings.mode.rawValue
    }
}
