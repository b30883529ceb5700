import AWSClient
import Basics
import Ledger
import Logging
import LosslessJSON
import Synchronization

/// The journal of functions that share a ledger: one writer of a resource at a time wherever it runs, and every change
/// recorded before it is made.
struct LedgerJournal: ChangeJournal {
    let ledger: Ledger
    let settings: Settings
    /// Keeps the tasks of this process apart, so that they need not wait for each other's leases.
    let local: InProcessJournal
    /// When the invocation ends; `nil` for never.
    let deadline: ContinuousClock.Instant?
    let instant: @Sendable () -> ContinuousClock.Instant
    let pause: @Sendable (Duration) async throws -> Void
    let logger: Logger

    /// Other processes change resources too.
    let revision: UInt64? = nil

    /// What was under way when the invocation ended has come to its end by then.
    private static let afterDeadline: Int64 = 30
    /// The lease of a command that may take as long as it likes; renewed while it goes on.
    private static let withoutDeadline: Int64 = 300
    /// How long a lease is waited for, where the invocation lasts long enough.
    private static let mostPatience = Duration.seconds(5)

    func withLease<T: Sendable>(
        on resource: String,
        isWriting: Bool,
        _ body: (any Lease) async throws(HandlerError) -> T
    ) async throws(HandlerError) -> T {
        try await local.withLease(on: resource, isWriting: isWriting) { (_) async throws(HandlerError) in
            guard isWriting else { return try await body(Look(known: try await known(of: resource))) }
            let taken = try await take(resource)
            let known: KnownChanges
            do throws(HandlerError) {
                known = try await self.known(of: resource)
            } catch {
                await giveBack(taken, isOpen: false)
                throw error
            }
            let lease = HeldLease(journal: self, lease: taken, known: known)
            do throws(HandlerError) {
                let result = try await body(lease)
                await giveBack(lease.held, isOpen: lease.isOpen)
                return result
            } catch {
                await giveBack(lease.held, isOpen: lease.isOpen)
                throw error
            }
        }
    }

    private func known(of resource: String) async throws(HandlerError) -> KnownChanges {
        try await HandlerError.ofLedger { () async throws(LedgerError) in try await ledger.known(of: resource) }
    }

    /// The end of a lease that is taken or renewed now.
    var leaseEnd: Timestamp {
        guard let deadline else { return ledger.now().adding(seconds: Self.withoutDeadline) }
        let left = instant().duration(to: deadline)
        return ledger.now().adding(seconds: max(0, left.components.seconds) + Self.afterDeadline)
    }

    private func take(_ resource: String) async throws(HandlerError) -> LedgerLease {
        var patience = deadline.map { min(Self.mostPatience, instant().duration(to: $0) / 4) } ?? Self.mostPatience
        while true {
            let answer: LeaseAnswer
            do throws(LedgerError) {
                answer = try await ledger.takeLease(of: resource, until: leaseEnd)
            } catch {
                throw HandlerError(error)
            }
            guard case .held(let since, let until) = answer else {
                if case .taken(let lease) = answer { return lease }
                throw HandlerError(.internalError, "a lease is neither taken nor held")
            }
            let wait = Duration.milliseconds(100 + Int64(ledger.number(below: 300)))
            guard patience > wait else {
                throw HandlerError(
                    .resourceBusy,
                    "\(resource) is being changed by another invocation since \(since.extended), until "
                        + "\(until.extended) at the latest: a retry finds it free"
                )
            }
            patience -= wait
            do { try await pause(wait) } catch {
                throw HandlerError(
                    .deadlineExceeded,
                    "the time was up while another change of \(resource) was under way"
                )
            }
        }
    }

