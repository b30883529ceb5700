package import Basics
import LosslessJSON

/// Something in a rules file that is wrong, or allowed and most likely not meant: where, and what to write instead.
package struct RulesProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: RuleCode
    /// Where it is.
    package let place: RulesPlace
    /// What is wrong there and how to put it right.
    package let message: String
    /// The byte of the file at which it stops being JSON.
    let offset: Int?

    init(_ code: RuleCode, _ place: RulesPlace, _ message: String, offset: Int? = nil) {
        self.code = code
        self.place = place
        self.message = message
        self.offset = offset
    }

    /// Place and message in one line.
    package var description: String {
        place.steps.isEmpty ? message : "\(place): \(message)"
    }
}

/// Why a rules file cannot be used: everything that is wrong with it.
package struct RulesError: Error, Sendable, CustomStringConvertible {
    /// The most that are kept; whoever makes more of them does not read them.
    static let most = 1000

    /// Not empty; at most `most`, in the order in which they were found.
    package let problems: [RulesProblem]
    /// How many more there are.
    package let dropped: Int

    /// The rules that can be read all the same, to be warned of; never to decide by. `nil` where there are none.
    let readable: RuleSet?

    /// What is most likely not meant of the rules that can be read, as of those of a file without errors.
    package func warnings(blockedTypes: [String]?, now: Timestamp) -> [RulesProblem] {
        readable?.warnings(blockedTypes: blockedTypes, now: now) ?? []
    }

    /// The first one, and how many follow.
    package var description: String {
        let others = problems.count - 1 + dropped
        let rest = others == 0 ? "" : " (and \(others) more: 'gatehouse rules check' shows all)"
        return (problems.first?.description ?? "") + rest
    }
}

/// What a rules file may hold at most.
package enum RulesLimits {
    /// Bytes of the whole text.
    package static let bytes = 4 << 20
    /// Rules.
    package static let rules = 1000
    /// Keys of one rule's `when`.
    package static let criteria = 64
    /// Values of one operator.
    package static let values = 1000
    /// Bytes of one value, of a key, and of a description, owner or reason.
    package static let text = 2048
    /// Bytes of a rule's name.
    package static let name = 128
}
