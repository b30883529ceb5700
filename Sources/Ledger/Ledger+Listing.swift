import AWSClient
package import Basics

extension Ledger {
    /// What was ever begun for a finding, the oldest first.
    package func changes(ofFinding id: String) async throws(LedgerError) -> [LedgerChange] {
        try await changes(items(of: LedgerChange.partition(ofFinding: id)))
    }

    /// The id of what was begun last for a finding; `nil` where nothing was.
    package func lastChangeID(ofFinding id: String) async throws(LedgerError) -> String? {
        try await items(of: LedgerChange.partition(ofFinding: id)).last?.key.sort
    }

    /// A page of what stands or was begun anywhere, and what the next one goes on after.
    package func currentChanges(
        after: String?,
        limit: Int
    ) async throws(LedgerError) -> (changes: [LedgerChange], next: String?) {
        let page = try await LedgerError.mapping { () async throws(AWSError) in
            try await store.page(of: LedgerChange.currentPartition, from: nil, after: after, limit: limit)
        }
        return (try await changes(page.items), page.next)
    }

    /// Everything that was begun since then, the oldest first.
    package func history(since: Timestamp) async throws(LedgerError) -> [LedgerChange] {
        var changes: [LedgerChange] = []
        for month in Self.months(from: since, to: now()) {
            changes += try await self.changes(items(of: month, from: since.basic))
        }
        return changes
    }

    /// Everything that was ever begun of a resource, the oldest first.
    package func history(ofResource resource: String) async throws(LedgerError) -> [LedgerChange] {
        var changes = try await known(of: resource).changes
        for item in try await items(of: LedgerChange.pastPartition(ofResource: resource)) {
            changes.append(try LedgerChange(item))
        }
        return changes.sorted { $0.id < $1.id }
    }

    private static func months(from: Timestamp, to: Timestamp) -> [String] {
        var months: [String] = []
        // There was no ledger before.
        var time = max(from, Timestamp(secondsSinceEpoch: 1_767_225_600))
        while time < to.adding(seconds: 86_400) {
            let month = LedgerChange.historyPartition(time)
            if months.last != month { months.append(month) }
            time = time.adding(seconds: 86_400)
        }
        return months
    }

    /// The changes that a list names.
    private func changes(_ pointers: [LedgerItem]) async throws(LedgerError) -> [LedgerChange] {
        var changes: [LedgerChange] = []
        for pointer in pointers {
            let (id, resource) = (pointer.key.sort, try pointer.text("resource"))
            if let change = try await change(id, resource) { changes.append(change) }
        }
        return changes
    }

    private func change(_ id: String, _ resource: String) async throws(LedgerError) -> LedgerChange? {
        let current = LedgerChange.currentKey(id, resource)
        if let item = try await item(at: current) { return try LedgerChange(item) }
        let past = LedgerKey(LedgerChange.pastPartition(ofResource: resource), id)
        if let item = try await item(at: past) { return try LedgerChange(item) }
        // Ended between the two looks, and looked at in the wrong order.
        return try await item(at: current).map { (item) throws(LedgerError) in try LedgerChange(item) }
    }
}
