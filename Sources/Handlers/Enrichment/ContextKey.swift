import LosslessJSON

/// The keys of a case's `context` that enrichment writes, in the order that they are written in.
enum ContextKey: String, CaseIterable {
    case tags, name, path, description, lastUsed, keyAliases, keyManager, keyState, publicAccessBlock, objectOwnership
    case createdAt, ageDays, encrypted, account, principalAccount, sources, resourceControlPolicyRestriction
    /// How the finding is now: only ever missing, for what is known of it stands in the case's finding.
    case finding
    case unavailable
}

/// What has been learned so far, key by key.
struct Learned: Sendable {
    /// Why a key is not known.
    struct Gap: Sendable {
        let key: ContextKey
        let why: String
    }

    private var values: [JSON?] = Array(repeating: nil, count: ContextKey.allCases.count)
    private(set) var gaps: [Gap] = []

    /// The value of a key; setting nil keeps what is there.
    subscript(_ key: ContextKey) -> JSON? {
        get { values[Learned.place(of: key)] }
        set {
            if let newValue { values[Learned.place(of: key)] = newValue }
        }
    }

    /// Says that a key is not known, and why. What is known of it already stays.
    mutating func miss(_ key: ContextKey, _ why: String) {
        gaps.append(Gap(key: key, why: why))
    }

    /// Adds what another look-up has learned.
    mutating func add(_ other: Learned) {
        for (place, value) in other.values.enumerated() {
            if let value { values[place] = value }
        }
        gaps += other.gaps
    }

    /// The context: our keys in their order, then the keys of `earlier` that are not ours.
    ///
    /// Gaps are in the order of their keys' names, one for a key; those of others' keys stay.
    func context(over earlier: JSONObject) -> JSONObject {
        var members: [(String, JSON)] = []
        for (place, key) in ContextKey.allCases.enumerated() {
            if let value = values[place] { members.append((key.rawValue, value)) }
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

    private static func place(of key: ContextKey) -> Int {
        ContextKey.allCases.firstIndex(of: key) ?? 0
    }
}
