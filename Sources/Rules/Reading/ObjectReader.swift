import Basics
import LosslessJSON

/// Reads the members of an object of a rules file; every failure names the place.
struct ObjectReader {
    let object: JSONObject
    let place: RulesPlace
    private let known: [String]

    /// Throws for what is no object.
    init(_ json: JSON, at place: RulesPlace, known: [String]) throws(RulesProblem) {
        guard let object = json.object else {
            throw RulesProblem(.wrongKind, place, "must be an object, not \(json.kind)")
        }
        self.object = object
        self.place = place
        self.known = known
    }

    /// The members that nobody knows.
    func unknown() -> [RulesProblem] {
        object.members.compactMap { member in
            guard !known.contains(where: { $0.hasSameBytes(as: member.key) }) else { return nil }
            let what = RulesProblem.unknown("key", member.key, known)
            return RulesProblem(.unknownMember, place.member(member.key), what)
        }
    }

    /// Refuses the first member that nobody knows.
    func refuseUnknown() throws(RulesProblem) {
        if let problem = unknown().first { throw problem }
    }

    /// A text that must be there, not empty and not too long.
    func name(of key: String, limit: Int) throws(RulesProblem) -> String {
        guard let text = try text(key, limit: limit) else {
            throw RulesProblem(.missing, place.member(key), "is missing")
        }
        return text
    }

    /// A text that may be missing.
    func text(_ key: String, limit: Int) throws(RulesProblem) -> String? {
        guard let json = object[key] else { return nil }
        let place = place.member(key)
        guard let text = json.string else {
            throw RulesProblem(.wrongKind, place, "must be a string, not \(json.kind)")
        }
        guard !text.isEmpty else { throw RulesProblem(.empty, place, "must not be empty") }
        guard text.utf8.count <= limit else {
            throw RulesProblem(.tooLarge, place, "has \(text.utf8.count) bytes, more than \(limit)")
        }
        return text
    }

    /// A whole number in a range, where it is there.
    func int(_ key: String, in range: ClosedRange<Int>) throws(RulesProblem) -> Int? {
        guard let json = object[key] else { return nil }
        guard let value = json.int, range.contains(value) else {
            throw RulesProblem(
                .outOfRange,
                place.member(key),
                "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(json.shown)"
                    + json.quotesHint(of: json.string.flatMap(Int.init).map { ["\($0)"] } ?? [])
            )
        }
        return value
    }
}

extension JSON {
    /// That the quotes are what is wrong, of a text that would be right without.
    func quotesHint(of words: [String]) -> String {
        string.flatMap { words.contains($0) ? "; write \($0) without quotes" : nil } ?? ""
    }

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

extension RulesProblem {
    /// What to say about a word that is none of those that are known.
    ///
    /// - Parameter others: what other tools call the known words, in small letters.
    static func unknown(_ kind: String, _ word: String, _ known: [String], others: [String: String] = [:]) -> String {
        let head = "'\(word.printable(limit: 100))' is not a known \(kind)"
        if let near = others[word.lowercasedASCII] ?? word.nearest(among: known) {
            return "\(head); did you mean '\(near)'?"
        }
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
