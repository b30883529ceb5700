import Findings
import LosslessJSON
import Rules
import Testing

/// Texts that Unicode calls equal are different ones to AWS, and so to rules.
@Suite struct SpellingTests {
    private static let composed = "Caf\u{E9}"
    private static let decomposed = "Cafe\u{301}"

    private func rules(_ first: String, _ second: String) throws -> RuleSet {
        let text = """
            {"version":1,"rules":[
              {"name":"n","when":{"\(first)":{"eq":["yes"]}},"action":"NOTIFY"},
              {"name":"a","when":{"\(second)":{"neq":["yes"]}},"action":"ARCHIVE"}]}
            """
        return try RuleSet(Array(text.utf8))
    }

    @Test(arguments: ["tags", "account.tags", "condition", "context"])
    func keysAreDifferentByBytes(_ head: String) throws {
        let set = try rules("\(head).\(Self.composed)", "\(head).\(Self.decomposed)")
        let values = JSON.object(JSONObject([(Self.composed, "yes"), (Self.decomposed, "yes")]))
        let finding: JSON = head == "condition" ? ["condition": values] : [:]
        let context: JSON =
            switch head {
            case "tags": ["tags": values]
            case "account.tags": ["account": ["tags": values]]
            default: values
            }
        #expect(set.decide(try makeCase(finding, context: context), now: now).rule == "n")
        let other = JSON.object(JSONObject([(Self.composed, "no"), (Self.decomposed, "yes")]))
        let otherFinding: JSON = head == "condition" ? ["condition": other] : [:]
        let otherContext: JSON =
            switch head {
            case "tags": ["tags": other]
            case "account.tags": ["account": ["tags": other]]
            default: other
            }
        #expect(set.decide(try makeCase(otherFinding, context: otherContext), now: now).rule == "default")
    }

    /// The same number of bytes, in another order.
    @Test func aTagOfAnotherOrderOfMarksIsAnotherTag() throws {
        let set = try ruleSet(when: "{\"tags.a\u{323}\u{307}\":{\"exists\":true}}")
        let one: JSON = ["tags": .object(JSONObject([("a\u{323}\u{307}", "x")]))]
        let other: JSON = ["tags": .object(JSONObject([("a\u{307}\u{323}", "x")]))]
        #expect(set.decide(try makeCase(context: one), now: now).rule == "one")
        #expect(set.decide(try makeCase(context: other), now: now).rule == "default")
    }

    @Test func namesAreDifferentByBytes() throws {
        let text = """
            {"version":1,"rules":[
              {"name":"\(Self.composed)","when":{"tags.a":{"eq":["yes"]}},"action":"NOTIFY"},
              {"name":"\(Self.decomposed)","when":{"tags.b":{"eq":["yes"]}},"action":"ARCHIVE"}]}
            """
        let set = try RuleSet(Array(text.utf8))
        let decision = set.decide(try makeCase(context: ["tags": ["b": "yes"]]), now: now)
        #expect(Array(decision.rule.utf8) == Array(Self.decomposed.utf8))
    }

    @Test func aKelvinSignIsNoK() throws {
        let error = #expect(throws: InvalidEvent.self) { try makeCase(["resourceType": "AWS::\u{212A}MS::Key"]) }
        #expect("\(try #require(error))".contains("is not a resource type"))
    }
}
