import Basics

/// How many changes may be made in an hour of the clock.
package struct ChangeLimits: Sendable, Equatable {
    package let inAll: Int
    /// Of resources of one account.
    package let perAccount: Int

    package init(inAll: Int, perAccount: Int) {
        self.inAll = inAll
        self.perAccount = perAccount
    }

    /// Changes are counted, and none is held back.
    package static let unlimited = ChangeLimits(inAll: Int(Int32.max), perAccount: Int(Int32.max))
}

/// Whether a change may be written.
package enum IntentionAnswer: Sendable, Equatable {
    /// It is recorded, and may be written.
    case recorded(LedgerChange)
    /// As many changes as may be were made in this hour, in all.
    case tooMany
    /// The same, of this account.
    case tooManyOfAccount
}

/// What the ledger has of a resource.
package struct KnownChanges: Sendable, Equatable {
    /// What stands or was begun, the oldest first.
    package var changes: [LedgerChange] = []
    /// What was undone a moment ago, or is not to be done again yet.
    package var coolDowns: [CoolDown] = []

    package init() {}
}

extension Ledger {
    /// What stands on a resource or was begun, and what must not be done to it again yet.
    package func known(of resource: String) async throws(LedgerError) -> KnownChanges {
        var known = KnownChanges()
        for item in try await items(of: LedgerChange.partition(ofResource: resource)) {
            if LedgerChange.isChange(item.key) {
                known.changes.append(try LedgerChange(item))
            } else if CoolDown.isCoolDown(item.key) {
                let coolDown = try CoolDown(item)
                // What has expired may still be read for days.
                let end = max(coolDown.until, coolDown.at.adding(seconds: CoolDown.leastLife))
                if now() < end { known.coolDowns.append(coolDown) }
            }
        }
        return known
    }

    /// Gives a change its id, which sorts by time.
    package func newChangeID() -> String { "\(now().basic)-\(newID())" }

    /// Records a change right before it is written, while the lease is ours, and counts it.
    ///
    /// - Parameter limits: `nil` for what is never counted.
    package func intend(
        _ change: LedgerChange,
        _ lease: LedgerLease,
        account: String,
        limits: ChangeLimits?
    ) async throws(LedgerError) -> IntentionAnswer {
        var writes: [LedgerWrite] = [
            lease.check, .put(change.item, if: .absent), .put(change.currentPointer, if: .absent),
            .put(change.historyPointer, if: .absent), .put(change.findingPointer, if: .absent),
        ]
        let counters = writes.count
        if let limits {
            let hour = Counter(of: "changes", at: now())
            writes.append(.count(hour.key(account), below: limits.perAccount, expires: hour.expires))
            writes.append(.count(hour.key(Counter.all), below: limits.inAll, expires: hour.expires))
        }
        switch try await write(writes) {
        case .done: return .recorded(change)
        case .refused(let places):
            if places.contains(counters + 1) { return .tooMany }
            if places.contains(counters) { return .tooManyOfAccount }
            throw .lost("the lease of \(change.resource) was taken over by another invocation")
        }
    }

    /// Records that a block was written and read back.
    ///
    /// - Parameter replaced: earlier changes that it stands in for, which have ended.
    package func settle(
        _ change: LedgerChange,
        replacing replaced: [LedgerChange] = []
    ) async throws(LedgerError) {
        var made = change.made
        made.settledAt = now()
        var writes: [LedgerWrite] = [.put(made.item, if: .revision(change.revision))]
        for earlier in replaced { writes += end(earlier, as: earlier.state == .made ? .vanished : .notMade) }
        guard try await write(writes) == .done else {
            throw .lost("the change \(change.id) of \(change.resource) was settled by another invocation")
        }
    }

    /// Records that changes have ended, together.
    ///
    /// - Parameter coolDown: what must not be done again from now on.
    package func end(
        _ changes: [(change: LedgerChange, as: LedgerChange.State)],
        by: String? = nil,
        coolDown: CoolDown? = nil
    ) async throws(LedgerError) {
        var writes = changes.flatMap { end($0.change, as: $0.as, by: by) }
        if let coolDown { writes.append(.put(coolDown.item, if: .any)) }
        guard !writes.isEmpty else { return }
        guard try await write(writes) == .done else {
            let names = changes.map(\.change.id).joined(separator: ", ")
            throw .lost("the changes \(names) were settled by another invocation")
        }
    }
}

extension Ledger {
    private func end(_ change: LedgerChange, as state: LedgerChange.State, by: String? = nil) -> [LedgerWrite] {
        var ended = change
        ended.state = state
        ended.endedAt = now()
        ended.by = by ?? change.by
        ended.revision += 1
        return [
            .delete(change.key, if: .revision(change.revision)), .put(ended.item, if: .any),
            .delete(change.currentPointer.key, if: .any),
        ]
    }
}

/// Counts one thing by hours of the clock.
struct Counter {
    let partition: String
    /// A day after the hour.
    let expires: Int64

    /// Stands for all accounts.
    static let all = "ALL"

    init(of what: String, at time: Timestamp) {
        partition = "COUNTER#\(what)#\(time.extended.prefix(13))"
        expires = time.secondsSinceEpoch + 90_000
    }

    func key(_ name: String) -> LedgerKey { LedgerKey(partition, name) }
}
