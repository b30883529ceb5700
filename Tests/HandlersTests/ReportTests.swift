import AWSClient
import Basics
import Findings
import Ledger
import LosslessJSON
import Policies
import Rules
import SimulatedAccount
import Testing

@testable import Handlers

/// A line as the functions of a stack log it.
private func line(
    _ number: Int,
    at seconds: Int64,
    _ handler: HandlerName,
    mode: Settings.Mode = .observe,
    action: Decision.Action? = nil,
    rule: String = "public-access",
    isDecision: Bool = true,
    status: Outcome.Status? = nil,
    summary: String = "",
    isAskedByMode: Bool = false
) throws -> JSON {
    let metrics = InvocationMetrics()
    var before = try bareCase(number)
    var answer = before
    if let action {
        let reasons = isAskedByMode ? [Reason.askedByMode] : []
        let decision = Decision(action, rule: rule, reasons: reasons)
        answer.decide(decision)
        if !isDecision { before.decide(decision) }
    }
    if let status { answer.conclude(Outcome(status, summary, mode: mode.rawValue)) }
    metrics.began(before)
    metrics.answered(answer.json)
    let writer = MetricLines(handler: handler, mode: mode, requestID: "r", time: (start + seconds) * 1000)
    return try JSON.parse(try #require(writer.lines(metrics, errorType: nil).first))
}

/// A failed step's line.
private func failure(_ number: Int, at seconds: Int64) throws -> JSON {
    let metrics = InvocationMetrics()
    metrics.began(try bareCase(number))
    let writer = MetricLines(handler: .resolve, mode: .observe, requestID: "r", time: (start + seconds) * 1000)
    return try JSON.parse(try #require(writer.lines(metrics, errorType: "Function.Throttled").first))
}

private let start: Int64 = 1_795_250_400 - 86_400

private let rules = #"""
    {"version": 1, "rules": [
      {"name": "public-access", "action": "RESOLVE", "owner": "team-a", "when": {"isPublic": {"eq": ["true"]}}},
      {"name": "never", "action": "ARCHIVE", "owner": "team-b", "expires": "2099-01-01", "when": {"accountId": {"eq": ["111111111111"]}}},
      {"name": "soon", "action": "ARCHIVE", "expires": "2026-12-05", "when": {"accountId": {"eq": ["222222222222"]}}},
      {"name": "past", "action": "ARCHIVE", "expires": "2026-01-01", "when": {"accountId": {"eq": ["333333333333"]}}}
    ]}
    """#

/// What is counted of a period, and how people read it.
@Suite struct ReportTests {
    private func report(_ lines: [JSON], since: Int64? = nil, until: Int64? = nil, rules: RuleSet? = nil)
        -> ActivityReport
    {
        var tally = ReportTally(
            since: since.map { Timestamp(secondsSinceEpoch: start + $0) },
            until: until.map { Timestamp(secondsSinceEpoch: start + $0) }
        )
        for line in lines { if let entry = ReportEntry(metricLine: line) { tally.take(entry) } }
        return ActivityReport(
            tally,
            ActivityReport.Source(name: "the test", lines: lines.count, notes: []),
            rules: rules,
            now: Timestamp(secondsSinceEpoch: start + 86_400)
        )
    }

    /// The steps of one finding in the workflow's deployment are one answer, and the finding counts by its last word.
    @Test func aFindingCountsOnceByItsLastWord() throws {
        let report = report([
            try line(0, at: 0, .enrich), try line(0, at: 1, .evaluate, action: .resolve),
            try line(0, at: 2, .resolve, action: .resolve, isDecision: false, status: .observed),
            try line(0, at: 3, .notify, action: .resolve, isDecision: false, status: .observed),
            // It comes again a day later, by another rule.
            try line(0, at: 90, .evaluate, action: .notify, rule: "other"),
        ])
        #expect(report.findings == 1 && report.answers == 2)
        #expect(report.answersByAction.map(\.name) == ["NOTIFY", "RESOLVE"])
        #expect(report.findingsByStatus.map(\.name) == ["NOTIFY"])
        #expect(report.fates == [.tell: 1] && report.blocks.isEmpty)
    }

    @Test func whatEnforceWouldBlockIsNamed() throws {
        let report = report([
            try line(0, at: 0, .respond, action: .resolve, status: .observed),
            try line(1, at: 10, .respond, action: .resolve, status: .observed),
            try line(1, at: 20, .respond, status: .ignored),
            try line(2, at: 30, .respond, action: .archive, rule: "vendor", status: .observed),
            try line(3, at: 40, .respond, action: .approve, status: .awaitingApproval),
            try line(
                4,
                at: 50,
                .respond,
                mode: .approve,
                action: .approve,
                status: .awaitingApproval,
                isAskedByMode: true
            ),
            try line(5, at: 60, .respond, action: .resolve, status: .refused, summary: "Refused: \(roleARN) is odd."),
            try line(6, at: 70, .respond, action: .resolve, status: .refused, summary: "Refused: \(roleARN) is odd."),
            try line(7, at: 80, .respond, action: .ignore),
            try line(8, at: 90, .respond, status: .ignored),
            try failure(9, at: 95),
        ])
        #expect(
            report.fates == [
                .block: 3, .archive: 1, .ask: 1, .refuse: 2, .nothing: 1, .over: 1, .unknown: 1,
            ]
        )
        #expect(report.blocks.map(\.id) == [findingID(4), findingID(1), findingID(0)])
        #expect(report.blocksThatAreOver == 1 && report.busiestHour?.count == 3)
        #expect(report.undone.map(\.findings) == [2] && report.undone[0].why == "Refused: RESOURCE is odd.")
        #expect(report.failures.map(\.name) == ["Function.Throttled"])
        let text = report.text(limit: 2)
        #expect(text.contains("What enforce would have done\n     3  blocked (1 over since, by somebody else)"))
        #expect(text.contains("access of AWS \(outsider(4)), rule public-access"))
        #expect(text.contains("  and 1 more\n") && text.contains("     2  REFUSED: Refused: RESOURCE is odd."))
        #expect(report.subject.hasSuffix("enforce would block 3 of 10 findings"))
    }

    @Test func enforceModeSaysWhatWasDone() throws {
        let report = report([
            try line(0, at: 0, .evaluate, mode: .enforce, action: .resolve),
            try line(0, at: 1, .resolve, mode: .enforce, action: .resolve, isDecision: false, status: .resolved),
        ])
        #expect(report.wasEnforcing && report.subject.hasSuffix("blocked 1 of 1 finding"))
        #expect(report.text(limit: 9).contains("What was done (mode enforce)\n     1  blocked\n"))
    }

    @Test func aPeriodHasItsFirstMomentAndNotItsLast() throws {
        let lines = try [0, 10, 20].map { try line(Int($0), at: $0, .respond, action: .notify) }
        #expect(report(lines, since: 10, until: 20).findings == 1)
        #expect(report(lines, since: 0, until: 21).findings == 3)
    }

    /// Whatever order lines come in, the last word is the latest one.
    @Test func theOrderOfLinesDoesNotMatter() throws {
        let lines = [
            try line(0, at: 0, .evaluate, action: .resolve),
            try line(0, at: 1, .resolve, action: .resolve, isDecision: false, status: .observed),
            try line(0, at: 50, .respond, status: .ignored),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            let report = report(order.map { lines[$0] })
            #expect(report.answers == 2 && report.findingsByStatus.map(\.name) == ["IGNORED"], "\(order)")
        }
    }

    /// Lines of the version before this one have neither action nor status.
    @Test func linesOfEarlierVersionsAreRead() throws {
        func old(_ handler: String, _ outcome: String, _ time: Int) -> JSON {
            [
                "_aws": ["Timestamp": .int((Int(start) + time) * 1000)], "Handler": .string(handler), "Mode": "observe",
                "Outcome": .string(outcome), "ResourceType": "AWS::IAM::Role", "findingId": "f", "resource": "r",
                "rule": "a",
            ]
        }
        let report = report([old("enrich", "NONE", 0), old("evaluate", "RESOLVE", 1), old("resolve", "OBSERVED", 2)])
        #expect(report.answers == 1 && report.fates == [.block: 1])
        #expect(report.text(limit: 9).contains("- r\n  rule a\n"))
    }

    @Test func rulesStandBesideWhatTheyDecided() throws {
        let report = report(
            [
                try line(0, at: 0, .respond, action: .resolve, status: .observed),
                try line(1, at: 0, .respond, action: .notify, rule: "default"),
                try line(2, at: 0, .respond, action: .notify, rule: "gone"),
            ],
            rules: try RuleSet(Array(rules.utf8))
        )
        let beside = try #require(report.rules)
        #expect(beside.matched.map(\.name) == ["public-access"] && beside.unmatched.map(\.name) == ["never", "soon"])
        #expect(beside.expired.map(\.name) == ["past"] && beside.expiring.map(\.name) == ["soon"])
        #expect(beside.unknown.map(\.name) == ["gone"] && beside.undecided == 1)
        #expect(report.text(limit: 9).contains("- never (ARCHIVE, owner team-b, expires 2099-01-01)"))
    }

    @Test func whatComesFromOutsideCannotBreakTheText() throws {
        var odd = try #require(try line(0, at: 0, .respond, action: .resolve, status: .observed).object)
        odd["resource"] = "arn:aws:iam::1:role/x\nBlocked: 0\u{1B}[2J"
        odd["principal"] = .string(String(repeating: "x", count: 10_000))
        let text = report([.object(odd)]).text(limit: 5)
        #expect(!text.contains("\nBlocked: 0") && !text.contains("\u{1B}") && text.utf8.count < 5000)
    }

    @Test func aCaseCountsLikeItsLine() throws {
        var answered = try bareCase(0)
        answered.decide(Decision(.resolve, rule: "r", reasons: []))
        answered.conclude(Outcome(.observed, "", mode: "observe"))
        let entry = try #require(ReportEntry(case: .object(answered.json)))
        #expect(entry.isAnswer && entry.status == .observed && entry.principal == "AWS \(outsider(0))")
        #expect(ReportEntry(case: ["detail": ["id": "x"]]) == nil)
    }
}

/// The handler, which reads the log and tells people.
@Suite struct ReportRunTests {
    private func environment(_ lines: [JSON], topic: Bool = true) throws -> (
        HandlerEnvironment, SimulatedAccount, Ledger
    ) {
        let simulated = try SimulatedAccount([
            "account": "210987654321", "topics": [.string(HandlersTests.topic)], "logs": ["/functions": .array(lines)],
        ])
        var environment = HandlersTests.environment(simulated)
        environment.settings.logGroup = "/functions"
        if topic { environment.settings.topic = .init(HandlersTests.topic) }
        environment.now = { Timestamp(secondsSinceEpoch: start + 86_400) }
        let ledger = Ledger(MemoryStore(), now: environment.now)
        return (environment.with(ledger), simulated, ledger)
    }

    private func mails(_ simulated: SimulatedAccount) -> [JSONObject] {
        simulated.calls.filter { $0.operation == "Publish" }.map(\.parameters)
    }

    private func run(_ event: JSON, _ environment: HandlerEnvironment) async throws -> JSON {
        try JSON.parse(try await HandlerName.report.run(event.serialized(), environment))
    }

    /// Five lines are three pages, and the first of four is empty.
    @Test func everyPageIsReadAndPeopleAreToldOnce() async throws {
        let lines = try (0..<5).map { try line($0, at: 10, .respond, action: .resolve, status: .observed) }
        let (environment, simulated, _) = try environment(lines + [["Handler": "report"]])
        let time: JSON = ["time": .string(environment.now().extended)]
        let answer = try await run(time, environment)
        #expect(answer["findings"] == 5 && answer["enforce"]?["block"] == 5 && answer["source"]?["isComplete"] == true)
        #expect(answer["notification"]?["messageId"] != nil)
        #expect(simulated.calls.count { $0.operation == "FilterLogEvents" } == 4)
        let again = try await run(time, environment)
        #expect(again["notification"] == .null && again["findings"] == 5)
        #expect(
            mails(simulated).map { $0["Subject"]?.string } == [
                "Gatehouse report to 2026-11-21: enforce would block 5 of 5 findings"
            ]
        )
        // The next period is told again, and so is one that somebody asks for by hand.
        _ = try await run(["time": .string(environment.now().adding(seconds: 60).extended)], environment)
        _ = try await run([:], environment)
        #expect(mails(simulated).count == 3)
    }

    @Test func whereNobodyIsToldTheFiguresAreAnswered() async throws {
        let (environment, simulated, _) = try environment([], topic: false)
        let answer = try await run([:], environment)
        #expect(answer["findings"] == 0 && answer["notification"] == .null && mails(simulated).isEmpty)
    }

    @Test func anEmptyWeekIsToldAsWell() async throws {
        let (environment, simulated, _) = try environment([])
        _ = try await run([:], environment)
        #expect(mails(simulated).first?["Subject"] == "Gatehouse report to 2026-11-21: no finding was answered")
    }

    /// The error that the handler ends with.
    private func failure(_ event: JSON, _ environment: HandlerEnvironment) async -> HandlerError? {
        do throws(HandlerError) {
            _ = try await HandlerName.report.run(event.serialized(), environment)
            return nil
        } catch {
            return error
        }
    }

    @Test func wrongEventsAndSettingsAreSaid() async throws {
        var (environment, _, _) = try environment([])
        let events: [JSON] = [[], "x", ["time": 5], ["time": "soon"]]
        for event in events {
            let error = await failure(event, environment)
            #expect(error?.kind == .invalidEvent)
        }
        environment.settings.logGroup = "/other"
        let missing = await failure([:], environment)
        #expect(missing?.kind == .invalidConfiguration)
        #expect(missing?.message.contains("/other") == true)
        environment.settings.logGroup = nil
        let unset = await failure([:], environment)
        #expect(unset?.message.contains("GATEHOUSE_LOG_GROUP") == true)
    }

    @Test func whatTheTimeDoesNotReachIsSaid() async throws {
        let (whole, _, _) = try environment([try line(0, at: 10, .respond, action: .notify)])
        var environment = whole
        environment.deadline = .now + .seconds(10)
        let answer = try await run([:], environment)
        #expect(answer["source"]?["isComplete"] == false)
    }
}
