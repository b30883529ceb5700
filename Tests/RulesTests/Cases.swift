import Findings
import LosslessJSON
import Rules

/// The moment at which tests decide.
let now = "2026-11-21T08:40:00Z"

/// A case as JSON text says, with every key of the finding that the text leaves out.
func makeCase(_ finding: JSON = [:], context: JSON? = nil) throws -> Case {
    var object: JSONObject = JSONObject([
        ("id", "f-1"), ("kind", "ExternalAccess"), ("status", "ACTIVE"),
        ("resource", "arn:aws:kms:us-east-1:123456789012:key/k"), ("resourceType", "AWS::KMS::Key"),
        ("accountId", "123456789012"), ("region", "us-east-1"),
        ("principal", ["AWS": "999988887777"]), ("actions", ["kms:Decrypt"]), ("condition", [:]),
        ("isPublic", false), ("isDeleted", false), ("error", nil),
    ])
    for member in finding.object?.members ?? [] { object[member.key] = member.value }
    var json = JSONObject([("finding", .object(object))])
    if let context { json["context"] = context }
    return try Case(.object(json))
}

/// A rule set of one rule with this `when`, written as JSON.
func ruleSet(when: String, _ action: String = "ARCHIVE", rest: String = "") throws -> RuleSet {
    try RuleSet(
        Array(#"{"version":1,"rules":[{"name":"one","when":\#(when),"action":"\#(action)"}]\#(rest)}"#.utf8)
    )
}

extension JSON: ExpressibleByNilLiteral {
    /// Null.
    package init(nilLiteral: ()) { self = .null }
}
