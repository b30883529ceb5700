import Basics
import Findings
import LosslessJSON
import Testing

@testable import Handlers

@Suite struct MetricsTests {
    private func lines(
        _ metrics: InvocationMetrics,
        _ handler: HandlerName = .respond,
        errorType: String? = nil
    ) throws -> [JSON] {
        let lines = MetricLines(handler: handler, mode: .enforce, requestID: "r-1", time: 1_795_000_000_123)
        return try lines.lines(metrics, errorType: errorType).map { line in
            #expect(line.count <= MetricLine.longest && !line.contains(0x0A))
            return try JSON.parse(line)
        }
    }

    /// The metrics of a line by the dimensions that it is counted under: `Findings[Outcome,ResourceType,Mode]`.
    private func counted(_ line: JSON) throws -> [String] {
        var result: [String] = []
        for directive in try #require(line["_aws"]?["CloudWatchMetrics"]?.array) {
            #expect(directive["Namespace"]?.string == "Gatehouse")
            for set in try #require(directive["Dimensions"]?.array) {
                let keys = try #require(set.array).compactMap(\.string)
                for key in keys { #expect(line[key]?.string?.isEmpty == false, "\(key) has no value") }
                for metric in try #require(directive["Metrics"]?.array) {
                    let name = try #require(metric["Name"]?.string)
                    guard case .number? = line[name] else {
                        Issue.record("\(name) has no number")
                        continue
                    }
                    result.append("\(name)[\(keys.joined(separator: ","))]")
                }
            }
        }
        return result
    }

    /// Lambda takes a line without a level, or with one but without a time that it reads, as INFO.
    @Test func noLogLevelDropsALine() throws {
        let metrics = InvocationMetrics()
        metrics.answered(try bareCase(0).json)
        metrics.answered(try bareCase(1).json, after: nil)
        let lines = try lines(metrics)
        #expect(lines.count > 1)
        for line in lines {
            #expect(line["level"] == "FATAL")
            #expect(line["timestamp"] == "2026-11-18T11:06:40.123Z")
            #expect(line["_aws"]?["Timestamp"]?.int == 1_795_000_000_123)
            #expect(line["version"]?.string == Release.version)
        }
    }

    @Test func anAnsweredFindingIsCountedOnce() throws {
        let metrics = InvocationMetrics()
        let input = try bareCase(0)
        metrics.began(input)
        var answer = input
        var decision = Decision(.resolve, rule: "unintended-role-trust", reasons: [])
        decision.owner = "team"
        answer.decide(decision)
        answer.conclude(Outcome(.resolved, "Done.", mode: "enforce"))
        metrics.answered(answer.json)
        metrics.end()
        let line = try #require(try lines(metrics).first)
        #expect(
            try counted(line) == [
                "Duration[Handler]", "AWSCalls[Handler]", "AWSRetries[Handler]", "Duration[]", "AWSCalls[]",
                "AWSRetries[]", "Findings[Outcome,ResourceType,Mode]", "Findings[Outcome]", "Findings[Handler]",
            ]
        )
        #expect(line["Outcome"] == "RESOLVED" && line["ResourceType"] == "AWS::IAM::Role" && line["Mode"] == "enforce")
        #expect(line["findingId"]?.string == findingID(0) && line["rule"] == "unintended-role-trust")
        #expect(line["owner"] == "team" && line["requestId"] == "r-1")
        #expect(line["_aws"]?["Timestamp"] == .int(1_795_000_000_123))
    }

    @Test func passingACaseOnCountsNothing() throws {
        let outcome: (String, JSON) = ("outcome", ["status": "RESOLVED"])
        let input = try bareCase(0, adding: [("decision", ["action": "RESOLVE"]), outcome])
        let metrics = InvocationMetrics()
        metrics.began(input)
        metrics.answered(input.json)
        let line = try #require(try lines(metrics, .notify).first)
        #expect(try counted(line).allSatisfy { !$0.hasPrefix("Findings") })
        #expect(line["findingId"]?.string == findingID(0))
    }

    @Test func aFailureIsCountedByItsType() throws {
        let metrics = InvocationMetrics()
        metrics.began(try bareCase(0))
        let line = try #require(try lines(metrics, errorType: "Function.Throttled").first)
        #expect(try counted(line).contains("Errors[Handler,ErrorType]"))
        #expect(line["ErrorType"] == "Function.Throttled" && line["findingId"]?.string == findingID(0))
        let odd = try #require(try lines(InvocationMetrics(), errorType: "Function.Made Up").first)
        #expect(odd["ErrorType"] == "Other")
    }

    @Test func aBatchHasALineForEachFinding() throws {
        let metrics = InvocationMetrics()
        for number in 0..<3 { metrics.answered(try bareCase(number).json, after: nil) }
        metrics.failed(HandlerError(.throttled, "slow"), try bareCase(3))
        let all = try lines(metrics)
        #expect(all.count == 5)
        #expect(try counted(all[0]).allSatisfy { !$0.hasPrefix("Findings") && !$0.hasPrefix("Errors") })
        #expect(all[1...3].allSatisfy { $0["Outcome"] == "NONE" && $0["Duration"] == nil })
        #expect(try counted(all[4]).allSatisfy { $0.hasPrefix("Errors") })
    }

    @Test func valuesFromOutsideNeitherBecomeDimensionsNorBreakTheLine() throws {
        let long = String(repeating: "😀\"\n\\", count: 100_000)
        let metrics = InvocationMetrics()
        metrics.answered(
            JSONObject([
                (
                    "finding",
                    ["id": .string(long), "resource": .string(long), "resourceType": .string("AWS::Made::Up\(long)")]
                ),
                (
                    "decision",
                    ["action": "NOTIFY", "rule": .string(long), "owner": .string(long), "reason": .string(long)]
                ),
                ("outcome", ["status": .string(long)]),
            ])
        )
        let line = try #require(try lines(metrics).first)
        #expect(line["ResourceType"] == "Other" && line["Outcome"] == "Other")
        #expect(line["findingId"]?.string?.isEmpty == false)
    }

    @Test(arguments: [
        (Duration.zero, "0.000"), (.microseconds(7), "0.007"), (.microseconds(1250), "1.250"),
        (.seconds(900), "900000.000"), (.seconds(-1), "0.000"),
    ])
    func durationsKeepTheirThousandths(_ duration: Duration, _ text: String) {
        #expect(duration.inMilliseconds == text)
    }
}
