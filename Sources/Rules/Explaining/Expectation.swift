import Basics
package import Findings
package import LosslessJSON

/// What a team expects its rules to say about one case: a test of the rules, kept as a file.
package struct Expectation: Sendable {
    /// What the test is about, in the team's words.
    package let description: String?
    /// The case, or the event that it starts from.
    package let input: Case
    /// The moment by which rules expire; `nil`: now.
    package let now: String?
    private let action: Decision.Action?
    private let rule: String?
    private let risk: Bounds?

    /// What a score must be.
    private struct Bounds: Sendable {
        var exactly: Int?
        var below: Int?
        var above: Int?

        func holds(_ risk: Int) -> Bool {
            (exactly.map { risk == $0 } ?? true) && (below.map { risk < $0 } ?? true)
                && (above.map { risk > $0 } ?? true)
        }

        var words: String {
            [exactly.map(String.init), above.map { "over \($0)" }, below.map { "under \($0)" }]
                .compactMap(\.self).joined(separator: ", ")
        }
    }

    /// Reads `{"case" | "event": …, "expect": {"action", "rule", "risk"}, "description"?, "now"?}`.
    package init(_ json: JSON) throws(RulesProblem) {
        let test = try ObjectReader(
            json,
            at: .file,
            known: ["$schema", "description", "case", "event", "expect", "now"]
        )
        try test.refuseUnknown()
        description = try test.text("description", limit: RulesLimits.text)
        let moment = try test.text("now", limit: 64)
        // A day begins at midnight UTC, as on the command line.
        now = moment.flatMap { text in [text, text + "T00:00:00Z"].first { Expiry($0)?.from == $0 } }
        if let moment, now == nil {
            throw RulesProblem(
                .expiry,
                .file.member("now"),
                "must be a moment such as \"2026-11-21T08:40:00Z\" or a day, not \(moment.quotedName)"
            )
        }
        input = try Expectation.input(test)
        guard let wanted = test.object["expect"] else {
            throw RulesProblem(
                .missing,
                .file.member("expect"),
                "is missing: say at least one of \"action\", \"rule\" and \"risk\""
            )
        }
        let expect = try ObjectReader(wanted, at: .file.member("expect"), known: ["action", "rule", "risk"])
        try expect.refuseUnknown()
        action = try Expectation.action(expect)
        rule = try expect.text("rule", limit: RulesLimits.name)
        risk = try Expectation.bounds(expect)
        guard action != nil || rule != nil || risk != nil else {
            throw RulesProblem(.empty, expect.place, "is empty: say at least one of \"action\", \"rule\" and \"risk\"")
        }
    }

    private static func input(_ test: ObjectReader) throws(RulesProblem) -> Case {
        let (key, json): (String, JSON)
        switch (test.object["case"], test.object["event"]) {
        case (let found?, nil): (key, json) = ("case", found)
        case (nil, let found?): (key, json) = ("event", found)
        case (nil, nil): throw RulesProblem(.missing, .file, "needs a \"case\" or an \"event\" to decide about")
        case (.some, .some):
            throw RulesProblem(.unknownMember, .file, "has both a \"case\" and an \"event\": leave one out")
        }
        let input: Case
        do throws(InvalidEvent) {
            input = try Case(json)
        } catch {
            let field = error.field.isEmpty ? key : "\(key).\(error.field)"
            throw RulesProblem(.impossibleValue, .file.member(field), error.reason.printable(limit: 500))
        }
        guard input.isBareEvent == (key == "event") else {
            throw RulesProblem(
                .unknownMember,
                .file.member(key),
                key == "case" ? "is an event: call it \"event\"" : "is a case: call it \"case\""
            )
        }
        return input
    }

    private static func action(_ expect: ObjectReader) throws(RulesProblem) -> Decision.Action? {
        guard let text = try expect.text("action", limit: 64) else { return nil }
        guard let action = Decision.Action(rawValue: text) else {
            let known = "ARCHIVE, NOTIFY, RESOLVE, APPROVE or IGNORE"
            throw RulesProblem(
                .unknownAction,
                expect.place.member("action"),
                "must be \(known), not \(text.quotedName)"
            )
        }
        return action
    }

    private static func bounds(_ expect: ObjectReader) throws(RulesProblem) -> Bounds? {
        guard let json = expect.object["risk"] else { return nil }
        let place = expect.place.member("risk")
        if json.object == nil {
            return Bounds(exactly: try score(json, at: place))
        }
        let risk = try ObjectReader(json, at: place, known: ["lt", "gt"])
        try risk.refuseUnknown()
        var bounds = Bounds()
        if let below = risk.object["lt"] { bounds.below = try score(below, at: place.member("lt")) }
        if let above = risk.object["gt"] { bounds.above = try score(above, at: place.member("gt")) }
        guard bounds.below != nil || bounds.above != nil else {
            throw RulesProblem(.empty, place, "is empty: say a number, \"lt\" or \"gt\"")
        }
        return bounds
    }

    private static func score(_ json: JSON, at place: RulesPlace) throws(RulesProblem) -> Int {
        guard let score = json.int else {
            throw RulesProblem(.wrongKind, place, "must be a whole number, such as 60, not \(json.kind)")
        }
        return score
    }
}

extension Expectation {
    /// What is not as expected, a line each, and then why the rules decided as they did; empty when all is.
    ///
    /// - Parameter now: the moment for a test that names none.
    package func differences(_ rules: RuleSet, now: String) -> [String] {
        let now = self.now ?? now
        let decision = rules.decide(input, now: now)
        var lines: [String] = []
        if let action, action != decision.action {
            lines += ["- action \(action.rawValue)", "+ action \(decision.action.rawValue)"]
        }
        if let rule, !rule.hasSameBytes(as: decision.rule) {
            lines += ["- rule \(rule.quotedName)", "+ rule \(decision.rule.quotedName)"]
            if rule != Decision.noRule, rule != Decision.score,
                !rules.rules.contains(where: { $0.name.hasSameBytes(as: rule) })
            {
                lines.append("  There is no rule \(rule.quotedName).")
            }
        }
        if let risk, !(decision.risk.map(risk.holds) ?? false) {
            lines += ["- risk \(risk.words)", "+ risk \(decision.risk.map(String.init) ?? "none")"]
        }
        guard !lines.isEmpty else { return [] }
        let explanation = rules.explain(input, now: now)
        return lines + explanation.text.split(separator: "\n").map { "  \($0)" }
    }
}
