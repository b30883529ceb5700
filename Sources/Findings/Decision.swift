package import LosslessJSON

/// What is to be done about a finding, and why.
package struct Decision: Sendable, Equatable {
    /// The five things that can be decided.
    package enum Action: String, Sendable, CaseIterable {
        /// The access is intended.
        case archive = "ARCHIVE"
        /// A person should know.
        case notify = "NOTIFY"
        /// The access is to be blocked.
        case resolve = "RESOLVE"
        /// The access is to be blocked once a person agrees.
        case approve = "APPROVE"
        /// Nothing is to be done.
        case ignore = "IGNORE"

        /// Every action as it is written.
        package static let names = allCases.map(\.rawValue)
    }

    /// How an access is blocked.
    package enum Means: String, Sendable, CaseIterable {
        /// By taking that one access away, for most types by a Deny.
        case deny = "DENY"
        /// By a public bucket's own Block Public Access.
        case publicAccessBlock = "PUBLIC_ACCESS_BLOCK"

        /// All as they are written.
        package static let names = allCases.map(\.rawValue)
    }

    /// What to do.
    package var action: Action
    /// How it is done, where the rule says it.
    package var means: Means?
    /// The name of the rule that said so, or one of the three below.
    package var rule: String
    /// How much is at stake, 0 to 100; `nil` where no score was made.
    package var risk: Int?
    /// Why.
    package var reasons: [Reason]
    /// Who answers for the rule, in the rule's own words; `nil` where it says nothing.
    package var owner: String?
    /// The decision as it came, so that keys of other steps are not lost.
    private var original: JSONObject

    package init(_ action: Action, rule: String, risk: Int? = nil, reasons: [Reason]) {
        self.action = action
        self.rule = rule
        self.risk = risk
        self.reasons = reasons
        original = JSONObject()
    }

    /// Stands for a rule where none matched: the rules' default decides.
    package static let noRule = "default"
    /// Stands for a rule where the score decides (`risk.archiveBelow`).
    package static let score = "risk"
    /// Stands for a rule where the finding needs nothing any more.
    package static let notActive = "not-active"

    /// What of the reasons says why the action is what it is, without the score: the rule's words, and its owner or the
    /// bound that decided.
    package var grounds: [Reason] {
        Array(reasons.prefix(1)) + reasons.dropFirst().filter { $0.kind == .owner || $0.kind == .bound }.prefix(1)
    }

    /// The members that a decision has itself.
    private static let keys = ["action", "with", "rule", "risk", "reasons", "owner"]

    /// Takes over what others have written into an earlier decision of the same case.
    package mutating func keep(foreignKeysOf earlier: JSONObject) {
        for member in earlier.members where !Self.keys.contains(member.key) && original[member.key] == nil {
            original[member.key] = member.value
        }
    }

    init(_ json: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: json, path: "decision")
        let text = try fields.string("action")
        guard let action = Action(rawValue: text) else {
            throw InvalidEvent("decision.action", "'\(text.prefix(50))' is not an action that we know")
        }
        self.action = action
        if let name = try fields.optionalString("with") {
            guard let means = Means(rawValue: name) else {
                throw InvalidEvent(
                    "decision.with",
                    "'\(name.prefix(50))' is not \(Means.names.joined(separator: " or "))"
                )
            }
            self.means = means
        }
        rule = try fields.optionalString("rule") ?? Self.noRule
        risk = try fields.optionalInt("risk")
        if let risk, !(0...100).contains(risk) { throw InvalidEvent("decision.risk", "must be from 0 to 100") }
        let texts = try fields.strings("reasons") ?? []
        reasons = texts.enumerated().map { Reason(read: $1, isFirst: $0 == 0) }
        owner = try fields.optionalString("owner")
        original = json
    }

    /// The decision in the case's shape.
    package var json: JSONObject {
        var json = original
        json["action"] = .string(action.rawValue)
        if let means { json["with"] = .string(means.rawValue) }
        json["rule"] = .string(rule)
        if let risk { json["risk"] = .int(risk) }
        json["reasons"] = .array(reasons.map { .string($0.text) })
        if let owner { json["owner"] = .string(owner) }
        return json
    }

    /// Appends the decision in the case's shape as text, the same as `json` would give.
    package func write(into bytes: inout [UInt8]) {
        guard original.isEmpty else { return JSON.object(json).write(into: &bytes) }
        bytes.append(contentsOf: #"{"action":"#.utf8)
        JSON.write(string: action.rawValue, into: &bytes)
        if let means { bytes.append(contentsOf: #","with":"\#(means.rawValue)""#.utf8) }
        bytes.append(contentsOf: #","rule":"#.utf8)
        JSON.write(string: rule, into: &bytes)
        if let risk { bytes.append(contentsOf: #","risk":\#(risk)"#.utf8) }
        bytes.append(contentsOf: #","reasons":["#.utf8)
        for index in reasons.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSON.write(string: reasons[index].text, into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        if let owner {
            bytes.append(contentsOf: #","owner":"#.utf8)
            JSON.write(string: owner, into: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