    /// What is not given back ends by itself.
    private func giveBack(_ lease: LedgerLease, isOpen: Bool) async {
        do throws(LedgerError) {
            guard isOpen else { return try await ledger.release(lease) }
            // A write of which nobody knows may still arrive.
            _ = try await ledger.renew(lease, until: min(lease.until, ledger.now().adding(seconds: 10)))
        } catch {
            logger.warning(
                "a lease was not given back",
                metadata: [
                    "resource": .string(lease.resource), "why": .string("\(error)"),
                    "until": .string(lease.until.extended),
                ]
            )
        }
    }
}

/// What is known, for whoever writes nothing.
private struct Look: Lease {
    let known: KnownChanges

    func intend(_ change: ChangeRecord) throws(HandlerError) -> Intention {
        throw HandlerError(.internalError, "a change of \(change.resource) was begun without its lease")
    }

    func settle(_ change: ChangeRecord, _ settlement: Settlement) {}
    func settle(_ earlier: LedgerChange, _ settlement: Settlement) {}
    func end(_ vanished: LedgerChange, by: String?) {}
}

/// A lease while it is held.
private final class HeldLease: Lease {
    private struct State {
        var lease: LedgerLease
        /// What was recorded and not settled yet, by the call that changes.
        var open: [String: LedgerChange] = [:]
        /// What that one stands in for.
        var replaced: [String: [LedgerChange]] = [:]
        /// What has been ended under this lease.
        var ended: Set<String> = []
    }

    let known: KnownChanges
    private let journal: LedgerJournal
    private let state: Mutex<State>

    init(journal: LedgerJournal, lease: LedgerLease, known: KnownChanges) {
        self.journal = journal
        self.known = known
        state = Mutex(State(lease: lease))
    }

    var held: LedgerLease { state.withLock { $0.lease } }
    /// Whether of something that was written nobody knows how it ended.
    var isOpen: Bool { state.withLock { !$0.open.isEmpty } }

    private var ledger: Ledger { journal.ledger }

    func intend(_ change: ChangeRecord) async throws(HandlerError) -> Intention {
        try await outlastWrite(of: change)
        do throws(LedgerError) {
            var intended = LedgerChange(change, id: ledger.newChangeID(), at: ledger.now())
            var (limits, replaced): (ChangeLimits?, [LedgerChange]) = (nil, [])
            if case .block(let replacing, _) = change.purpose {
                if let pause = try await ledger.pause() { return .paused(pause.sentence) }
                limits = journal.settings.changeLimits
                replaced = replacing
            }
            let answer = try await ledger.intend(intended, held, account: change.account, limits: limits)
            switch answer {
            case .recorded(let recorded): intended = recorded
            case .tooMany: return .heldBack(journal.settings.tooMany(ledger.now(), account: nil))
            case .tooManyOfAccount: return .heldBack(journal.settings.tooMany(ledger.now(), account: change.account))
            }
            let recorded = intended
            if isTooLate {
                try await ledger.end([(recorded, .notMade)])
            } else {
                let earlier = replaced
                state.withLock { state in
                    state.open[change.operation] = recorded
                    state.replaced[change.operation] = earlier
                }
            }
        } catch {
            throw HandlerError(error)
        }
        // A ledger that is slow must not make us begin a write that the deadline may cut.
        if isTooLate { throw tooLate(change) }
        return .recorded
    }

    private var isTooLate: Bool {
        journal.deadline.map { journal.instant().duration(to: $0) < .seconds(2) } ?? false
    }

    private func tooLate(_ change: ChangeRecord) -> HandlerError {
        HandlerError(
            .deadlineExceeded,
            "too little time is left to change \(change.resource), so nothing was written; a retry makes the change"
        )
    }

    /// No write is begun that deadline and lease may not outlast.
    private func outlastWrite(of change: ChangeRecord) async throws(HandlerError) {
        if isTooLate { throw tooLate(change) }
        let lease = held
        guard ledger.now().adding(seconds: 60) > lease.until, journal.deadline == nil else { return }
        do throws(LedgerError) {
            let renewed = try await ledger.renew(lease, until: journal.leaseEnd)
            state.withLock { $0.lease = renewed }
        } catch {
            throw HandlerError(error)
        }
    }

