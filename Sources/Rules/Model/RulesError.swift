/// Why a rules file cannot be used: where, and what to write instead.
package struct RulesError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Such as `rules[2] "shared-key".when.tags.Environment`; empty when it is the file as a whole.
    package let place: String
    /// What is wrong there and how to put it right.
    package let message: String

    package init(_ place: String, _ message: String) {
        self.place = place
        self.message = message
    }

    /// Both in one line.
    package var description: String {
        place.isEmpty ? message : "\(place): \(message)"
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
