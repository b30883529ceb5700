import AWSClient
import Basics
import LosslessJSON
import Rules
import Testing

@testable import gatehouse

/// Our rules said as Access Analyzer's, and what is amiss with those.
struct ArchiveRuleTests {
    private func set(_ when: String, _ more: String = "") throws -> RuleSet {
        let rule = #"{"name": "r", "when": \#(when), "action": "ARCHIVE"\#(more)}"#
        return try RuleSet(Array(#"{"version": 1, "default": "NOTIFY", "rules": [\#(rule)]}"#.utf8))
    }

    private func draft(_ when: String, _ more: String = "", partition: Partition = .aws) throws -> ArchiveRuleDraft {
        let rules = try set(when, more)
        let rule = try #require(rules.rules.first)
        return try ArchiveRuleDraft(rule, in: rules, partition: partition, now: "2026-11-21T08:40:00Z")
    }

    private func filter(_ text: String) throws -> ArchiveFilter {
        try #require(ArchiveFilter(try JSON.parse(text: text)))
    }

    @Test(arguments: [
        (
            #"{"resource": {"eq": ["a"]}, "accountId": {"neq": ["111122223333"]}}"#,
            #"{"resource": {"eq": ["a"]}, "resourceOwnerAccount": {"neq": ["111122223333"]}, "error": {"exists": false}}"#
        ),
        (
            #"{"condition.AWS:SOURCEIP": {"contains": ["192.0."]}}"#,
            #"{"condition.aws:SourceIp": {"contains": ["192.0."]}, "error": {"exists": false}}"#
        ),
        (
            #"{"resource": {"like": ["*:orders-*", "*b*"]}}"#,
            #"{"resource": {"contains": [":orders-", "b"]}, "error": {"exists": false}}"#
        ),
        (#"{"resource": {"like": ["plain"]}}"#, #"{"resource": {"eq": ["plain"]}, "error": {"exists": false}}"#),
        (#"{"error": {"exists": ["true"]}}"#, #"{"error": {"exists": true}}"#),
    ])
    func whatCanBeSaid(_ when: String, _ wanted: String) throws {
        #expect(try draft(when).filter == filter(wanted))
    }

    @Test func anAccountHasTwoSpellings() throws {
        let when =
            #"{"principal.AWS": {"eq": ["arn:aws-cn:iam::111122223333:root", "arn:aws-cn:iam::111122223333:user/A"]}}"#
        let values = try draft(when, partition: .china).filter["principal.AWS"]?.eq
        #expect(
            values == [
                "111122223333", "arn:aws-cn:iam::111122223333:root", "arn:aws-cn:iam::111122223333:user/A",
            ]
        )
    }

    @Test(arguments: [
        #"{"tags.a": {"eq": ["b"]}}"#, #"{"risk": {"lt": 20}, "resource": {"eq": ["a"]}}"#,
        // One key of AWS's cannot say both.
        #"{"accountId": {"eq": ["111122223333"]}, "resourceOwnerAccount": {"neq": ["444455556666"]}}"#,
        #"{"condition.aws:SourceIp": {"eq": ["a"]}, "condition.AWS:sourceip": {"contains": ["b"]}}"#,
        #"{"resource": {"like": ["a*"]}}"#, #"{"resource": {"like": ["*a?b*"]}}"#,
        #"{"condition.aws:SourceVpce": {"eq": ["a"]}}"#, #"{"principal.Service": {"eq": ["a"]}}"#,
        #"{"resource": {"eq": ["a"], "contains": ["a"]}}"#, #"{"principal.AWS": {"neq": ["a"]}}"#,
        #"{"region": {"contains": ["eu-"]}, "resource": {"eq": ["a"]}}"#, #"{"region": {"eq": ["eu-west-1"]}}"#,
        #"{"kind": {"eq": ["UnusedIAMRole"]}}"#, #"{"kind": {"eq": ["ExternalAccess"]}}"#,
        #"{"status": {"eq": ["ACTIVE"]}, "resource": {"eq": ["a"]}}"#,
    ])
    func whatCannotBeSaid(_ when: String) {
        #expect(throws: ArchiveRuleDraft.Unsayable.self) { _ = try draft(when) }
    }

    @Test func anEndIsSaidAndNotTakenWhenOver() throws {
        let when = #"{"resource": {"eq": ["a"]}}"#
        #expect(try draft(when, #", "expires": "2026-12-31""#).remarks.contains { $0.contains("until-2026-12-31") })
        #expect(throws: ArchiveRuleDraft.Unsayable.self) { _ = try draft(when, #", "expires": "2026-11-20""#) }
    }

    @Test(arguments: [
        (#"{"a": {"eq": ["1", "2"]}}"#, #"{"a": {"eq": ["1"]}, "b": {"exists": true}}"#, true),
        (#"{"a": {"eq": ["1"]}}"#, #"{"a": {"eq": ["1", "2"]}}"#, false),
        (#"{"a": {"contains": ["x"]}}"#, #"{"a": {"eq": ["axb"]}}"#, true),
        (#"{"a": {"contains": ["x"]}}"#, #"{"a": {"contains": ["axb", "b"]}}"#, false),
        (#"{"a": {"neq": ["1"]}}"#, #"{"a": {"eq": ["2"]}}"#, true),
        (#"{"a": {"neq": ["1"]}}"#, #"{"a": {"neq": ["1", "2"]}}"#, true),
        (#"{"a": {"exists": true}}"#, #"{"a": {"eq": ["2"]}}"#, true),
        (#"{"a": {"exists": false}}"#, #"{"a": {"eq": ["2"]}}"#, false),
        (#"{"a": {"eq": ["1"], "contains": ["1"]}}"#, #"{"a": {"eq": ["1"]}}"#, false),
        (#"{"a": {"eq": ["1"]}, "b": {"eq": ["1"]}}"#, #"{"a": {"eq": ["1"]}}"#, false),
    ])
    func whatCoversWhat(_ wide: String, _ narrow: String, _ covers: Bool) throws {
        #expect(try filter(wide).covers(filter(narrow)) == covers)
    }

    @Test(arguments: ["[]", "1", #"{"a": 1}"#, #"{"a": {"like": ["b"]}}"#])
    func whatIsNoFilter(_ text: String) throws {
        #expect(ArchiveFilter(try JSON.parse(text: text)) == nil)
    }

    private func lint(
        _ filters: [(String, String)],
        matching: [Set<String>],
        type: String = "ACCOUNT",
        now: String = "2026-11-21T08:40:00Z"
    ) throws -> [String] {
        let analyzer = AnalyzerOptions.Found(arn: "a", name: "n", type: type, region: try Region("us-east-1"))
        let rules = try filters.map { name, text in
            ArchiveRule(name: name, filter: try filter(text), createdAt: nil, updatedAt: nil)
        }
        let lint = ArchiveRuleLint(analyzer: analyzer, rules: rules, matching: matching, own: nil, now: now)
        return lint.problems.map { "\($0.rule) \($0.code.rawValue)" }
    }

    @Test func broadRules() throws {
        #expect(try lint([("r", #"{"resource": {"eq": ["a"]}}"#)], matching: [["1"]]) == ["r NO_PRINCIPAL"])
        #expect(
            try lint([("r", #"{"resource": {"eq": ["a"]}}"#)], matching: [["1"]], type: "ACCOUNT_UNUSED_ACCESS") == []
        )
        #expect(try lint([("r", #"{"principal.AWS": {"eq": ["*"]}}"#)], matching: [["1"]]) == ["r PUBLIC"])
        #expect(
            try lint([("r", #"{"principal.AWS": {"contains": ["12"]}}"#)], matching: [["1"]]) == ["r CONTAINS_NUMBER"]
        )
        #expect(try lint([("r", #"{"principal.AWS": {"eq": ["12"]}}"#)], matching: [[]]) == ["r MATCHES_NOTHING"])
    }

    @Test func twoForTheSame() throws {
        let one = #"{"principal.AWS": {"eq": ["1"]}}"#
        let both = #"{"principal.AWS": {"eq": ["1", "2"]}}"#
        #expect(try lint([("a", one), ("b", one)], matching: [["1"], ["1"]]) == ["b COVERED"])
        #expect(try lint([("a", one), ("b", both)], matching: [["1"], ["1"]]) == ["a COVERED"])
        let other = #"{"principal.AWS": {"contains": ["x"]}}"#
        #expect(try lint([("a", one), ("b", other)], matching: [["1"], ["1", "2"]]) == ["b OVERLAPS"])
        #expect(try lint([("a", one), ("b", other)], matching: [["1"], ["2"]]) == [])
    }

    @Test func dates() throws {
        let one = #"{"principal.AWS": {"eq": ["1"]}}"#
        #expect(try lint([("a-until-2026-11-20", one)], matching: [["1"]]) == ["a-until-2026-11-20 OVER"])
        #expect(try lint([("a-until-2026-11-21", one)], matching: [["1"]]) == [])
        #expect(try lint([("a-2026-99-99", one)], matching: [["1"]]) == [])
    }

    private func attached(_ name: String, _ text: String) -> AttachedPolicy {
        AttachedPolicy(name: name, id: nil, isManaged: false, text: text)
    }

    @Test func howPermissionsDiffer() {
        func policy(_ actions: String) -> String {
            #"{"Statement": [{"Effect": "Allow", "Action": \#(actions), "Resource": "*"}]}"#
        }
        let difference = PermissionDifference(
            attached: [
                attached("a", policy(#"["S3:*", "sqs:SendMessage", "sqs:DeleteQueue"]"#)), attached("b", "no policy"),
                attached("c", #"{"Statement": {"Effect": "Allow", "NotAction": "a:*", "Resource": "*"}}"#),
            ],
            generated: [policy(#""s3:GetObject""#), policy(#"["sqs:SendMessage", "ec2:RunInstances"]"#)]
        )
        #expect(
            difference.lines == [
                "@@ inline policy a @@", "-S3:*   (wider than needed)", "+s3:GetObject", "-sqs:DeleteQueue",
                "@@ not given by name; a NotAction may give it @@", "+ec2:RunInstances",
            ]
        )
        #expect(difference.notCompared.count == 2)
    }

    @Test(arguments: [
        ("arn:aws:iam::111122223333:policy/team/wide", true), ("ANPA1", true), ("wide", true), ("team/wide", false),
        ("", false),
    ])
    func whichPolicyAWSMeans(_ existing: String, _ isMeant: Bool) {
        let arn = "arn:aws:iam::111122223333:policy/team/wide"
        #expect(AttachedPolicy(name: arn, id: "ANPA1", isManaged: true, text: "").isMeant(by: existing) == isMeant)
    }
}
