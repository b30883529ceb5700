import LosslessJSON
import Rules
import Testing

private let topic = """
    "case": {"finding": {"id": "f", "kind": "ExternalAccess", "status": "ACTIVE", "isPublic": true, "accountId": \
    "123456789012", "resource": "arn:aws:sns:us-east-1:123456789012:t", "resourceType": "AWS::SNS::Topic", \
    "principal": {"AWS": "*"}, "actions": ["sns:Publish"]}, "context": {"tags": {}}}
    """

@Suite struct ExpectationTests {
    private func differences(_ expect: String) throws -> [String] {
        try Expectation(try JSON.parse(text: "{\(topic), \"expect\": \(expect)}"))
            .differences(.builtIn, now: "2026-11-21T08:40:00Z")
    }

    @Test(arguments: [
        #"{"action": "NOTIFY"}"#, #"{"rule": "public-access"}"#, #"{"risk": {"gt": 50}}"#,
        #"{"action": "NOTIFY", "rule": "public-access", "risk": {"gt": 50, "lt": 101}}"#,
    ])
    func isMet(_ expect: String) throws {
        #expect(try differences(expect) == [])
    }

    @Test func saysWhatDiffersAndWhy() throws {
        let lines = try differences(#"{"action": "ARCHIVE", "rule": "no-such", "risk": {"lt": 20, "gt": 5}}"#)
        #expect(lines.prefix(2) == ["- action ARCHIVE", "+ action NOTIFY"])
        #expect(lines.contains("- rule \"no-such\"") && lines.contains("+ rule \"public-access\""))
        #expect(lines.contains("  There is no rule \"no-such\"."))
        #expect(lines.contains("- risk over 5, under 20"))
        #expect(lines.contains { $0.contains("isPublic") || $0.contains("public-access\" (NOTIFY): matches") })
    }

    @Test(arguments: [
        (#"[]"#, "must be an object, not an array"),
        (#"{"expect": {"action": "NOTIFY"}}"#, #"needs a "case" or an "event" to decide about"#),
        ("{\(topic)}", #"expect: is missing: say at least one of "action", "rule" and "risk""#),
        ("{\(topic), \"expect\": {}}", #"expect: is empty: say at least one of "action", "rule" and "risk""#),
        ("{\(topic), \"expect\": {\"acton\": 1}}", "expect.acton: 'acton' is not a known key; did you mean 'action'?"),
        (
            "{\(topic), \"expect\": {\"action\": \"archive\"}}",
            #"expect.action: must be ARCHIVE, NOTIFY, RESOLVE, APPROVE or IGNORE, not "archive""#
        ),
        (
            "{\(topic), \"expect\": {\"risk\": \"60\"}}",
            "expect.risk: must be a whole number, such as 60, not a string"
        ),
        ("{\(topic), \"expect\": {\"risk\": {}}}", #"expect.risk: is empty: say a number, "lt" or "gt""#),
        (
            "{\(topic), \"expect\": {\"rule\": \"x\"}, \"now\": \"soon\"}",
            #"now: must be a moment such as "2026-11-21T08:40:00Z" or a day, not "soon""#
        ),
        (
            "{\(topic), \"expect\": {\"rule\": \"x\"}, \"now\": \"2026-02-30T00:00:00Z\"}",
            #"now: must be a moment such as "2026-11-21T08:40:00Z" or a day, not "2026-02-30T00:00:00Z""#
        ),
        (
            #"{"event": {"finding": {"id": "f"}}, "expect": {"rule": "x"}}"#,
            "event.finding.kind: is missing"
        ),
        ("{\(topic), \"event\": {}, \"expect\": {}}", #"has both a "case" and an "event": leave one out"#),
    ])
    func refuses(_ text: String, _ message: String) throws {
        let json = try JSON.parse(text: text)
        let error = #expect(throws: RulesProblem.self) { try Expectation(json) }
        #expect(error?.description == message)
    }
}
