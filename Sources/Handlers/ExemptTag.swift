/// What a resource is tagged with that must never be changed.
package struct ExemptTag: Sendable, Equatable {
    package let key: String
    /// `nil` where any value counts.
    package let value: String?

    package init(key: String, value: String?) {
        self.key = key
        self.value = value
    }
}
