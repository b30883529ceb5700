package import Basics
import LosslessJSON

/// Somebody has stopped all changes.
package struct Pause: Sendable, Equatable {
    /// The ARN of who did.
    package let by: String
    package let at: Timestamp
    /// `nil` where none was given.
    package let reason: String?

    package init(by: String, at: Timestamp, reason: String?) {
        self.by = by
        self.at = at
        self.reason = reason
    }

    fileprivate static let key = LedgerKey("CONTROL", "PAUSE")

    fileprivate var item: LedgerItem {
        var data = JSONObject([("by", .string(by)), ("at", .string(at.extended))])
        if let reason { data["reason"] = .string(reason) }
        return LedgerItem(Self.key, data)
    }
}

extension Ledger {
    /// Whether changes are stopped, as it stands now.
    package func pause() async throws(LedgerError) -> Pause? {
        guard let item = try await item(at: Pause.key) else { return nil }
        return Pause(by: try item.text("by"), at: try item.time("at"), reason: item.data["reason"]?.string)
    }

    /// Stops all changes.
    package func pause(_ pause: Pause) async throws(LedgerError) {
        _ = try await write([.put(pause.item, if: .any)])
    }

    /// Lets changes go on; gives what stopped them, `nil` where nothing did, or nothing that can be read.
    package func resume() async throws(LedgerError) -> Pause? {
        let pause: Pause?
        do throws(LedgerError) {
            pause = try await self.pause()
        } catch {
            // Whatever stands there stops every change: it is taken away all the same.
            guard case .unreadable = error else { throw error }
            pause = nil
        }
        _ = try await write([.delete(Pause.key, if: .any)])
        return pause
    }

    /// How many changes were begun in this hour of the clock, by account, and in all under the name `ALL`.
    package func changesThisHour() async throws(LedgerError) -> [(account: String, count: Int64)] {
        try await items(of: Counter(of: "changes", at: now()).partition).map { ($0.key.sort, $0.count ?? 0) }
    }
}
