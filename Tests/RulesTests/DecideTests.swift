import Findings
import LosslessJSON
import Rules
import Testing

private func set(_ rules: String..., rest: String = "") throws -> RuleSet {
    try RuleSet(Array(#"{"version":1,"rules":[\#(rules.joined(separator: ","))]\#(rest)}"#.utf8))
}

private func rule(_ name: String, _ when: String, _ action: String, rest: String = "") -> String {
    #"{"name":"\#(name)","when":\#(when),"action":"\#(action)"\#(rest)}"#
}

private let noTags: JSON = ["unavailable": [["what": "tags", "why": "AccessDenied: not you"]]]
private let failed: JSON = ["error": "ACCESS_DENIED", "isPublic": nil, "principal": nil, "actions": nil]

@Suite struct DecideTests {
    @Test func theFirstMatchWins() throws {
        let rules = try set(
            rule("other", #"{"isPublic":{"eq":["true"]}}"#, "RESOLVE"),
            rule(
                "first",
                #"{"isPublic":{"eq":["false"]}}"#,
                "ARCHIVE",
                rest: #","reason":"It is fine.","owner":"blue""#
            ),
            rule("second", #"{"isPublic":{"exists":true}}"#, "NOTIFY")
        )
        let decision = rules.decide(try makeCase(), now: now)
        #expect(decision.action == .archive)
        #expect(decision.rule == "first")
        #expect(decision.reasons.map(\.text).prefix(2) == ["It is fine.", "Owner of the rule: blue."])
    }

    @Test func withoutAMatchTheDefaultHolds() throws {
        #expect(try set().decide(try makeCase(), now: now).action == .notify)
        let decision = try set(rest: #","default":"APPROVE""#).decide(try makeCase(), now: now)
        #expect(decision.action == .approve)
        #expect(decision.rule == "default")
        #expect(decision.reasons.map(\.text).first == "No rule matches.")
    }

    /// Many listed types are compared one by one; the answers are the same.
    @Test(arguments: [1, 200, 300, 900]) func rulesAreChosenByType(_ count: Int) throws {
        let many = (0..<count).map { #""AWS::X::T\#($0)""# }.joined(separator: ",")
        let rules = try set(
            rule("many", #"{"resourceType":{"eq":[\#(many)]}}"#, "RESOLVE"),
            rule("keys", #"{"resourceType":{"eq":["AWS::KMS::Key"]},"isPublic":{"exists":true}}"#, "ARCHIVE"),
            rule("rest", #"{"resourceType":{"neq":["AWS::S3::Bucket"]}}"#, "APPROVE")
        )
        let arn: JSON = "arn:aws:x:us-east-1:123456789012:x"
        let last: JSON = ["resource": arn, "resourceType": .string("AWS::X::T\(count - 1)")]
        let next: JSON = ["resource": arn, "resourceType": .string("AWS::X::T\(count)")]
        #expect(rules.decide(try makeCase(last), now: now).rule == "many")
        #expect(rules.decide(try makeCase(next), now: now).rule == "rest")
        #expect(rules.decide(try makeCase(), now: now).rule == "keys")
        let bucket: JSON = ["resource": "arn:aws:s3:::b", "resourceType": "AWS::S3::Bucket"]
        #expect(rules.decide(try makeCase(bucket), now: now).rule == "default")
    }

    // MARK: What cannot be decided

    @Test func anOpenRuleThatDisagreesWithTheMatchIsTold() throws {
        let rules = try set(
            rule("tagged", #"{"tags.Secret":{"exists":true}}"#, "NOTIFY"),
            rule("keys", #"{"resourceType":{"eq":["AWS::KMS::Key"]}}"#, "ARCHIVE")
        )
        let decision = rules.decide(try makeCase(context: noTags), now: now)
        #expect(decision.action == .notify)
        #expect(decision.rule == "default")
        #expect(
            decision.reasons.map(\.text).contains(
                #"The rule "tagged" (NOTIFY) cannot be decided without tags (AccessDenied: not you)."#
            )
        )
        #expect(rules.decide(try makeCase(context: ["tags": [:]]), now: now).action == .archive)
    }

    @Test func openRulesThatAgreeDoNotMatter() throws {
        let rules = try set(
            rule("tagged", #"{"tags.Shared":{"exists":true}}"#, "ARCHIVE"),
            rule("keys", #"{"resourceType":{"eq":["AWS::KMS::Key"]}}"#, "ARCHIVE")
        )
        let decision = rules.decide(try makeCase(context: noTags), now: now)
        #expect(decision.action == .archive)
        #expect(decision.rule == "keys")
    }

    @Test func rulesAfterTheMatchAreNotAsked() throws {
        let rules = try set(
            rule("keys", #"{"resourceType":{"eq":["AWS::KMS::Key"]}}"#, "ARCHIVE"),
            rule("tagged", #"{"tags.Secret":{"exists":true}}"#, "NOTIFY")
        )
        #expect(rules.decide(try makeCase(context: noTags), now: now).action == .archive)
    }

    @Test func anOpenRuleIsComparedWithTheDefault() throws {
        let rules = try set(rule("tagged", #"{"tags.Shared":{"exists":true}}"#, "ARCHIVE"))
        #expect(rules.decide(try makeCase(context: noTags), now: now).rule == "default")
        #expect(rules.decide(try makeCase(context: noTags), now: now).action == .notify)
    }

    @Test func aScoreIsOpenOnlyWhereTheAnswerCouldChange() throws {
        // A key that another account may decrypt with scores 55; tags could make it 45 to 95.
        let low = try set(rule("low", #"{"risk":{"lt":60}}"#, "ARCHIVE"))
        #expect(low.decide(try makeCase(), now: now).action == .archive)
        let decision = low.decide(try makeCase(context: noTags), now: now)
        #expect(decision.action == .notify)
        #expect(
            decision.reasons.map(\.text).contains { $0.contains(#""low" (ARCHIVE) cannot be decided without tags"#) }
        )
        #expect(decision.reasons.map(\.text).contains { $0.hasPrefix("The score could rise to 95: tags (") })
        let sure = try set(rule("sure", #"{"risk":{"gt":30}}"#, "ARCHIVE"))
        #expect(sure.decide(try makeCase(context: noTags), now: now).rule == "sure")
    }

    // MARK: Bounds

    @Test(arguments: ["RESOLVE", "APPROVE"]) func onlyExternalAccessIsBlocked(_ action: String) throws {
        let rules = try set(rule("all", "{}", action))
        #expect(rules.decide(try makeCase(), now: now).action.rawValue == action)
        for finding in [failed, ["principal": nil], ["kind": "InternalAccess"], ["kind": "UnusedPermission"]] as [JSON]
        {
            let decision = rules.decide(try makeCase(finding), now: now)
            #expect(decision.action == .notify)
            #expect(decision.rule == "all")
            #expect(decision.reasons.map(\.text).contains { $0.hasPrefix("Only external access") })
        }
    }

    @Test(
        arguments: [
            (#"{}"#, false), (#"{"kind":{"neq":["ExternalAccess"]}}"#, false),
            (#"{"kind":{"eq":["UnusedPermission"]}}"#, true), (#"{"kind":{"like":["Unused*"]}}"#, true),
            (#"{"kind":{"like":["*"]}}"#, false), (#"{"kind":{"contains":["Unused"]}}"#, true),
            (#"{"error":{"exists":false}}"#, false), (#"{"kind":{"exists":true}}"#, true),
        ] as [(String, Bool)]
    )
    func otherKindsAreArchivedOnlyByName(_ when: String, _ isArchived: Bool) throws {
        let rules = try set(rule("one", when, "ARCHIVE"))
        let decision = rules.decide(try makeCase(["kind": "UnusedPermission", "principal": nil]), now: now)
        #expect((decision.action == .archive) == isArchived)
        if !isArchived {
            #expect(decision.reasons.map(\.text).contains { $0.contains("neither the finding's kind nor its error") })
        }
    }

    @Test func errorsAreArchivedOnlyByName() throws {
        #expect(try set(rule("one", "{}", "ARCHIVE")).decide(try makeCase(failed), now: now).action == .notify)
        for when in [#"{"error":{"exists":true}}"#, #"{"error":{"eq":["ACCESS_DENIED"]}}"#] {
            #expect(try set(rule("one", when, "ARCHIVE")).decide(try makeCase(failed), now: now).action == .archive)
        }
    }

    @Test func archiveBelowIsBounded() throws {
        let rules = try set(rest: #","risk":{"archiveBelow":100}"#)
        let archived = rules.decide(try makeCase(), now: now)
        #expect(archived.action == .archive)
        #expect(archived.rule == "risk")
        let others: [(JSON, JSON)] = [
            (["isPublic": true, "principal": ["AWS": "*"]], [:]), (failed, [:]), ([:], noTags),
            ([:], ["unavailable": [["what": "anything"]]]),
            (["kind": "UnusedPermission", "principal": nil], [:]),
        ]
        for (finding, context) in others {
            let decision = rules.decide(try makeCase(finding, context: context), now: now)
            #expect(decision.action == .notify)
            #expect(decision.rule == "default")
            #expect(decision.reasons.map(\.text).contains { $0.contains("risk.archiveBelow is not for ") })
        }
        let exact = try set(rest: #","risk":{"archiveBelow":55}"#).decide(try makeCase(), now: now)
        #expect(exact.risk == 55)
        #expect(exact.action == .notify)
        let matched = try set(rule("one", "{}", "NOTIFY"), rest: #","risk":{"archiveBelow":100}"#)
        #expect(matched.decide(try makeCase(), now: now).rule == "one")
    }

    @Test func archivingByDefaultIsBounded() throws {
        let rules = try set(rest: #","default":"ARCHIVE""#)
        #expect(rules.decide(try makeCase(), now: now).action == .archive)
        // Nothing asks for what could not be looked up, so it changes nothing.
        #expect(rules.decide(try makeCase(context: noTags), now: now).action == .archive)
        for finding in [["isPublic": true], failed, ["kind": "UnusedPermission", "principal": nil]] as [JSON] {
            let decision = rules.decide(try makeCase(finding), now: now)
            #expect(decision.action == .notify)
            #expect(decision.reasons.map(\.text).contains { $0.hasPrefix("The default ARCHIVE is not for ") })
        }
    }

    // MARK: Expiry

    @Test(
        arguments: [
            ("2026-11-21", "2026-11-21T23:59:59Z", false), ("2026-11-21", "2026-11-22T00:00:00Z", true),
            ("2026-12-31", "2027-01-01T00:00:00Z", true), ("2028-02-28", "2028-02-29T00:00:00Z", true),
            ("2026-11-21T08:40:00Z", "2026-11-21T08:39:59Z", false),
            ("2026-11-21T08:40:00Z", "2026-11-21T08:40:00Z", true),
        ] as [(String, String, Bool)]
    )
    func rulesEnd(_ expires: String, _ moment: String, _ isExpired: Bool) throws {
        let rules = try set(rule("one", "{}", "ARCHIVE", rest: #","expires":"\#(expires)""#))
        let decision = rules.decide(try makeCase(), now: moment)
        #expect(decision.action == (isExpired ? .notify : .archive))
        let line = #"The rule "one" would match, but it expired (\#(expires))."#
        #expect(decision.reasons.map(\.text).contains(line) == isExpired)
        #expect(rules.expired(at: moment).count == (isExpired ? 1 : 0))
    }

    @Test func anEndedRuleLeavesNothingOpen() throws {
        let rules = try set(
            rule("ended", #"{"tags.Secret":{"exists":true}}"#, "NOTIFY", rest: #","expires":"2026-01-01""#),
            rule("keys", #"{"resourceType":{"eq":["AWS::KMS::Key"]}}"#, "ARCHIVE")
        )
        #expect(rules.decide(try makeCase(context: noTags), now: now).action == .archive)
    }

    // MARK: What enrichment is needed for

    @Test func contextIsNeededOnlyWhereItCouldMatter() throws {
        let byTag = rule("tagged", #"{"tags.a":{"exists":true},"resourceType":{"eq":["AWS::KMS::Key"]}}"#, "ARCHIVE")
        let all = rule("all", "{}", "NOTIFY")
        let role: JSON = ["resource": "arn:aws:iam::123456789012:role/r", "resourceType": "AWS::IAM::Role"]
        #expect(try set(byTag, all).needsContext(try makeCase(), now: now))
        #expect(try !set(byTag, all).needsContext(try makeCase(role), now: now))
        #expect(try !set(all).needsContext(try makeCase(), now: now))
        #expect(try !set().needsContext(try makeCase(), now: now))
        #expect(try set(rest: #","risk":{"archiveBelow":1}"#).needsContext(try makeCase(), now: now))
        #expect(try !set(rest: #","default":"ARCHIVE""#).needsContext(try makeCase(), now: now))
        #expect(try set(rule("r", #"{"risk":{"lt":5}}"#, "ARCHIVE")).needsContext(try makeCase(), now: now))
        #expect(!RuleSet.builtIn.needsContext(try makeCase(role), now: now))
        #expect(RuleSet.builtIn.needsContext(try makeCase(), now: now))
    }
}
