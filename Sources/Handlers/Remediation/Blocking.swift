import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Closes one finding's access to one resource by a remedy.
struct Blocking<R: Remedy> {
    let `case`: Case
    let principal: Principal
    let remedy: R
    /// Which of the access's sources the remedy closes; `nil` for all that the finding has.
    let sources: [JSON]?
    /// What Access Analyzer has just said of the finding, where it was asked already.
    let record: FindingRecord?
    let membership: Membership
    /// What enrichment has just read of the resource.
    let reading: EarlierReading?
    let environment: HandlerEnvironment
    let warrant: Warrant
    /// How a Deny names the principal.
    let form: Deny.Form

    private var finding: Finding { `case`.finding }
    private var mode: String { environment.settings.mode.rawValue }
    private var zone: ZoneOfTrust {
        environment.settings.zone(of: remedy.account, remedy.partition, members: membership.accounts)
    }

    /// `nil` where the service has not the operations for it.
    func run() async throws(HandlerError) -> Outcome? {
        let analyzer = try AnalyzerEndpoint(of: finding)
        // What must never be edited needs no look at the resource, only whether the finding is still true.
        if let why = remedy.protection(memberRole: environment.settings.memberRole) {
            return try await outcomeIfOver(analyzer) ?? unchanged(.protected, "\(why).")
        }
        if let objection = Deny.objection(to: principal, zone: zone)
            ?? membership.objection(to: principal, sparesMembers: remedy.sparesMembers)
        {
            return try await outcomeIfOver(analyzer) ?? refused("\(objection).")
        }
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        return try await environment.journal.withLease(
            on: remedy.resource,
            isWriting: warrant.mayAct
        ) { (lease) async throws(HandlerError) in
            let run = ChangeRun(
                findingID: finding.id,
                about: warrant.adding(to: `case`.ledgerEntry),
                remedy: remedy,
                aws: aws,
                lease: lease,
                environment: environment
            )
            return try await look(analyzer, run)
        }
    }

    /// The outcome when the finding is over because an earlier invocation closed the access, whose message may never have
    /// been sent; `nil` when nothing of ours is there. Throws when the resource cannot be read.
    func earlierOutcome() async throws(HandlerError) -> Outcome? {
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        return try await environment.journal.withLease(
            on: remedy.resource,
            isWriting: false
        ) { (lease) async throws(HandlerError) in
            earlierOutcome(
                try await HandlerError.mapping { () async throws(AWSError) in try await remedy.read(aws) },
                lease.known
            )
        }
    }

    private func earlierOutcome(_ reading: Reading<R.State>, _ known: KnownChanges) -> Outcome? {
        guard case .read(let now) = reading else { return nil }
        switch remedy.conclusion(on: access(), in: now.state) {
        case .closedByUs(let what): return Outcome(.alreadyResolved, what, mode: mode, rollback: rollback)
        case .closed(let what) where known.changes.contains(where: { isOurs($0, now.state) }):
            return Outcome(.alreadyResolved, what, mode: mode, rollback: rollback)
        default: return nil
        }
    }

    /// Whether the ledger has a change for this finding, and it is there.
    private func isOurs(_ change: LedgerChange, _ state: R.State) -> Bool {
        change.findingID == finding.id && change.operation == remedy.operation && change.kind == .block
            && remedy.shows(change, in: state)
    }

    // MARK: Under the lease

    /// What Access Analyzer's own word makes of the case; `nil` when the finding is as reported.
    private func outcomeIfOver(_ analyzer: AnalyzerEndpoint) async throws(HandlerError) -> Outcome? {
        guard record == nil else { return nil }
        switch try recheck(await analyzer.currentRecord(of: finding, environment.aws)) {
        case .asReported: return nil
        case .over(let outcome, _): return outcome
        }
    }

    private func currentRecord(_ analyzer: AnalyzerEndpoint) async -> Result<FindingRecord, AWSError> {
        if let record { return .success(record) }
        return await analyzer.currentRecord(of: finding, environment.aws)
    }

