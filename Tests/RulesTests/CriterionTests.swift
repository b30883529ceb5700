import Findings
import LosslessJSON
import Rules
import Testing

/// Whether a rule with this `when` matches; `nil` when that cannot be told.
private func matches(_ when: String, _ finding: JSON = [:], _ context: JSON? = nil) throws -> Bool? {
    let set = try ruleSet(when: when, "NOTIFY", rest: #","default":"IGNORE""#)
    let input = try makeCase(finding, context: context)
    let explanation = set.explain(input, now: now)
    #expect(explanation.decision == set.decide(input, now: now))
    let rule = try #require(explanation.rules.first)
    switch rule.status {
    case .matched:
        #expect(set.decide(input, now: now).rule == "one", "decide and explain agree about \(when)")
        return true
    case .failed:
        #expect(set.decide(input, now: now).rule == "default", "decide and explain agree about \(when)")
        return false
    case .undecidable: return nil
    case .expired: return false
    }
}

private let tagged: JSON = ["tags": ["Environment": "development", "a.b:c d": "x", "Größe": "groß"]]
private let untagged: JSON = ["tags": [:]]
private let unread: JSON = ["unavailable": [["what": "tags", "why": "AccessDenied"]]]
private let aliases: JSON = ["keyAliases": ["alias/a", "alias/b"]]

@Suite struct CriterionTests {
    /// Every operator on a key that is there, absent, and unavailable.
    @Test(
        arguments: [
            (#"{"eq":["development"]}"#, true, false), (#"{"eq":["x","development"]}"#, true, false),
            (#"{"eq":["Development"]}"#, false, false), (#"{"neq":["development"]}"#, false, true),
            (#"{"neq":["x","y"]}"#, true, true), (#"{"neq":["x","development"]}"#, false, true),
            (#"{"contains":["velop"]}"#, true, false), (#"{"contains":["x","dev"]}"#, true, false),
            (#"{"contains":["Dev"]}"#, false, false), (#"{"like":["dev*"]}"#, true, false),
            (#"{"like":["*ment"]}"#, true, false), (#"{"like":["d?velop*t"]}"#, true, false),
            (#"{"like":["dev"]}"#, false, false), (#"{"exists":true}"#, true, false),
            (#"{"exists":false}"#, false, true), (#"{"exists":["true"]}"#, true, false),
            (#"{"exists":["false"]}"#, false, true), (#"{"eq":["development"],"neq":["production"]}"#, true, false),
            (#"{"eq":["development","x"],"neq":["development"]}"#, false, false),
            (#"{"neq":["1","2","3","4","5","6","7","8","9","development"]}"#, false, true),
            (#"{"eq":["1","2","3","4","5","6","7","8","9","development"]}"#, true, false),
            (#"{"eq":["1","2","3","4","5","6","7","8","9"]}"#, false, false),
        ] as [(String, Bool, Bool)]
    )
    func operators(_ test: String, _ present: Bool, _ absent: Bool) throws {
        let when = #"{"tags.Environment":\#(test)}"#
        #expect(try matches(when, [:], tagged) == present)
        #expect(try matches(when, [:], untagged) == absent)
        #expect(try matches(when) == absent)
        #expect(try matches(when, [:], unread) == nil)
    }

    /// A key of several values matches when any does, and `neq` when none equals.
    @Test(
        arguments: [
            (#"{"eq":["alias/b"]}"#, true), (#"{"eq":["alias/c"]}"#, false), (#"{"neq":["alias/b"]}"#, false),
            (#"{"neq":["alias/c"]}"#, true), (#"{"contains":["s/b"]}"#, true), (#"{"like":["*/b","*/z"]}"#, true),
            (#"{"like":["alias"]}"#, false), (#"{"exists":true}"#, true), (#"{"exists":false}"#, false),
            (#"{"eq":["alias/a"],"neq":["alias/b"]}"#, false),
        ] as [(String, Bool)]
    )
    func severalValues(_ test: String, _ expected: Bool) throws {
        #expect(try matches(#"{"keyAliases":\#(test)}"#, [:], aliases) == expected)
        // A list of one is a list still, and an empty one is no value.
        #expect(try matches(#"{"keyAliases":{"exists":true}}"#, [:], ["keyAliases": ["alias/a"]]) == true)
        #expect(try matches(#"{"keyAliases":{"exists":true}}"#, [:], ["keyAliases": []]) == false)
    }

    @Test(
        arguments: [
            (#"{"resource":{"eq":["arn:aws:kms:us-east-1:123456789012:key/k"]}}"#, true),
            (#"{"resourceType":{"eq":["AWS::KMS::Key"]}}"#, true),
            (#"{"resourceType":{"eq":["AWS::S3::Bucket"]}}"#, false),
            (#"{"resourceType":{"neq":["AWS::S3::Bucket"]}}"#, true),
            (#"{"resourceType":{"like":["AWS::KMS::*"],"eq":["AWS::KMS::Key","AWS::S3::Bucket"]}}"#, true),
            (#"{"resourceOwnerAccount":{"eq":["123456789012"]},"accountId":{"contains":["123456789012"]}}"#, true),
            (#"{"isPublic":{"eq":["false"]}}"#, true), (#"{"isPublic":{"neq":["false"]}}"#, false),
            (#"{"error":{"exists":true}}"#, false), (#"{"error":{"neq":["ACCESS_DENIED"]}}"#, true),
            (#"{"status":{"eq":["ACTIVE"]},"id":{"eq":["f-1"]},"kind":{"eq":["ExternalAccess"]}}"#, true),
            (#"{"region":{"like":["us-*"]},"isDeleted":{"eq":["false"]}}"#, true),
            (#"{"actions":{"eq":["kms:Decrypt"]},"action":{"like":["kms:*"]}}"#, true),
            (#"{"actions":{"eq":["kms:Encrypt"]}}"#, false),
            (#"{"principal.AWS":{"eq":["999988887777"]},"principal.Federated":{"exists":false}}"#, true),
            (#"{"risk":{"gt":10,"lt":["90"]}}"#, true), (#"{"risk":{"gt":99}}"#, false),
            (#"{"risk":{"eq":["55"]}}"#, true),
        ] as [(String, Bool)]
    )
    func keysOfTheFinding(_ when: String, _ expected: Bool) throws {
        #expect(try matches(when) == expected)
    }

    @Test func whatTheFindingLeavesOutIsAbsent() throws {
        let failed: JSON = ["error": "ACCESS_DENIED", "isPublic": nil, "principal": nil, "actions": nil]
        #expect(try matches(#"{"isPublic":{"exists":true}}"#, failed) == false)
        #expect(try matches(#"{"isPublic":{"eq":["false"]}}"#, failed) == false)
        #expect(try matches(#"{"isPublic":{"neq":["true"]}}"#, failed) == true)
        #expect(try matches(#"{"error":{"eq":["ACCESS_DENIED"]},"actions":{"exists":false}}"#, failed) == true)
        #expect(try matches(#"{"principal.AWS":{"exists":true}}"#, failed) == false)
    }

    @Test func conditionsAreComparedAsAWSDoes() throws {
        let conditions: JSON = [
            "condition": ["aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"], "AWS:PrincipalOrgID": "o-1"]
        ]
        #expect(try matches(#"{"condition.aws:SourceIp":{"eq":["198.51.100.0/24"]}}"#, conditions) == true)
        #expect(try matches(#"{"condition.aws:sourceip":{"contains":["203.0.113."]}}"#, conditions) == true)
        #expect(try matches(#"{"condition.aws:PrincipalOrgID":{"eq":["o-1"]}}"#, conditions) == true)
        #expect(try matches(#"{"condition.aws:PrincipalOrgID":{"eq":["O-1"]}}"#, conditions) == false)
        #expect(try matches(#"{"condition.sts:ExternalId":{"exists":false}}"#, conditions) == true)
    }

    @Test(
        arguments: [
            (#"{"tags.a.b:c d":{"eq":["x"]},"tags.Größe":{"like":["gro?"]}}"#, true),
            (#"{"tags.environment":{"exists":true}}"#, false),
            (#"{"account.organizationalUnits":{"eq":["Sandbox"]}}"#, true),
            (#"{"account.organizationalUnits":{"eq":["ou-1"]},"account.name":{"eq":["pay"]}}"#, true),
            (#"{"account.tags.stage":{"eq":["prod"]},"account.id":{"eq":["123456789012"]}}"#, true),
            (#"{"principalAccount.inOrganization":{"eq":["true"]}}"#, true),
            (#"{"sources":{"eq":["S3_ACCESS_POINT"]},"sources.accessPointAccount":{"eq":["111122223333"]}}"#, true),
            (#"{"sources.accessPointArn":{"exists":false}}"#, true),
            (#"{"publicAccessBlock.BlockPublicAcls":{"eq":["true"]}}"#, true),
            (#"{"publicAccessBlock.IgnorePublicAcls":{"eq":["false"]}}"#, true),
            (#"{"ageDays":{"gt":11,"lt":13},"encrypted":{"eq":["true"]}}"#, true),
            (#"{"context.team.owner":{"eq":["blue"]},"context.team.size":{"gt":2}}"#, true),
            (#"{"context.team":{"exists":true},"context.team.none":{"exists":false}}"#, true),
            (#"{"context.team":{"eq":["blue"]}}"#, false), (#"{"context.team":{"neq":["blue"]}}"#, true),
            (#"{"context.tags.a.b:c d":{"eq":["x"]}}"#, true), (#"{"lastUsed":{"exists":true}}"#, false),
        ] as [(String, Bool)]
    )
    func keysOfTheContext(_ when: String, _ expected: Bool) throws {
        let context: JSON = [
            "tags": ["Environment": "development", "a.b:c d": "x", "Größe": "groß"],
            "account": [
                "id": "123456789012", "name": "pay", "tags": ["stage": "prod"],
                "organizationalUnits": [["id": "ou-1", "name": "Sandbox"], ["id": "ou-2", "name": "Root"]],
            ],
            "principalAccount": ["id": "999988887777", "inOrganization": true],
            "sources": [["type": "POLICY"], ["type": "S3_ACCESS_POINT", "accessPointAccount": "111122223333"]],
            "publicAccessBlock": ["BlockPublicAcls": true], "ageDays": 12, "encrypted": true,
            "team": ["owner": "blue", "size": 3],
        ]
        #expect(try matches(when, [:], context) == expected)
    }

    /// A key whose look-up failed is unknown even if other keys of the same part are there.
    @Test func whatIsThereDecidesAlthoughTheLookUpFailed() throws {
        let partial: JSON = [
            "tags": ["Environment": "development"], "unavailable": [["what": "tags", "why": "Throttling"]],
        ]
        #expect(try matches(#"{"tags.Environment":{"eq":["development"]}}"#, [:], partial) == true)
        #expect(try matches(#"{"tags.Other":{"exists":false}}"#, [:], partial) == nil)
        // What can be decided is decided first.
        #expect(try matches(#"{"tags.Other":{"exists":true},"isPublic":{"eq":["true"]}}"#, [:], partial) == false)
        #expect(
            try matches(
                #"{"publicAccessBlock.BlockPublicAcls":{"eq":["false"]}}"#,
                [:],
                ["unavailable": [["what": "publicAccessBlock", "why": "AccessDenied"]]]
            ) == nil
        )
    }

    @Test(
        arguments: [
            ("a", "a", true), ("a*", "a", true), ("*a", "ba", true), ("a*a", "a", false),
            ("a*a", "aa", true), ("*a*b*", "xaxbx", true), ("*a*b*", "xbxax", false), ("a?c", "abc", true),
            ("a?c", "aüc", true), ("??", "ü", false), ("?*", "x", true), ("*.?om", "a.com", true),
            ("ab*ab", "abab", true), ("ab*ab", "aba", false), ("*aab", "aaab", true), ("a**b", "axb", true),
        ] as [(String, String, Bool)]
    )
    func patterns(_ pattern: String, _ value: String, _ expected: Bool) throws {
        let context: JSON = ["name": .string(value)]
        #expect(try matches(#"{"name":{"like":["\#(pattern)"]}}"#, [:], context) == expected)
    }

    /// How long it takes is in Benchmarks/Micro.
    @Test func longTextsAreSearched() throws {
        let long = String(repeating: "a", count: 3_000_000)
        let part = String(repeating: "a", count: 1000) + "b"
        let context: JSON = ["name": .string(long), "path": .string(long + part)]
        #expect(try matches(#"{"name":{"contains":["\#(part)"]}}"#, [:], context) == false)
        #expect(try matches(#"{"name":{"like":["*\#(part)*"]}}"#, [:], context) == false)
        #expect(try matches(#"{"path":{"contains":["\#(part)"],"like":["a*\#(part)"]}}"#, [:], context) == true)
    }
}
