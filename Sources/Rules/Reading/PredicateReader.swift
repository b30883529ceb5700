import Basics
import LosslessJSON

/// Reads the operators of one key of `when`.
struct PredicateReader {
    static let operators = ["eq", "neq", "contains", "like", "exists", "lt", "gt"]

    private static let others = [
        "equals": "eq", "equal": "eq", "in": "eq", "is": "eq", "stringequals": "eq", "notequals": "neq", "ne": "neq",
        "notin": "neq", "not": "neq", "stringlike": "like", "matches": "like", "startswith": "like", "prefix": "like",
        "has": "contains", "less": "lt", "greater": "gt",
    ]

    let key: RuleKey
    let problems: ProblemCollector

    /// What can be read of them; what cannot is among the problems.
    func read(_ json: JSON, at place: RulesPlace) -> [Predicate] {
        guard let object = json.object else {
            let what = "must be an object such as {\"eq\": [\"…\"]}, not \(json.kind)"
            problems.add(RulesProblem(.wrongKind, place, what))
            return []
        }
        guard !object.isEmpty else {
            let what = "has no operator; write one of \(Self.operators.joinedByOr)"
            problems.add(RulesProblem(.empty, place, what))
            return []
        }
        return object.members.compactMap { member in
            let place = place.member(member.key)
            return problems.attempt { () throws(RulesProblem) in try test(member.key, member.value, at: place) }
        }
    }

    private func test(_ name: String, _ json: JSON, at place: RulesPlace) throws(RulesProblem) -> Predicate? {
        switch name {
        case "eq": return .equals(TextSet(try values(json, at: place)))
        case "neq": return .differs(TextSet(try values(json, at: place)))
        case "contains": return .contains(try parts(json, at: place))
        case "like": return .like(try parts(json, at: place).map(TextPattern.init))
        case "exists": return .exists(try truth(json, at: place))
        case "lt", "gt":
            guard key.isNumber else {
                throw RulesProblem(.notComparable, place, "compares numbers; it is for 'risk' and 'ageDays'")
            }
            let bound = try bound(json, at: place)
            return name == "lt" ? .below(bound) : .above(bound)
        default:
            let what = RulesProblem.unknown("operator", name, Self.operators, others: Self.others)
            problems.add(RulesProblem(.unknownOperator, place, what))
            // What else is wrong is said at once, as far as it can be guessed what was meant.
            guard let meant = Self.others[name.lowercasedASCII] ?? name.nearest(among: Self.operators) else {
                return nil
            }
            return try test(meant, json, at: place)
        }
    }

    private func texts(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> [String] {
        guard let list = json.array else {
            throw RulesProblem(.wrongKind, place, "must be a list of strings, not \(json.kind)\(Self.listHint(json))")
        }
        guard !list.isEmpty else { throw RulesProblem(.empty, place, "must name at least one value") }
        guard list.count <= RulesLimits.values else {
            throw RulesProblem(.tooLarge, place, "names \(list.count) values, more than \(RulesLimits.values)")
        }
        var texts: [String] = []
        texts.reserveCapacity(list.count)
        for index in list.indices {
            guard let text = list[index].string else {
                let what = "must be a string, not \(list[index].kind)\(Self.hint(list[index]))"
                throw RulesProblem(.wrongKind, place.element(index), what)
            }
            guard text.utf8.count <= RulesLimits.text else {
                let what = "has \(text.utf8.count) bytes, more than \(RulesLimits.text)"
                throw RulesProblem(.tooLarge, place.element(index), what)
            }
            texts.append(text)
        }
        return texts
    }

    /// The values of `eq` or `neq`, each one that the key can have. The last of those that it cannot have is thrown,
    /// those before it are kept.
    private func values(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> [String] {
        let texts = try texts(json, at: place)
        guard let form = ValueForm(key) else { return texts }
        let faults = texts.indices.compactMap { index in
            form.fault(texts[index]).map { RulesProblem(.impossibleValue, place.element(index), $0) }
        }
        guard let last = faults.last else { return texts }
        faults.dropLast().forEach(problems.add)
        throw last
    }

    private static func hint(_ json: JSON) -> String {
        switch json {
        case .bool(let value): "; write \"\(value ? "true" : "false")\""
        case .number(let number): "; write \"\(number.spelling.printable(limit: 40))\""
        default: ""
        }
    }

    /// A value alone, as a list.
    private static func listHint(_ json: JSON) -> String {
        switch json {
        case .string(let text): "; write [\"\(text.printable(limit: 100))\"]"
        case .bool(let value): "; write [\"\(value ? "true" : "false")\"]"
        case .number(let number): "; write [\"\(number.spelling.printable(limit: 40))\"]"
        default: ""
        }
    }

    private func parts(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> [String] {
        let texts = try texts(json, at: place)
        for index in texts.indices where texts[index].isEmpty {
            let what = "must not be empty; use 'exists' to ask whether the key is there"
            throw RulesProblem(.empty, place.element(index), what)
        }
        return texts
    }

    /// `true`, `false`, or one of them as Access Analyzer's archive rules write it: `["true"]`.
    private func truth(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> Bool {
        if let value = json.bool { return value }
        if let list = json.array, list.count == 1 {
            if list[0].string == "true" { return true }
            if list[0].string == "false" { return false }
        }
        throw RulesProblem(
            .impossibleValue,
            place,
            "must be true or false, not \(json.shown)\(json.quotesHint(of: ["true", "false"]))"
        )
    }

    /// A whole number, or one string of it.
    private func bound(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> Int {
        var value = json
        if let list = value.array, list.count == 1 { value = list[0] }
        let bound = value.int ?? value.string.flatMap { text in Int(text).flatMap { String($0) == text ? $0 : nil } }
        guard let bound, (-1_000_000...1_000_000).contains(bound) else {
            throw RulesProblem(.outOfRange, place, "must be a whole number, not \(json.shown)")
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
