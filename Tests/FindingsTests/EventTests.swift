import Findings
import LosslessJSON
import Policies
import Testing

@Suite struct EventTests {
    @Test func anExternalFindingIsRead() throws {
        let input = try Case(.sampleEvent())
        #expect(input.isBareEvent)
        #expect(input.finding.id == "f1")
        #expect(input.finding.kind == .externalAccess)
        #expect(input.finding.principals.map(\.element.value) == ["999988887777"])
        #expect(input.finding.actions == ["s3:GetObject"])
        #expect(input.finding.isResolvable)
        #expect(input.json.keys == ["finding"])
    }

    @Test func whatACaseSaysIsWhatTheEventSaid() throws {
        let input = try Case(.sampleEvent(detail: [("somethingNew", [1])]))
        let again = try Case(.object(input.json))
        #expect(!again.isBareEvent)
        #expect(again.finding == input.finding)
        #expect(again.json == input.json)
        #expect(again.json["finding"]?["somethingNew"] == [1])
    }

    @Test(arguments: [
        ("UnusedIAMRole", FindingKind.unusedIAMRole), ("UnusedPermission", .unusedPermission),
        ("UnusedIAMUserAccessKey", .unusedIAMUserAccessKey), ("UnusedIAMUserPassword", .unusedIAMUserPassword),
    ])
    func unusedAccessNamesItsFindingOtherwise(_ type: String, _ kind: FindingKind) throws {
        let event = JSON.sampleEvent(
            "Unused Access Finding for IAM entities",
            detail: [
                ("id", nil), ("findingId", "u1"), ("findingType", .string(type)), ("resourceType", "AWS::IAM::Role"),
                ("resource", "arn:aws:iam::123456789012:role/R"), ("principal", nil), ("action", nil),
            ]
        )
        let finding = try Case(event).finding
        #expect(finding.id == "u1")
        #expect(finding.kind == kind)
        #expect(!finding.isResolvable)
    }

    @Test func anErrorFindingHasNoPrincipal() throws {
        let changes: [(String, JSON?)] = [
            ("error", "ACCESS_DENIED"), ("principal", nil), ("action", nil), ("isPublic", nil),
        ]
        let finding = try Case(.sampleEvent(detail: changes)).finding
        #expect(finding.error == "ACCESS_DENIED")
        #expect(finding.isPublic == nil)
        #expect(!finding.isResolvable)
    }

    /// The published example holds white space, and a prefix that is turned round.
    @Test func thePublishedFaultsArePutRight() throws {
        let changes: [(String, JSON?)] = [
            ("resource", "arn:aws:iam::123456789012:role/ Audit"), ("resourceType", "AWS::IAM:: Role"),
            ("principal", ["AWS": "aws:arn:iam::999988887777:user/Alice"]),
        ]
        let finding = try Case(.sampleEvent(detail: changes)).finding
        #expect(finding.resource.description == "arn:aws:iam::123456789012:role/Audit")
        #expect(finding.role?.name == "Audit")
        #expect(finding.principals.first?.element.value == "arn:aws:iam::999988887777:user/Alice")
    }

    @Test func anEmptyRegionIsTheAnalyzers() throws {
        var event = try #require(JSON.sampleEvent(detail: [("region", nil)]).object)
        event["region"] = ""
        let input = try Case(.object(event))
        #expect(input.finding.region == "us-east-1")
        #expect(try Case(.object(input.json)).finding == input.finding)
    }

    private static let wrong: [(String, JSON?, String)] = [
        ("id", nil, "detail.id"), ("id", "", "detail.id"), ("accountId", "12345", "detail.accountId"),
        ("accountId", 123_456_789_012, "detail.accountId"), ("resource", "reports", "detail.resource"),
        ("resource", "arn:aws:sqs:us-east-1:123456789012:q", "detail.resource"), ("status", nil, "detail.status"),
        ("principal", ["AWS": 1], "detail.principal.AWS"),
        ("principal", ["AWS": " "], "detail.principal.AWS"), ("principal", "*", "detail.principal"),
        ("action", [1], "detail.action"), ("isPublic", "no", "detail.isPublic"), ("isDeleted", 0, "detail.isDeleted"),
        ("resourceType", "AWS::\u{212A}MS::Key", "detail.resourceType"), ("region", "US", "detail.region"),
    ]

    @Test(arguments: wrong)
    func anythingElseNamesTheKey(_ key: String, _ value: JSON?, _ field: String) {
        let error = #expect(throws: InvalidEvent.self) { try Case(.sampleEvent(detail: [(key, value)])) }
        #expect(error?.field == field)
    }
}
