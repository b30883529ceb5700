import AWSClient
import Basics
import Findings
import Logging
import LosslessJSON
import Policies
import ResourceTypes

/// One change of one resource under its lease: planned, recorded, written and read back, and planned again when somebody
/// else came between. Blocking and undoing are the same run.
struct ChangeRun<R: Remedy> {
    let findingID: String
    /// What the journal is to know of the change beside what is changed, in a case's words.
    let about: JSONObject
    let remedy: R
    let aws: any AWSCaller
    let lease: any Lease
    let environment: HandlerEnvironment

    typealias State = TaggedState<R.State>

    /// What is to be done with a state.
    enum Step {
        /// The edit, what it is for, and the outcome once it holds.
        case edit(Edit<R.State>, ChangeRecord.Purpose, Outcome)
        case over(Outcome)
    }

    /// How a run ended.
    enum End {
        case over(Outcome)
        case gone
        case absent
        /// What was read cannot be changed, or the service did not take the change; with the sentences that say why.
        case refused(String)
        /// Only AWS may change this resource, in the service's words.
        case unmodifiable(String)
        /// Nothing was written: a brake holds, with sentences on that.
        case heldBack(String)
        /// Nothing was written: all changes are stopped, with a sentence on that.
        case paused(String)

        fileprivate init(_ refusal: WriteRefusal) {
            switch refusal {
            case .gone: self = .gone
            case .refused(let why): self = .refused(why)
            case .unmodifiable(let why): self = .unmodifiable(why)
            case .outdated, .busy: self = .gone
            }
        }
    }

    /// Somebody who overwrites our change this often does it on purpose.
    private static var attempts: Int { 4 }
    /// A write whose answer was lost and that was not made is made once more; an outage is for a retry to outlast.
    private static var lostWrites: Int { 2 }
    /// How old a reading may be that is written over: where a service knows no versions, what somebody has written since
    /// is lost.
    private static var mostAge: Duration { .milliseconds(500) }

    var subject: String { "the \(remedy.subject) of \(remedy.resource)" }

    /// - Parameters:
    ///   - first: the state as it was read under the lease.
    ///   - asked: when that reading was asked for.
    ///   - plan: what is to be done with a state; asked again for each one that differs.
    func run(
        from first: State,
        asked: ContinuousClock.Instant,
        plan: (State) async throws(HandlerError) -> Step
    ) async throws(HandlerError) -> End {
        var (current, asked) = (first, asked)
        var (writes, lostWrites) = (0, 0)
        for _ in 0..<2 * Self.attempts where writes < Self.attempts {
            let edit: Edit<R.State>
            let outcome: Outcome
            let purpose: ChangeRecord.Purpose
            switch try await plan(current) {
            case .over(let end): return .over(end)
            case .edit(let planned, let why, let afterwards): (edit, purpose, outcome) = (planned, why, afterwards)
            }
            if asked.duration(to: environment.instant()) > Self.mostAge {
                asked = environment.instant()
                switch try await readAgain(after: current) {
                case .gone: return .gone
                case .absent: return .absent
                case .unusable(let why): return .refused(why)
                case .unsupported: return .refused(unsupported)
                case .read(let now) where now != current:
                    current = now
                    continue
                case .read: break
                }
            }
            writes += 1
            switch try await write(edit, purpose) {
            case .made: return .over(outcome)
            case .heldBack(let why): return .heldBack(why)
            case .paused(let why): return .paused(why)
            case .refused(let refusal): return End(refusal)
            case .overwritten(let other):
                environment.logger.warning(
                    "the \(remedy.subject) was changed by somebody else meanwhile; editing again"
                )
                current = other
            case .notMade(let same, let error):
                lostWrites += 1
                guard lostWrites < Self.lostWrites else { throw notMade(error, lostWrites) }
                current = same
            }
            asked = environment.instant()
        }
        throw conflict(writes)
    }

    private var unsupported: String { "\(remedy.service) no longer knows how to read \(subject)." }

    private func conflict(_ writes: Int) -> HandlerError {
        let what =
            writes == 0
            ? "it was another at each reading, so nothing was written"
            : "our change was written \(writes) times and was gone each time"
        let call = remedy.operation.split(separator: ":").last ?? ""
        return HandlerError(
            .conflictingChange,
            "somebody keeps changing \(subject): \(what); find out who writes it (CloudTrail: \(call))"
        )
    }

    private func notMade(_ error: AWSError, _ times: Int) -> HandlerError {
        HandlerError(
            .serviceUnavailable,
            "\(subject) was not changed: \(remedy.service) did not answer the write (\(times) times) and shows it as it was "
                + "before; a retry makes the change. Last: \(error)"
        )
    }

    // MARK: Reading

    /// Reads the resource. Throws when it cannot be read at all.
    func read() async throws(HandlerError) -> Reading<R.State> {
        try await HandlerError.mapping { () async throws(AWSError) in try await remedy.read(aws) }
    }

