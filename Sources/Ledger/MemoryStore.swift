package import AWSClient
import LosslessJSON
import Synchronization

/// The ledger of one process, for trying and for tests: it answers as DynamoDB does.
package final class MemoryStore: LedgerStore {
    private let items = Mutex<[LedgerKey: LedgerItem]>([:])

    package init() {}

    /// Every item, in no order.
    package var all: [LedgerItem] { items.withLock { Array($0.values) } }

    package func item(at key: LedgerKey) -> LedgerItem? {
        items.withLock { $0[key] }
    }

    package func page(
        of partition: String,
        from: String?,
        after: String?,
        limit: Int?
    ) -> (items: [LedgerItem], next: String?) {
        let found = items.withLock { items in
            items.values.filter { item in
                item.key.partition == partition && from.map { item.key.sort >= $0 } ?? true
                    && after.map { item.key.sort > $0 } ?? true
            }
        }.sorted { $0.key.sort < $1.key.sort }
        guard let limit, found.count > limit else { return (found, nil) }
        return (Array(found.prefix(limit)), found[limit - 1].key.sort)
    }

    package func write(_ writes: [LedgerWrite]) throws(AWSError) -> LedgerAnswer {
        guard Set(writes.map(\.key)).count == writes.count, (1...100).contains(writes.count) else {
            throw AWSError(
                kind: .rejected,
                code: "ValidationException",
                message: "a transaction has from 1 to 100 writes of different items"
            )
        }
        return items.withLock { items in
            let refused = writes.indices.filter { !MemoryStore.holds(writes[$0], items) }
            guard refused.isEmpty else { return .refused(at: refused) }
            for write in writes {
                switch write {
                case .put(let item, _): items[item.key] = item
                case .delete(let key, _): items[key] = nil
                case .check: break
                case .count(let key, _, let expires):
                    let count = (items[key]?.count ?? 0) + 1
                    items[key] = LedgerItem(key, JSONObject(), expires: expires, count: count)
                case .uncount(let key): items[key]?.count? -= 1
                }
            }
            return .done
        }
    }

    private static func holds(_ write: LedgerWrite, _ items: [LedgerKey: LedgerItem]) -> Bool {
        switch write {
        case .put(let item, let condition): holds(condition, items[item.key])
        case .delete(let key, let condition), .check(let key, let condition): holds(condition, items[key])
        case .count(let key, let limit, _): (items[key]?.count ?? 0) < Int64(limit)
        case .uncount(let key): (items[key]?.count ?? 0) > 0
        }
    }

    private static func holds(_ condition: LedgerCondition, _ item: LedgerItem?) -> Bool {
        switch condition {
        case .absent: item == nil
        case .revision(let revision): item?.revision == revision
        case .any: true
        }
    }
}
