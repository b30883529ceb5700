import AWSClient
import ArgumentParser
import Basics
import Findings
import FoundationEssentials
import Handlers
import Logging
import LosslessJSON
import Messages
import Rules
import SimulatedAccount
import Testing

@testable import gatehouse

/// `gatehouse audit` on an account in memory.
struct AuditTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_795_250_400)
    private static let regions = ["us-east-1", "eu-west-1", "me-south-1"]

    private static func finding(_ region: String, _ number: Int, _ more: [(String, JSON)] = []) -> JSON {
        var json = JSONObject([
            ("analyzerArn", .string("arn:aws:access-analyzer:\(region):123456789012:analyzer/A")),
            ("id", .string("\(region)-\(number)")), ("status", "ACTIVE"), ("resourceOwnerAccount", "123456789012"),
            ("resource", .string("arn:aws:sqs:\(region):123456789012:queue-\(number)")),
            ("resourceType", "AWS::SQS::Queue"), ("principal", ["AWS": "arn:aws:iam::999988887777:user/A"]),
            ("action", ["sqs:SendMessage"]), ("condition", [:]), ("isPublic", false),
            ("createdAt", "2026-11-11T08:40:00Z"), ("updatedAt", "2026-11-11T08:40:00Z"),
        ])
        for (key, value) in more { json[key] = value }
        return .object(json)
    }

    private static func account(_ findings: [JSON], faults: JSON = []) throws -> SimulatedAccount {
        let analyzers = regions.map { ("arn:aws:access-analyzer:\($0):123456789012:analyzer/A", JSON("ACCOUNT")) }
        return try SimulatedAccount([
            "account": "123456789012", "analyzers": .object(JSONObject(analyzers)), "findings": .array(findings),
            "faults": faults,
        ])
    }

    /// What was written, and the report.
    private func audit(
        _ account: SimulatedAccount,
        _ format: AuditFormat = .jsonl,
        rules: RuleSet = .builtIn,
        statuses: [String] = ["ACTIVE"],
        memoryLimit: Int = 8 << 20
    ) async throws -> (text: String, report: AuditReport) {
        let file = FileManager.default.temporaryDirectory.appending(path: "gatehouse-audit-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let reader = AuditReader(
            rules: rules,
            statuses: statuses,
            analyzer: nil,
            now: Self.now,
            spool: AuditSpool(memoryLimit: memoryLimit),
            detailsLeft: 10
        )
        var run = AuditRun(
            subject: AuditSubject(readAt: Self.now, now: Self.now, rules: "builtin", statuses: statuses),
            format: format,
            spool: reader.spool,
            output: try AuditOutput(file.path)
        )
        let units = try Self.regions.map {
            AuditUnit(account: nil, region: try Region($0), isEnabled: nil, aws: account.caller())
        }
        let report = try await run.gather(units, reader, AuditProgress(of: units.count))
        try run.finish(report)
        return (String(decoding: try Data(contentsOf: file), as: UTF8.self), report)
    }

    @Test func readsEachRegionOnceInItsOrder() async throws {
        let account = try Self.account(
            Self.regions.reversed().flatMap { region in (0..<3).map { Self.finding(region, $0) } }
        )
        let (text, report) = try await audit(account)
        let ids = try text.split(separator: "\n").map { try JSON.parse(Array($0.utf8))["finding"]?["id"]?.string ?? "" }
        #expect(ids == Self.regions.flatMap { region in (0..<3).map { "\(region)-\($0)" } })
        #expect(report.isComplete && report.tally.total == 9 && report.tally.ages == ["7 to 29 days": 9])
        #expect(account.calls.filter { $0.operation == "ListAnalyzers" }.count == 3)
        #expect(account.calls.allSatisfy { !$0.isWrite })
    }

    @Test func aRegionThatIsNotEnabledIsNoFailure() async throws {
        let faults: JSON = [
            [
                "operation": "ListAnalyzers", "region": "me-south-1", "kind": "accessDenied",
                "code": "UnrecognizedClientException", "times": 9,
            ]
        ]
        let (text, report) = try await audit(try Self.account([Self.finding("us-east-1", 0)], faults: faults))
        #expect(text.split(separator: "\n").count == 1 && report.isComplete)
        #expect(report.places.map(\.state) == [.read, .read, .notEnabled])
        #expect(report.coverage.contains("Skipped, not enabled: me-south-1."))
    }

    /// Where every account has the region, the same answer means that the credentials are wrong.
    @Test(arguments: [("us-east-1", "UnrecognizedClientException"), ("me-south-1", "AccessDeniedException")])
    func whatCannotBeReadIsNamed(_ region: String, _ code: String) async throws {
        let faults: JSON = [
            ["operation": "ListAnalyzers", "region": .string(region), "kind": "accessDenied", "code": .string(code)]
        ]
        let account = try Self.account(Self.regions.map { Self.finding($0, 0) }, faults: faults)
        let (text, report) = try await audit(account)
        #expect(text.split(separator: "\n").count == 2 && !report.isComplete)
        #expect(report.coverage.contains { $0.hasPrefix("Not read: \(region)") && $0.contains(code) })
    }

    @Test func aListThatBreaksOffIsNotWhole() async throws {
        let faults: JSON = [["operation": "ListFindings", "region": "eu-west-1", "kind": "throttled"]]
        let account = try Self.account(Self.regions.map { Self.finding($0, 0) }, faults: faults)
        let (text, report) = try await audit(account, .html)
        #expect(!report.isComplete && report.tally.total == 2)
        #expect(text.contains("This report is not complete.") && text.contains("eu-west-1"))
    }

    @Test func theSameAccessIsShownAsTheSame() async throws {
        let other: JSON = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/B"
        let again = Self.finding("us-east-1", 0, [("analyzerArn", other), ("id", "again")])
        let broader = Self.finding("us-east-1", 0, [("analyzerArn", other), ("id", "more"), ("action", ["sqs:*"])])
        // One analyzer reports an access for each of its sources.
        let twin = Self.finding("us-east-1", 0, [("analyzerArn", other), ("id", "twin"), ("action", ["sqs:*"])])
        let account = try SimulatedAccount([
            "account": "123456789012", "findings": [Self.finding("us-east-1", 0), again, broader, twin],
            "analyzers": [
                "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A": "ACCOUNT",
                "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/B": "ORGANIZATION",
            ],
        ])
        let (text, report) = try await audit(account)
        let cases = try text.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
        #expect(cases.map { $0["audit"]?["duplicateOf"]?.string } == [nil, "us-east-1-0", nil, nil])
        #expect(report.tally.duplicates == 1)
    }

    @Test func whatIsNotActiveIsIgnored() async throws {
        let account = try Self.account([
            Self.finding("us-east-1", 0), Self.finding("us-east-1", 1, [("status", "ARCHIVED")]),
        ])
        #expect(try await audit(account).report.tally.total == 1)
        let report = try await audit(account, statuses: ["ACTIVE", "ARCHIVED"]).report
        #expect(report.tally.actions(.ignore) == 1 && report.tally.severities["LOW"] == 1)
    }

    @Test func aRuleOnTagsCannotBeDecided() async throws {
        let rules = try RuleSet(
            Array(
                #"""
                {"version": 1, "default": "RESOLVE", "rules": [
                 {"name": "ours", "when": {"tags.Team": {"eq": ["orders"]}}, "action": "ARCHIVE"}]}
                """#.utf8
            )
        )
        let (_, report) = try await audit(try Self.account([Self.finding("us-east-1", 0)]), rules: rules)
        #expect(report.tally.actions(.notify) == 1 && report.tally.undecided == 1)
    }

    @Test(arguments: AuditFormat.allCases)
    func aFileInThePlaceOfMemoryGivesTheSame(_ format: AuditFormat) async throws {
        let account = try Self.account(Self.regions.flatMap { region in (0..<40).map { Self.finding(region, $0) } })
        let inMemory = try await audit(account, format).text
        #expect(try await audit(account, format, memoryLimit: 1000).text == inMemory)
        #expect(!inMemory.isEmpty)
    }

    @Test func anUnreadableFindingIsNamed() async throws {
        let odd = Self.finding("us-east-1", 7, [("resource", "no arn")])
        let (text, report) = try await audit(try Self.account([odd, Self.finding("us-east-1", 0)]))
        #expect(text.split(separator: "\n").count == 1 && !report.isComplete)
        #expect(report.coverage.contains { $0.contains("us-east-1-7") })
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""), ("=1+1", "'=1+1"), ("+1", "'+1"),
        ("-1", "'-1"), ("@x", "'@x"), ("\t=1", " '=1"), ("=a,b", "\"'=a,b\""), ("a\r\nb", "a  b"), ("", ""),
        ("role/; =cmd|'/C x'!A0", "\"role/; '=cmd|'/C x'!A0\""), ("\u{FF1D}1", "'\u{FF1D}1"), ("a=1", "a=1"),
    ])
    func cellsAreHarmless(_ text: String, _ cell: String) {
        #expect(AuditCSV.cell(text) == cell)
    }

    @Test func theBarIsFull() {
        #expect(AuditProgress.line(done: 0, total: 17, findings: 0).hasPrefix("[" + String(repeating: ".", count: 24)))
        #expect(
            AuditProgress.line(done: 17, total: 17, findings: 3400)
                == "[\(String(repeating: "#", count: 24))] 17 of 17 regions, 3400 findings"
        )
    }

    @Test func longChartsEndInOthers() {
        var page = HTML()
        page.add(AuditChart("By account", (0..<40).map { ("<\($0)>", 40 - $0) }))
        #expect(page.text.contains("29 others") && page.text.contains("&lt;0&gt;") && !page.text.contains("<0>"))
    }

    @Test(arguments: [("ACTIVE", ["ACTIVE"]), ("archived,ACTIVE,archived", ["ARCHIVED", "ACTIVE"])])
    func statusesAreRead(_ text: String, _ all: [String]) {
        #expect(StatusList(argument: text)?.all == all)
    }

    @Test(arguments: ["", "OPEN", "ACTIVE,"])
    func otherStatusesAreNot(_ text: String) {
        #expect(StatusList(argument: text) == nil)
    }

    @Test(arguments: [
        ["--region", "us-east-1", "--all-regions"], ["--role", "Audit"], ["--accounts", "a.txt"],
        ["--analyzer", "mine"],
        ["--account", "a.json", "--profile", "x"], ["--region", "nowhere"], ["--details", "-1"],
    ])
    func wrongUsageIsRefused(_ words: [String]) {
        #expect(throws: (any Error).self) { _ = try Audit.parse(words) }
    }
}
