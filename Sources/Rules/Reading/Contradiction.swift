extension RuleKey {
    /// Whether every case has a value of it.
    var isAlwaysThere: Bool {
        switch source {
        case .resource, .resourceType, .owner, .status, .id, .kind, .isDeleted, .risk: true
        default: false
        }
    }

    /// Whether it never has several values.
    var isSingle: Bool {
        switch source {
        case .isPublic, .error, .region: true
        default: isAlwaysThere
        }
    }

    /// Why these tests of the key never hold together; `nil` where that is not plain to see.
    func contradiction(_ tests: [Predicate]) -> String? {
        var (above, below) = (-1, 101)
        for test in tests {
            switch test {
            case .exists(false):
                if isAlwaysThere { return "can never hold: every finding has this key" }
                if let other = tests.first(where: \.wantsValue) {
                    return "can never hold: 'exists' asks for no value, and '\(other.name)' for one"
                }
            case .equals(let wanted):
                for case .differs(let refused) in tests where wanted.values.allSatisfy(refused.contains) {
                    return "can never hold: 'neq' names every value that 'eq' does"
                }
            case .above(let bound): above = max(above, bound)
            case .below(let bound): below = min(below, bound)
            default: break
            }
        }
        guard source == .risk, below - above < 2 else { return nil }
        return "can never hold: the score is a whole number from 0 to 100, and none of those is meant"
    }
}

extension Predicate {
    /// Whether it fails where there is no value.
    fileprivate var wantsValue: Bool {
        switch self {
        case .equals, .contains, .like, .below, .above: true
        case .differs, .exists: false
        }
    }
}
