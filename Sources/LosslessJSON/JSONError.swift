/// Why some bytes are not JSON that we accept.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, in bytes from the start.
    package let offset: Int
    /// What is wrong there.
    package let reason: String

    /// The reason with its place.
    package var description: String {
        "\(reason) at byte \(offset)"
    }
}

/// How much a document may hold before it is refused.
package struct JSONLimits: Sendable {
    /// Bytes in all.
    package var bytes: Int
    /// Arrays and objects inside one another.
    package var depth: Int

    /// Limits of one's own.
    package init(bytes: Int, depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    /// 16 MiB, well over Lambda's largest event, and 128 levels.
    package static let standard = JSONLimits(bytes: 16 << 20, depth: 128)
}
