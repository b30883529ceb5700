import AWSClient
import Basics
import Findings
import Ledger
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Takes one change of ours back from one resource, in every mode.
struct Undo<R: Remedy> {
    let findingID: String
    /// What the finding is about, where a case or Access Analyzer said it.
    let known: ClosedAccess?
    /// What was changed, where a case or the ledger tells it.
    let change: EarlierChange?
    /// What the journal is to know of the undoing, in a case's words.
    let about: JSONObject
    /// Who asked, where that is not who runs it.
    let askedBy: String?
    let remedy: R
    let environment: HandlerEnvironment
    /// Throws where the answer would be too long to be given.
    let check: (UndoResult) throws(HandlerError) -> Void

    private var mode: String { environment.settings.mode.rawValue }

    /// What came of it.
    func run() async throws(HandlerError) -> UndoResult {
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        return try await environment.journal.withLease(
            on: remedy.resource,
            isWriting: !environment.isDryRun
        ) { (lease) async throws(HandlerError) in
            try await run(
                ChangeRun(
                    findingID: findingID,
                    about: about,
                    remedy: remedy,
                    aws: aws,
                    lease: lease,
                    environment: environment
                )
            )
        }
    }

    private func run(_ run: ChangeRun<R>) async throws(HandlerError) -> UndoResult {
        let first: TaggedState<R.State>
        let asked = environment.instant()
        switch try await run.read() {
        case .read(let state): first = state
        case .unusable(let why): return refused(why)
        case .unsupported:
            return nothing(
                "\(remedy.service) does not show the \(remedy.subject) of \(remedy.name) here. \(OutcomeWords.inCaseAlone)"
            )
        case .absent: return nothing("The \(remedy.words) has no \(remedy.subject): there is nothing to take out.")
        case .gone: return nothing("The \(remedy.words) does not exist: there is nothing to take out.")
        }
        let (state, askedAgain, earlier) = try await run.reconciled(first, asked: asked)
        if let finished = earlier.undone.last(where: { $0.findingID == findingID }) {
            return UndoResult(undoneEarlier(finished), nil)
        }
        // What the ledger says under the lease, and not what it said before.
        let original = (earlier.standing + earlier.vanished).last { $0.findingID == findingID }
        var by: String?
        if environment.ledger != nil, !environment.isDryRun {
            by = askedBy
            if by == nil { by = await environment.identity() }
        }
        let asker = by
        let change = original.map(EarlierChange.init) ?? change
        var closed: ClosedAccess?
        var isNothing = false
        let end = try await run.run(from: state, asked: askedAgain) { (now) async throws(HandlerError) in
            closed = remedy.closedAccess(ofFinding: findingID, in: now.state)
            let plan = remedy.undo(finding: findingID, known, change, in: now.state)
            isNothing = if case .nothing = plan { true } else { false }
            return try step(plan, closed, .undo(of: original, by: asker))
        }
        if isNothing, let vanished = earlier.vanished.last(where: { $0.findingID == findingID }) {
            try await run.lease.end(vanished, by: asker)
            if case .over(let outcome) = end, !environment.isDryRun {
                let said = "\(outcome.summary) Somebody else has taken it out. \(environment.undone(known))"
                return UndoResult(Outcome(outcome.status, said, mode: mode), closed, isNothing: true)
            }
        }
        switch end {
        case .heldBack(let why), .paused(let why): return refused(why, closed)
        case .over(let outcome): return UndoResult(outcome, closed, isNothing: isNothing)
        case .gone: return refused("The \(remedy.words) no longer exists.", closed)
        case .absent: return refused("The \(remedy.words) no longer has a \(remedy.subject).", closed)
        case .refused(let why): return refused(why, closed)
        case .unmodifiable(let why):
            return refused("\(remedy.service) does not let us edit \(remedy.name): \(why)", closed)
        }
    }

    private func undoneEarlier(_ change: LedgerChange) -> Outcome {
        let shown = Outcome.Change(
            resource: change.resource,
            operation: change.operation,
            before: change.before,
            after: change.after,
            diff: UnifiedDiff.text(change.before.text(.pretty), change.after.text(.pretty))
        )
        return Outcome(
            .rolledBack,
            "An attempt at \(change.intendedAt.extended) took our change out of the \(remedy.subject) of \(remedy.name), but "
                + "ended before it could say so. \(environment.undone(known))",
            mode: mode,
            changes: [shown]
        )
    }

