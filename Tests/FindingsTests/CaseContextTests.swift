import Findings
import LosslessJSON
import Testing

/// What a case says of its resource must have the types that rules read it by: another would count as absent.
@Suite struct CaseContextTests {
    @Test(arguments: [
        (#"{"tags": [{"Key": "a", "Value": "b"}]}"#, "context.tags"), (#"{"tags": "x"}"#, "context.tags"),
        (#"{"tags": {"a": ["b"]}}"#, "context.tags.a"), (#"{"keyAliases": {"a": 1}}"#, "context.keyAliases"),
        (#"{"account": "1"}"#, "context.account"), (#"{"account": {"tags": []}}"#, "context.account.tags"),
        (#"{"account": {"organizationalUnits": ["ou"]}}"#, "context.account.organizationalUnits"),
        (#"{"publicAccessBlock": true}"#, "context.publicAccessBlock"), (#"{"sources": {}}"#, "context.sources"),
        (#"{"ageDays": []}"#, "context.ageDays"), (#"{"unavailable": {"what": "tags"}}"#, "context.unavailable"),
        (#"{"unavailable": ["tags"]}"#, "context.unavailable[0]"),
        (#"{"unavailable": [{"what": "tags"}, {"why": "x"}]}"#, "context.unavailable[1].what"),
        (#"{"unavailable": [{"what": 5}]}"#, "context.unavailable[0].what"),
    ])
    func aContextOfOtherTypesIsRefused(_ context: String, _ field: String) throws {
        let context = try JSON.parse(Array(context.utf8))
        let error = #expect(throws: InvalidEvent.self) { try Case(.sample(adding: [("context", context)])) }
        #expect(error?.field == field)
    }

    @Test(arguments: ["verification", "notification"])
    func whatLaterStepsSayMustBeAnObject(_ key: String) {
        let error = #expect(throws: InvalidEvent.self) { try Case(.sample(adding: [(key, .string("PENDING"))])) }
        #expect(error?.field == key)
    }

    @Test func whatOthersAddPasses() throws {
        let context: JSON = ["ticket": ["a": [1]], "tags": [:], "unavailable": [], "name": .null]
        #expect(try Case(.sample(adding: [("context", context)])).context == context.object)
    }
}
