import Basics
package import Findings

/// One rule, checked and compiled.
package struct Rule: Sendable {
    /// Unique in its set; what `decision.rule` says.
    package let name: String
    /// What the rule is about.
    package let description: String?
    /// Who answers for it.
    package let owner: String?
    /// Why its action is right.
    package let reason: String?
    /// The day or moment after which it no longer matches, as written.
    package let expires: String?
    /// What is to be done when it matches.
    package let action: Decision.Action
    /// How it is to be done, where the rule says it.
    package let means: Decision.Means?
    /// What must hold, as written.
    package let criteria: [Criterion]
    /// The same, cheapest first.
    let inOrder: [Criterion]
    /// The first moment at which it is expired, `2026-11-22T00:00:00Z`.
    let expiredFrom: String?
    /// What the reasons of a decision by this rule begin with.
    let opening: [Reason]

    init(
        name: String,
        description: String?,
        owner: String?,
        reason: String?,
        expires: Expiry?,
        action: Decision.Action,
        means: Decision.Means?,
        criteria: [Criterion]
    ) {
        self.name = name
        self.description = description
        self.owner = owner
        self.reason = reason
        self.expires = expires?.text
        self.action = action
        self.means = means
        self.criteria = criteria
        expiredFrom = expires?.from
        var order = criteria
        order.sort { $0.key.cost < $1.key.cost }
        inOrder = order
        let words = reason ?? description ?? "The rule \(name.quotedName) matches."
        var opening = [Reason(.rule, words.printable(limit: 2048))]
        if let owner { opening.append(.owner(owner.printable(limit: 200))) }
        self.opening = opening
    }

    /// Whether it no longer matches at this moment, `2026-11-21T08:40:00Z`.
    package func isExpired(at now: String) -> Bool {
        expiredFrom.map { $0 <= now } ?? false
    }

    /// Whether it says of what kind, or with which error, the findings are that it is about.
    var namesKindOrError: Bool {
        criteria.contains { criterion in
            switch criterion.key.source {
            case .kind, .error: criterion.tests.contains(where: \.isPositive)
            default: false
            }
        }
    }
}

extension Predicate {
    /// Whether it asks for something to be there, and not just for something not to be.
    fileprivate var isPositive: Bool {
        switch self {
        case .equals, .contains: true
        case .like(let patterns): patterns.allSatisfy(\.saysSomething)
        case .exists(let wanted): wanted
        case .differs, .below, .above: false
        }
    }
}

extension String {
    /// A rule's name in quotes, as it may stand in a sentence.
    var quotedName: String {
        "\"\(printable(limit: RulesLimits.name))\""
    }
}
