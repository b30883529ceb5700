import Basics
import Findings
import LosslessJSON

/// Reads a rules file strictly: what it does not know is an error, so that no slip of the pen widens a rule.
struct RuleSetReader {
    /// The keys that rules look at, each with its place among the values of a case.
    private var slots = Slots()

    private let problems = ProblemCollector()

    /// Reads the text of a rules file; throws everything that is wrong with it.
    mutating func read(_ text: [UInt8]) throws(RulesError) -> RuleSet {
        let rules = problems.attempt { () throws(RulesProblem) in try self.readAll(text) }
        guard problems.isEmpty, let rules else {
            throw RulesError(problems: problems.problems, dropped: problems.dropped, readable: rules)
        }
        return rules
    }

    private mutating func readAll(_ text: [UInt8]) throws(RulesProblem) -> RuleSet {
        guard text.count <= RulesLimits.bytes else {
            let what = "the rules have \(text.count) bytes, more than \(RulesLimits.bytes)"
            throw RulesProblem(.tooLarge, .file, what)
        }
        let json: JSON
        do {
            // Its own bounds are in `RulesLimits`, by rules and by values of a test.
            let limits = JSONLimits(bytes: RulesLimits.bytes, depth: 32, values: RulesLimits.bytes)
            json = try JSON.parse(text, limits: limits)
        } catch {
            throw .notJSON(error, text)
        }
        guard json.object != nil else {
            throw RulesProblem(.wrongKind, .file, "the rules must be an object, not \(json.kind)")
        }
        let known = ["version", "default", "rules", "risk", "$schema", "description"]
        let root = try ObjectReader(json, at: .file, known: known)
        root.unknown().forEach(problems.add)
        if let version = root.object["version"] {
            if version.int != 1 {
                problems.add(RulesProblem(.version, .file.member("version"), "must be 1, not \(version.shown)"))
            }
        } else {
            problems.add(RulesProblem(.missing, .file.member("version"), "is missing; write 1"))
        }
        optionalText(root, "$schema")
        let description = optionalText(root, "description")
        let fallback = problems.attempt { () throws(RulesProblem) in try self.action(root, "default") }
        var places: [RulesPlace] = []
        let rules = problems.attempt { () throws(RulesProblem) in try self.rules(root, &places) }
        let risk = problems.attempt { () throws(RulesProblem) in try self.risk(root) }
        var ruleSet = RuleSet(
            rules: rules ?? [],
            fallback: fallback ?? .notify,
            archiveBelow: risk?.archiveBelow,
            description: description,
            weights: risk?.weights ?? .standard
        )
        // Some are missing where something is wrong.
        if !problems.isEmpty { ruleSet.places = places }
        return ruleSet
    }

    private mutating func rules(_ root: ObjectReader, _ places: inout [RulesPlace]) throws(RulesProblem) -> [Rule] {
        let place = RulesPlace.file.member("rules")
        guard let json = root.object["rules"] else {
            throw RulesProblem(.missing, place, "is missing; write [] for none")
        }
        guard let list = json.array else {
            throw RulesProblem(.wrongKind, place, "must be a list, not \(json.kind)")
        }
        guard list.count <= RulesLimits.rules else {
            throw RulesProblem(.tooLarge, place, "holds \(list.count) rules, more than \(RulesLimits.rules)")
        }
        var rules: [Rule] = []
        rules.reserveCapacity(list.count)
        // By bytes: names that only Unicode calls equal are two.
        var named: [[UInt8]: Int] = [:]
        for index in list.indices {
            var name = list[index]["name"]?.string
            if name?.isEmpty == true { name = nil }
            let place = place.element(index, name: name)
            if let name, let earlier = named.updateValue(index, forKey: Array(name.utf8)) {
                let what = "is also the name of rules[\(earlier)]; give each rule its own"
                problems.add(RulesProblem(.repeatedName, place.member("name"), what))
            }
            guard let rule = problems.attempt({ () throws(RulesProblem) in try self.rule(list[index], place) }) else {
                continue
            }
            rules.append(rule)
            places.append(place)
        }
        rules.findUnreachable(at: places, problems)
        return rules
    }