    /// Reads the resource once more. A replica may be behind and answer an older state than was read before: what
    /// differs counts when two readings in a row say the same.
    private func readAgain(after earlier: State) async throws(HandlerError) -> Reading<R.State> {
        var last = earlier
        for pause in [Duration.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)] {
            if pause > .zero { try await environment.wait(pause, for: subject) }
            let reading = try await read()
            guard case .read(let now) = reading else { return reading }
            if now.state == last.state { return .read(now) }
            last = now
        }
        return .read(last)
    }

    // MARK: Writing

    private enum Written {
        /// Written, and read back.
        case made
        case refused(WriteRefusal)
        /// Our change is not there: somebody else's is.
        case overwritten(State)
        /// The answer was lost and the state is the one from before: the write was not made.
        case notMade(State, AWSError)
        /// The journal does not let us write.
        case heldBack(String)
        case paused(String)
    }

    private func write(
        _ edit: Edit<R.State>,
        _ purpose: ChangeRecord.Purpose
    ) async throws(HandlerError) -> Written {
        let change = ChangeRecord(
            findingID: findingID,
            resource: remedy.resource,
            account: remedy.account,
            operation: remedy.operation,
            before: edit.before.shown,
            after: edit.after.shown,
            about: about,
            purpose: purpose
        )
        switch try await lease.intend(change) {
        case .recorded: break
        case .heldBack(let why): return .heldBack(why)
        case .paused(let why): return .paused(why)
        }
        var lost: AWSError?
        do throws(AWSError) {
            try await remedy.write(edit, aws)
        } catch {
            if let refusal = remedy.refusal(error) {
                try await lease.settle(change, settlementOfFailure)
                switch refusal {
                case .outdated: return try await overwritten()
                case .busy(let why):
                    throw HandlerError(
                        .serviceUnavailable,
                        "\(remedy.service) is still busy with another change of \(remedy.resource) (\(why)); a retry makes ours"
                    )
                case .gone, .refused, .unmodifiable: return .refused(refusal)
                }
            }
            // The answer was lost: whether the change was made shows when it is read back.
            guard error.outcomeUnknown else {
                try await lease.settle(change, settlementOfFailure)
                throw HandlerError(error)
            }
            lost = error
        }
        let written = try await readBack(edit, lost)
        switch written {
        case .made: try await lease.settle(change, .made)
        case .refused, .overwritten, .notMade, .heldBack, .paused:
            try await lease.settle(change, settlementOfFailure)
        }
        return written
    }

    /// What a write that failed has changed.
    private var settlementOfFailure: Settlement {
        remedy.partlyMade.map { .partlyMade($0.after.shown) } ?? .notMade
    }

    /// What is there now that somebody else has written.
    private func overwritten() async throws(HandlerError) -> Written {
        switch try await read() {
        case .read(let now): return .overwritten(now)
        case .gone, .absent: return .refused(.gone)
        case .unusable(let why): return .refused(.refused(why))
        case .unsupported: return .refused(.refused(unsupported))
        }
    }

    private func readBack(_ edit: Edit<R.State>, _ lost: AWSError?) async throws(HandlerError) -> Written {
        var last: Result<Reading<R.State>, HandlerError>?
        // A replica may be behind and answer any older state: only what is still there at the end counts.
        for pause in ReadBackSchedule.pauses(isLost: lost != nil) {
            if pause > .zero { try await environment.wait(pause, for: "the change of \(remedy.resource)") }
            do throws(HandlerError) {
                let reading = try await HandlerError.mapping { () async throws(AWSError) in
                    try await remedy.readBack(aws)
                }
                if case .read(let now) = reading, edit.holds(now.state) { return .made }
                last = .success(reading)
            } catch {
                // The change may be there: one answer that fails is no reason to stop looking.
                guard error.kind != .deadlineExceeded else { throw error }
                last = .failure(error)
            }
        }
        // What somebody else wrote is planned upon again, which takes the tags too.
        if case .success(.read) = last {
            do throws(HandlerError) { last = .success(try await read()) } catch { last = .failure(error) }
            if case .success(.read(let now)) = last, edit.holds(now.state) { return .made }
        }
        let now: State
        switch last {
        case .success(.read(let read)): now = read
        case .success(.gone), .success(.absent): return .refused(.gone)
        case .success(.unusable(let why)): throw HandlerError(.conflictingChange, "after the write: \(why)")
        case .success(.unsupported): throw HandlerError(.conflictingChange, "after the write: \(unsupported)")
        case .failure(let error): throw unread(error, wasAnswered: lost == nil)
        case nil: throw HandlerError(.internalError, "\(subject) was never read back")
        }
        guard now.state == edit.before else { return .overwritten(now) }
        guard let lost else {
            throw HandlerError(
                .serviceUnavailable,
                "\(remedy.service) took the change of \(remedy.resource) but shows it as it was before: it is late, or "
                    + "somebody wrote that back; a retry finds out"
            )
        }
        return .notMade(now, lost)
    }

    /// A retry finds out, and tells: so whatever kept us from reading, it is an error that is retried.
    private func unread(_ error: HandlerError, wasAnswered: Bool) -> HandlerError {
        let change = "the change of \(remedy.resource)"
        let what = wasAnswered ? "\(remedy.service) took \(change)" : "\(change) may have been made"
        let kind: HandlerError.Kind = error.kind == .throttled ? .throttled : .serviceUnavailable
        return HandlerError(kind, "\(what), but it could not be read back: \(error.message); a retry finds out")
    }
}

extension Edit {
    /// The edit as an outcome shows it.
    func change(by remedy: some Remedy) -> Outcome.Change {
        let (before, after) = (before.shown, after.shown)
        return Outcome.Change(
            resource: remedy.resource,
            operation: remedy.operation,
            before: before,
            after: after,
            diff: UnifiedDiff.text(before.text(.pretty), after.text(.pretty))
        )
    }
}
