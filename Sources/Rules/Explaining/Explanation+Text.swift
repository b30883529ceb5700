import Findings
package import LosslessJSON

extension Explanation {
    /// For a terminal: a line for each rule, its failed operators below it, then the score and the decision.
    package var text: String {
        var lines: [String] = []
        for (index, rule) in rules.enumerated() {
            lines.append("Rule \(index + 1), \(rule.name.quotedName) (\(rule.action.rawValue)): \(rule.words)")
            for failure in rule.failures { lines.append("    \(failure.words)") }
        }
        if rules.isEmpty { lines.append("There are no rules.") }
        let risk = decision.risk.map { ", risk \($0)" } ?? ""
        lines.append("Decision: \(decision.action.rawValue) by \(decision.rule.quotedName)\(risk)")
        for reason in decision.reasons { lines.append("    \(reason.text)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as data.
    package var json: JSON {
        [
            "rules": .array(rules.map(\.json)),
            "score": .array(score.map(JSON.string)),
            "decision": .object(decision.json),
        ]
    }
}

extension Explanation.RuleResult {
    fileprivate var words: String {
        let ended = expired.map { "expired (\($0))" }
        let stands =
            switch status {
            case .matched: isReached ? "matches" : "would match too"
            case .failed: ended.map { "\($0), and fails" } ?? "fails"
            case .undecidable: ended.map { "\($0), and cannot be decided" } ?? "cannot be decided"
            case .expired: "would match, but \(ended ?? "expired")"
            }
        return isReached ? stands : "not reached; \(stands)"
    }

    fileprivate var json: JSON {
        var json = JSONObject([
            ("name", .string(name)), ("action", .string(action.rawValue)), ("status", .string(status.rawValue)),
            ("reached", .bool(isReached)),
        ])
        if let expired { json["expired"] = .string(expired) }
        if !failures.isEmpty { json["failures"] = .array(failures.map(\.json)) }
        return .object(json)
    }
}

extension Explanation.Failure {
    fileprivate var words: String {
        let question = "\(key) \(test) \(wanted.joined(separator: " | "))"
        guard missing.isEmpty else { return "\(question): cannot be told without \(missing.joined(separator: ", "))" }
        return "\(question): found \(found.isEmpty ? "nothing" : found.joined(separator: " | "))"
    }

    fileprivate var json: JSON {
        var json = JSONObject([
            ("key", .string(key)), ("operator", .string(test)), ("wanted", .array(wanted.map(JSON.string))),
            ("found", .array(found.map(JSON.string))),
        ])
        if !missing.isEmpty { json["missing"] = .array(missing.map(JSON.string)) }
        return .object(json)
    }
}
