import Basics
import LosslessJSON

/// What an archive rule wants of a finding: every key's criterion has to hold.
///
/// Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Criterion.html
struct ArchiveFilter: Sendable, Equatable {
    /// What is wanted of one key; of several values any will do.
    struct Criterion: Sendable, Equatable {
        var eq: [String]?
        var neq: [String]?
        var contains: [String]?
        var exists: Bool?

        /// How many operators it has.
        var count: Int {
            [eq, neq, contains].count { $0 != nil } + (exists == nil ? 0 : 1)
        }
    }

    /// By the key, such as `principal.AWS`, in the order given.
    private(set) var criteria: [(key: String, criterion: Criterion)] = []

    /// The most values of one operator.
    static let mostValues = 20

    init() {}

    /// Reads AWS's shape; `nil` for anything else.
    init?(_ json: JSON?) {
        guard let object = json?.object else { return nil }
        for member in object.members {
            guard let map = member.value.object else { return nil }
            var criterion = Criterion()
            for entry in map.members where entry.value != .null {
                let texts = entry.value.array?.compactMap(\.string)
                switch entry.key {
                case "eq": criterion.eq = texts
                case "neq": criterion.neq = texts
                case "contains": criterion.contains = texts
                case "exists": criterion.exists = entry.value.bool
                default: return nil
                }
            }
            self[member.key] = criterion
        }
    }

    subscript(_ key: String) -> Criterion? {
        get { criteria.first { $0.key.hasSameBytes(as: key) }?.criterion }
        set {
            criteria.removeAll { $0.key.hasSameBytes(as: key) }
            if let newValue { criteria.append((key, newValue)) }
        }
    }

    /// In AWS's shape.
    var json: JSON {
        .object(
            JSONObject(
                criteria.map { key, criterion in
                    var object = JSONObject()
                    for (name, texts) in [
                        ("eq", criterion.eq), ("neq", criterion.neq), ("contains", criterion.contains),
                    ] {
                        if let texts { object[name] = .array(texts.map(JSON.string)) }
                    }
                    if let exists = criterion.exists { object["exists"] = .bool(exists) }
                    return (key, .object(object))
                }
            )
        )
    }

    /// A line for people: `resourceType is AWS::S3::Bucket and isPublic is false`.
    var words: String {
        criteria.map { key, criterion in
            var parts: [String] = []
            if let values = criterion.eq { parts.append("is \(values.joined(separator: " or "))") }
            if let values = criterion.neq { parts.append("is not \(values.joined(separator: " nor "))") }
            if let values = criterion.contains { parts.append("contains \(values.joined(separator: " or "))") }
            if let exists = criterion.exists { parts.append(exists ? "exists" : "does not exist") }
            return "\(key) \(parts.joined(separator: " and "))"
        }.joined(separator: " and ").printable(limit: 2000)
    }

    /// Whether both want the same, in whatever order.
    static func == (left: ArchiveFilter, right: ArchiveFilter) -> Bool {
        left.criteria.count == right.criteria.count
            && left.criteria.allSatisfy { key, criterion in right[key].map { $0.wantsTheSame(as: criterion) } ?? false }
    }

    /// Whether every finding that the other archives is archived by this one too.
    func covers(_ other: ArchiveFilter) -> Bool {
        criteria.allSatisfy { key, criterion in other[key].map(criterion.isImplied) ?? false }
    }
}

extension ArchiveFilter.Criterion {
    fileprivate func wantsTheSame(as other: Self) -> Bool {
        eq.map(Set.init) == other.eq.map(Set.init) && neq.map(Set.init) == other.neq.map(Set.init)
            && contains.map(Set.init) == other.contains.map(Set.init) && exists == other.exists
    }

    /// Whether it holds of everything of which the narrower one holds. What AWS makes of two operators under one key is not
    /// documented, so that nothing follows from them but from the very same.
    fileprivate func isImplied(by narrower: Self) -> Bool {
        if wantsTheSame(as: narrower) { return true }
        guard count == 1, narrower.count == 1 else { return false }
        if let eq { return narrower.eq.map { Set($0).isSubset(of: eq) } ?? false }
        if let contains {
            let given = narrower.eq ?? narrower.contains ?? []
            return !given.isEmpty && given.allSatisfy { value in contains.contains { value.holds($0) } }
        }
        if let neq {
            if let given = narrower.eq { return Set(given).isDisjoint(with: neq) }
            return narrower.neq.map { Set(neq).isSubset(of: $0) } ?? false
        }
        if exists == true { return narrower.eq != nil || narrower.contains != nil }
        return false
    }
}
