import AWSClient
import LosslessJSON

extension AWSService {
    /// EventBridge.
    static let eventBridge = AWSService(
        id: "EventBridge",
        signingName: "events",
        endpointPrefix: "events",
        governmentNameIsFIPS: true
    )
}

/// A rule of the default event bus.
struct EventRule: Sendable, Equatable {
    /// `ENABLED`, `DISABLED`, or another of its kinds of being enabled.
    let state: String
    /// JSON text; `nil` for a rule by the clock.
    let pattern: String?
}

/// Reads a rule. `ResourceNotFoundException` where there is none.
///
/// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html
struct DescribeEventRule: AWSOperation {
    static let service = AWSService.eventBridge
    static let name = "DescribeRule"
    static let isWrite = false
    let region: Region
    /// The rule's name.
    let rule: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "AWSEvents.DescribeRule", body: ["Name": .string(rule)])
    }

    func output(from response: WireResponse) throws(AWSError) -> EventRule {
        let json = try response.json()
        guard let state = json["State"]?.string else { throw response.unreadable("the answer lacks State") }
        return EventRule(state: state, pattern: json["EventPattern"]?.string)
    }
}

/// The ARNs of a rule's targets. A rule has five at most unless the quota was raised: one page.
///
/// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html
struct ListRuleTargets: AWSOperation {
    static let service = AWSService.eventBridge
    static let name = "ListTargetsByRule"
    static let isWrite = false
    let region: Region
    /// The rule's name.
    let rule: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "AWSEvents.ListTargetsByRule", body: ["Rule": .string(rule)])
    }

    func output(from response: WireResponse) throws(AWSError) -> [String] {
        guard let targets = try response.json()["Targets"]?.array else {
            throw response.unreadable("the answer lacks Targets")
        }
        return targets.compactMap { $0["Arn"]?.string }
    }
}

/// Whether a pattern lets an event through; nothing is sent.
///
/// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
struct TestEventPattern: AWSOperation {
    static let service = AWSService.eventBridge
    static let name = "TestEventPattern"
    static let isWrite = false
    let region: Region
    /// JSON text.
    let pattern: String
    let event: JSON

    func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AWSEvents.TestEventPattern",
            body: ["EventPattern": .string(pattern), "Event": .string(event.text())]
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> Bool {
        guard let result = try response.json()["Result"]?.bool else {
            throw response.unreadable("the answer lacks Result")
        }
        return result
    }
}
