import Basics
import Ledger
import LosslessJSON
import Synchronization

/// A lease while it is held.
final class HeldLease: Lease {
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
    private let terms: LeaseTerms
    private let state: Mutex<State>

    init(terms: LeaseTerms, lease: LedgerLease, known: KnownChanges) {
        self.terms = terms
        self.known = known
        state = Mutex(State(lease: lease))
    }

    var held: LedgerLease { state.withLock { $0.lease } }
    /// Whether of something that was written nobody knows how it ended.
    var isOpen: Bool { state.withLock { !$0.open.isEmpty } }

    private var ledger: Ledger { terms.ledger }

    func intend(_ change: ChangeRecord) async throws(HandlerError) -> Intention {
        try await outlastWrite(of: change)
        let isLate: Bool
        do throws(LedgerError) {
            var intended = LedgerChange(change, id: ledger.newChangeID(), at: ledger.now())
            var (limits, replaced): (ChangeLimits?, [LedgerChange]) = (nil, [])
            if case .block(let replacing, _) = change.purpose {
                if let pause = try await ledger.pause() { return .paused(pause.sentence) }
                limits = change.isApproved ? .unlimited : terms.settings.changeLimits
                replaced = replacing
            }
            let answer = try await ledger.intend(intended, held, account: change.account, limits: limits)
            switch answer {
            case .recorded(let recorded): intended = recorded
            case .tooMany: return .heldBack(terms.settings.tooMany(ledger.now(), account: nil))
            case .tooManyOfAccount: return .heldBack(terms.settings.tooMany(ledger.now(), account: change.account))
            }
            // A ledger that is slow must not make us begin a write that the deadline may cut.
            isLate = isTooLate
            if isLate {
                try await ledger.end([(intended, .notMade)])
            } else {
                let (recorded, earlier) = (intended, replaced)
                state.withLock { state in
                    state.open[change.operation] = recorded
                    state.replaced[change.operation] = earlier
                }
            }
        } catch {
            throw HandlerError(error)
        }
        // Asked once: between two looks at the clock the answer may change.
        if isLate { throw tooLate(change) }
        return .recorded
    }

    private var isTooLate: Bool {
        terms.timeLeft.map { $0 < .seconds(2) } ?? false
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
        guard ledger.now().adding(seconds: 60) > lease.until, terms.timeLeft == nil else { return }
        do throws(LedgerError) {
            let renewed = try await ledger.renew(lease, until: terms.leaseEnd)
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
            until: now.adding(seconds: Int64(terms.settings.coolDownDays) * 86_400)
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
