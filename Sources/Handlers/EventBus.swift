import AWSClient
import AWSOperations
import Basics
import Findings
import Logging
import LosslessJSON
import Policies

/// Puts what became of a finding on an EventBridge bus, for other programs.
enum EventBus {
    static let source = "gatehouse"
    static let detailType = "Gatehouse Outcome"
    /// The most bytes of an entry's texts, with room below EventBridge's 256 KiB for its time.
    ///
    /// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
    static let most = 262_000

    /// Puts a case on the bus, if there is one and the case has come to something.
    ///
    /// What a retry may mend is thrown; what it cannot is counted and said, because it must keep nobody from being told.
    static func put(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) {
        guard let bus = environment.settings.eventBus, !environment.isDryRun, isConcluded(input),
            let region = bus.region ?? environment.region
        else { return }
        let finding = input.finding
        let arn = finding.resource.description
        let resources = arn.utf8.count <= 2048 ? [arn] : []
        let failure: AWSError?
        do throws(AWSError) {
            failure = try await environment.aws.call(
                PutEvents(
                    bus: bus.name,
                    source: source,
                    detailType: detailType,
                    detail: detail(of: input),
                    resources: resources,
                    region: region
                )
            )
        } catch {
            failure = error
        }
        try environment.toleratePermanent(failure, "an event was not put on the bus", about: input)
    }

    /// Not where nothing was to be done: the finding was over, or the rules leave it alone.
    private static func isConcluded(_ input: Case) -> Bool {
        if let outcome = input.outcome { return outcome.status != .ignored }
        return input.decision.map { $0.action != .ignore } ?? false
    }

    /// The case without policy documents, and with less of what explains it where it would be too long.
    static func detail(of input: Case) -> String {
        var detail = JSONObject()
        for key in ["finding", "context", "decision", "preview", "outcome", "verification"] {
            guard let value = input.json[key], value != .null else { continue }
            detail[key] = key == "outcome" ? withoutDocuments(value) : value
        }
        let room = most - source.utf8.count - detailType.utf8.count - 2048
        var text = JSON.object(detail).text()
        for key in ["context", "preview", "decision", "outcome", "finding"] where text.utf8.count > room {
            detail[key] = shortened(key, input)
            detail["isShortened"] = true
            text = JSON.object(detail).text()
        }
        return text
    }

    private static func withoutDocuments(_ outcome: JSON) -> JSON {
        guard var outcome = outcome.object else { return outcome }
        if let changes = outcome["changes"]?.array {
            outcome["changes"] = .array(
                changes.map { change in
                    .object(
                        JSONObject(
                            ["resource", "operation"].compactMap { key in change[key].map { (key, $0) } }
                        )
                    )
                }
            )
        }
        return .object(outcome)
    }

    /// What is left of a part where there is not enough room for all of it; `nil` for nothing.
    private static func shortened(_ key: String, _ input: Case) -> JSON? {
        let finding = input.finding
        func cut(_ text: String) -> JSON { .string(text.printable(limit: 1000)) }
        switch key {
        case "decision":
            return input.decision.map { ["action": .string($0.action.rawValue), "rule": cut($0.rule)] }
        case "outcome":
            return input.outcome.map {
                ["status": .string($0.status.rawValue), "summary": cut($0.summary), "mode": cut($0.mode)]
            }
        case "finding":
            return [
                "id": cut(finding.id), "kind": .string(finding.kind.rawValue), "status": cut(finding.status.name),
                "resource": cut(finding.resource.description), "resourceType": cut(finding.resourceType.name),
                "accountId": .string(finding.accountID), "region": cut(finding.region),
            ]
        default: return nil
        }
    }
}

extension HandlerEnvironment {
    /// Throws what a retry may mend. What it cannot is counted and said, and the rest goes on.
    func toleratePermanent(_ failure: AWSError?, _ what: String, about input: Case?) throws(HandlerError) {
        guard let failure else { return }
        let error = HandlerError(failure)
        switch error.kind {
        case .throttled, .serviceUnavailable, .deadlineExceeded: throw error
        default:
            metrics.failed(error, input)
            logger.error(
                "\(what)",
                metadata: ["errorType": .string(error.type), "errorMessage": .string(error.message)]
            )
        }
    }
}
