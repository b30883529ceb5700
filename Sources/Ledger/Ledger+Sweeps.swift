import Basics
package import LosslessJSON

extension Ledger {
    private static func placeKey(_ region: String) -> LedgerKey { LedgerKey("CONTROL", "SWEEP#\(region)") }
    private static let placeLife: Int64 = 86_400

    /// Where the region's last sweep had to stop; `nil` where it came to its end, or was more than a day ago.
    package func sweepPlace(ofRegion region: String) async throws(LedgerError) -> JSON? {
        guard let item = try await item(at: Self.placeKey(region)), now().secondsSinceEpoch < item.expires ?? 0 else {
            return nil
        }
        return item.data["next"]
    }

    /// Records where the region's sweep stopped; `nil` where it came to its end.
    package func record(sweepPlace place: JSON?, ofRegion region: String) async throws(LedgerError) {
        let key = Self.placeKey(region)
        guard let place else {
            _ = try await write([.delete(key, if: .any)])
            return
        }
        let item = LedgerItem(
            key,
            JSONObject([("next", place)]),
            expires: now().secondsSinceEpoch + Self.placeLife
        )
        _ = try await write([.put(item, if: .any)])
    }
}
