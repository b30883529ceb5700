import Basics
import LosslessJSON

/// What a case holds under a key.
enum KeyValue {
    /// Nothing.
    case absent
    /// Nothing, because the look-up failed.
    case unavailable
    /// One value; booleans and numbers as they are spelled.
    case text(String)
    /// Several values, at least one.
    case list([JSON])
    /// Several texts, at least one.
    case texts([String])
    /// Something that cannot be compared, only asked for.
    case structure

    init(_ json: JSON?) {
        switch json {
        case nil, .null: self = .absent
        case .string(let text): self = .text(text)
        case .bool(let value): self = .text(value ? "true" : "false")
        case .number(let number): self = .text(number.spelling)
        case .array(let values): self = values.isEmpty ? .absent : .list(values)
        case .object: self = .structure
        }
    }

    /// The values as texts, for people.
    var texts: [String] {
        switch self {
        case .absent, .unavailable: []
        case .text(let text): [text]
        case .list(let values): values.map { $0.scalarText ?? $0.kind }
        case .texts(let values): values
        case .structure: ["an object"]
        }
    }

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }
}

extension JSON {
    /// The text that a value is compared by; `nil` for null, arrays and objects.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.spelling
        case .null, .array, .object: nil
        }
    }
}

extension JSONObject {
    /// The value of a key, found without a closure: this is the innermost loop of a decision.
    func value(_ key: String) -> JSON? {
        let count = key.utf8.count
        for index in members.indices where members[index].key.utf8.count == count {
            if members[index].key.hasSameBytes(as: key) { return members[index].value }
        }
        return nil
    }
}
