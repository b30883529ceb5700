import Basics

/// Header fields in order, found by name in any case.
package struct WireHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field.
    package struct Field: Sendable, Equatable {
        /// The name as sent.
        package var name: String
        /// The value without outer white space.
        package var value: String
    }

    /// All fields in order; a name may occur more than once.
    package private(set) var fields: [Field]

    /// Fields as `name: value` pairs, in order.
    package init(_ pairs: [(String, String)] = []) {
        fields = pairs.map { Field(name: $0.0, value: $0.1) }
    }

    /// Fields as a literal, in order.
    package init(dictionaryLiteral pairs: (String, String)...) {
        self.init(pairs)
    }

    /// The first value of the field `name`, whatever its case.
    package subscript(_ name: String) -> String? {
        fields.first { $0.name.isEqualIgnoringASCIICase(to: name) }?.value
    }

    /// Adds a field at the end.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Makes room for `count` fields.
    mutating func reserveCapacity(_ count: Int) {
        fields.reserveCapacity(count)
    }
}
