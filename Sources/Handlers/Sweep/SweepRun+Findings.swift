import AWSClient
import AWSOperations
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

extension SweepRun {
    /// Looks at the findings of every analyzer; gives the place where the time was up.
    ///
    /// One that cannot be read keeps no other one from being looked at; it is counted as an error, of which an alarm tells.
    mutating func sweepFindings() async throws(HandlerError) -> Place? {
        let analyzers = try await FindingSearch(environment: environment).analyzers(in: scope?.region)
        counts.analyzers = analyzers.count
        var skipped: (analyzer: String, token: String?, after: String?)?
        if case .findings(let analyzer, let token, let last) = start { skipped = (analyzer, token, last) }
        for analyzer in analyzers.sorted(by: { $0.arn < $1.arn }) {
            if let reached = skipped, analyzer.arn < reached.analyzer { continue }
            let reached = skipped?.analyzer == analyzer.arn ? skipped : nil
            skipped = nil
            guard let arn = ARN(analyzer.arn) else { continue }
            do throws(HandlerError) {
                if let place = try await sweep(analyzer, arn, from: reached?.token, after: reached?.after) {
                    return place
                }
            } catch {
                counts.failed += 1
                environment.metrics.failed(error, nil)
                environment.logger.error(
                    "an analyzer could not be swept",
                    metadata: ["analyzer": .string(analyzer.arn), "why": .string(error.message)]
                )
            }
        }
        return nil
    }

    private mutating func sweep(
        _ analyzer: Analyzer,
        _ arn: ARN,
        from token: String?,
        after reached: String?
    ) async throws(HandlerError) -> Place? {
        let before = counts.findings
        var (next, last) = (token, reached)
        repeat {
            guard !isOver else { return .findings(analyzer: analyzer.arn, token: next, after: last) }
            let page: FindingPage
            do throws(HandlerError) {
                page = try await self.page(of: arn, analyzer.isOfExternalAccess, next)
            } catch {
                // The service may no longer know where an earlier sweep has ended: then once from the beginning.
                guard token != nil, counts.findings == before else { throw error }
                return try await sweep(analyzer, arn, from: nil, after: nil)
            }
            // What was looked at is passed over; where the last one is over by now, the page is looked at anew.
            let seen = page.listed.firstIndex { last != nil && $0["id"]?.string == last }.map { $0 + 1 } ?? 0
            for listed in page.listed.dropFirst(seen) {
                guard !isOver else { return .findings(analyzer: analyzer.arn, token: next, after: last) }
                await look(at: listed, of: arn)
                last = listed["id"]?.string
            }
            (next, last) = (page.nextToken, nil)
        } while next != nil
        return nil
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
            environment.metrics.failed(error, input)
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
