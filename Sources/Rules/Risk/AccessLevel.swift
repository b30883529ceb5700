/// What an action does to a resource, in the words of the Service Authorization Reference.
///
/// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
package enum AccessLevel: UInt8, Sendable, CaseIterable, Comparable {
    /// Sees that resources are there.
    case list = 1
    /// Reads what is in them.
    case read = 2
    /// Changes their tags.
    case tagging = 4
    /// Makes, changes or deletes them, or acts in their name.
    case write = 8
    /// Changes who may do what with them.
    case permissions = 16

    /// By how much it lets one do.
    package static func < (left: AccessLevel, right: AccessLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Some access levels.
package struct AccessLevels: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package init(_ level: AccessLevel) {
        rawValue = level.rawValue
    }

    package static let list = AccessLevels(.list)
    package static let read = AccessLevels(.read)
    package static let tagging = AccessLevels(.tagging)
    package static let write = AccessLevels(.write)
    package static let permissions = AccessLevels(.permissions)
    /// All five.
    package static let every = AccessLevels(rawValue: 31)

    /// The levels, from list to permissions.
    package var levels: [AccessLevel] {
        AccessLevel.allCases.filter { contains(AccessLevels($0)) }
    }
}
