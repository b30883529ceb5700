import AWSClient
import AWSOperations
import Basics
import Logging
import LosslessJSON
import Messages
import Policies

/// Publishes messages.
enum Publishing {
    /// Publishes a message; gives the case's `notification`, null where there is no topic for it, and in a dry run.
    static func send(_ message: Message, _ environment: HandlerEnvironment) async throws(HandlerError) -> JSON {
        guard let (setting, topic) = topic(for: message, environment) else {
            environment.logger.warning(
                "nobody was told: GATEHOUSE_TOPIC_ARN is not set",
                metadata: ["subject": .string(message.subject)]
            )
            environment.listener?(.message(message, .noTopic))
            return .null
        }
        guard !environment.isDryRun else {
            environment.listener?(.message(message, .dryRun))
            return .null
        }
        let region: Region
        do {
            region = try Region(topic.region)
        } catch {
            throw HandlerError(.invalidConfiguration, "\(setting): \(error.message)")
        }
        do throws(AWSError) {
            let id = try await environment.aws.call(
                Publish(
                    topicARN: topic.description,
                    subject: message.subject,
                    message: message.body,
                    attributes: message.attributes,
                    region: region
                )
            )
            environment.listener?(.message(message, .sent))
            return ["messageId": .string(id), "topicArn": .string(topic.description)]
        } catch {
            var error = error
            // A service may quote what it was sent.
            if let secret = message.secret { error.message = error.message.replacing(every: secret, with: "(a link)") }
            guard !error.isAnswer("NotFound", to: Publish.self) else {
                throw HandlerError(.invalidConfiguration, "\(setting) names a topic that does not exist: \(error)")
            }
            throw HandlerError(error)
        }
    }

    /// Where a message goes, and which setting says so: from the urgent severity on to the urgent topic only, where there
    /// is one, so that nobody gets it twice.
    static func topic(for message: Message, _ environment: HandlerEnvironment) -> (setting: String, arn: ARN)? {
        let settings = environment.settings
        if let urgent = settings.urgentTopic, message.severity >= settings.urgentSeverity {
            return ("GATEHOUSE_URGENT_TOPIC_ARN", urgent)
        }
        return settings.topic.map { ("GATEHOUSE_TOPIC_ARN", $0) }
    }
}
