package import LosslessJSON

/// What has been learned so far, key by key.
package struct ContextBuilder: Sendable {
    /// Why a key is not known.
    package struct Gap: Sendable {
        /// Which key.
        package let key: ContextKey
        /// In printable text.
        package let why: String
    }

    private var values: [ContextKey: JSON] = [:]
    /// What is not known.
    package private(set) var gaps: [Gap] = []

    package init() {}

    /// The value of a key; setting nil keeps what is there.
    package subscript(_ key: ContextKey) -> JSON? {
        get { values[key] }
        set {
            if let newValue { values[key] = newValue }
        }
    }

    /// Says that a key is not known, and why. What is known of it already stays.
    package mutating func markUnavailable(_ key: ContextKey, _ why: String) {
        gaps.append(Gap(key: key, why: why))
    }

    /// Adds what another look-up has learned.
    package mutating func add(_ other: ContextBuilder) {
        values.merge(other.values) { $1 }
        gaps += other.gaps
    }

    /// The context: our keys in their order, then the keys of `earlier` that are not ours.
    ///
    /// Gaps are in the order of their keys' names, one for a key; those of others' keys stay.
    package func context(over earlier: JSONObject) -> JSONObject {
        var members: [(String, JSON)] = []
        for key in ContextKey.allCases {
            if let value = values[key] { members.append((key.rawValue, value)) }
        }
        let unavailable = unavailable(earlier)
        if !unavailable.isEmpty { members.append((ContextKey.unavailable.rawValue, .array(unavailable))) }
        var context = JSONObject(members)
        context.append(missingFrom: earlier, except: ContextKey.allCases.map(\.rawValue))
        return context
    }

    private func unavailable(_ earlier: JSONObject) -> [JSON] {
        var entries: [(what: String, entry: JSON)] = []
        for key in ContextKey.allCases {
            guard let gap = gaps.first(where: { $0.key == key }) else { continue }
            entries.append((key.rawValue, ["what": .string(key.rawValue), "why": .string(gap.why)]))
        }
        for entry in earlier[ContextKey.unavailable.rawValue]?.array ?? [] {
            guard let what = entry["what"]?.string, ContextKey(rawValue: what) == nil else { continue }
            entries.append((what, entry))
        }
        let order = entries.indices.sorted { left, right in
            let (leftWhat, rightWhat) = (entries[left].what, entries[right].what)
            return leftWhat == rightWhat ? left < right : leftWhat.utf8.lexicographicallyPrecedes(rightWhat.utf8)
        }
        return order.map { entries[$0].entry }
    }
}
