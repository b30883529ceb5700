import Findings
import LosslessJSON
import Rules
import Testing

@Suite struct ExplanationTests {
    private let rules = """
        {"version": 1, "rules": [
        {"name": "public", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"},
        {"name": "old", "when": {"resourceType": {"eq": ["AWS::KMS::Key"]}}, "action": "ARCHIVE", "expires": "2026-01-01"},
        {"name": "tagged", "when": {"tags.Shared": {"eq": ["yes"]}, "keyAliases": {"neq": ["alias/x"]}}, "action": "ARCHIVE"},
        {"name": "low", "when": {"risk": {"lt": 99}}, "action": "NOTIFY"},
        {"name": "late", "when": {"keyAliases": {"exists": false}, "ageDays": {"gt": 3}}, "action": "ARCHIVE"}
        ]}
        """

    private func explain() throws -> Explanation {
        let context: JSON = [
            "keyAliases": ["alias/a", "alias/b"], "unavailable": [["what": "tags", "why": "AccessDenied"]],
        ]
        return try RuleSet(Array(rules.utf8)).explain(try makeCase(context: context), now: now)
    }

    @Test func textForATerminal() throws {
        let expected = """
            Rule 1, "public" (NOTIFY): fails
                isPublic eq true: found false
            Rule 2, "old" (ARCHIVE): would match, but expired (2026-01-01)
            Rule 3, "tagged" (ARCHIVE): cannot be decided
                tags.Shared eq yes: cannot be told without tags (AccessDenied)
            Rule 4, "low" (NOTIFY): matches
            Rule 5, "late" (ARCHIVE): not reached; fails
                keyAliases exists false: found alias/a | alias/b
                ageDays gt 3: found nothing
            Decision: NOTIFY by "default", risk 55
                The rule "tagged" (ARCHIVE) cannot be decided without tags (AccessDenied).
                The missing data could change the decision from NOTIFY (the rule "low") to ARCHIVE, so a person is notified.
                The rule "old" would match, but it expired (2026-01-01).
                Risk +20, resourceType:AWS::KMS::Key.
                Risk +15, principalUnknown: it is not known whether the principal's account is in your organization.
                Risk +20, accessWrite: can change or delete it, or act as it.
                The score could rise to 95: tags (AccessDenied) could not be looked up.
                Total risk: 55 of 100.

            """
        #expect(try explain().text == expected)
    }

    @Test func theSameAsData() throws {
        let json = try explain().json
        let rules = try #require(json["rules"]?.array)
        #expect(rules.compactMap { $0["status"]?.string } == ["failed", "expired", "undecidable", "matched", "failed"])
        #expect(rules.compactMap { $0["reached"]?.bool } == [true, true, true, true, false])
        #expect(
            rules[0]["failures"] == [["key": "isPublic", "operator": "eq", "wanted": ["true"], "found": ["false"]]]
        )
        #expect(rules[2]["failures"]?.array?.first?["missing"] == ["tags (AccessDenied)"])
        #expect(json["decision"]?["rule"] == "default")
        #expect(json["score"]?.array?.count == 3)
    }

    @Test func whatIsShownIsBounded() throws {
        let values = (0..<500).map { #""\#($0)""# }.joined(separator: ",")
        let set = try ruleSet(when: #"{"keyAliases":{"eq":[\#(values)]}}"#)
        let long = JSON.string(String(repeating: "é", count: 100_000))
        let context: JSON = ["keyAliases": .array(Array(repeating: long, count: 50))]
        let explanation = set.explain(try makeCase(context: context), now: now)
        let failure = try #require(explanation.rules.first?.failures.first)
        #expect(failure.wanted.count == 21)
        #expect(failure.wanted.last == "and 480 more")
        #expect(failure.found.count == 21)
        #expect(explanation.text.utf8.count < 20_000)
    }
}
