import Findings
import LosslessJSON
import Testing

@Suite struct CaseTests {
    private static let decision: JSON = [
        "action": "RESOLVE", "rule": "r", "risk": 60, "reasons": ["a", "b"], "ticket": 7,
    ]
    private static let outcome: JSON = [
        "status": "RESOLVED", "summary": "s", "mode": "enforce",
        "changes": [
            ["resource": "arn:aws:iam::1:role/R", "operation": "iam:X", "before": [:], "after": ["a": 1], "diff": "d"]
        ],
        "rollback": ["findingId": "f", "command": "c"], "note": [true],
    ]

    @Test func whatEarlierStepsSaidPassesUntouched() throws {
        let json = JSON.sample(adding: [("ticket", ["a": 1]), ("decision", Self.decision), ("outcome", Self.outcome)])
        let input = try Case(json)
        #expect(.object(input.json) == json)
        #expect(input.decision?.action == .resolve)
        #expect(input.decision?.reasons.map(\.text) == ["a", "b"])
        #expect(input.outcome?.status == .resolved)
        #expect(input.outcome?.changes.first?.after == ["a": 1])
        #expect(input.outcome?.rollback?.command == "c")
    }

    @Test func aNewDecisionKeepsTheKeysOfOthers() throws {
        var input = try Case(.sample(adding: [("decision", Self.decision)]))
        input.decide(Decision(.notify, rule: "default", risk: 5, reasons: []))
        #expect(
            input.json["decision"] == ["ticket": 7, "action": "NOTIFY", "rule": "default", "risk": 5, "reasons": []]
        )
    }

    @Test func beforeAnyStepNothingIsDecidedOrDone() throws {
        let members: [(String, JSON)] = [
            ("decision", Self.decision), ("outcome", Self.outcome), ("verification", [:]), ("notification", .null),
            ("context", [:]),
        ]
        let input = try Case(.sample(adding: members)).beforeAnyStep()
        #expect(input.json.keys == ["finding", "context"])
        #expect(input.decision == nil)
        #expect(input.outcome == nil)
    }

    @Test(
        arguments: [
            ("decision", ["action": "DELETE"], "decision.action"),
            ("decision", ["action": "NOTIFY", "risk": 101], "decision.risk"),
            ("decision", ["action": "NOTIFY", "reasons": [1]], "decision.reasons"), ("decision", [], "decision"),
            ("outcome", ["status": "DONE"], "outcome.status"),
            ("outcome", ["status": "FAILED", "changes": [1]], "outcome.changes[0]"),
            ("outcome", ["status": "FAILED", "changes": [["resource": "a"]]], "outcome.changes[0].operation"),
            ("outcome", ["status": "RESOLVED", "rollback": ["findingId": "f"]], "outcome.rollback.command"),
        ] as [(String, JSON, String)]
    )
    func whatIsNotADecisionOrOutcomeIsRefused(_ key: String, _ value: JSON, _ field: String) {
        let error = #expect(throws: InvalidEvent.self) { try Case(.sample(adding: [(key, value)])) }
        #expect(error?.field == field)
    }

    @Test func aDecisionIsWrittenAsItsJSONSays() throws {
        var decision = Decision(.archive, rule: "r\"1", risk: 12, reasons: [Reason(.rule, "a\nb"), Reason(.rule, "c")])
        decision.owner = "x"
        var bytes: [UInt8] = []
        decision.write(into: &bytes)
        #expect(try JSON.parse(bytes) == .object(decision.json))
    }

    @Test(arguments: ["[]", "7", "{}", #"{"finding":null}"#, #"{"finding":{"id":"x"}}"#, "{", #"{"detail-type":"x"}"#])
    func whatIsNeitherEventNorCaseIsRefused(_ text: String) {
        #expect(throws: InvalidEvent.self) { try Case(Array(text.utf8)) }
    }
}
