import Basics

/// The status of a finding: one that is known here, or what AWS may add.
package struct FindingStatus: Sendable {
    /// As AWS writes it.
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// Somebody has the access.
    package static let active = FindingStatus("ACTIVE")
    /// The access is intended.
    package static let archived = FindingStatus("ARCHIVED")
    /// Nobody has the access any more.
    package static let resolved = FindingStatus("RESOLVED")
}

extension FindingStatus: Equatable {
    /// Whether both are written alike, byte by byte.
    package static func == (left: FindingStatus, right: FindingStatus) -> Bool {
        left.name.hasSameBytes(as: right.name)
    }
}
