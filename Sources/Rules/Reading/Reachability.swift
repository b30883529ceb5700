import Basics
import LosslessJSON

extension [Rule] {
    /// Finds each rule that can never decide, because an earlier one matches whatever it matches.
    ///
    /// An earlier rule that expires does not count: after it the later one has its turn.
    ///
    /// - Parameter places: where each rule stands in the file.
    func findUnreachable(at places: [RulesPlace], _ problems: ProblemCollector) {
        var coverage = Coverage(self)
        for late in indices.dropFirst() {
            let first = (0..<late).first { self[$0].expires == nil && coverage.covers($0, late) }
            guard let first else { continue }
            let why = self[first].criteria.isEmpty ? "has no criteria, so it" : "comes first and"
            let what = "can never decide: \(places[first]) \(why) matches whatever this rule matches"
            problems.add(RulesProblem(.unreachable, places[late], what + "; put this rule before it"))
        }
    }
}

extension Predicate {
    /// Whether whatever this holds of, the other holds of as well; `false` where it is not plain to see.
    ///
    /// - Parameter isSingle: whether the key never has several values.
    func implies(_ other: Predicate, isSingle: Bool) -> Bool {
        switch (self, other) {
        case (.equals(let mine), .equals(let theirs)): mine.isSubset(of: theirs)
        case (.differs(let mine), .differs(let theirs)): theirs.isSubset(of: mine)
        case (.contains(let mine), .contains(let theirs)):
            mine.allSatisfy { part in theirs.contains { part.hasSameBytes(as: $0) } }
        case (.like(let mine), .like(let theirs)): mine.allSatisfy(theirs.contains)
        case (.exists(let mine), .exists(let theirs)): mine == theirs
        case (.equals, .exists(true)), (.contains, .exists(true)), (.like, .exists(true)): true
        case (.exists(false), .differs): true
        case (.below, .exists(true)), (.above, .exists(true)): true
        case (.equals(let mine), .contains), (.equals(let mine), .like), (.equals(let mine), .below),
            (.equals(let mine), .above):
            mine.values.allSatisfy { other.holds(.text($0)) }
        case (.equals(let mine), .differs(let theirs)):
            isSingle && !mine.values.contains(where: theirs.contains)
        case (.below(let mine), .below(let theirs)): mine <= theirs
        case (.above(let mine), .above(let theirs)): mine >= theirs
        default: false
        }
    }
}

extension Predicate {
    /// How many comparisons of texts it takes at most to say what it implies.
    func effort(_ other: Predicate) -> Int {
        switch (self, other) {
        case (.contains(let mine), .contains(let theirs)): mine.count * theirs.count
        case (.like(let mine), .like(let theirs)): mine.count * theirs.count
        case (.equals(let mine), .equals), (.equals(let mine), .differs): mine.values.count
        case (.equals(let mine), .contains(let theirs)): mine.effort * theirs.count
        case (.equals(let mine), .like(let theirs)): mine.effort * theirs.count
        case (.differs, .differs(let theirs)): theirs.values.count
        default: 1
        }
    }
}

extension TextSet {
    /// What it takes to search all of them: long texts cost more.
    fileprivate var effort: Int {
        values.reduce(0) { $0 + 1 + $1.utf8.count / 16 }
    }

    fileprivate func isSubset(of other: TextSet) -> Bool {
        values.allSatisfy(other.contains)
    }
}