    private func step(
        _ plan: UndoPlan<R.State>,
        _ closed: ClosedAccess?,
        _ purpose: ChangeRecord.Purpose
    ) throws(HandlerError) -> ChangeRun<R>.Step {
        switch plan {
        case .refused(let why), .nothing(let why): return .over(refused(why).outcome)
        case .conflict(let why): return .over(Outcome(.conflict, why, mode: mode))
        case .edit(let edit):
            let change = edit.change(by: remedy)
            guard !environment.isDryRun else {
                environment.listener?(.wouldBe(.rolledBack))
                return .over(Outcome(.observed, edit.planned + compared, mode: mode, changes: [change]))
            }
            let summary = "\(edit.done)\(compared) \(environment.undone(known))"
            let outcome = Outcome(.rolledBack, summary, mode: mode, changes: [change])
            try check(UndoResult(outcome, closed))
            return .edit(edit, purpose, outcome)
        }
    }

    private var compared: String {
        known == nil ? " Access Analyzer could not tell what the finding was about, so nothing was compared." : ""
    }

    private func nothing(_ why: String) -> UndoResult {
        UndoResult(Outcome(.refused, why, mode: mode), nil, isNothing: true)
    }

    private func refused(_ why: String, _ closed: ClosedAccess? = nil) -> UndoResult {
        UndoResult(Outcome(.refused, why, mode: mode), closed)
    }
}

/// What came of undoing, and whose access the change had closed, as far as the resource told.
struct UndoResult {
    let outcome: Outcome
    var closed: ClosedAccess?
    /// Whether there was nothing to undo any more, so that the change before it may be undone.
    let isNothing: Bool

    init(_ outcome: Outcome, _ closed: ClosedAccess?, isNothing: Bool = false) {
        self.outcome = outcome
        self.closed = closed
        self.isNothing = isNothing
    }

    var letsGoOn: Bool { isNothing || [.rolledBack, .observed].contains(outcome.status) }

    /// The same with one more sentence.
    func adding(_ sentence: String) -> UndoResult {
        let summary = "\(outcome.summary) \(sentence)"
        return UndoResult(Outcome(outcome.status, summary, mode: outcome.mode, changes: outcome.changes), closed)
    }

    /// Several, of which the last may have stopped the rest: its status counts, the changes are of all. Where there
    /// was nothing to undo counts if nothing else was done.
    init(_ results: [UndoResult]) {
        let outcomes = results.map(\.outcome)
        let end = (results.last { !$0.isNothing } ?? results[results.count - 1]).outcome
        outcome = Outcome(
            end.status,
            outcomes.map(\.summary).joined(separator: " "),
            mode: end.mode,
            changes: outcomes.flatMap(\.changes)
        )
        closed = results.compactMap(\.closed).first
        isNothing = results.allSatisfy(\.isNothing)
    }
}

extension RollbackInput {
    /// The input with a `finding` that says what is known, so that the result is a case, and the outcome.
    func result(
        _ undone: UndoResult,
        finding id: String,
        _ type: ResourceType,
        of remedy: some Remedy
    ) -> JSONObject {
        guard finding == nil else { return result(undone.outcome) }
        var finding = JSONObject([
            ("id", .string(id)), ("kind", .string(FindingKind.externalAccess.rawValue)),
            ("status", "UNKNOWN"), ("resource", .string(remedy.resource)),
            ("resourceType", .string(type.name)), ("accountId", .string(remedy.account)),
        ])
        if let analyzerARN { finding["analyzerArn"] = .string(analyzerARN.description) }
        if let closed = undone.closed, let principal = closed.principal {
            let (key, value) = principal.element
            finding["principal"] = .object(JSONObject([(key, .string(value))]))
            finding["actions"] = .array(closed.actions.map(JSON.string))
        }
        var known = json
        known["finding"] = .object(finding)
        known["outcome"] = .object(undone.outcome.json)
        return known
    }

    /// The input with the outcome.
    func result(_ outcome: Outcome) -> JSONObject {
        var result = json
        result["outcome"] = .object(outcome.json)
        return result
    }
}
