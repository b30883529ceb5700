import Basics
import LosslessJSON

/// One operator with what the rules want.
package enum Predicate: Sendable, Equatable {
    /// Any value equals any of these.
    case equals(TextSet)
    /// No value equals any of these; also true of an absent key.
    case differs(TextSet)
    /// Any value holds any of these.
    case contains([String])
    /// Any value has any of these forms.
    case like([TextPattern])
    /// The key is there, or is not.
    case exists(Bool)
    /// Any value is a number below this one.
    case below(Int)
    /// Any value is a number above this one.
    case above(Int)

    /// As the rules spell it.
    package var name: String {
        switch self {
        case .equals: "eq"
        case .differs: "neq"
        case .contains: "contains"
        case .like: "like"
        case .exists: "exists"
        case .below: "lt"
        case .above: "gt"
        }
    }

    /// What the rules want, as texts.
    var wanted: [String] {
        switch self {
        case .equals(let set), .differs(let set): set.values
        case .contains(let parts): parts
        case .like(let patterns): patterns.map(\.text)
        case .exists(let wanted): [wanted ? "true" : "false"]
        case .below(let bound), .above(let bound): [String(bound)]
        }
    }
}

/// One key of a rule's `when` with all its operators, each of which must hold.
package struct Criterion: Sendable {
    /// What it looks at.
    package let key: RuleKey
    /// The place of the key's value among those that are looked up once a case.
    let slot: Int
    /// What must hold of it, all of it.
    package let tests: [Predicate]

    /// Whether every operator holds of what was found.
    @inline(__always)
    func holds(_ found: KeyValue) -> Bool {
        for index in tests.indices where !tests[index].holds(found) { return false }
        return true
    }
}

extension Predicate {
    func holds(_ found: KeyValue) -> Bool {
        switch found {
        case .text(let value): return holds(value)
        case .list(let values):
            switch self {
            case .exists(let wanted): return wanted
            case .differs(let set): return !values.contains { json in json.scalarText.map(set.contains) ?? false }
            default: return values.contains { json in json.scalarText.map(holds) ?? false }
            }
        case .texts(let values):
            switch self {
            case .exists(let wanted): return wanted
            case .differs(let set): return !values.contains(where: set.contains)
            default: return values.contains(where: holds)
            }
        case .structure:
            switch self {
            case .differs, .exists(true): return true
            default: return false
            }
        case .absent, .unavailable:
            switch self {
            case .differs, .exists(false): return true
            default: return false
            }
        }
    }

    /// Whether it holds of a score.
    func holds(points: Int) -> Bool {
        switch self {
        case .below(let bound): points < bound
        case .above(let bound): points > bound
        default: holds(String(points))
        }
    }

    private func holds(_ value: String) -> Bool {
        switch self {
        case .equals(let set): return set.contains(value)
        case .differs(let set): return !set.contains(value)
        case .contains(let parts):
            for index in parts.indices where value.holds(parts[index]) { return true }
            return false
        case .like(let patterns):
            for index in patterns.indices where patterns[index].matches(value) { return true }
            return false
        case .exists(let wanted): return wanted
        case .below(let bound): return number(value).map { $0 < Double(bound) } ?? false
        case .above(let bound): return number(value).map { $0 > Double(bound) } ?? false
        }
    }
}

private func number(_ text: String) -> Double? {
    if let whole = Int(text) { return Double(whole) }
    guard text.utf8.count <= 32, let value = Double(text), value.isFinite else { return nil }
    return value
}

/// Some texts, asked for by their bytes.
package struct TextSet: Sendable, Equatable {
    /// As the rules list them.
    package let values: [String]
    /// With many values: their hashes in order, each with its place in `values`.
    private let index: [(hash: UInt64, place: Int)]

    init(_ values: [String]) {
        self.values = values
        guard values.count > 8 else {
            index = []
            return
        }
        index = values.enumerated().map { (hash: $1.fnvHash, place: $0) }.sorted { $0.hash < $1.hash }
    }

    /// Whether both list the same.
    package static func == (left: TextSet, right: TextSet) -> Bool {
        left.values == right.values
    }

    func contains(_ text: String) -> Bool {
        guard !index.isEmpty else {
            for place in values.indices where values[place].hasSameBytes(as: text) { return true }
            return false
        }
        let hash = text.fnvHash
        var (low, high) = (0, index.count)
        while low < high {
            let middle = (low + high) / 2
            if index[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        while low < index.count, index[low].hash == hash {
            if values[index[low].place].hasSameBytes(as: text) { return true }
            low += 1
        }
        return false
    }
}

extension String {
    /// FNV-1a over the bytes of the text: http://www.isthe.com/chongo/tech/comp/fnv/
    var fnvHash: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}
