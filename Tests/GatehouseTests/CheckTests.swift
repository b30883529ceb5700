import Basics
import Findings
import LosslessJSON
import Policies
import Testing

@testable import gatehouse

/// What our own evaluator finds in a policy before it is deployed.
struct CheckTests {
    /// A policy, and what is to be said of it.
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let type: String
        let statements: String
        /// `statement principal action …` of what is found, then what cannot be judged.
        let found: [String]
        var isPublic: [Bool] = []
        var notJudged: [Int] = []
        var account: String? = own
        var trusted: [String] = []
        var organization: String?

        var testDescription: String { name }
    }

    static let own = "111122223333"
    static let other = "999988887777"

    static func queue(_ principal: String, _ condition: String = "", action: String = "sqs:SendMessage")
        -> String
    {
        let condition = condition.isEmpty ? "" : ", \"Condition\": \(condition)"
        return #"{"Effect": "Allow", "Principal": \#(principal), "Action": "\#(action)", "Resource": "*"\#(condition)}"#
    }

    static let everyone = #"{"AWS": "*"}"#
    static let named = #"{"AWS": "arn:aws:iam::999988887777:root"}"#
    static let denyOthers =
        #"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": "#
        + #"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}"#

    /// A policy of an attack on the evaluator, and the codes of what is to be said of it, in order of place.
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        var type = "AWS::S3::Bucket"
        let statements: String
        let codes: [CheckCode]
        /// The policy that is deployed now.
        var reference: String?
        /// Whether all that is said is known from there.
        var isKnown = false
        var account: String? = own
        var organization: String?

        var testDescription: String { name }
    }

    static func statement(
        _ condition: String = "",
        who: String = "\"Principal\": \"*\"",
        what: String = "\"Action\": \"s3:GetObject\"",
        on: String = "\"Resource\": \"arn:aws:s3:::b/*\"",
        effect: String = "Allow"
    ) -> String {
        let condition = condition.isEmpty ? "" : ", \"Condition\": {\(condition)}"
        return "{\"Effect\": \"\(effect)\", \(who), \(what)\(on.isEmpty ? "" : ", " + on)\(condition)}"
    }

    static func deny(
        _ condition: String = "",
        who: String = "\"Principal\": \"*\"",
        what: String = "\"Action\": \"s3:GetObject\"",
        on: String = "\"Resource\": \"arn:aws:s3:::b/*\""
    ) -> String {
        statement(condition, who: who, what: what, on: on, effect: "Deny")
    }

    static func aws(_ principal: String) -> String { "\"Principal\": {\"AWS\": \"\(principal)\"}" }

    /// The statement by which anybody reads a bucket.
    static let star = statement()
    static let trust = (what: "\"Action\": \"sts:AssumeRole\"", type: "AWS::IAM::Role")
    static let sqs = (what: "\"Action\": \"sqs:*\"", type: "AWS::SQS::Queue", any: "\"Resource\": \"*\"")

    static let attacks: [Attack] = [
        removals, references, patternsOfKeys, patterns, namedPrincipals, principals, numbers, closed, conditions,
    ].flatMap(\.self)

    @Test(arguments: attacks)
    func whatAnAttackComesTo(_ attack: Attack) throws {
        let side = OwnSide(account: attack.account, trusted: [], organization: attack.organization)
        let type = try type(attack.type)
        let report: CheckReport
        do throws(CheckedPolicy.NotAPolicy) {
            report = CheckReport(
                try policy(attack.statements),
                reference: try attack.reference.map { (text) throws(CheckedPolicy.NotAPolicy) in try policy(text) },
                type,
                side,
                AskedAWS(nothing: "a test")
            )
        } catch {
            report = CheckReport("p.json", type, side, error)
        }
        #expect(report.entries.map(\.code) == attack.codes, "\(report.lines)")
        #expect(report.entries.allSatisfy { $0.isKnown == attack.isKnown }, "\(report.lines)")
        let weight = attack.codes.map(\.weight).max() ?? .told
        #expect(report.verdict == (attack.isKnown ? .told : weight))
    }

    private func type(_ name: String) throws -> CheckedType {
        try #require(CheckedType(argument: name))
    }

    private func policy(_ statements: String) throws(CheckedPolicy.NotAPolicy) -> CheckedPolicy {
        try CheckedPolicy("p.json", Array("{\"Version\": \"2012-10-17\", \"Statement\": [\n\(statements)\n]}".utf8))
    }

    @Test(arguments: samples)
    func whatIsFound(_ sample: Sample) throws {
        let side = OwnSide(account: sample.account, trusted: sample.trusted, organization: sample.organization)
        let examination = PolicyExamination(try policy(sample.statements).document, try type(sample.type), side)
        let found = examination.accesses.map { access in
            "\(access.statement) \(access.principal.element.value) \(access.actions.joined(separator: " "))"
        }
        #expect(found == sample.found)
        #expect(examination.accesses.map(\.isPublic) == sample.isPublic)
        #expect(examination.notJudged.map(\.statement) == sample.notJudged)
    }

    /// What a principal is called that cannot be judged.
    @Test(arguments: [
        (aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), "origin access identity E1;"),
        (aws("arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E1"), "origin access identity E1;"),
        (aws("arn:aws:iam::cloudfront:user/Somebody"), "Somebody, which is no principal of AWS"),
        (aws("arn:aws:sts::999988887777:assumed-role/R"), "assumed-role/R, which is no principal of AWS"),
        (aws("arn:aws:sts::999988887777:federated-user/*"), "federated-user/*, which is no principal of AWS"),
        (#""Principal": {"CanonicalUser": "79a5"}"#, "the canonical user 79a5;"),
        (#""Principal": {"Service": "*"}"#, "the service *, which is no service's name"),
    ])
    func whoCannotBeJudged(_ who: String, _ words: String) throws {
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let policy = try policy(Self.statement(who: who))
        let examination = PolicyExamination(policy.document, try type("AWS::S3::Bucket"), side)
        #expect(examination.accesses.isEmpty)
        #expect(examination.notJudged.count == 1)
        #expect(examination.notJudged.first?.reason.contains(words) == true, "\(examination.notJudged)")
    }

    @Test func everyTypeTakesAnyPolicyOfAnother() throws {
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        for type in CheckedType.all {
            for statements in Self.samples.map(\.statements) + Self.attacks.map(\.statements) {
                guard let policy = try? policy(statements) else { continue }
                _ = PolicyExamination(policy.document, type, side)
            }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", #"{"Statement": []}"#, #"{"Statement": [{}]}"#,
        #"{"Statement": {"Effect": "Allow"}}"#,
        #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#, "{\"Statement\": 1, \"Statement\": 2}",
    ])
    func whatIsNoPolicy(_ text: String) {
        #expect(throws: CheckedPolicy.NotAPolicy.self) { _ = try CheckedPolicy("p.json", Array(text.utf8)) }
    }

    @Test func bytesThatAreNoText() {
        let texts: [[UInt8]] = [
            [0xFF, 0xFE], Array(repeating: UInt8(ascii: "["), count: 100_000), Array(repeating: 0x20, count: 300 << 10),
        ]
        for bytes in texts {
            #expect(throws: CheckedPolicy.NotAPolicy.self) { _ = try CheckedPolicy("p.json", bytes) }
        }
    }

    @Test func aVeryLargePolicyEnds() throws {
        let accounts = (0..<800).map { "\"\(100_000_000_000 + $0)\"" }.joined(separator: ",")
        let values = (0..<800).map { "\"arn:aws:iam::111122223333:role/\($0)\"" }.joined(separator: ",")
        let statement =
            #"{"Effect": "Allow", "Principal": {"AWS": [\#(accounts)]}, "Action": "sqs:*", "Resource": "*", "#
            + #""Condition": {"ArnLike": {"aws:PrincipalArn": [\#(values)]}}}"#
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let examination = PolicyExamination(try policy(statement).document, try type("AWS::SQS::Queue"), side)
        #expect(examination.accesses.isEmpty)
        #expect(examination.notJudged.count == 1)
    }

    @Test func placesAreThoseOfTheStatements() throws {
        let two = try policy(
            #"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*"},\#n  {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}"#
        )
        #expect(two.places.map(\.line) == [2, 3])
        #expect(two.places.map(\.column) == [1, 3])
        let lone = try CheckedPolicy(
            "p",
            Array("{\n \"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\"}}".utf8)
        )
        #expect(lone.places.map(\.line) == [2])
        #expect(lone.places.map(\.column) == [15])
    }

    @Test func whatTheReferenceHasIsKnown() throws {
        let type = try type("AWS::SQS::Queue")
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        func report(_ new: String, _ old: String) throws -> CheckReport {
            CheckReport(try policy(new), reference: try policy(old), type, side, AskedAWS(nothing: "a test"))
        }
        let narrow = Self.queue(Self.named)
        #expect(try report(narrow, narrow).verdict == .told)
        #expect(try report(narrow, Self.queue(Self.named, action: "sqs:*")).verdict == .told)
        #expect(try report(Self.queue(Self.named, action: "sqs:*"), narrow).verdict == .finding)
        #expect(try report(Self.queue("\"*\""), narrow).verdict == .finding)
        let condition = #"{"IpAddress": {"aws:SourceIp": "192.0.2.7/32"}}"#
        #expect(try report(Self.queue(Self.named, condition), narrow).verdict == .told)
        #expect(try report(narrow, Self.queue(Self.named, condition)).verdict == .finding)
        let odd = Self.queue(Self.everyone, #"{"StringResembles": {"a:b": "c"}}"#)
        #expect(try report(odd, odd).verdict == .told)
        #expect(try report(odd, narrow).verdict == .open)
        #expect(try report(odd, odd + "," + Self.denyOthers).verdict == .open)
    }

    /// Variables are texts in the older version.
    @Test(arguments: [("${aws:username}", CheckCode.Weight.finding), ("x", .told)])
    func anotherVersionMeansOtherVariables(_ folder: String, _ verdict: CheckCode.Weight) throws {
        let statement = Self.statement(on: "\"Resource\": \"arn:aws:s3:::b/\(folder)\"")
        let old = try CheckedPolicy("o.json", Array(#"{"Version": "2008-10-17", "Statement": \#(statement)}"#.utf8))
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let report = CheckReport(
            try policy(statement),
            reference: old,
            try type("AWS::S3::Bucket"),
            side,
            AskedAWS(nothing: "a test")
        )
        #expect(report.verdict == verdict)
    }

    /// A reference that is compared for long ends, and what is left is new.
    @Test func aVeryLargeReferenceEnds() throws {
        let folders = (0..<3000).map { "\"arn:aws:s3:::b/\($0)/*\"" }
        func wide(_ folders: [String]) -> String {
            Self.statement(on: "\"Resource\": [\(folders.joined(separator: ","))]")
        }
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let report = CheckReport(
            try policy(wide(folders)),
            reference: try policy(wide(folders.reversed())),
            try type("AWS::S3::Bucket"),
            side,
            AskedAWS(nothing: "a test")
        )
        #expect(report.verdict == .finding)
    }

    /// Bytes changed, left out and put in at random: whatever comes, the answer does.
    @Test func changedBytesNeverTrap() throws {
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % UInt64(bound))
        }
        let pieces = [
            "{", "}", "[", "]", "\"", ",", ":", "*", "null", "1e9", "\\u0000", "Deny", "Principal", "${aws:x}", "Null",
        ]
        let side = OwnSide(account: Self.own, trusted: [], organization: "o-a1b2c3d4e5")
        var judged = 0
        for round in 0..<4000 {
            let sample = Self.samples[round % Self.samples.count]
            var bytes = Array("{\"Statement\": [\(sample.statements)]}".utf8)
            for _ in 0..<(1 + next(3)) {
                let place = next(bytes.count)
                switch next(3) {
                case 0: bytes[place] = UInt8(next(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: pieces[next(pieces.count)].utf8, at: place)
                }
            }
            guard let policy = try? CheckedPolicy("p", bytes) else { continue }
            judged += 1
            let report = CheckReport(
                policy,
                reference: policy,
                try type(sample.type),
                side,
                AskedAWS(nothing: "a test")
            )
            // What it is compared with is itself.
            #expect(report.verdict == .told)
            _ = report.sarif.text()
        }
        #expect(judged > 500)
    }

    @Test(arguments: ["AWS::IAM::AssumeRolePolicyDocument", "aws::iam::role", "AWS::IAM::Role"])
    func rolesHaveTwoNames(_ name: String) {
        #expect(CheckedType(argument: name)?.type == .iamRole)
    }

    @Test(arguments: ["AWS::EC2::Snapshot", "AWS::IAM::User", "", "role"])
    func otherTypesHaveNoPolicy(_ name: String) {
        #expect(CheckedType(argument: name) == nil)
    }
}
