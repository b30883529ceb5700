import Basics
import Findings
import LosslessJSON

/// Reads a rules file strictly: what it does not know is an error, so that no slip of the pen widens a rule.
struct RuleSetReader {
    /// The keys that rules look at, each with its place among the values of a case.
    private var slots = Slots()

    mutating func read(_ text: [UInt8]) throws(RulesError) -> RuleSet {
        guard text.count <= RulesLimits.bytes else {
            throw RulesError("", "the rules have \(text.count) bytes, more than \(RulesLimits.bytes)")
        }
        let json: JSON
        do {
            // Its own bounds are in `RulesLimits`, by rules and by values of a test.
            let limits = JSONLimits(bytes: RulesLimits.bytes, depth: 32, values: RulesLimits.bytes)
            json = try JSON.parse(text, limits: limits)
        } catch {
            throw RulesError("", "not JSON that can be read: \(error.reason) at \(lineAndColumn(error.offset, text))")
        }
        guard json.object != nil else { throw RulesError("", "the rules must be an object, not \(json.kind)") }
        let root = try ObjectReader(
            json,
            at: "",
            known: ["version", "default", "rules", "risk", "$schema", "description"]
        )
        guard let version = root.object["version"] else { throw RulesError("version", "is missing; write 1") }
        guard version.int == 1 else { throw RulesError("version", "must be 1, not \(version.shown)") }
        _ = try root.text("$schema", limit: RulesLimits.text)
        let description = try root.text("description", limit: RulesLimits.text)
        let fallback = try action(root, "default") ?? .notify
        let rules = try rules(root)
        let (weights, archiveBelow) = try risk(root)
        return RuleSet(
            rules: rules,
            fallback: fallback,
            archiveBelow: archiveBelow,
            description: description,
            weights: weights
        )
    }

    private mutating func rules(_ root: ObjectReader) throws(RulesError) -> [Rule] {
        guard let json = root.object["rules"] else { throw RulesError("rules", "is missing; write [] for none") }
        guard let list = json.array else { throw RulesError("rules", "must be a list, not \(json.kind)") }
        guard list.count <= RulesLimits.rules else {
            throw RulesError("rules", "holds \(list.count) rules, more than \(RulesLimits.rules)")
        }
        var rules: [Rule] = []
        rules.reserveCapacity(list.count)
        // By bytes: names that only Unicode calls equal are two.
        var places: [[UInt8]: Int] = [:]
        for index in list.indices {
            let rule = try rule(list[index], index)
            if let earlier = places.updateValue(index, forKey: Array(rule.name.utf8)) {
                throw RulesError(
                    "rules[\(index)] \(rule.name.quotedName).name",
                    "is also the name of rules[\(earlier)]; give each rule its own"
                )
            }
            rules.append(rule)
        }
        try rules.checkReachable()
        return rules
    }

    private mutating func rule(_ json: JSON, _ index: Int) throws(RulesError) -> Rule {
        var place = "rules[\(index)]"
        if let name = json["name"]?.string, !name.isEmpty { place += " \(name.quotedName)" }
        let fields = try ObjectReader(
            json,
            at: place,
            known: ["name", "description", "owner", "reason", "expires", "when", "action", "with"]
        )
        let name = try fields.name(of: "name", limit: RulesLimits.name)
        guard name.printable(limit: RulesLimits.name) == name else {
            throw RulesError(fields.name("name"), "holds characters that cannot be seen; write it in plain text")
        }
        if [Decision.noRule, Decision.score, Decision.notActive].contains(name) {
            throw RulesError(fields.name("name"), "is what decisions without a rule are called; choose another")
        }
        let description = try fields.text("description", limit: RulesLimits.text)
        let owner = try fields.text("owner", limit: RulesLimits.text)
        let reason = try fields.text("reason", limit: RulesLimits.text)
        let expiry = try expiry(fields)
        let criteria = try when(fields)
        guard let action = try action(fields, "action") else {
            throw RulesError(fields.name("action"), "is missing; write \(Decision.Action.names.joinedByOr)")
        }
        let means = try means(fields, of: action)
        return Rule(
            name: name,
            description: description,
            owner: owner,
            reason: reason,
            expires: expiry,
            action: action,
            means: means,
            criteria: criteria
        )
    }

    private func expiry(_ fields: ObjectReader) throws(RulesError) -> Expiry? {
        guard let json = fields.object["expires"] else { return nil }
        guard let text = json.string, let expiry = Expiry(text) else {
            throw RulesError(
                fields.name("expires"),
                "must be a day such as '2026-12-31' or a moment such as '2026-12-31T12:00:00Z', not \(json.shown)"
            )
        }
        return expiry
    }

