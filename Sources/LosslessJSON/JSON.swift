import Basics

/// A JSON value that survives being read and written: member order, number spellings and all values stay as they were.
///
/// Only spellings that mean nothing are not kept: white space between tokens and the choice of escapes inside strings.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A number exactly as it was spelled, so that `1.0`, `1e3` and 30 digits come out as they went in.
package struct JSONNumber: Sendable, Equatable {
    /// The number's text, valid by RFC 8259 section 6.
    package let spelling: String

    init(spelling: String) {
        self.spelling = spelling
    }

    /// A whole number.
    package init(_ value: Int) {
        spelling = String(value)
    }

    /// The value when the spelling is a plain whole number that fits.
    package var int: Int? {
        Int(spelling)
    }
}

extension JSON: Equatable {
    /// Whether both are written alike: strings and spellings byte by byte, members in the same order.
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSON {
    /// A whole number as a JSON value.
    package static func int(_ value: Int) -> JSON {
        .number(JSONNumber(value))
    }

    /// The member `key` of an object; `nil` for an absent member and for every other kind of value.
    package subscript(_ key: String) -> JSON? {
        object?[key]
    }

    /// The text of a string value.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The truth of a boolean value.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number of a number value, when it is a whole one that fits.
    package var int: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// Whether the value is a number.
    package var isNumber: Bool {
        if case .number = self { true } else { false }
    }

    /// The elements of an array value.
    package var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object value.
    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// How many values this is, itself and all inside counted.
    package var valueCount: Int {
        switch self {
        case .null, .bool, .number, .string: 1
        case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
        case .object(let object): object.members.reduce(1) { $0 + $1.value.valueCount }
        }
    }

    /// What kind of value this is, in JSON's own words, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByIntegerLiteral
{
    /// A string value.
    package init(stringLiteral value: String) { self = .string(value) }

    /// A boolean value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An array value.
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// An object value with its members in the order written; of a repeated key the last value stays.
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

    /// A whole number.
    package init(integerLiteral value: Int) { self = .int(value) }
}
