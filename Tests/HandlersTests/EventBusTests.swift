import AWSClient
import Findings
import LosslessJSON
import Policies
import SimulatedAccount
import Testing

@testable import Handlers

@Suite struct EventBusTests {
    private let outcome: (String, JSON) = (
        "outcome",
        [
            "status": "RESOLVED", "summary": "Done.", "mode": "enforce",
            "changes": [
                [
                    "resource": .string(roleARN), "operation": "iam:UpdateAssumeRolePolicy",
                    "before": ["Statement": []], "after": ["Statement": []], "diff": "-a\n+b",
                ]
            ],
        ]
    )

    @Test func documentsStayAtHome() throws {
        let more: [(String, JSON)] = [outcome, ("taskToken", "secret"), ("notification", ["messageId": "m"])]
        let detail = try JSON.parse(text: EventBus.detail(of: try bareCase(0, adding: more)))
        #expect(detail.object?.keys == ["finding", "outcome"])
        #expect(
            detail["outcome"]?["changes"]
                == [["resource": .string(roleARN), "operation": "iam:UpdateAssumeRolePolicy"]]
        )
        #expect(detail["outcome"]?["summary"] == "Done." && detail["isShortened"] == nil)
    }

    @Test(arguments: ["context", "decision", "outcome", "finding"])
    func whatIsTooLongIsShortened(_ key: String) throws {
        let long = JSON.string(String(repeating: "é\"", count: 120_000))
        let parts: [String: (String, JSON)] = [
            "context": ("context", ["description": long, "tags": ["a": long]]),
            "decision": ("decision", ["action": "NOTIFY", "rule": "r", "reasons": [long]]),
            "outcome": ("outcome", ["status": "REFUSED", "summary": long, "mode": "observe"]),
        ]
        var input = try bareCase(0, adding: parts[key].map { [$0] } ?? [outcome])
        if key == "finding" {
            var json = input.json
            var finding = try #require(json["finding"]?.object)
            finding["condition"] = ["aws:SourceIp": long]
            json["finding"] = .object(finding)
            input = try Case(.object(json))
        }
        let text = EventBus.detail(of: input)
        #expect(text.utf8.count <= 262_144 - 2_048 - 40)
        let detail = try JSON.parse(text: text)
        #expect(detail["isShortened"] == true)
        #expect(detail["finding"]?["id"] == .string(findingID(0)))
        #expect(detail["finding"]?["resource"] == .string(roleARN))
        if key == "outcome" { #expect(detail["outcome"]?["status"] == "REFUSED") }
        if key == "decision" {
            #expect(detail["decision"]?["action"] == "NOTIFY" && detail["decision"]?["rule"] == "r")
        }
    }

    private static let throttled: JSON = [
        ["operation": "PutEvents", "kind": "throttled", "code": "ThrottlingException", "message": "Rate exceeded"]
    ]

    @Test(arguments: [true, false]) func aRetryForTheBusSendsNoSecondMessage(_ hasLedger: Bool) async throws {
        let ledgerWorld = try LedgerWorld(faults: Self.throttled)
        let input = try bareCase(0, adding: [("decision", ["action": "NOTIFY", "rule": "r"])])
        var environment = ledgerWorld.environment { $0.eventBus = EventBusName("security") }
        if !hasLedger { environment.ledger = nil }
        if hasLedger {
            let first = await #expect(throws: HandlerError.self) {
                try await Pipeline.run(.notify, on: input, environment)
            }
            #expect(first?.kind == .throttled && ledgerWorld.mails.count == 1)
            _ = try await Pipeline.run(.notify, on: input, environment)
            #expect(ledgerWorld.simulated.calls.count { $0.operation == "PutEvents" } == 1)
        } else {
            // Nobody would know who was told: no retry is asked for.
            _ = try await Pipeline.run(.notify, on: input, environment)
        }
        #expect(ledgerWorld.mails.count == 1)
        #expect(
            environment.metrics.ends.compactMap { $0.entry?.errorType } == (hasLedger ? [] : ["Function.Throttled"])
        )
    }

    @Test func whereNobodyIsToldTheBusIsTriedAgain() async throws {
        let ledgerWorld = try LedgerWorld(faults: Self.throttled)
        var environment = ledgerWorld.environment { settings in
            settings.eventBus = EventBusName("security")
            settings.topic = nil
        }
        environment.ledger = nil
        let input = try bareCase(0, adding: [("decision", ["action": "NOTIFY", "rule": "r"])])
        let first = await #expect(throws: HandlerError.self) { try await Pipeline.run(.notify, on: input, environment) }
        #expect(first?.kind == .throttled)
    }

    @Test func aChatThatIsOutKeepsNoMailBack() async throws {
        let ledgerWorld = try LedgerWorld(faults: [
            ["operation": "Publish", "kind": "throttled", "code": "Throttling", "after": 1, "times": 9]
        ])
        let environment = ledgerWorld.environment { settings in
            settings.chatTopic = .init("arn:aws:sns:us-east-1:123456789012:chat")
        }
        let input = try bareCase(0, adding: [("decision", ["action": "NOTIFY", "rule": "r"])])
        _ = try await Pipeline.run(.notify, on: input, environment)
        #expect(ledgerWorld.mails.count == 1)
        #expect(environment.metrics.ends.count == 1)
    }

    @Test func whatARetryCannotMendIsCountedAndKeepsNobodyFromBeingTold() async throws {
        let denied: JSON = [
            ["operation": "PutEvents", "kind": "accessDenied", "code": "AccessDeniedException", "message": "no"]
        ]
        let ledgerWorld = try LedgerWorld(faults: denied)
        var environment = ledgerWorld.environment { settings in
            settings.eventBus = EventBusName("security")
            // There is no such topic.
            settings.chatTopic = .init("arn:aws:sns:us-east-1:123456789012:gone")
        }
        environment.ledger = nil
        let input = try bareCase(0, adding: [("decision", ["action": "NOTIFY", "rule": "r"])])
        _ = try await Pipeline.run(.notify, on: input, environment)
        #expect(ledgerWorld.mails.count == 1)
        let errors = environment.metrics.ends.compactMap { $0.entry?.errorType }
        #expect(errors == ["Function.InvalidConfiguration", "Function.AccessDenied"])
    }

    @Test func aDryRunPutsNothing() async throws {
        let ledgerWorld = try LedgerWorld()
        var environment = ledgerWorld.environment { $0.eventBus = EventBusName("security") }
        environment.isDryRun = true
        let input = try bareCase(0, adding: [("decision", ["action": "NOTIFY", "rule": "r"])])
        _ = try await Pipeline.run(.notify, on: input, environment)
        #expect(!ledgerWorld.simulated.calls.contains { $0.isWrite })
    }

    @Test func aBusIsANameOrAnARN() {
        let arn = "arn:aws-cn:events:cn-north-1:123456789012:event-bus/a/b"
        #expect(EventBusName(arn)?.region?.name == "cn-north-1" && EventBusName(arn)?.name == arn)
        #expect(EventBusName("default")?.region == nil && EventBusName("default")?.name == "default")
        #expect(EventBusName(String(repeating: "a", count: 257)) == nil && EventBusName("a:b") == nil)
    }
}
