/// Why an input is not an event or case that we know: which key, in the event's own words, and what it must hold.
package struct InvalidEvent: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key, such as `detail.resource`; empty when it is the input as a whole.
    package let field: String
    /// What is wrong with it.
    package let reason: String

    package init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    /// Both in one line.
    package var description: String {
        field.isEmpty ? reason : "\(field): \(reason)"
    }
}
