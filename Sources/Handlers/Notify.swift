import AWSClient
import AWSOperations
package import Findings
import Logging
import LosslessJSON
import Policies

/// Tells people about a case, if it is one that people are told of, and sets `notification`.
package func notify(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    guard !input.isBareEvent else {
        throw HandlerError(
            InvalidEvent("finding", "is missing: notify takes a case, as evaluate or resolve answer it, not an event")
        )
    }
    return try await tell(input, environment)
}

/// The same for a case that was made from an event in this invocation.
func tell(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    var result = input
    guard isTold(input) else {
        result.notified(.null)
        return result
    }
    let message = Message(input)
    guard let topic = environment.settings.topic else {
        environment.logger.warning(
            "nobody was told: GATEHOUSE_TOPIC_ARN is not set",
            metadata: ["subject": .string(message.subject)]
        )
        result.notified(.null)
        return result
    }
    guard !environment.isDryRun else {
        result.notified(.null)
        return result
    }
    var answer = input
    answer.notified(["messageId": .string(String(repeating: "-", count: 100)), "topicArn": .string(topic.description)])
    try checkSize(ofAnswer: answer.json, room: 0)
    let region: Region
    do {
        region = try Region(topic.region)
    } catch {
        throw HandlerError(.invalidConfiguration, "GATEHOUSE_TOPIC_ARN: \(error.message)")
    }
    let id: String
    do throws(AWSError) {
        id = try await environment.aws.call(
            Publish(
                topicARN: topic.description,
                subject: message.subject,
                message: message.body,
                attributes: message.attributes,
                region: region
            )
        )
    } catch {
        guard error.kind != .notFound else {
            throw HandlerError(.invalidConfiguration, "GATEHOUSE_TOPIC_ARN names a topic that does not exist: \(error)")
        }
        throw HandlerError(error)
    }
    result.notified(["messageId": .string(id), "topicArn": .string(topic.description)])
    return result
}
