import AWSClient
package import Basics
import LosslessJSON

/// What is known of changes beyond one invocation: who may change a resource now, what was meant to be changed, what was,
/// what was taken back, who was told, and how much may still be done in this hour.
///
/// Every write has a condition, so two processes never both believe to be the first. The forms of the items are in
/// `Ledger.docc/Schema.md`.
package struct Ledger: Sendable {
    /// The version of the items' forms; what is of a later one is not read.
    package static let version: Int64 = 1

    let store: any LedgerStore
    /// The time.
    package let now: @Sendable () -> Timestamp
    private let random: @Sendable () -> UInt64

    /// - Parameters:
    ///   - now: the time.
    ///   - random: gives another number each time.
    package init(
        _ store: any LedgerStore,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.store = store
        self.now = now
        self.random = random
    }

    /// A number below `bound`.
    package func number(below bound: UInt64) -> UInt64 { random() % bound }

    func newID() -> String { Self.text(of: random()) }

    /// Sixteen random hexadecimal digits.
    package static let randomID: @Sendable () -> String = { text(of: .random(in: .min ... .max)) }

    private static func text(of number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    func item(at key: LedgerKey) async throws(LedgerError) -> LedgerItem? {
        guard let item = try await LedgerError.mapping({ () throws(AWSError) in try await store.item(at: key) }) else {
            return nil
        }
        return try item.checked()
    }

    func items(of partition: String, from: String? = nil) async throws(LedgerError) -> [LedgerItem] {
        let items = try await LedgerError.mapping { () throws(AWSError) in
            try await store.items(of: partition, from: from)
        }
        for item in items { _ = try item.checked() }
        return items
    }

    func write(_ writes: [LedgerWrite]) async throws(LedgerError) -> LedgerAnswer {
        try await LedgerError.mapping { () throws(AWSError) in try await store.write(writes) }
    }
}

extension LedgerItem {
    /// The item, if it is of a version that we know.
    func checked() throws(LedgerError) -> LedgerItem {
        guard version <= Ledger.version else {
            throw .unreadable(
                "the ledger's item '\(key.partition) \(key.sort)' is of version \(version), and this Gatehouse knows "
                    + "versions up to \(Ledger.version): deploy the newer one everywhere"
            )
        }
        guard Self.numbers.contains(revision), count.map({ (0..<(1 << 60)).contains($0) }) ?? true else {
            throw broken(count == nil ? "revision" : "count")
        }
        return self
    }

    /// Far from the numbers that would overflow when one is added.
    private static var numbers: Range<Int64> { 1..<(1 << 60) }

    func broken(_ what: String) -> LedgerError {
        .unreadable("the ledger's item '\(key.partition) \(key.sort)' lacks '\(what)' or has it in another form")
    }

    func text(_ name: String) throws(LedgerError) -> String {
        guard let text = data[name]?.string else { throw broken(name) }
        return text
    }

    func time(_ name: String) throws(LedgerError) -> Timestamp {
        guard let time = data[name]?.string.flatMap({ Timestamp(iso8601: $0) }) else { throw broken(name) }
        return time
    }
}
