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
    ///
    /// The mail comes first, and what becomes of the chat's form after it keeps nobody waiting and is not tried again: a
    /// retry would send a second mail.
    static func send(_ message: Message, _ environment: HandlerEnvironment) async throws(HandlerError) -> JSON {
        guard let (setting, topic) = topic(for: message, environment) else {
            if let chat = environment.settings.chatTopic {
                return try await send(message, message.chatForm, to: chat, "GATEHOUSE_CHAT_TOPIC_ARN", environment)
            }
            environment.logger.warning(
                "nobody was told: GATEHOUSE_TOPIC_ARN is not set",
                metadata: ["subject": .string(message.subject)]
            )
            environment.listener?(.message(message, .noTopic))
            return .null
        }
        let sent = try await send(message, message.body, to: topic, setting, environment)
        if let chat = environment.settings.chatTopic, !environment.isDryRun {
            do throws(HandlerError) {
                _ = try await send(message, message.chatForm, to: chat, "GATEHOUSE_CHAT_TOPIC_ARN", environment)
            } catch {
                environment.report(error, "a message was not sent to GATEHOUSE_CHAT_TOPIC_ARN", about: nil)
            }
        }
        return sent
    }

    private static func send(
        _ message: Message,
        _ text: String,
        to topic: ARN,
        _ setting: String,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> JSON {
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
                    message: text,
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

    /// Whether anybody at all is told of a message.
    static func reachesSomebody(_ message: Message, _ environment: HandlerEnvironment) -> Bool {
        environment.settings.chatTopic != nil || topic(for: message, environment) != nil
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
