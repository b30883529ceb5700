import Findings

/// A rule set laid out flat, for cases of which nothing is missing: the hot path touches plain numbers, and texts only
/// where a number agrees.
struct Program: Sendable {
    /// One operator of one rule.
    struct Check: Sendable {
        /// How it is answered.
        enum Kind: Sendable {
            /// By one fingerprint.
            case equals, differs
            /// By some of `fingerprints`.
            case equalsAny, differsFromAll
            /// By whether the key is there.
            case exists, isAbsent
            /// By comparing texts; what an absent key gives is `whenAbsent`.
            case text
            /// By the score.
            case risk
        }

        let kind: Kind
        let whenAbsent: Bool
        let slot: Int
        let test: Int
        let fingerprint: UInt64
        let prints: Range<Int>
    }

    /// What is known of a resource type.
    struct TypeEntry: Sendable {
        /// The rules that may be about it, in order.
        let candidates: [Int]
        /// What it adds to the score, with its line.
        let points: Int
        let line: Reason
    }

    private(set) var checks: ContiguousArray<Check> = []
    private(set) var ranges: ContiguousArray<Range<Int>> = []
    /// From when on each rule no longer matches.
    private(set) var ends: ContiguousArray<String?> = []
    private(set) var prints: ContiguousArray<UInt64> = []
    private(set) var tests: ContiguousArray<Predicate> = []
    private(set) var keys: ContiguousArray<RuleKey> = []
    private var types: [String: TypeEntry] = [:]
    private var otherType: TypeEntry

    /// Whether rules are chosen by type; not for a set that lists so many that choosing would cost more than it saves.
    private let isByType: Bool

    init(_ rules: [Rule], _ weights: RiskWeights) {
        let listed = Program.types(rules)
        isByType = listed.count <= 256
        let other = isByType ? rules.indices.filter { rules[$0].mayBeAbout(nil) } : Array(rules.indices)
        otherType = TypeEntry(candidates: other, points: weights.type("").points, line: weights.type("").line)
        for index in rules.indices {
            let from = checks.count
            for criterion in rules[index].inOrder {
                while keys.count <= criterion.slot { keys.append(criterion.key) }
                keys[criterion.slot] = criterion.key
                for test in criterion.tests { add(test, criterion) }
            }
            ranges.append(from..<checks.count)
            ends.append(rules[index].expiredFrom)
        }
        for type in (isByType ? listed : []) + weights.types.keys where types[type] == nil {
            let candidates = isByType ? rules.indices.filter { rules[$0].mayBeAbout(type) } : other
            let weight = weights.type(type)
            types[type] = TypeEntry(candidates: candidates, points: weight.points, line: weight.line)
        }
    }

    /// What is known of a type.
    func entry(_ type: String) -> TypeEntry {
        types[type] ?? otherType
    }

    private mutating func add(_ test: Predicate, _ criterion: Criterion) {
        // Candidates have been chosen by the types that a rule lists.
        if isByType, case .resourceType = criterion.key.source, case .equals = test { return }
        var kind = Check.Kind.text
        var fingerprint: UInt64 = 0
        let from = prints.count
        switch test {
        case _ where criterion.key.source == .risk: kind = .risk
        case .equals(let set), .differs(let set):
            let isEqual = if case .equals = test { true } else { false }
            guard set.values.count <= 8 else { break }
            if set.values.count == 1 {
                kind = isEqual ? .equals : .differs
                fingerprint = set.values[0].fingerprint
            } else {
                kind = isEqual ? .equalsAny : .differsFromAll
                for value in set.values { prints.append(value.fingerprint) }
            }
        case .exists(let wanted): kind = wanted ? .exists : .isAbsent
        default: break
        }
        tests.append(test)
        checks.append(
            Check(
                kind: kind,
                whenAbsent: test.holds(.absent),
                slot: criterion.slot,
                test: tests.count - 1,
                fingerprint: fingerprint,
                prints: from..<prints.count
            )
        )
    }

    private static func types(_ rules: [Rule]) -> [String] {
        var types: [String] = []
        var seen: Set<String> = []
        for rule in rules {
            for type in rule.listedTypes where seen.insert(type).inserted { types.append(type) }
        }
        return types
    }
}

extension Rule {
    /// The resource types that it lists.
    fileprivate var listedTypes: [String] {
        var types: [String] = []
        for criterion in criteria where criterion.key.source == .resourceType {
            for case .equals(let set) in criterion.tests { types += set.values }
        }
        return types
    }

    /// Whether the types that it lists, if any, hold this one; `nil` stands for a type that no rule lists.
    fileprivate func mayBeAbout(_ type: String?) -> Bool {
        for criterion in criteria where criterion.key.source == .resourceType {
            for case .equals(let set) in criterion.tests {
                guard let type, set.contains(type) else { return false }
            }
        }
        return true
    }
}