    func settle(_ change: ChangeRecord, _ settlement: Settlement) async throws(HandlerError) {
        guard let recorded = state.withLock({ $0.open[change.operation] }) else { return }
        var original: LedgerChange?
        if case .undo(let undone, _) = change.purpose { original = undone }
        try await settle(recorded, settlement, original)
        state.withLock { $0.open[change.operation] = nil }
    }

    func settle(_ earlier: LedgerChange, _ settlement: Settlement) async throws(HandlerError) {
        try await settle(earlier, settlement, known.changes.first { $0.id == earlier.undoes })
    }

    private func settle(
        _ change: LedgerChange,
        _ settlement: Settlement,
        _ original: LedgerChange?
    ) async throws(HandlerError) {
        do throws(LedgerError) {
            switch (settlement, change.kind) {
            case (.notMade, _), (.partlyMade, .undo):
                try await ledger.end([(change, .notMade)])
                state.withLock { _ = $0.ended.insert(change.id) }
            case (.made, .block): try await settleBlock(change)
            case (.partlyMade(let after), .block):
                var part = change
                part.after = after
                try await settleBlock(part)
            case (.made, .undo):
                let ends = [(change, LedgerChange.State.made)] + (original.map { [($0, .undone)] } ?? [])
                try await ledger.end(ends, by: change.by, coolDown: coolDown(original ?? change, by: change.by))
            }
        } catch {
            throw HandlerError(error)
        }
    }

    /// Of a finding there is one change by a call; those before it have ended.
    private func settleBlock(_ change: LedgerChange) async throws(LedgerError) {
        let (replaced, ended) = state.withLock { ($0.replaced[change.operation] ?? [], $0.ended) }
        let siblings = known.changes.filter { other in
            other.kind == .block && other.findingID == change.findingID && other.operation == change.operation
        }
        var earlier: [LedgerChange] = []
        for other in replaced + siblings where other.id != change.id && !ended.contains(other.id) {
            if !earlier.contains(where: { $0.id == other.id }) { earlier.append(other) }
        }
        try await ledger.settle(change, replacing: earlier)
        let ids = earlier.map(\.id)
        state.withLock { state in
            state.ended.formUnion(ids)
            state.replaced[change.operation] = nil
        }
    }

    func end(_ vanished: LedgerChange, by: String?) async throws(HandlerError) {
        do throws(LedgerError) {
            try await ledger.end([(vanished, .vanished)], by: by, coolDown: coolDown(vanished, by: by))
        } catch {
            throw HandlerError(error)
        }
    }

    /// `nil` where it is not known whose access it was.
    private func coolDown(_ change: LedgerChange, by: String?) -> CoolDown? {
        guard let principal = change.about["principal"] else { return nil }
        let now = ledger.now()
        return CoolDown(
            resource: change.resource,
            principal: principal,
            actions: (change.about["actions"]?.array ?? []).compactMap(\.string),
            findingID: change.findingID,
            by: by ?? "somebody who is not known",
            at: now,
            until: now.adding(seconds: Int64(journal.settings.coolDownDays) * 86_400)
        )
    }
}

extension LedgerChange {
    fileprivate init(_ record: ChangeRecord, id: String, at time: Timestamp) {
        var (kind, undoes, by, remadeAt): (Kind, String?, String?, [Int64]) = (.block, nil, nil, [])
        var about = record.about
        switch record.purpose {
        case .block(_, let times): remadeAt = times
        case .undo(let original, let who):
            (kind, undoes, by) = (.undo, original?.id, who)
            about = original?.about ?? about
        }
        self.init(
            id: id,
            kind: kind,
            findingID: record.findingID,
            resource: record.resource,
            operation: record.operation,
            before: record.before,
            after: record.after,
            about: about,
            intendedAt: time,
            undoes: undoes,
            by: by,
            remadeAt: remadeAt.map(Timestamp.init(secondsSinceEpoch:))
        )
    }
}
