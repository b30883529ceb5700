import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

/// Finds what events missed, what was begun and not completed, and what no longer stands, and hands each on: to the
/// workflow where one is set, else it works through them itself.
struct SweepRun {
    /// Where a sweep that had no more time goes on.
    private enum Place {
        case changes(after: String?)
        case findings(analyzer: String, token: String?)

        init(_ json: JSON?) {
            if let analyzer = json?["analyzer"]?.string {
                self = .findings(analyzer: analyzer, token: json?["token"]?.string)
            } else {
                self = .changes(after: json?["change"]?.string)
            }
        }

        var json: JSON {
            switch self {
            case .changes(let after): ["change": after.map(JSON.string) ?? .null]
            case .findings(let analyzer, let token):
                ["analyzer": .string(analyzer), "token": token.map(JSON.string) ?? .null]
            }
        }
    }

    private let environment: HandlerEnvironment
    /// `nil` where the input does not say it.
    private let given: Place?
    private var start = Place(nil)
    private var counts = SweepCounts()
    /// What this run has handed on: a finding may come by its change and by the list.
    private var handed: Set<String> = []
    private let lastBegin: ContinuousClock.Instant?

    init(_ input: JSON, _ environment: HandlerEnvironment) throws(HandlerError) {
        guard input.object != nil else {
            throw HandlerError(InvalidEvent("", "the event must be an object, not \(input.kind)"))
        }
        self.environment = environment
        given = input["next"].flatMap { $0 == .null ? nil : Place($0) }
        // One finding takes a few seconds; a slow one half a minute.
        lastBegin = environment.deadline.map { deadline in
            deadline - min(.seconds(60), max(.zero, environment.instant().duration(to: deadline) / 3))
        }
    }

    private var isOver: Bool { lastBegin.map { environment.instant() >= $0 } ?? false }

    /// The counts, and `next` where the time was up.
    mutating func run() async throws(HandlerError) -> JSONObject {
        start = try await givenOrRecorded()
        var next: Place?
        if case .changes(let after) = start { next = try await sweepChanges(after: after) }
        if next == nil { next = try await sweepFindings() }
        var answer = counts.json
        if let next { answer["next"] = next.json }
        try await record(next)
        environment.logger.info(
            "the sweep is over",
            metadata: ["counts": .string(JSON.object(counts.json).text()), "complete": .stringConvertible(next == nil)]
        )
        return answer
    }

