import Basics
import Findings
import Logging
import LosslessJSON

/// The handlers that this version has, by the name in `_HANDLER`.
package enum HandlerName: String, Sendable, CaseIterable {
    /// Finds out what the resource is.
    case enrich
    /// Decides by the rules.
    case evaluate
    /// Archives what is intended.
    case archive
    /// Blocks what is to be blocked.
    case resolve
    /// Tells people.
    case notify
    /// The whole way.
    case respond
    /// Asks whether what was blocked is gone.
    case verify
    /// Undoes a change.
    case rollback

    /// The handler of that name. Throws `InvalidConfiguration` naming those that there are.
    package init(setting: String?) throws(HandlerError) {
        guard let handler = setting.flatMap(HandlerName.init(rawValue:)) else {
            let names = HandlerName.allCases.map(\.rawValue).joined(separator: ", ")
            throw HandlerError(
                .invalidConfiguration,
                "_HANDLER, or a container image's command, is '\((setting ?? "").prefix(100))' "
                    + "but must be one of: \(names)"
            )
        }
        self = handler
    }
}

/// Runs one handler on the bytes of one invocation and gives the answer's bytes.
package func run(
    _ handler: HandlerName,
    _ event: [UInt8],
    _ environment: HandlerEnvironment
) async throws(HandlerError) -> [UInt8] {
    func input() throws(HandlerError) -> Case {
        let input = try decoded { () throws(InvalidEvent) in try Case(event) }
        environment.metrics.began(input)
        return input
    }
    let answer: JSONObject
    switch handler {
    case .enrich, .evaluate, .archive, .resolve, .verify, .notify:
        answer = try await Pipeline.run(handler, on: try input(), environment).json
    case .respond:
        let json = try decoded { () throws(InvalidEvent) in try Case.parse(event) }
        if let batch = try decoded({ () throws(InvalidEvent) in try Batch(json) }) {
            answer = await respond(batch, environment)
        } else {
            let input = try decoded { () throws(InvalidEvent) in try Case(json) }
            environment.metrics.began(input)
            answer = try await Pipeline.run(.respond, on: input, environment).json
        }
    case .rollback:
        let input = try decoded { () throws(InvalidEvent) in try RollbackInput(event) }
        answer = try await rollback(input, environment)
    }
    log(answer, environment.logger)
    environment.metrics.answered(answer)
    return JSON.object(answer).serialized()
}

/// Every outcome is in the log, also those that nobody is told of.
func log(_ answer: JSONObject, _ logger: Logger) {
    guard let outcome = answer["outcome"] else { return }
    let finding = answer["finding"]
    var metadata: Logger.Metadata = [
        "outcome": .string(outcome["status"]?.string ?? ""), "summary": .string(outcome["summary"]?.string ?? ""),
        "mode": .string(outcome["mode"]?.string ?? ""), "findingId": .string(finding?["id"]?.string ?? ""),
        "resource": .string(finding?["resource"]?.string ?? ""),
        "rule": .string(answer["decision"]?["rule"]?.string ?? ""), "reasons": .string(reasons(answer)),
    ]
    if let owner = answer["decision"]?["owner"]?.string { metadata["owner"] = .string(owner.printable(limit: 200)) }
    logger.info("the finding was answered", metadata: metadata)
}

/// Why it was decided so, in one bounded line.
private func reasons(_ answer: JSONObject) -> String {
    let reasons = answer["decision"]?["reasons"]?.array ?? []
    return reasons.prefix(20).compactMap(\.string).joined(separator: " ").printable(limit: 1000)
}

/// Reads an input, with its error as a handler's.
func decoded<T>(_ read: () throws(InvalidEvent) -> T) throws(HandlerError) -> T {
    do throws(InvalidEvent) {
        return try read()
    } catch {
        throw HandlerError(error)
    }
}
