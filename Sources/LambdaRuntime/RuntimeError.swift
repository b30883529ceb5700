/// The Runtime API cannot be used: the process has nothing left to do but to say so and exit 1.
package struct RuntimeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, at which address, and what to do.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
