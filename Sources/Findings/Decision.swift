package import LosslessJSON

/// What is to be done about a finding, and why.
package struct Decision: Sendable, Equatable {
    /// The five things that can be decided.
    package enum Action: String, Sendable {
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
    }

    /// What to do.
    package var action: Action
    /// The name of the rule that said so, or `default`.
    package var rule: String
    /// Why, in sentences.
    package var reasons: [String]
    /// The decision as it came, so that keys of other steps are not lost.
    private var original: JSONObject

    package init(_ action: Action, rule: String, reasons: [String]) {
        self.action = action
        self.rule = rule
        self.reasons = reasons
        original = JSONObject()
    }

    init(_ json: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: json, path: "decision")
        let text = try fields.string("action")
        guard let action = Action(rawValue: text) else {
            throw InvalidEvent("decision.action", "'\(text.prefix(50))' is not an action that we know")
        }
        self.action = action
        rule = try fields.optionalString("rule") ?? "default"
        reasons = try fields.strings("reasons") ?? []
        original = json
    }

    /// The decision in the case's shape.
    package var json: JSONObject {
        var json = original
        json["action"] = .string(action.rawValue)
        json["rule"] = .string(rule)
        json["reasons"] = .array(reasons.map(JSON.string))
        return json
    }
}
