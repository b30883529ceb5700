@testable import Rules

/// The comparisons of texts by which reading a rule set looks for rules that can never decide.
struct Effort {
    /// How many there were. Once the allowance is spent it counts on, but nothing is compared any more.
    let comparisons: Int
    /// How many pairs of rules were compared before the allowance was spent.
    let pairs: Int

    /// The comparisons that a rule set is allowed.
    static let allowance = Coverage([]).effort

    init(of rules: [Rule]) {
        var coverage = Coverage(rules)
        var pairs = 0
        for late in rules.indices {
            for early in 0..<late {
                _ = coverage.covers(early, late)
                if coverage.effort >= 0 { pairs += 1 }
            }
        }
        comparisons = Self.allowance - coverage.effort
        self.pairs = pairs
    }
}
