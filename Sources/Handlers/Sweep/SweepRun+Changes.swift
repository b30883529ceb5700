import AWSClient
import AWSOperations
import Findings
import Ledger
import LosslessJSON
import Policies

extension SweepRun {
    /// Where to go on; `nil` when all were looked at.
    mutating func sweepChanges(after: String?) async throws(HandlerError) -> Place? {
        guard let ledger = environment.ledger else { return nil }
        var place = after
        repeat {
            let page = try await page(of: ledger, after: place)
            for change in page.changes {
                guard !isOver else { return .changes(after: place) }
                await look(at: change)
                place = change.id
            }
            place = page.next
        } while place != nil
        return nil
    }

    func page(
        of ledger: Ledger,
        after: String?
    ) async throws(HandlerError) -> (changes: [LedgerChange], next: String?) {
        try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.currentChanges(after: after, limit: 25)
        }
    }

    /// What fails is counted and said, and keeps nothing else from being looked at.
    mutating func look(at change: LedgerChange) async {
        do throws(HandlerError) {
            switch (try await StandingChange(change: change, environment: environment).state(), change.state) {
            case (.stands, .intended):
                counts.completed += 1
                _ = try await handOn(change)
            case (.notMade, _) where change.kind == .undo:
                if try await isUndone(change) { counts.completed += 1 }
            case (.notMade, _):
                _ = try await handOn(change)
                counts.completed += 1
            case (.vanished, _):
                counts.drifted += 1
                if try await !handOn(change) { try await end(change) }
            case (.unknown(let why), _): report(why, change.findingID)
            case (.stands, _), (.settled, _): break
            }
        } catch {
            // Somebody is at work on it just now.
            if error.kind != .resourceBusy { report(error.message, change.findingID) }
        }
    }

    /// A change that is gone and whose access is gone as well needs no more.
    func end(_ change: LedgerChange) async throws(HandlerError) {
        guard let ledger = environment.ledger else { return }
        try await HandlerError.ofLedger { () async throws(LedgerError) in try await ledger.end([(change, .vanished)]) }
    }

    /// Does the undoing that somebody asked for; what it ends as otherwise is counted as failed.
    mutating func isUndone(_ change: LedgerChange) async throws(HandlerError) -> Bool {
        let input = RollbackInput(findingID: change.findingID, resource: change.resource)
        let answer = try await RollbackRun(input, environment, askedBy: change.by).run()
        if answer["outcome"]?["status"]?.string == Outcome.Status.rolledBack.rawValue { return true }
        report("the undoing was not done: \(answer["outcome"]?["summary"]?.string ?? "")", change.findingID)
        return false
    }

    /// Has the finding of a change answered again; nothing is left to do about an undoing.
    ///
    /// - Returns: whether the finding is ACTIVE still.
    mutating func handOn(_ change: LedgerChange) async throws(HandlerError) -> Bool {
        guard change.kind == .block else { return true }
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
}
