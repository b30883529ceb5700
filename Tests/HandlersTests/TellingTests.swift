import AWSClient
import Findings
import LosslessJSON
import Messages
import SimulatedAccount
import Testing

@testable import Handlers

@Suite struct TellingTests {
    private func resolved(_ status: JSON, _ verification: JSON?) throws -> Case {
        var more: [(String, JSON)] = [("outcome", ["status": status, "summary": "It was done."])]
        if let verification { more.append(("verification", verification)) }
        return try toldCase("AWS::IAM::Role", roleARN, adding: more)
    }

    @Test func theMessageSaysWhatAccessAnalyzerSaid() throws {
        let confirmed = message(try resolved("RESOLVED", ["status": "RESOLVED", "attempt": 3, "limit": 20]))
        #expect(confirmed.body.contains(" Access Analyzer confirms that the access is gone.\n"))
        #expect(confirmed.severity == .low)
        let pending = message(try resolved("RESOLVED", ["status": "PENDING", "attempt": 1]))
        #expect(pending.body.contains(" Access Analyzer has not confirmed it yet, after 1 check.\n"))
        let active = message(try resolved("RESOLVED", ["status": "STILL_ACTIVE", "attempt": 20]))
        #expect(active.body.contains(" But Access Analyzer still reports the access after 20 checks: treat it as open"))
        #expect(active.severity == .high)
        let unasked = message(try resolved("RESOLVED", nil))
        #expect(!unasked.body.contains("Access Analyzer confirms") && !unasked.body.contains("Access Analyzer has not"))
    }

    @Test func anAccessThatIsStillReportedIsToldOf() throws {
        #expect(!Message.isWarranted(by: try resolved("ALREADY_RESOLVED", nil)))
        #expect(!Message.isWarranted(by: try resolved("ALREADY_RESOLVED", ["status": "RESOLVED"])))
        #expect(Message.isWarranted(by: try resolved("ALREADY_RESOLVED", ["status": "STILL_ACTIVE"])))
        #expect(!Message.isWarranted(by: try resolved("ARCHIVED", nil)))
        #expect(!Message.isWarranted(by: try resolved("IGNORED", nil)))
    }

    @Test(arguments: [
        (100, Severity.critical), (80, .critical), (79, .high), (60, .high), (59, .medium), (30, .medium), (29, .low),
        (0, .low),
    ])
    func severityFollowsTheScore(_ risk: Int, _ severity: Severity) throws {
        let decision: JSON = ["action": "NOTIFY", "risk": .int(risk)]
        let input = try toldCase(Resource.key.type, Resource.key.arn, adding: [("decision", decision)])
        #expect(Severity(input) == severity)
        let open = try toldCase(
            Resource.key.type,
            Resource.key.arn,
            finding: [("isPublic", true)],
            adding: [("decision", decision)]
        )
        #expect(Severity(open) == .critical)
        let unread = try toldCase(
            Resource.key.type,
            Resource.key.arn,
            finding: [("error", "X")],
            adding: [("decision", decision)]
        )
        #expect(Severity(unread) == max(severity, .medium))
    }

    @Test(
        arguments: [
            (nil, nil, "CRITICAL"), ("HIGH", "HIGH", "HIGH"), ("LOW", "LOW", "CRITICAL"), ("CRITICAL", nil, "HIGH"),
        ] as [(String?, String?, String)]
    )
    func urgentMessagesGoToTheUrgentTopicOnly(_ setting: String?, _ known: String?, _ severity: String) async throws {
        let urgent = "arn:aws:sns:us-east-1:123456789012:urgent"
        var variables: EnvironmentVariables = ["GATEHOUSE_TOPIC_ARN": topic, "GATEHOUSE_URGENT_TOPIC_ARN": urgent]
        variables["GATEHOUSE_URGENT_SEVERITY"] = setting
        let simulated = try SimulatedWorld.topics([topic, urgent])
        var environment = environment(simulated)
        environment.settings = try Settings(environment: variables)
        let risk = severity == "CRITICAL" ? 90 : 70
        let input = try toldCase(
            Resource.key.type,
            Resource.key.arn,
            adding: [("decision", ["action": "NOTIFY", "risk": .int(risk)])]
        )
        let answer = try await notify(input, environment)
        let isUrgent = severity == "CRITICAL" || known != nil
        #expect(answer.json["notification"]?["topicArn"]?.string == (isUrgent ? urgent : topic))
        #expect(simulated.calls.count { $0.operation == "Publish" } == 1)
    }

    @Test func withoutATopicForItNobodyIsTold() async throws {
        let simulated = try SimulatedWorld.topics([topic])
        var environment = environment(simulated)
        environment.settings = try Settings(environment: ["GATEHOUSE_URGENT_TOPIC_ARN": topic])
        let answer = try await notify(try toldCase(Resource.key.type, Resource.key.arn), environment)
        #expect(answer.json["notification"] == .null)
        #expect(simulated.calls.isEmpty)
    }

    @Test func aTopicThatIsNotThereIsNamedByItsSetting() async throws {
        var environment = environment(try SimulatedWorld.topics([topic]))
        environment.settings = try Settings(environment: [
            "GATEHOUSE_TOPIC_ARN": topic, "GATEHOUSE_URGENT_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:gone",
        ])
        let input = try toldCase(Resource.topic.type, Resource.topic.arn, finding: [("isPublic", true)])
        let error = await #expect(throws: HandlerError.self) { try await notify(input, environment) }
        #expect(error?.kind == .invalidConfiguration)
        #expect(error?.message.hasPrefix("GATEHOUSE_URGENT_TOPIC_ARN names a topic that does not exist") == true)
    }
}