    /// A rule; `nil` where something is wrong with it, which is among the problems.
    private mutating func rule(_ json: JSON, _ place: RulesPlace) throws(RulesProblem) -> Rule? {
        let before = problems.problems.count + problems.dropped
        let known = ["name", "description", "owner", "reason", "expires", "when", "action", "with"]
        let fields = try ObjectReader(json, at: place, known: known)
        fields.unknown().forEach(problems.add)
        let name = problems.attempt { () throws(RulesProblem) in try self.name(fields) }
        let description = optionalText(fields, "description")
        let owner = optionalText(fields, "owner")
        let reason = optionalText(fields, "reason")
        let expiry = problems.attempt { () throws(RulesProblem) in try self.expiry(fields) }
        let criteria = problems.attempt { () throws(RulesProblem) in try self.when(fields) }
        let action = problems.attempt { () throws(RulesProblem) in try self.action(of: fields) }
        let means = problems.attempt { () throws(RulesProblem) in try self.means(fields, of: action) }
        guard problems.problems.count + problems.dropped == before, let name, let criteria, let action else {
            return nil
        }
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

    /// A text that may be missing; what is wrong with it is among the problems.
    @discardableResult
    private func optionalText(_ fields: ObjectReader, _ key: String) -> String? {
        problems.attempt { () throws(RulesProblem) in try fields.text(key, limit: RulesLimits.text) }
    }

    private func name(_ fields: ObjectReader) throws(RulesProblem) -> String {
        let name = try fields.name(of: "name", limit: RulesLimits.name)
        let place = fields.place.member("name")
        guard name.printable(limit: RulesLimits.name) == name else {
            throw RulesProblem(.unusableName, place, "holds characters that cannot be seen; write it in plain text")
        }
        if [Decision.noRule, Decision.score, Decision.notActive].contains(name) {
            throw RulesProblem(.unusableName, place, "is what decisions without a rule are called; choose another")
        }
        return name
    }

    private func expiry(_ fields: ObjectReader) throws(RulesProblem) -> Expiry? {
        guard let json = fields.object["expires"] else { return nil }
        guard let text = json.string, let expiry = Expiry(text) else {
            throw RulesProblem(
                .expiry,
                fields.place.member("expires"),
                "must be a day such as '2026-12-31' or a moment such as '2026-12-31T12:00:00Z', not \(json.shown)"
            )
        }
        return expiry
    }

    private mutating func when(_ fields: ObjectReader) throws(RulesProblem) -> [Criterion] {
        let place = fields.place.member("when")
        guard let json = fields.object["when"] else {
            throw RulesProblem(.missing, place, "is missing; write {} for a rule about every finding")
        }
        guard let object = json.object else {
            throw RulesProblem(.wrongKind, place, "must be an object, not \(json.kind)")
        }
        guard object.count <= RulesLimits.criteria else {
            let what = "names \(object.count) keys, more than \(RulesLimits.criteria); make two rules of it"
            throw RulesProblem(.tooLarge, place, what)
        }
        var criteria: [Criterion] = []
        criteria.reserveCapacity(object.count)
        for member in object.members {
            let place = place.member(member.key)
            guard member.key.utf8.count <= RulesLimits.text else {
                let what = "the key has \(member.key.utf8.count) bytes, more than \(RulesLimits.text)"
                problems.add(RulesProblem(.tooLarge, place, what))
                continue
            }
            guard let key = RuleKey(member.key) else {
                problems.add(RulesProblem(.unknownKey, place, RuleKey.unknown(member.key)))
                // What else is wrong is said at once.
                if let meant = RuleKey.meant(by: member.key) {
                    _ = PredicateReader(key: meant, problems: problems).read(member.value, at: place)
                }
                continue
            }
            let tests = PredicateReader(key: key, problems: problems).read(member.value, at: place)
            if let fault = key.contradiction(tests) { problems.add(RulesProblem(.contradiction, place, fault)) }
            criteria.append(Criterion(key: key, slot: slots.place(of: key), tests: tests))
        }
        return criteria
    }

    /// How it is to be done. An action that could not be read speaks against none.
    private func means(_ fields: ObjectReader, of action: Decision.Action?) throws(RulesProblem) -> Decision.Means? {
        guard let json = fields.object["with"] else { return nil }
        let place = fields.place.member("with")
        guard let text = json.string else {
            throw RulesProblem(.wrongKind, place, "must be a string, not \(json.kind)")
        }
        guard let means = Decision.Means(rawValue: text) else {
            throw RulesProblem(.means, place, RulesProblem.unknown("means", text, Decision.Means.names))
        }
        guard [.resolve, .approve, nil].contains(action) else {
            let what = "says how access is blocked, so it is for RESOLVE and APPROVE alone"
            throw RulesProblem(.means, place, what)
        }
        return means
    }

    /// The action that a rule must name.
    private func action(of fields: ObjectReader) throws(RulesProblem) -> Decision.Action {
        if let action = try action(fields, "action") { return action }
        let what = "is missing; write \(Decision.Action.names.joinedByOr)"
        throw RulesProblem(.missing, fields.place.member("action"), what)
    }

    private func action(_ fields: ObjectReader, _ key: String) throws(RulesProblem) -> Decision.Action? {
        guard let json = fields.object[key] else { return nil }
        let place = fields.place.member(key)
        guard let text = json.string else {
            throw RulesProblem(.wrongKind, place, "must be a string, not \(json.kind)")
        }
        guard let action = Decision.Action(rawValue: text) else {
            let others = [
                "block": "RESOLVE", "deny": "RESOLVE", "allow": "ARCHIVE", "accept": "ARCHIVE", "alert": "NOTIFY",
                "tell": "NOTIFY", "ask": "APPROVE", "skip": "IGNORE",
            ]
            let what = RulesProblem.unknown("action", text, Decision.Action.names, others: others)
            throw RulesProblem(.unknownAction, place, what)
        }
        return action
    }

    private func risk(_ root: ObjectReader) throws(RulesProblem) -> (weights: RiskWeights, archiveBelow: Int?) {
        guard let json = root.object["risk"] else { return (.standard, nil) }
        let fields = try ObjectReader(json, at: .file.member("risk"), known: ["archiveBelow", "weights"])
        fields.unknown().forEach(problems.add)
        let archiveBelow = problems.attempt { () throws(RulesProblem) in try fields.int("archiveBelow", in: 0...100) }
        guard let weights = fields.object["weights"] else { return (.standard, archiveBelow) }
        return (try self.weights(weights, at: fields.place.member("weights")), archiveBelow)
    }

    private func weights(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> RiskWeights {
        let reader = try ObjectReader(json, at: place, known: [])
        guard reader.object.count <= RulesLimits.values else {
            let what = "holds \(reader.object.count) weights, more than \(RulesLimits.values)"
            throw RulesProblem(.tooLarge, place, what)
        }
        let known = Contribution.allCases.map(\.name)
        var own: [String: Int] = [:]
        for name in reader.object.keys {
            let place = place.member(name)
            guard known.contains(name) || name.after("resourceType:") != nil else {
                let types = ResourceType.all.map { "resourceType:" + $0.name } + [RiskWeights.otherTypeName]
                problems.add(RulesProblem(.unknownWeight, place, unknownWeight(name, known, types)))
                continue
            }
            guard name.utf8.allSatisfy({ $0 &- 0x21 < 0x5E }) else {
                let what = "names a type that is none; write one such as 'AWS::KMS::Key'"
                problems.add(RulesProblem(.unknownWeight, place, what))
                continue
            }
            own[name] = problems.attempt { () throws(RulesProblem) in try reader.int(name, in: -100...100) }
        }
        return RiskWeights(own)
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
