package import AWSClient
import AWSSigning
package import LosslessJSON

/// Where an item stands.
package struct LedgerKey: Sendable, Hashable {
    package let partition: String
    /// Unique in its partition, and what its items are in the order of.
    package let sort: String

    package init(_ partition: String, _ sort: String) {
        self.partition = Self.bounded(partition, 2048)
        self.sort = Self.bounded(sort, 1024)
    }

    /// DynamoDB takes keys of so many bytes; of a longer one the end is its digest.
    private static func bounded(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let digest = SHA256.hexadecimal(of: Array(text.utf8))
        return String(decoding: text.utf8.prefix(limit - 120), as: UTF8.self) + "#" + digest
    }
}

/// One item of the ledger.
package struct LedgerItem: Sendable, Equatable {
    package let key: LedgerKey
    /// What it says; every kind of item has a form of its own (`Ledger.docc/Schema.md`).
    package var data: JSONObject
    /// Which version of that form it is in.
    package var version: Int64
    /// Counts the writes of this item from 1; what a condition compares.
    package var revision: Int64
    /// Unix time from which nobody needs the item any more; `nil` for ever.
    package var expires: Int64?
    /// The number of a counter; `nil` for every other item.
    package var count: Int64?

    package init(
        _ key: LedgerKey,
        _ data: JSONObject,
        revision: Int64 = 1,
        expires: Int64? = nil,
        count: Int64? = nil,
        version: Int64 = Ledger.version
    ) {
        self.key = key
        self.data = data
        self.version = version
        self.revision = revision
        self.expires = expires
        self.count = count
    }
}

/// What an item must be like for a write to be made.
package enum LedgerCondition: Sendable, Equatable {
    case absent
    case revision(Int64)
    case any
}

/// One of several writes that are made together or not at all.
package enum LedgerWrite: Sendable {
    case put(LedgerItem, if: LedgerCondition)
    case delete(LedgerKey, if: LedgerCondition)
    /// Writes nothing, and must hold.
    case check(LedgerKey, LedgerCondition)
    /// Adds one to a counter, unless it is at its limit already.
    case count(LedgerKey, below: Int, expires: Int64)
    /// Takes one from a counter that has been counted.
    case uncount(LedgerKey)

    package var key: LedgerKey {
        switch self {
        case .put(let item, _): item.key
        case .delete(let key, _), .check(let key, _), .count(let key, _, _), .uncount(let key): key
        }
    }
}

/// How a transaction ended.
package enum LedgerAnswer: Sendable, Equatable {
    case done
    /// Nothing was written: the conditions of the writes at these places did not hold.
    case refused(at: [Int])
}

/// A table of items with conditional writes: DynamoDB, or memory.
package protocol LedgerStore: Sendable {
    /// The item as it stands now, after every write that was answered.
    func item(at key: LedgerKey) async throws(AWSError) -> LedgerItem?

    /// The items of a partition as they stand now, in the order of their sort keys.
    ///
    /// - Parameters:
    ///   - from: the least sort key; `nil` for all.
    ///   - after: the sort key that the page goes on after; `nil` for the first.
    /// - Returns: a page, and what the next one goes on after; `nil` at the end.
    func page(
        of partition: String,
        from: String?,
        after: String?,
        limit: Int?
    ) async throws(AWSError) -> (items: [LedgerItem], next: String?)

    /// Makes all of these writes, of different items, or none.
    func write(_ writes: [LedgerWrite]) async throws(AWSError) -> LedgerAnswer
}

extension LedgerStore {
    /// All items of a partition from a sort key on.
    func items(of partition: String, from: String? = nil) async throws(AWSError) -> [LedgerItem] {
        var (items, after): ([LedgerItem], String?) = ([], nil)
        repeat {
            let page = try await page(of: partition, from: from, after: after, limit: nil)
            items += page.items
            after = page.next
        } while after != nil
        return items
    }
}
