import Basics
package import LosslessJSON

/// One statement of a policy, read from its JSON.
package struct Statement: Sendable, Equatable {
    /// What a statement does to a request that it matches.
    package enum Effect: String, Sendable {
        /// Lets it pass if nothing denies it.
        case allow = "Allow"
        /// Stops it whatever allows it.
        case deny = "Deny"
    }

    /// The actions that a statement is about, as patterns.
    package enum Actions: Sendable, Equatable {
        case only([String])
        case except([String])

        /// As the statement has them.
        package var patterns: [String] {
            switch self {
            case .only(let patterns), .except(let patterns): patterns
            }
        }
    }

    /// One `operator: {key: values}` of a `Condition`.
    package struct Condition: Sendable, Equatable {
        /// The operator, such as `StringEquals`.
        package let test: String
        /// Lower case: condition keys are compared without regard to case.
        package let key: String
        /// As texts, whatever JSON they are.
        package let values: [String]
        /// Whether AWS documents how this is compared: a JSON number with a text is not, nor two keys that differ by
        /// case alone.
        package var isDocumented: Bool

        package init(test: String, key: String, values: [String], isDocumented: Bool) {
            self.test = test
            self.key = key
            self.values = values
            self.isDocumented = isDocumented
        }
    }

    /// The statement's own name, if it has one.
    package let sid: String?
    /// Allow or Deny.
    package let effect: Effect
    /// Everyone that the `Principal` element names; empty where the statement has none that we can read.
    package let principals: [Principal]
    /// What it is about.
    package let actions: Actions
    /// On what.
    package let resources: Resources
    /// What has to be fulfilled, all of it.
    package let conditions: [Condition]
    /// Whether something in the statement (such as `NotPrincipal`) is beyond what the evaluator judges.
    package let isPartlyUnknown: Bool
    /// Whether `Principal` is the bare `*` and not `{"AWS": "*"}`.
    package let namesEverybody: Bool
    /// The statement as it stands in the document.
    package let json: JSONObject

    /// Whether the statement may be about anybody: it names everybody, or somebody whom we cannot read.
    var namesAnybody: Bool {
        principals.isEmpty
            || principals.contains { principal in
                switch principal {
                case .everyone, .unknown: true
                default: false
                }
            }
    }

    /// Reads a statement; throws what is wrong with it in words that follow "statement 2 ".
    package init(_ json: JSONObject) throws(PolicyError) {
        self.json = json
        sid = try json["Sid"].map { (value) throws(PolicyError) in
            guard let sid = value.string else { throw PolicyError("has a Sid that is \(value.kind)") }
            return sid
        }
        guard let effect = json["Effect"]?.string.flatMap(Effect.init(rawValue:)) else {
            throw PolicyError("has an Effect that is neither Allow nor Deny")
        }
        self.effect = effect
        principals = try Statement.principals(json["Principal"])
        namesEverybody = json["Principal"]?.string == "*"
        switch (json["Action"], json["NotAction"]) {
        case (let only?, nil): actions = .only(try strings(only, "Action"))
        case (nil, let except?): actions = .except(try strings(except, "NotAction"))
        default: throw PolicyError("must have one of Action and NotAction")
        }
        switch (json["Resource"], json["NotResource"]) {
        case (let only?, nil): resources = .only(try strings(only, "Resource"))
        case (nil, let except?): resources = .except(try strings(except, "NotResource"))
        case (nil, nil): resources = .own
        default: throw PolicyError("must not have both Resource and NotResource")
        }
        conditions = try Statement.conditions(json["Condition"])
        let known = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"]
        isPartlyUnknown = json["Principal"] == nil || json.keys.contains { !known.contains($0) }
    }

    private static func principals(_ json: JSON?) throws(PolicyError) -> [Principal] {
        guard let json else { return [] }
        if let text = json.string {
            return text == "*" ? [.everyone] : [.unknown("Principal", text)]
        }
        guard let map = json.object else { throw PolicyError("has a Principal that is \(json.kind)") }
        var result: [Principal] = []
        for member in map.members {
            for value in try strings(member.value, "Principal.\(member.key)") {
                result.append(Principal(key: member.key, value: value))
            }
        }
        return result
    }

    private static func conditions(_ json: JSON?) throws(PolicyError) -> [Condition] {
        guard let json else { return [] }
        guard let tests = json.object else { throw PolicyError("has a Condition that is \(json.kind)") }
        var result: [Condition] = []
        for test in tests.members {
            guard let keys = test.value.object else {
                throw PolicyError("has a Condition.\(test.key) that is \(test.value.kind)")
            }
            for key in keys.members {
                let values = try strings(key.value, "Condition.\(test.key).\(key.key)")
                result.append(
                    Condition(
                        test: test.key,
                        key: key.key.lowercasedASCII,
                        values: values,
                        isDocumented: !(key.value.array ?? [key.value]).contains { $0.isNumber }
                    )
                )
            }
        }
        for index in result.indices {
            let twins = result.count { $0.test == result[index].test && $0.key == result[index].key }
            if twins > 1 { result[index].isDocumented = false }
        }
        return result
    }
}

/// One scalar or a list of them as texts; policies may spell booleans and numbers either way.
private func strings(_ json: JSON, _ place: String) throws(PolicyError) -> [String] {
    var result: [String] = []
    for element in json.array ?? [json] {
        switch element {
        case .string(let text): result.append(text)
        case .bool(let value): result.append(value ? "true" : "false")
        case .number(let value): result.append(value.spelling)
        default: throw PolicyError("has in \(place) \(element.kind) where a text is expected")
        }
    }
    return result
}
