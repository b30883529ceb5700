import Basics
import LosslessJSON

/// Reads the members of an object of a rules file; every failure names the place.
struct ObjectReader {
    let object: JSONObject
    let place: String

    init(_ json: JSON, at place: String, known: [String]) throws(RulesError) {
        guard let object = json.object else { throw RulesError(place, "must be an object, not \(json.kind)") }
        self.object = object
        self.place = place
        for index in object.members.indices {
            let key = object.members[index].key
            guard !known.contains(where: { $0.hasSameBytes(as: key) }) else { continue }
            throw RulesError(self.name(key), RulesError.unknown("key", key, known))
        }
    }

    /// The place of a member.
    func name(_ key: String) -> String {
        let key = key.printable(limit: 100)
        return place.isEmpty ? key : "\(place).\(key)"
    }

    /// A text that must be there, not empty and in one line.
    func name(of key: String, limit: Int) throws(RulesError) -> String {
        guard let text = try text(key, limit: limit) else { throw RulesError(name(key), "is missing") }
        return text
    }

    /// A text that may be missing.
    func text(_ key: String, limit: Int) throws(RulesError) -> String? {
        guard let json = object[key] else { return nil }
        guard let text = json.string else { throw RulesError(name(key), "must be a string, not \(json.kind)") }
        guard !text.isEmpty else { throw RulesError(name(key), "must not be empty") }
        guard text.utf8.count <= limit else {
            throw RulesError(name(key), "has \(text.utf8.count) bytes, more than \(limit)")
        }
        return text
    }

    /// A whole number in a range, where it is there.
    func int(_ key: String, in range: ClosedRange<Int>) throws(RulesError) -> Int? {
        guard let json = object[key] else { return nil }
        guard let value = json.int, range.contains(value) else {
            throw RulesError(
                name(key),
                "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(json.shown)"
            )
        }
        return value
    }
}

extension JSON {
    /// The value as an error shows it.
    var shown: String {
        switch self {
        case .string(let text): "'\(text.printable(limit: 100))'"
        case .number(let number): number.spelling.printable(limit: 40)
        case .bool(let value): value ? "true" : "false"
        default: kind
        }
    }
}

extension RulesError {
    /// What to say about a word that is none of those that are known.
    static func unknown(_ kind: String, _ word: String, _ known: [String]) -> String {
        let head = "'\(word.printable(limit: 100))' is not a known \(kind)"
        if let near = word.nearest(among: known) { return "\(head); did you mean '\(near)'?" }
        return "\(head); it may be \(known.joinedByOr)"
    }
}

extension [String] {
    /// `a, b or c`.
    var joinedByOr: String {
        guard let last, count > 1 else { return first ?? "nothing" }
        return dropLast().joined(separator: ", ") + " or " + last
    }
}
