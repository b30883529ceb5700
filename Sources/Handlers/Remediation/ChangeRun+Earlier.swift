import Basics
import Ledger
import ResourceTypes

extension ChangeRun {
    /// Looks what earlier invocations have begun on the resource, and whether what they made shows.
    ///
    /// A replica may be behind: over a state that lacks what somebody has just made nothing may be written.
    ///
    /// - Returns: the state to go on from, when it was asked for, and what is known by now of what they began.
    func reconciled(
        _ first: State,
        asked: ContinuousClock.Instant
    ) async throws(HandlerError) -> (now: State, asked: ContinuousClock.Instant, earlier: EarlierChanges) {
        var (now, asked) = (first, asked)
        let all = lease.known.changes.filter { $0.operation == remedy.operation }
        func missing() -> [LedgerChange] {
            all.filter { $0.kind == .block && isRecent($0) && !remedy.shows($0, in: now.state) }
        }
        // A rollback that a reading does not show yet would be undone by writing that back.
        let undone = lease.known.coolDowns.filter { coolDown in
            remedy.leavesMark && isYoung(coolDown.at, 60)
                && !all.contains { $0.findingID == coolDown.findingID && $0.kind == .block }
        }
        func returned() -> CoolDown? {
            undone.first { coolDown in
                if case .nothing = remedy.undo(finding: coolDown.findingID, nil, nil, in: now.state) { return false }
                return true
            }
        }
        for pause in ReadBackSchedule.pauses(isLost: false).dropFirst()
        where !missing().isEmpty || returned() != nil {
            try await environment.wait(pause, for: subject)
            asked = environment.instant()
            guard case .read(let state) = try await read() else { break }
            now = state
        }
        if let other = missing().first(where: { $0.state == .made && $0.findingID != findingID }) {
            throw late("what was made for the finding \(other.findingID)", "took that out")
        }
        if let coolDown = returned() {
            throw late("that the change for the finding \(coolDown.findingID) was undone", "made it again")
        }
        var earlier = EarlierChanges()
        for change in all {
            let shows = remedy.shows(change, in: now.state)
            switch (change.kind, change.state) {
            case (.block, .intended) where shows:
                try await lease.settle(change, .made)
                earlier.standing.append(change.made)
            case (.block, .intended) where change.findingID == findingID: earlier.vanished.append(change)
            case (.block, .intended): try await lease.settle(change, .notMade)
            case (.block, _) where shows: earlier.standing.append(change)
            case (.block, _): earlier.vanished.append(change)
            case (.undo, _):
                let original = all.first { $0.id == change.undoes }
                let isMade = original.map { !remedy.shows($0, in: now.state) } ?? false
                try await lease.settle(change, isMade ? .made : .notMade)
                if isMade { earlier.undone.append(change) }
            }
        }
        let ended = Set(earlier.undone.compactMap(\.undoes))
        earlier.vanished.removeAll { ended.contains($0.id) }
        return (now, asked, earlier)
    }

    private func late(_ what: String, _ otherwise: String) -> HandlerError {
        HandlerError(
            .resourceBusy,
            "\(subject) does not show \(what) a moment ago: it is late, or somebody \(otherwise); nothing was written over "
                + "it, and a retry in a minute finds out"
        )
    }

    /// Whether a change is so young that a reading may not show it yet.
    private func isRecent(_ change: LedgerChange) -> Bool {
        isYoung(change.settledAt ?? change.intendedAt, change.state == .made ? 60 : 30)
    }

    private func isYoung(_ time: Timestamp, _ seconds: Int64) -> Bool {
        environment.now().secondsSinceEpoch - time.secondsSinceEpoch < seconds
    }
}

/// What earlier invocations made of a resource by one call, as the resource shows it.
struct EarlierChanges {
    /// What is there.
    var standing: [LedgerChange] = []
    /// What was begun or made, and is not there, although nobody took it back by Gatehouse.
    var vanished: [LedgerChange] = []
    /// Undoings that an invocation began and did not live to see.
    var undone: [LedgerChange] = []
}

extension Remedy {
    /// Whether a state holds what was changed; where it cannot be told, it does.
    func shows(_ change: LedgerChange, in state: State) -> Bool {
        if case .nothing = undo(finding: change.findingID, nil, EarlierChange(change), in: state) { return false }
        return true
    }
}

extension EarlierChange {
    init(_ change: LedgerChange) {
        self.init(operation: change.operation, before: change.before, after: change.after, isRecorded: true)
    }
}
