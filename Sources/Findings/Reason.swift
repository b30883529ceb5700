/// One reason of a decision: a sentence, and what it is about.
package struct Reason: Sendable, Equatable {
    /// What a reason is about.
    package enum Kind: Sendable {
        /// Why the rule is there, in its own words; also that no rule matches.
        case rule
        /// Who answers for the rule.
        case owner
        /// What keeps the action within bounds, or widens it: the score, the kind of the finding, the mode.
        case bound
        /// A rule that cannot be decided, and what follows.
        case undecidable
        /// A rule that would match, but is over.
        case expired
        /// A part of the score.
        case contribution
        /// The score.
        case total
        /// Of a case that came from elsewhere, and none of these to see.
        case other
    }

    package let kind: Kind
    /// The sentence, as it stands in a case.
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// A reason as a case holds it, where what it is about has to be told from how it begins.
    ///
    /// - Parameter isFirst: whether it is a decision's first, which gives the rule's own words.
    init(read text: String, isFirst: Bool) {
        self.text = text
        kind =
            if isFirst { .rule } else { Self.openings.first { text.hasPrefix($0.opening) }?.kind ?? .other }
    }

    /// How the reasons begin that are told apart when they are read.
    private static let openings: [(opening: String, kind: Kind)] = [
        (totalOpening, .total), (contributionOpening, .contribution), (ownerOpening, .owner), (scoreOpening, .bound),
    ]

    private static let totalOpening = "Total risk: "
    private static let contributionOpening = "Risk "
    private static let ownerOpening = "Owner of the rule: "
    private static let scoreOpening = "Its score is below "
}

extension Reason {
    /// Who answers for the rule.
    package static func owner(_ name: String) -> Reason {
        Reason(.owner, "\(ownerOpening)\(name).")
    }

    /// A part of the score, with its points such as `+20` and its words.
    package static func contribution(_ points: String, _ words: String) -> Reason {
        Reason(.contribution, "\(contributionOpening)\(points), \(words)")
    }

    /// The score as a whole.
    package static func total(_ points: Int) -> Reason {
        Reason(.total, "\(totalOpening)\(points) of 100.")
    }

    /// What comes of a score below `risk.archiveBelow`.
    package static func score(below bound: Int, _ consequence: String) -> Reason {
        Reason(.bound, "\(scoreOpening)\(bound), \(consequence)")
    }
}