    private mutating func when(_ fields: ObjectReader) throws(RulesError) -> [Criterion] {
        let place = fields.name("when")
        guard let json = fields.object["when"] else {
            throw RulesError(place, "is missing; write {} for a rule about every finding")
        }
        guard let object = json.object else { throw RulesError(place, "must be an object, not \(json.kind)") }
        guard object.count <= RulesLimits.criteria else {
            throw RulesError(
                place,
                "names \(object.count) keys, more than \(RulesLimits.criteria); make two rules of it"
            )
        }
        var criteria: [Criterion] = []
        criteria.reserveCapacity(object.count)
        for index in object.members.indices {
            let member = object.members[index]
            let criterionPlace = "\(place).\(member.key.printable(limit: 100))"
            guard member.key.utf8.count <= RulesLimits.text else {
                throw RulesError(
                    criterionPlace,
                    "the key has \(member.key.utf8.count) bytes, more than \(RulesLimits.text)"
                )
            }
            guard let key = RuleKey(member.key) else { throw RulesError(criterionPlace, RuleKey.unknown(member.key)) }
            let tests = try PredicateReader.read(member.value, of: key, at: criterionPlace)
            if let fault = key.contradiction(tests) { throw RulesError(criterionPlace, fault) }
            criteria.append(Criterion(key: key, slot: slots.place(of: key), tests: tests))
        }
        return criteria
    }

    private func means(_ fields: ObjectReader, of action: Decision.Action) throws(RulesError) -> Decision.Means? {
        guard let json = fields.object["with"] else { return nil }
        guard let text = json.string else {
            throw RulesError(fields.name("with"), "must be a string, not \(json.kind)")
        }
        guard let means = Decision.Means(rawValue: text) else {
            throw RulesError(fields.name("with"), RulesError.unknown("means", text, Decision.Means.names))
        }
        guard action == .resolve || action == .approve else {
            throw RulesError(fields.name("with"), "says how access is blocked, so it is for RESOLVE and APPROVE alone")
        }
        return means
    }

    private func action(_ fields: ObjectReader, _ key: String) throws(RulesError) -> Decision.Action? {
        guard let json = fields.object[key] else { return nil }
        guard let text = json.string else {
            throw RulesError(fields.name(key), "must be a string, not \(json.kind)")
        }
        guard let action = Decision.Action(rawValue: text) else {
            throw RulesError(fields.name(key), RulesError.unknown("action", text, Decision.Action.names))
        }
        return action
    }

    private func risk(_ root: ObjectReader) throws(RulesError) -> (RiskWeights, archiveBelow: Int?) {
        guard let json = root.object["risk"] else { return (.standard, nil) }
        let fields = try ObjectReader(json, at: "risk", known: ["archiveBelow", "weights"])
        let archiveBelow = try fields.int("archiveBelow", in: 0...100)
        guard let weights = fields.object["weights"] else { return (.standard, archiveBelow) }
        guard let object = weights.object else {
            throw RulesError("risk.weights", "must be an object, not \(weights.kind)")
        }
        guard object.count <= RulesLimits.values else {
            throw RulesError("risk.weights", "holds \(object.count) weights, more than \(RulesLimits.values)")
        }
        let reader = try ObjectReader(weights, at: "risk.weights", known: object.keys)
        let known = Contribution.allCases.map(\.name)
        var own: [String: Int] = [:]
        for name in object.keys {
            guard known.contains(name) || name.after("resourceType:") != nil else {
                let types = ResourceType.all.map { "resourceType:" + $0.name } + [RiskWeights.otherTypeName]
                throw RulesError(reader.name(name), unknownWeight(name, known, types))
            }
            guard name.utf8.allSatisfy({ $0 &- 0x21 < 0x5E }) else {
                throw RulesError(reader.name(name), "names a type that is none; write one such as 'AWS::KMS::Key'")
            }
            own[name] = try reader.int(name, in: -100...100)
        }
        return (RiskWeights(own), archiveBelow)
    }

    private func unknownWeight(_ name: String, _ known: [String], _ types: [String]) -> String {
        let near = name.nearest(among: known + types)
        return near.map { "'\(name.printable(limit: 100))' is not a known weight; did you mean '\($0)'?" }
            ?? "'\(name.printable(limit: 100))' is not a known weight; it may be 'resourceType:' and a type, or "
            + known.joinedByOr
    }
}

/// The different keys of a rule set.
private struct Slots {
    /// By bytes, as cases are looked at: keys that only Unicode calls equal are two.
    private var places: [[UInt8]: Int] = [:]

    /// Keys that mean the same share a place.
    mutating func place(of key: RuleKey) -> Int {
        let name = Array(key.identity.utf8)
        if let place = places[name] { return place }
        let place = places.count
        places[name] = place
        return place
    }
}

/// `line 3, column 14`, both from 1; columns in bytes.
private func lineAndColumn(_ offset: Int, _ text: [UInt8]) -> String {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
        if byte == 0x0A {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
    return "line \(line), column \(column)"
}
