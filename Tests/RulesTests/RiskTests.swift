import Findings
import LosslessJSON
import Rules
import Testing

private func score(_ finding: JSON = [:], _ context: JSON? = nil, weights: String = "{}") throws -> Decision {
    let set = try RuleSet(Array(#"{"version":1,"rules":[],"risk":{"weights":\#(weights)}}"#.utf8))
    return set.decide(try makeCase(finding, context: context), now: now)
}

/// The names of the contributions that the reasons show, with their points.
private func contributions(_ decision: Decision) -> [String] {
    decision.reasons.map(\.text).compactMap { line in
        guard line.hasPrefix("Risk ") else { return nil }
        let end = line.firstIndex { $0 == ":" } ?? line.endIndex
        return String(line[..<end].dropFirst("Risk ".count))
    }
}

private let bucket: JSON = ["resource": "arn:aws:s3:::b", "resourceType": "AWS::S3::Bucket"]

@Suite struct RiskTests {
    @Test(
        arguments: [
            ([:], [:], ["+20, resourceType", "+15, principalUnknown", "+20, accessWrite"]),
            (
                ["isPublic": true, "principal": ["AWS": "*"]], [:],
                ["+20, resourceType", "+50, public", "+20, accessWrite"]
            ),
            (["principal": ["AWS": "*"]], [:], ["+20, resourceType", "+30, anyPrincipal", "+20, accessWrite"]),
            (
                [:], ["principalAccount": ["inOrganization": false]],
                ["+20, resourceType", "+20, principalOutsideOrganization", "+20, accessWrite"]
            ),
            (
                [:], ["principalAccount": ["inOrganization": true]],
                ["+20, resourceType", "-10, principalInsideOrganization", "+20, accessWrite"]
            ),
            (
                ["principal": ["Federated": "accounts.google.com"], "actions": ["kms:DescribeKey"]], [:],
                ["+20, resourceType", "+10, federated", "+10, accessRead"]
            ),
            (
                ["actions": ["kms:ListGrants", "kms:PutKeyPolicy", "kms:TagResource", "kms:GetKeyPolicy"]], [:],
                [
                    "+20, resourceType", "+15, principalUnknown", "+5, accessList", "+10, accessRead",
                    "+5, accessTagging", "+25, accessPermissions",
                ]
            ),
            (
                ["condition": ["STS:externalid": "x", "aws:SourceIp": ["203.0.113.0/24"]]], [:],
                [
                    "+20, resourceType", "+15, principalUnknown", "+20, accessWrite", "-15, externalId",
                    "-15, sourceCondition",
                ]
            ),
            (
                ["condition": ["aws:SourceIp": ["0.0.0.0/0"], "aws:PrincipalOrgID": "*"]], [:],
                ["+20, resourceType", "+15, principalUnknown", "+20, accessWrite"]
            ),
            (
                ["error": "INTERNAL_ERROR", "principal": nil, "actions": nil, "isPublic": nil], [:],
                ["+20, resourceType", "+20, analysisFailed"]
            ),
            (["kind": "UnusedPermission", "principal": nil, "actions": nil], [:], ["+20, resourceType"]),
        ] as [(JSON, JSON, [String])]
    )
    func everyContributionIsShown(_ finding: JSON, _ context: JSON, _ expected: [String]) throws {
        let decision = try score(finding, context)
        #expect(contributions(decision) == expected)
        let sum = expected.compactMap { Int($0.prefix { $0 != "," }.drop { $0 == "+" }) }.reduce(0, +)
        #expect(decision.risk == min(max(sum, 0), 100))
        #expect(decision.reasons.map(\.text).last == "Total risk: \(min(max(sum, 0), 100)) of 100.")
    }

    @Test(
        arguments: [
            (["Data Classification": "Confidential"], ["+25, dataClassification"]),
            (["data-classification": "PII"], ["+25, dataClassification"]),
            (["DATACLASSIFICATION": "highly restricted"], ["+25, dataClassification"]),
            (["Classification": "internal"], []), (["Environment": "Prod"], ["+15, production"]),
            (["env": "live"], ["+15, production"]), (["Stage": "production"], ["+15, production"]),
            (["Environment": "development"], ["-10, nonProduction"]), (["Environment": "blue"], []),
            (["Name": "production"], []),
        ] as [(JSON, [String])]
    )
    func tagsCount(_ tags: JSON, _ expected: [String]) throws {
        #expect(
            contributions(try score([:], ["tags": tags])).filter { !$0.hasSuffix("resourceType") }.dropFirst(2)
                == expected[...]
        )
    }

    @Test func theAccountsTagsCountAsWell() throws {
        let context: JSON = ["tags": ["Environment": "test"], "account": ["tags": ["Stage": "prod"]]]
        let decision = try score([:], context)
        #expect(contributions(decision).last == "+15, production")
        #expect(decision.reasons.map(\.text).contains("Risk +15, production: the tag Stage is prod."))
    }

    @Test func aTagCannotBreakALine() throws {
        let decision = try score([:], ["tags": ["Environment": "prod\u{2028}\n"]])
        #expect(decision.reasons.map(\.text).allSatisfy { !$0.contains("\n") })
        let long = String(repeating: "Ä", count: 100_000)
        let other = try score([:], ["unavailable": [["what": .string(long), "why": .string(long)], ["what": "tags"]]])
        #expect(other.reasons.map(\.text).allSatisfy { $0.utf8.count < 2000 })
    }

    @Test func publishedCasesScoreSensibly() throws {
        let open = bucket.object.map { object -> JSON in
            var object = object
            object["isPublic"] = true
            object["principal"] = ["AWS": "*"]
            object["actions"] = ["s3:PutObject"]
            return .object(object)
        }
        #expect(try score(open ?? [:]).risk == 80)
    }

    @Test func weightsAreTheTeamsOwn() throws {
        let weights = #"{"resourceType:AWS::KMS::Key":1,"principalUnknown":0,"accessWrite":-100}"#
        let decision = try score(weights: weights)
        #expect(contributions(decision) == ["+1, resourceType", "-100, accessWrite"])
        #expect(decision.risk == 0)
        let other: JSON = ["resource": "arn:aws:new:us-east-1:123456789012:x", "resourceType": "AWS::New::Thing"]
        #expect(contributions(try score(other, weights: #"{"resourceType:other":7}"#)).first == "+7, resourceType")
        #expect(
            contributions(try score(other, weights: #"{"resourceType:AWS::New::Thing":8}"#)).first == "+8, resourceType"
        )
    }

    @Test func whatCouldRaiseItIsNamed() throws {
        let context: JSON = [
            "unavailable": [["what": "tags", "why": "AccessDenied"], ["what": "principalAccount", "why": "no"]]
        ]
        let reasons = try score([:], context).reasons.map(\.text)
        #expect(
            reasons.contains(
                "The score could rise to 100: principalAccount (no), tags (AccessDenied) could not be looked up."
            )
        )
        let harmless: JSON = ["unavailable": [["what": "keyAliases", "why": "AccessDenied"]]]
        #expect(try !score([:], harmless).reasons.map(\.text).contains { $0.hasPrefix("The score could") })
    }
}
