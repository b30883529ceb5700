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
    /// Values in all: strings, numbers, literals, arrays and objects.
    package var values: Int

    /// The most values of a document.
    ///
    /// A value takes far more memory than the two bytes that can spell one: up to 80 bytes, for objects inside one
    /// another. Six million bytes of `[1]` would take 150 MB, half a million values take 40 MB at most (measured by the
    /// function's largest resident set), which leaves a function of 128 MB room for the text, the case and the answer.
    /// Events of findings have more than 20 bytes a value: 6 MiB of them, Lambda's largest event, stay well below.
    package static let mostValues = 500_000

    /// Limits of one's own.
    package init(bytes: Int, depth: Int, values: Int = JSONLimits.mostValues) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }

    /// 16 MiB, well over Lambda's largest event, 128 levels and `mostValues`.
    package static let standard = JSONLimits(bytes: 16 << 20, depth: 128)
}
