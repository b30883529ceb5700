import Basics
import Findings
import LosslessJSON
import Rules
import Testing

/// Rules that are allowed, and most likely not meant.
@Suite struct RuleWarningTests {
    private func warnings(_ text: String) throws -> [String] {
        try RuleSet(Array(text.utf8)).warnings(
            blockedTypes: ["AWS::IAM::Role"],
            now: Timestamp(secondsSinceEpoch: 1_795_250_400)
        ).map(\.description)
    }

    private func warnings(when: String, _ action: String, _ more: String = "") throws -> [String] {
        try warnings(
            #"{"version":1,"rules":[{"name":"one","when":\#(when),"action":"\#(action)"\#(more)}]}"#
        )
    }

    private static let kept = #","owner":"a@b.example","expires":"2027-01-01""#

    @Test(arguments: [
        (
            #"{"resourceType":{"eq":["AWS::S3::Buckets"]}}"#, "resourceType.eq: 'AWS::S3::Buckets'",
            "did you mean 'AWS::S3::Bucket'?"
        ),
        (#"{"region":{"eq":["eu-centrl-1"]}}"#, "region.eq: 'eu-centrl-1'", "did you mean 'eu-central-1'?"),
        (#"{"region":{"neq":["us-east-1","us-est-1"]}}"#, "region.neq: 'us-est-1'", "did you mean"),
        (
            #"{"principal.AWS":{"eq":["arn:aws:iam::999988887777:role/audit-*"]}}"#, "principal.AWS.eq: ",
            "did you mean 'like'?"
        ),
        (
            #"{"principal.AWS":{"eq":["arn:aws:iam::99998888777:user/Alice"]}}"#, "the account '99998888777'",
            "12 digits"
        ),
        (#"{"principal.AWS":{"eq":["99998888777"]}}"#, "has 11 digits", "an account has 12"),
        (#"{"resource":{"eq":["arn:aws:sqs:us-east-1:1234567890123:q"]}}"#, "resource.eq: ", "'1234567890123'"),
    ])
    func aValueThatNothingEqualsIsNamed(_ when: String, _ place: String, _ fix: String) throws {
        let found = try warnings(when: when, "NOTIFY")
        #expect(found.count == 1 && found[0].hasPrefix(#"rules[0] "one".when."#), "\(found)")
        #expect(found.first?.contains(place) == true && found.first?.contains(fix) == true, "\(found)")
    }

    @Test(arguments: [
        #"{"resourceType":{"eq":["AWS::S3::Bucket","AWS::S3Express::DirectoryBucket"]}}"#,
        #"{"region":{"eq":["eu-central-1"]}}"#,
        #"{"principal.AWS":{"like":["arn:aws:iam::999988887777:role/audit-*"]}}"#, #"{"principal.AWS":{"eq":["*"]}}"#,
        #"{"principal.AWS":{"eq":["arn:aws:iam::999988887777:root","999988887777"]}}"#,
        #"{"principal.AWS":{"eq":["AROAIOSFODNN7EXAMPLE"]}}"#, #"{"resource":{"eq":["arn:aws:s3:::bucket"]}}"#,
        #"{"principal.Federated":{"eq":["accounts.google.com"]}}"#, #"{"tags.A":{"eq":["*"]}}"#,
    ])
    func whatIsMeantIsNot(_ when: String) throws {
        #expect(try warnings(when: when, "NOTIFY").isEmpty)
    }

    @Test(arguments: [
        (#"{"isPublic":{"eq":["true"]}}"#, true), ("{}", true), (#"{"tags.A":{"eq":["b"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]}}"#, false), (#"{"isPublic":{"neq":["true"]}}"#, false),
        (#"{"principal.AWS":{"eq":["999988887777"]}}"#, false), (#"{"principal.AWS":{"like":["*"]}}"#, true),
        (#"{"kind":{"eq":["UnusedIAMRole"]}}"#, false), (#"{"error":{"eq":["ACCESS_DENIED"]}}"#, false),
    ])
    func archivingPublicAccessIsNamed(_ when: String, _ isPublic: Bool) throws {
        let found = try warnings(when: when, "ARCHIVE", Self.kept)
        #expect(found.contains { $0.contains("matches public access") } == isPublic, "\(found)")
        #expect(try warnings(when: when, "NOTIFY").isEmpty)
    }

    @Test(arguments: [
        (#"{"principal.AWS":{"like":["arn:aws:iam::*"]}}"#, true), (#"{"principal.AWS":{"like":["*1111*"]}}"#, true),
        (#"{"principal.AWS":{"contains":["role"]}}"#, true), (#"{"resource":{"like":["arn:aws:s3:::*"]}}"#, true),
        (#"{"tags.env":{"neq":["prod"]}}"#, true), (#"{"tags.env":{"exists":false}}"#, true),
        (#"{"principal.AWS":{"like":["arn:aws:iam::999988887777:role/*"]}}"#, false),
        (#"{"resource":{"like":["arn:aws:s3:::logs-*"]}}"#, false), (#"{"tags.env":{"eq":["prod"]}}"#, false),
    ])
    func whatEveryARNHoldsNamesNobody(_ when: String, _ isBroad: Bool) throws {
        let when = when.dropLast() + #","isPublic":{"eq":["false"]}}"#
        #expect(try warnings(when: String(when), "ARCHIVE", Self.kept).isEmpty != isBroad)
    }

    @Test(arguments: [
        (#"{"isPublic":{"eq":["true"]}}"#, true), ("{}", true), (#"{"isPublic":{"eq":["false"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"tags.A":{"eq":["b"]}}"#, false),
    ])
    func ignoringWithoutLookingIsNamed(_ when: String, _ isNamed: Bool) throws {
        #expect(try warnings(when: when, "IGNORE").contains { $0.contains("nobody is told") } == isNamed)
    }

    @Test(arguments: [
        #"{"kind":{"eq":["UnusedIAMRole"]}}"#, #"{"error":{"exists":true}}"#,
        #"{"resourceType":{"eq":["AWS::IAM::User"]}}"#,
    ])
    func whatIsNeverBlockedIsNamed(_ when: String) throws {
        #expect(try warnings(when: when, "RESOLVE").contains { $0.contains("is never blocked") })
        #expect(try !warnings(when: #"{"isPublic":{"eq":["true"]}}"#, "RESOLVE").contains { $0.contains("is never") })
    }

    @Test(arguments: [
        #"{"status":{"eq":["active"]}}"#, #"{"principal.AWS":{"eq":["Alice"]}}"#, #"{"resource":{"eq":["s3://foo"]}}"#,
        #"{"keyAliases":{"eq":["DevelopmentKey"]}}"#, #"{"keyManager":{"eq":["customer"]}}"#,
        #"{"actions":{"eq":["GetObject"]}}"#, #"{"tags.A":{"eq":["prod*"]}}"#, #"{"region":{"eq":["us-iso-east-1"]}}"#,
    ])
    func valuesThatAreNoneAreNamed(_ when: String) throws {
        #expect(try warnings(when: when, "NOTIFY").count == 1)
    }

    @Test func anArchiveRuleSaysWhoAndUntilWhen() throws {
        let when = #"{"isPublic":{"eq":["false"]},"tags.Team":{"eq":["audit"]}}"#
        #expect(try warnings(when: when, "ARCHIVE", Self.kept).isEmpty)
        #expect(try warnings(when: when, "ARCHIVE").first?.contains("without 'owner' and 'expires'") == true)
        #expect(try warnings(when: when, "ARCHIVE", #","owner":"a""#).first?.contains("without 'expires'") == true)
    }

    @Test func whatThisVersionCannotBlockIsNamed() throws {
        for action in ["RESOLVE", "APPROVE"] {
            let role = #"{"resourceType":{"eq":["AWS::IAM::Role"]}}"#
            #expect(try warnings(when: role, action).isEmpty)
            for when in ["{}", #"{"resourceType":{"eq":["AWS::S3::Bucket"]}}"#, #"{"tags.A":{"exists":true}}"#] {
                let found = try warnings(when: when, action)
                #expect(found.count == 1 && found[0].contains("lets only AWS::IAM::Role be changed"), "\(found)")
            }
        }
    }

    @Test func theWholeFileIsLookedAt() throws {
        #expect(
            try warnings(#"{"version":1,"default":"ARCHIVE","rules":[]}"#).first?.hasPrefix("default: ARCHIVE") == true
        )
        #expect(
            try warnings(#"{"version":1,"default":"RESOLVE","rules":[]}"#).first?.hasPrefix(
                "default: GATEHOUSE_BLOCKED_TYPES"
            ) == true
        )
        #expect(
            try warnings(#"{"version":1,"rules":[],"risk":{"archiveBelow":61}}"#).first?.hasPrefix(
                "risk.archiveBelow: 61"
            ) == true
        )
        #expect(try warnings(#"{"version":1,"rules":[],"risk":{"archiveBelow":60}}"#).isEmpty)
    }

    @Test(arguments: [
        (#"{"isPublic":{"eq":["false"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"resourceType":{"eq":["AWS::S3::Bucket"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"principal.AWS":{"like":["*"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"tags.A":{"exists":true}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"principal.AWS":{"contains":["1111"]}}"#, true),
        (#"{"isPublic":{"eq":["false"]},"principal.AWS":{"contains":["999988887777"]}}"#, false),
        (#"{"isPublic":{"eq":["false"]},"tags.A":{"eq":["b"]}}"#, false),
        (#"{"isPublic":{"eq":["false"]},"condition.aws:PrincipalOrgID":{"eq":["o-a"]}}"#, false),
        (#"{"kind":{"eq":["UnusedIAMRole"]},"ageDays":{"lt":30}}"#, false),
    ])
    func archivingWithoutLookingIsNamed(_ when: String, _ isBroad: Bool) throws {
        let found = try warnings(when: when, "ARCHIVE", Self.kept)
        #expect(found.isEmpty != isBroad, "\(found)")
        #expect(try warnings(when: when, "NOTIFY").isEmpty)
    }

    @Test func anAccountNearlyLikeAnotherIsNamed() throws {
        func found(_ first: String, _ second: String) throws -> [String] {
            let more =
                #"{"name":"b","when":{"principal.AWS":{"eq":["arn:aws:iam::\#(second):root"]}},"action":"NOTIFY"}"#
            let one = #"{"name":"a","when":{"accountId":{"eq":["\#(first)"]}},"action":"NOTIFY"}"#
            return try warnings(#"{"version":1,"rules":[\#(one),\#(more)]}"#)
        }
        let digit = try found("123456789012", "123456789013")
        #expect(
            digit.count == 1 && digit[0].hasPrefix(#"rules[1] "b".when.principal.AWS.eq: the account 123456789013"#)
        )
        #expect(try found("123456789012", "123456780912").count == 1)
        #expect(try found("123456789012", "123456789034").isEmpty)
        #expect(try found("123456789012", "123456789012").isEmpty)
    }

    @Test func aTagNearlyLikeAnotherIsNamed() throws {
        func found(_ keys: [(tag: String, value: String)]) throws -> [String] {
            let rules = keys.enumerated().map {
                #"{"name":"r\#($0)","when":{"tags.\#($1.tag)":{"eq":["\#($1.value)"]}},"action":"NOTIFY"}"#
            }
            return try warnings(#"{"version":1,"rules":[\#(rules.joined(separator: ","))]}"#)
        }
        let letters = try found([("Environment", "a"), ("Environment", "b"), ("environment", "c")])
        #expect(letters.count == 1 && letters[0].hasPrefix(#"rules[2] "r2".when.tags.environment: the tag"#))
        // The one that is used less, though it comes first.
        let first = try found([("enviroment", "a"), ("Environment", "b"), ("Environment", "c")])
        #expect(first.count == 1 && first[0].hasPrefix(#"rules[0] "r0""#))
        #expect(try found([("DataClass", "a"), ("Data Class", "b")]).count == 1)
        // Asked the same: both are meant.
        #expect(try found([("DataClass", "a"), ("Data Class", "a")]).isEmpty)
        #expect(try found([("team-a", "a"), ("team-b", "b")]).isEmpty)
        #expect(try found([("Env", "a"), ("Envs", "b")]).isEmpty)
    }

    @Test(arguments: [
        ("2026-11-20", "has expired"), ("2026-11-21", "expires within 30 days"), ("2026-12-20", "expires within"),
        ("2026-12-21", nil),
    ])
    func whatEndsSoonIsNamed(_ end: String, _ words: String?) throws {
        let when = #"{"isPublic":{"eq":["true"]}}"#
        let found = try warnings(when: when, "NOTIFY", #","owner":"a@b.example","expires":"\#(end)""#)
        #expect(found.isEmpty == (words == nil))
        #expect(found.first?.contains(words ?? "") ?? true)
        #expect(found.first?.contains("its owner is a@b.example") ?? true)
    }
}