    private func recheck(_ answer: Result<FindingRecord, AWSError>) throws(HandlerError) -> FindingRecheck {
        try FindingRecheck(of: finding, answer, mode: mode, check: FindingCheck.init(accessOf:_:))
    }

    /// Reads the finding, what was archived and the resource side by side, and judges them in that order.
    private func look(_ analyzer: AnalyzerEndpoint, _ run: ChangeRun<R>) async throws(HandlerError) -> Outcome? {
        let aws = environment.aws
        var asked = environment.instant()
        let known = reading.flatMap { reading in
            reading.asked(stillGoodIn: environment).flatMap { asked in
                remedy.reading(of: reading.lookedUp).map { (state: $0, asked: asked) }
            }
        }
        if let known { asked = known.asked }
        async let findingAnswer = currentRecord(analyzer)
        async let archivedAnswer = Result { () async throws(AWSError) in
            try await analyzer.archivedFindings(of: remedy.resource, aws)
        }
        async let stateAnswer = Result { () async throws(HandlerError) in
            if let known { known.state } else { try await run.read() }
        }

        let record: FindingRecord
        switch try recheck(await findingAnswer) {
        case .asReported(let current): record = current
        case .over(let outcome, let mayBeOurDoing):
            guard mayBeOurDoing else { return outcome }
            return earlierOutcome(try await stateAnswer.get(), run.lease.known) ?? outcome
        }
        let archived = await archivedAnswer
        let first: TaggedState<R.State>
        switch try await stateAnswer.get() {
        case .gone: return gone
        case .absent: return try await stillAbsent(analyzer)
        case .unsupported: return nil
        case .unusable(let why): return refused(why)
        case .read(let state): first = state
        }
        let end: ChangeRun<R>.End
        do throws(HandlerError) {
            let (state, askedAgain, earlier) = try await run.reconciled(first, asked: asked)
            end = try await run.run(from: state, asked: askedAgain) { (now) async throws(HandlerError) in
                try await step(now, record, archived, OurDoing(earlier, run.lease.known.coolDowns), run.aws)
            }
        } catch {
            // A retry could not tell what was changed already.
            guard let part = partly(error.message) else { throw error }
            return part
        }
        let outcome = outcome(of: end)
        return outcome.status == .resolved ? outcome : partly(outcome.summary) ?? outcome
    }

    private func outcome(of end: ChangeRun<R>.End) -> Outcome {
        switch end {
        case .over(let outcome): return outcome
        case .gone: return gone
        case .absent: return absent
        case .refused(let why): return refused(why)
        case .unmodifiable(let why): return unchanged(.protected, why)
        case .paused(let why): return refused(why)
        case .heldBack(let why):
            var outcome = refused(why)
            outcome.isHeldBack = true
            return outcome
        }
    }

    /// Everything that speaks against an edit, most harmless first.
    private func step(
        _ now: TaggedState<R.State>,
        _ record: FindingRecord,
        _ archived: Result<[FindingRecord], AWSError>,
        _ ours: OurDoing,
        _ aws: any AWSCaller
    ) async throws(HandlerError) -> ChangeRun<R>.Step {
        let access = access(record)
        switch remedy.conclusion(on: access, in: now.state) {
        case .closedByUs(let what):
            return .over(Outcome(.alreadyResolved, what, mode: mode, rollback: rollback))
        case .closed(let what):
            // What leaves no mark in the resource is in the ledger.
            let isOurs = ours.earlier.standing.contains { $0.findingID == finding.id }
            return .over(Outcome(.alreadyResolved, what, mode: mode, rollback: isOurs ? rollback : nil))
        case .refused(let why): return .over(refused(why))
        case nil: break
        }
        if let why = now.ownedByAWS { return .over(unchanged(.protected, "\(why).")) }
        switch TagVerdict(now.tags, environment.settings) {
        case .free: break
        case .exempt(let why): return .over(unchanged(.exempt, "\(why)."))
        case .protected(let why): return .over(unchanged(.protected, "\(why)."))
        }
        let plan = try await HandlerError.mapping { () async throws(AWSError) in
            try await remedy.plan(
                closing: access,
                in: now.state,
                sparing: try archived.get().map(IntendedAccess.init),
                aws
            )
        }
        switch plan {
        case .refused(let why): return .over(refused(why))
        case .edit(let edit): return try step(edit, ours)
        }
    }

