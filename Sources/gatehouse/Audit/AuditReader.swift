import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import LosslessJSON
import Messages
import Policies
import ResourceTypes
import Rules
import Synchronization

/// Reads the findings of one region of an account after the other, decides about each, and keeps them in the spool.
final class AuditReader: Sendable {
    let spool: AuditSpool
    private let rules: RuleSet
    private let statuses: [String]
    private let analyzer: String?
    private let now: Timestamp
    private let nowText: String
    private let detailsLeft: Mutex<Int>
    /// How many calls for details are made at once.
    private static let width = 8

    init(
        rules: RuleSet,
        statuses: [String],
        analyzer: String?,
        now: Timestamp,
        spool: AuditSpool,
        detailsLeft: Int
    ) {
        self.rules = rules
        self.statuses = statuses
        self.analyzer = analyzer
        self.now = now
        nowText = now.extended
        self.spool = spool
        self.detailsLeft = Mutex(detailsLeft)
    }

    func read(_ unit: AuditUnit, _ progress: AuditProgress) async throws(CommandError) -> AuditPlace {
        var place = AuditPlace(account: unit.account, region: unit.region.name)
        defer { progress.finishedRegion() }
        guard unit.isEnabled != false else {
            place.state = .notEnabled
            return place
        }
        let analyzers: [Analyzer]
        do throws(AWSError) {
            analyzers = try await unit.aws.everyPage(of: ListAnalyzers.self) { (token) async throws(AWSError) in
                let page = try await unit.aws.call(ListAnalyzers(nextToken: token, region: unit.region))
                return (page.analyzers, page.nextToken)
            }
        } catch {
            // What differs in its request's id alone is named once.
            var told = error
            told.awsRequestID = nil
            let isDisabled = unit.isEnabled == nil && error.meansDisabled(unit.region)
            place.state = isDisabled ? .notEnabled : .failed(told.description)
            return place
        }
        for found in analyzers.sorted(by: { $0.arn < $1.arn }) {
            guard let arn = ARN(found.arn) else {
                place.report("The analyzer '\(found.arn)' has no ARN that can be read.")
                continue
            }
            if place.account == nil { place.account = arn.account }
            guard analyzer.map({ $0 == found.arn }) ?? true else { continue }
            let before = place.entries.count
            for status in statuses {
                try await read(status, of: found, arn, unit, &place, progress)
            }
            place.analyzers.append(
                .init(
                    arn: found.arn,
                    type: found.type,
                    status: found.status,
                    isOfExternalAccess: found.isOfExternalAccess,
                    findings: place.entries.count - before
                )
            )
        }
        if let analyzer, place.analyzers.isEmpty {
            place.state = .failed("there is no analyzer \(analyzer.printable(limit: 500))")
        }
        return place
    }

    private func read(
        _ status: String,
        of found: Analyzer,
        _ arn: ARN,
        _ unit: AuditUnit,
        _ place: inout AuditPlace,
        _ progress: AuditProgress
    ) async throws(CommandError) {
        var token: String?
        var seen: Set<String> = []
        var empty = 0
        repeat {
            let page: FindingPage
            do throws(AWSError) {
                page = try await self.page(status, of: found, token, unit)
            } catch {
                return place.report("Findings of the analyzer \(found.arn) are missing: \(error)")
            }
            try await keep(page.listed, of: found, arn, unit, &place)
            progress.read(page.listed.count)
            token = page.nextToken
            if let token, !seen.insert(token).inserted {
                return place.report("The list of the analyzer \(found.arn) names a page twice, and was left there.")
            }
            // A filter may leave some pages empty, but not without an end.
            empty = page.listed.isEmpty ? empty + 1 : 0
            if empty > 1000 {
                return place.report("The list of the analyzer \(found.arn) has no end: a thousand empty pages.")
            }
        } while token != nil
    }

    private func page(
        _ status: String,
        of found: Analyzer,
        _ token: String?,
        _ unit: AuditUnit
    ) async throws(AWSError) -> FindingPage {
        guard found.isOfExternalAccess else {
            return try await unit.aws.call(
                ListFindingsV2(analyzerARN: found.arn, status: status, nextToken: token, region: unit.region)
            )
        }
        return try await unit.aws.call(
            ListFindings(analyzerARN: found.arn, resource: nil, status: status, nextToken: token, region: unit.region)
        )
    }

