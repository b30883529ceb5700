import Basics
import LosslessJSON

/// Reads the operators of one key of `when`.
enum PredicateReader {
    private static let operators = ["eq", "neq", "contains", "like", "exists", "lt", "gt"]

    static func read(_ json: JSON, of key: RuleKey, at place: String) throws(RulesError) -> [Predicate] {
        guard let object = json.object else {
            throw RulesError(place, "must be an object such as {\"eq\": [\"…\"]}, not \(json.kind)")
        }
        guard !object.isEmpty else { throw RulesError(place, "has no operator; write one of \(operators.joinedByOr)") }
        var tests: [Predicate] = []
        for index in object.members.indices {
            let member = object.members[index]
            let testPlace = "\(place).\(member.key.printable(limit: 100))"
            switch member.key {
            case "eq": tests.append(.equals(TextSet(try values(member.value, of: key, at: testPlace))))
            case "neq": tests.append(.differs(TextSet(try values(member.value, of: key, at: testPlace))))
            case "contains": tests.append(.contains(try parts(member.value, at: testPlace)))
            case "like": tests.append(.like(try parts(member.value, at: testPlace).map(TextPattern.init)))
            case "exists": tests.append(.exists(try truth(member.value, at: testPlace)))
            case "lt", "gt":
                guard key.isNumber else {
                    throw RulesError(testPlace, "compares numbers; it is for 'risk' and 'ageDays'")
                }
                let bound = try Self.bound(member.value, at: testPlace)
                tests.append(member.key == "lt" ? .below(bound) : .above(bound))
            default:
                throw RulesError(testPlace, RulesError.unknown("operator", member.key, operators))
            }
        }
        return tests
    }

    private static func texts(_ json: JSON, at place: String) throws(RulesError) -> [String] {
        guard let list = json.array else { throw RulesError(place, "must be a list of strings, not \(json.kind)") }
        guard !list.isEmpty else { throw RulesError(place, "must name at least one value") }
        guard list.count <= RulesLimits.values else {
            throw RulesError(place, "names \(list.count) values, more than \(RulesLimits.values)")
        }
        var texts: [String] = []
        texts.reserveCapacity(list.count)
        for index in list.indices {
            guard let text = list[index].string else {
                throw RulesError("\(place)[\(index)]", "must be a string, not \(list[index].kind)\(hint(list[index]))")
            }
            guard text.utf8.count <= RulesLimits.text else {
                throw RulesError("\(place)[\(index)]", "has \(text.utf8.count) bytes, more than \(RulesLimits.text)")
            }
            texts.append(text)
        }
        return texts
    }

    /// The values of `eq` or `neq`, each one that the key can have.
    private static func values(_ json: JSON, of key: RuleKey, at place: String) throws(RulesError) -> [String] {
        let texts = try Self.texts(json, at: place)
        guard let form = ValueForm(key) else { return texts }
        for index in texts.indices {
            if let fault = form.fault(texts[index]) { throw RulesError("\(place)[\(index)]", fault) }
        }
        return texts
    }

    private static func hint(_ json: JSON) -> String {
        switch json {
        case .bool(let value): "; write \"\(value ? "true" : "false")\""
        case .number(let number): "; write \"\(number.spelling.printable(limit: 40))\""
        default: ""
        }
    }

    private static func parts(_ json: JSON, at place: String) throws(RulesError) -> [String] {
        let texts = try Self.texts(json, at: place)
        for index in texts.indices where texts[index].isEmpty {
            throw RulesError("\(place)[\(index)]", "must not be empty; use 'exists' to ask whether the key is there")
        }
        return texts
    }

    /// `true`, `false`, or one of them as Access Analyzer's archive rules write it: `["true"]`.
    private static func truth(_ json: JSON, at place: String) throws(RulesError) -> Bool {
        if let value = json.bool { return value }
        if let list = json.array, list.count == 1 {
            if list[0].string == "true" { return true }
            if list[0].string == "false" { return false }
        }
        throw RulesError(place, "must be true or false, not \(json.shown)")
    }

    /// A whole number, or one string of it.
    private static func bound(_ json: JSON, at place: String) throws(RulesError) -> Int {
        var value = json
        if let list = value.array, list.count == 1 { value = list[0] }
        let bound = value.int ?? value.string.flatMap { text in Int(text).flatMap { String($0) == text ? $0 : nil } }
        guard let bound, (-1_000_000...1_000_000).contains(bound) else {
            throw RulesError(place, "must be a whole number, not \(json.shown)")
        }
        return bound
    }
}

extension RuleKey {
    /// Whether the value is a number that can be compared.
    fileprivate var isNumber: Bool {
        switch source {
        case .risk, .context("ageDays"), .path: true
        case .context(let key): text.utf8.starts(with: "context.".utf8) && !key.isEmpty
        default: false
        }
    }
}