    /// Makes a proven edit, where we may.
    private func step(_ edit: Edit<R.State>, _ ours: OurDoing) throws(HandlerError) -> ChangeRun<R>.Step {
        let proof = edit.proof.joined(separator: " ")
        environment.logger.info("the edit is proven", metadata: ["proof": .string(proof)])
        let change = edit.change(by: remedy)
        var planned = Outcome(.observed, edit.planned, mode: mode, changes: [change])
        planned.proof = edit.proof
        guard warrant != .observing else { return .over(planned) }
        let past = ours.past(of: finding, remedy, now: environment.now())
        if let why = past.objection { return .over(refused(why + overwriter(why))) }
        switch warrant {
        case .observing, .asking: return .over(planned)
        case .approved(let approved) where !approved.holds(change):
            return .over(approved.outdated(remedy.subject, of: remedy.name, mode: mode))
        case .approved, .acting: break
        }
        let done = [past.opening, edit.done, warrant.words].compactMap { $0 }.joined(separator: " ")
        let resolved = Outcome(.resolved, done, mode: mode, changes: [change], rollback: rollback)
        var answer = `case`
        answer.conclude(resolved)
        try answer.json.checkSize()
        return .edit(edit, past.purpose, resolved)
    }

    /// Who overwrites our change, where CloudTrail has told; empty where something else speaks against it.
    private func overwriter(_ why: String) -> String {
        guard why.holds(Outcome.overwrittenWords),
            let change = `case`.context["openedBy"].flatMap(OpenedByWords.change)
        else { return "" }
        return " The last change that CloudTrail has before the finding: \(change)."
    }

    private func access(_ record: FindingRecord? = nil) -> ReportedAccess {
        ReportedAccess(
            findingID: finding.id,
            principal: principal,
            actions: finding.actions,
            condition: finding.condition,
            conditionKeys: finding.condition.keys + (record?.condition?.keys ?? []),
            zone: zone,
            sources: sources ?? record?.sources ?? [],
            form: form
        )
    }

    // MARK: Outcomes

    /// The outcome where an edit of several writes stopped after the first; `nil` where none was made.
    private func partly(_ why: String) -> Outcome? {
        guard let made = remedy.partlyMade else { return nil }
        return Outcome(
            .refused,
            "\(made.done) \(Outcome.partOpening): \(why)",
            mode: mode,
            changes: [made.change(by: remedy)],
            rollback: rollback
        )
    }

    private var rollback: Outcome.Rollback {
        Outcome.Rollback(
            findingID: finding.id,
            command: RollbackCommand.text(
                finding: finding.id,
                resource: remedy.resource,
                region: finding.analyzerRegion
            )
        )
    }

    private var gone: Outcome {
        Outcome(.alreadyResolved, "The \(remedy.words) no longer exists, so there is nothing to write.", mode: mode)
    }

    /// Where there is nothing that the finding could be about, it is read once more: it may have been late.
    private func stillAbsent(_ analyzer: AnalyzerEndpoint) async throws(HandlerError) -> Outcome {
        switch try recheck(await analyzer.currentRecord(of: finding, environment.aws)) {
        case .asReported: return absent
        case .over(let outcome, _): return outcome
        }
    }

    private var absent: Outcome {
        let what = "The \(remedy.words) has no \(remedy.subject)"
        return Outcome(.alreadyResolved, "\(what), so there is nothing to write.", mode: mode)
    }

    private func refused(_ why: String) -> Outcome {
        Outcome(.refused, why, mode: mode)
    }

    private func unchanged(_ status: Outcome.Status, _ why: String) -> Outcome {
        Outcome(status, "The \(remedy.words) was not changed: \(why)", mode: mode)
    }
}

extension IntendedAccess {
    fileprivate init(_ record: FindingRecord) {
        self.init(findingID: record.id, principals: record.principals, actions: record.actions ?? [])
    }
}