    /// Decides about the findings of a page, and writes them at once.
    private func keep(
        _ listed: [JSON],
        of found: Analyzer,
        _ arn: ARN,
        _ unit: AuditUnit,
        _ place: inout AuditPlace
    ) async throws(CommandError) {
        let complete = await withDetails(listed, of: found, unit, &place)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024 * listed.count)
        var written: [(begin: Int, end: Int, id: String, severity: Severity, access: Int)] = []
        written.reserveCapacity(listed.count)
        for json in complete {
            guard let input = Case(listed: json, by: arn) else {
                let id = json["id"]?.string ?? "without an id"
                place.report("The finding \(id) of \(found.arn) is not as findings are known, and is left out.")
                continue
            }
            let record = AuditRecord.Writer(decided(input, json), analyzerType: found.type, now: now)
            let begin = bytes.count
            record.write(into: &bytes)
            place.tally.count(record.case, record.severity, age: record.age)
            let finding = record.case.finding
            let access = finding.accessHash(sources: json["sources"])
            written.append((begin, bytes.count, finding.id, record.severity, access))
        }
        guard !written.isEmpty else { return }
        let offset = try spool.append(bytes)
        for part in written {
            place.entries.append(
                AuditEntry(
                    offset: offset + UInt64(part.begin),
                    length: part.end - part.begin,
                    id: part.id,
                    severity: part.severity,
                    access: part.access,
                    analyzer: found.arn.hashValue
                )
            )
        }
    }

    /// The case with its decision. Nothing is looked up: what the rules use of it is unavailable.
    private func decided(_ input: Case, _ listed: JSON) -> Case {
        var input = input
        input.learn(context(of: input.finding, listed))
        guard input.finding.status == .active else {
            let why = "Access Analyzer has it as \(input.finding.status.name.printable(limit: 100))."
            input.decide(Decision(.ignore, rule: Decision.notActive, reasons: [Reason(.rule, why)]))
            return input
        }
        input.decide(rules.decide(input, now: nowText))
        return input
    }

    private func context(of finding: Finding, _ listed: JSON) -> JSONObject {
        var context = JSONObject()
        var missing: [ContextKey] = [.tags]
        for key in KnownResourceTypes.known(finding.resourceType)?.keys ?? [] where rules.uses(key.rawValue) {
            if key != .tags { missing.append(key) }
        }
        for key in [ContextKey.account, .principalAccount] where rules.uses(key.rawValue) { missing.append(key) }
        for key in [ContextKey.sources, .resourceControlPolicyRestriction] {
            if let known = listed[key.rawValue], known != .null {
                context[key.rawValue] = known
            } else if rules.uses(key.rawValue), finding.kind == .internalAccess {
                missing.append(key)
            }
        }
        let why: JSON = "an audit reads findings alone"
        context["unavailable"] = .array(missing.map { ["what": .string($0.rawValue), "why": why] })
        return context
    }
}

// MARK: Details

extension AuditReader {
    /// Lists of internal access lack who has it: that is asked for each, as far as was agreed.
    private func withDetails(
        _ listed: [JSON],
        of found: Analyzer,
        _ unit: AuditUnit,
        _ place: inout AuditPlace
    ) async -> [JSON] {
        var complete = listed
        let wanted = listed.indices.filter {
            listed[$0]["findingType"]?.string == FindingKind.internalAccess.rawValue && listed[$0]["principal"] == nil
        }
        guard !wanted.isEmpty else { return listed }
        let granted = detailsLeft.withLock { left -> Int in
            let granted = min(left, wanted.count)
            left -= granted
            return granted
        }
        place.tally.withoutDetails += wanted.count - granted
        var rest = wanted.prefix(granted)
        while !rest.isEmpty {
            let some = rest.prefix(Self.width)
            rest = rest.dropFirst(Self.width)
            await withTaskGroup(of: (Int, Result<FindingV2, AWSError>).self) { group in
                for index in some {
                    let operation = GetFindingV2(
                        id: listed[index]["id"]?.string ?? "",
                        analyzerARN: found.arn,
                        region: unit.region
                    )
                    group.addTask {
                        (index, await Result { () async throws(AWSError) in try await unit.aws.call(operation) })
                    }
                }
                for await (index, answer) in group {
                    switch answer {
                    case .success(let finding): complete[index] = listed[index].adding(finding.completeRecord)
                    case .failure(let error):
                        place.tally.withoutDetails += 1
                        place.report("Details of a finding of \(found.arn) are missing: \(error)")
                    }
                }
            }
        }
        return complete
    }
}

extension JSON {
    /// A listed finding with what its details say.
    fileprivate func adding(_ record: FindingRecord) -> JSON {
        guard var object else { return self }
        if let principal = record.principal { object["principal"] = .object(principal) }
        if let actions = record.actions { object["action"] = .array(actions.map(JSON.string)) }
        if let condition = record.condition { object["condition"] = .object(condition) }
        if !record.sources.isEmpty { object["sources"] = .array(record.sources) }
        return .object(object)
    }
}

extension Finding {
    /// The same, within a process, for what is the same access, whichever analyzer reports it.
    fileprivate func accessHash(sources: JSON?) -> Int {
        var hasher = Hasher()
        hasher.combine(sources?.text())
        hasher.combine(resource.description)
        hasher.combine(kind.rawValue)
        for name in principals.map({ "\($0.element.key) \($0.element.value)" }).sorted() { hasher.combine(name) }
        hasher.combine(0)
        for action in actions.map({ $0.lowercasedASCII }).sorted() { hasher.combine(action) }
        hasher.combine(0)
        for member in condition.members.map({ "\($0.key) \($0.value.text())" }).sorted() { hasher.combine(member) }
        hasher.combine(status.name)
        // Without a principal a resource has one unused access of a kind, and each key is one of its own.
        if principals.isEmpty, kind != .externalAccess { hasher.combine(id) }
        return hasher.finalize()
    }
}
