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
    /// People are told before, so that the bus keeps nobody waiting.
    ///
    /// - Parameter isTriedAgain: whether what a retry may mend is thrown, because a retry sends nobody a second message.
    ///   Anything else is counted and said, and the rest goes on.
    static func put(
        _ input: Case,
        isTriedAgain: Bool,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) {
        guard let bus = environment.settings.eventBus, !environment.isDryRun, isConcluded(input),
            let region = bus.region ?? environment.region
        else { return }
        let finding = input.finding
        let arn = finding.resource.description
        let resources = arn.utf8.count <= 2048 ? [arn] : []
        let entry = PutEvents(
            bus: bus.name,
            source: source,
            detailType: detailType,
            detail: detail(of: input),
            resources: resources,
            region: region
        )
        guard let error = await failure(of: entry, environment).map(HandlerError.init) else { return }
        if isTriedAgain, error.mayPass { throw error }
        environment.report(error, "an event was not put on the bus", about: input)
    }

    /// Why the event was not put. An answer that one entry was not taken is no error of the call, and is tried again here.
    private static func failure(of entry: PutEvents, _ environment: HandlerEnvironment) async -> AWSError? {
        for wait in [200, 400, nil] {
            do throws(AWSError) {
                guard let failure = try await environment.aws.call(entry) else { return nil }
                guard let wait, HandlerError(failure).mayPass else { return failure }
                do {
                    try await environment.pause(.milliseconds(wait))
                } catch {
                    return failure
                }
            } catch {
                return error
            }
        }
        return nil
    }

    /// Whether something was done that a retry from the start would find done.
    static func isOfChange(_ input: Case) -> Bool {
        input.outcome.map { [.resolved, .archived, .rolledBack].contains($0.status) } ?? false
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
            detail[key] = ["context", "preview"].contains(key) ? nil : shortened(detail[key])
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

    /// What is left of a part where there is not enough room for all of it: its short members; `nil` for nothing.
    private static func shortened(_ part: JSON?) -> JSON? {
        guard let members = part?.object?.members else { return nil }
        return .object(
            JSONObject(members.filter { $0.value.text().utf8.count <= 2000 }.map { ($0.key, $0.value) })
        )
    }
}

extension HandlerError {
    /// Whether a retry may mend it.
    fileprivate var mayPass: Bool { [.throttled, .serviceUnavailable, .deadlineExceeded].contains(kind) }
}

extension HandlerEnvironment {
    /// Counts and says what failed, for what must keep the rest from nothing.
    func report(_ error: HandlerError, _ what: String, about input: Case?) {
        metrics.failed(error, input)
        logger.error(
            "\(what)",
            metadata: ["errorType": .string(error.type), "errorMessage": .string(error.message)]
        )
    }
}