    /// A schedule gives no place: where the last sweep had no more time, this one goes on.
    private func givenOrRecorded() async throws(HandlerError) -> Place {
        if let given { return given }
        guard let ledger = environment.ledger, let region = environment.region?.name else { return Place(nil) }
        let recorded = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.sweepPlace(ofRegion: region)
        }
        return Place(recorded)
    }

    private func record(_ next: Place?) async throws(HandlerError) {
        guard let ledger = environment.ledger, let region = environment.region?.name else { return }
        try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.record(sweepPlace: next?.json, ofRegion: region)
        }
    }

    // MARK: Changes

    /// Where to go on; `nil` when all were looked at.
    private mutating func sweepChanges(after: String?) async throws(HandlerError) -> Place? {
        guard let ledger = environment.ledger else { return nil }
        var place = after
        repeat {
            let (from, page) = (place, try await page(of: ledger, after: place))
            for change in page.changes {
                guard !isOver else { return .changes(after: place ?? from) }
                await look(at: change)
                place = change.id
            }
            place = page.next
        } while place != nil
        return nil
    }

    private func page(
        of ledger: Ledger,
        after: String?
    ) async throws(HandlerError) -> (changes: [LedgerChange], next: String?) {
        try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.currentChanges(after: after, limit: 25)
        }
    }

    /// What fails is counted and said, and keeps nothing else from being looked at.
    private mutating func look(at change: LedgerChange) async {
        do throws(HandlerError) {
            switch (try await StandingChange(change: change, environment: environment).state(), change.state) {
            case (.stands, .intended):
                counts.completed += 1
                _ = try await handOn(change)
            case (.notMade, _):
                _ = try await handOn(change)
                counts.completed += 1
            case (.vanished, _):
                counts.drifted += 1
                if try await !handOn(change) { try await end(change) }
            case (.unknown(let why), _): report(why, change.findingID)
            case (.stands, _): break
            }
        } catch {
            // Somebody is at work on it just now.
            if error.kind != .resourceBusy { report(error.message, change.findingID) }
        }
    }

    /// A change that is gone and whose access is gone as well needs no more.
    private func end(_ change: LedgerChange) async throws(HandlerError) {
        guard let ledger = environment.ledger else { return }
        try await HandlerError.ofLedger { () async throws(LedgerError) in try await ledger.end([(change, .vanished)]) }
    }

    /// Has the finding of a change answered again, or the undoing done that somebody asked for.
    ///
    /// - Returns: whether the finding is ACTIVE still.
    private mutating func handOn(_ change: LedgerChange) async throws(HandlerError) -> Bool {
        if change.kind == .undo {
            _ = try await RollbackRun(
                RollbackInput(findingID: change.findingID, resource: change.resource),
                environment,
                askedBy: change.by
            ).run()
            return true
        }
        guard let analyzer = change.about["analyzerArn"]?.string.flatMap({ ARN($0) }) else { return true }
        let endpoint = try AnalyzerEndpoint(analyzer)
        let call = GetFindingV2(id: change.findingID, analyzerARN: analyzer.description, region: endpoint.region)
        let aws = environment.aws
        let page: FindingV2
        do throws(AWSError) {
            page = try await aws.call(call)
        } catch {
            guard !error.meansNoFinding else { return false }
            throw HandlerError(error)
        }
        var listed = JSONObject([
            // Whether it is over, the answer finds out, and then whether that is our doing.
            ("id", .string(change.findingID)), ("status", .string(FindingStatus.active.name)),
            ("resource", .string(change.resource)), ("resourceType", change.about["resourceType"] ?? .null),
            ("resourceOwnerAccount", change.about["accountId"] ?? .null),
            ("principal", change.about["principal"] ?? .null), ("action", change.about["actions"] ?? []),
        ])
        listed["condition"] = page.completeRecord.condition.map(JSON.object) ?? [:]
        listed["isPublic"] = page.completeRecord.isPublic.map(JSON.bool) ?? .null
        listed["updatedAt"] = page.updatedAt.map(JSON.string) ?? .null
        guard let input = Case(listed: .object(listed), by: analyzer) else {
            report("the finding is not as findings are known", change.findingID)
            return true
        }
        try await handOn(input)
        return FindingStatus(page.record.status) == .active
    }

    // MARK: Findings

    private mutating func sweepFindings() async throws(HandlerError) -> Place? {
        let analyzers = try await FindingSearch(environment: environment).analyzers()
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
    private mutating func pageOrReport(
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

    private func page(
        of analyzer: ARN,
        _ isOfExternalAccess: Bool,
        _ token: String?
    ) async throws(HandlerError) -> FindingPage {
        let (endpoint, aws) = (try AnalyzerEndpoint(analyzer), environment.aws)
        let (name, active) = (analyzer.description, FindingStatus.active.name)
        return try await HandlerError.mapping { () async throws(AWSError) in
            guard isOfExternalAccess else {
                return try await aws.call(
                    ListFindingsV2(analyzerARN: name, status: active, nextToken: token, region: endpoint.region)
                )
            }
            return try await aws.call(
                ListFindings(
                    analyzerARN: name,
                    resource: nil,
                    status: active,
                    nextToken: token,
                    region: endpoint.region
                )
            )
        }
    }

    private mutating func look(at listed: JSON, of analyzer: ARN) async {
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
    private func isOpen(_ input: Case) async throws(HandlerError) -> Bool {
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
            try await ledger.word(onFinding: id).word
        }
        guard let word, word.isFinal else { return true }
        return word.updatedAt != input.json["finding"]?["updatedAt"]?.string ?? ""
            || word.mode != environment.settings.mode.rawValue
    }

    // MARK: Handing on

    private mutating func handOn(_ input: Case) async throws(HandlerError) {
        guard handed.insert(input.finding.id).inserted else { return }
        guard let machine = environment.settings.stateMachine else {
            _ = try await Pipeline.run(.respond, on: input, environment)
            counts.started += 1
            return
        }
        let name = try await executionName(input)
        let region: Region
        do {
            region = try Region(machine.region)
        } catch {
            throw HandlerError(.invalidConfiguration, "GATEHOUSE_STATE_MACHINE_ARN: \(error.message)")
        }
        let aws = environment.aws
        do throws(AWSError) {
            try await aws.call(
                StartExecution(
                    stateMachineARN: machine.description,
                    executionName: name,
                    input: JSON.object(input.json).text(),
                    region: region
                )
            )
            counts.started += 1
        } catch {
            guard error.isAnswer("ExecutionAlreadyExists", to: StartExecution.self) else { throw HandlerError(error) }
            counts.known += 1
        }
    }

    /// The same for the same attempt at the same state of a finding, so that nothing is started twice.
    private func executionName(_ input: Case) async throws(HandlerError) -> String {
        let id = input.finding.id
        var attempt = 1
        if let ledger = environment.ledger {
            attempt = try await HandlerError.ofLedger { () async throws(LedgerError) in
                try await ledger.attempt(onFinding: id)
            }
        }
        let updated = input.json["finding"]?["updatedAt"]?.string ?? ""
        let text = "sweep-\(id)-\(updated)-\(attempt)"
        return String(
            text.unicodeScalars.map { scalar in
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value))
                return isPlain || scalar == "-" ? Character(scalar) : "_"
            }
        ).suffixed(80)
    }

    private mutating func report(_ why: String, _ finding: String) {
        counts.failed += 1
        environment.logger.error(
            "a finding could not be swept",
            metadata: ["findingId": .string(finding.printable(limit: 200)), "why": .string(why.printable(limit: 2000))]
        )
    }
}

/// What a sweep did.
struct SweepCounts {
    var analyzers = 0
    var findings = 0
    var started = 0
    var known = 0
    var completed = 0
    var drifted = 0
    var failed = 0

    var json: JSONObject {
        JSONObject([
            ("analyzers", .int(analyzers)), ("findings", .int(findings)), ("started", .int(started)),
            ("known", .int(known)), ("completed", .int(completed)), ("drifted", .int(drifted)),
            ("failed", .int(failed)),
        ])
    }
}

extension Analyzer {
    fileprivate var isOfExternalAccess: Bool { ["ACCOUNT", "ORGANIZATION"].contains(type) }
}

extension String {
    /// The last characters of a text, as many as may be.
    fileprivate func suffixed(_ count: Int) -> String { String(suffix(count)) }
}
