import AWSClient
import AWSOperations
import Findings
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Tells people.
enum Notification {
    /// Tells people about a case, if it is one that people are told of, sets `notification`, and puts it on the bus.
    ///
    /// - Parameter comesAgain: whether a retry gets this very case. One that begins at the finding gets another, where
    ///   something was done meanwhile.
    static func run(
        _ input: Case,
        comesAgain: Bool,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        let result = try await tell(input, environment)
        // The ledger knows who was told; each failure is told whatever was told before.
        let isKnown = Teller(environment) != nil && input.outcome?.status != .failed
        let isUntold = result.json["notification"] ?? .null == .null
        let isTriedAgain = (isKnown || isUntold) && (comesAgain || !EventBus.isOfChange(input))
        try await EventBus.put(input, isTriedAgain: isTriedAgain, environment)
        return result
    }

    private static func tell(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        var result = input
        guard Message.isWarranted(by: input) else {
            result.notified(.null)
            return result
        }
        let message = Message(input, KnownResourceGuide(), now: environment.now())
        if let topic = Publishing.topic(for: message, environment) {
            var answer = input
            answer.notified([
                "messageId": .string(String(repeating: "-", count: 100)), "topicArn": .string(topic.arn.description),
            ])
            try answer.json.checkSize(room: 0)
        }
        // Each failure is one of its own, and told whatever was told before.
        guard let teller = Teller(environment), Publishing.reachesSomebody(message, environment),
            input.outcome?.status != .failed
        else {
            result.notified(try await Publishing.send(message, environment))
            return result
        }
        guard let claim = try await teller.claim(input) else {
            result.notified(.null)
            return result
        }
        let invitation: ApprovalInvitation?
        do throws(HandlerError) {
            invitation = try await Invitation(to: input, environment)?.made()
        } catch {
            await teller.giveBack(claim)
            throw error
        }
        let told =
            invitation.map { Message(input, KnownResourceGuide(), now: environment.now(), invitation: $0) } ?? message
        result.notified(try await teller.send(told, about: [(input, claim)]))
        return result
    }

    /// Tells people of a rollback.
    static func ofRollback(
        _ result: JSONObject,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> JSONObject {
        let input: Case
        do throws(InvalidEvent) {
            input = try Case(.object(result))
        } catch {
            environment.logger.warning(
                "nobody was told of the rollback: too little is known of the finding",
                metadata: ["why": .string(error.description)]
            )
            return result
        }
        return try await run(input, comesAgain: false, environment).json
    }

    /// A message will most likely follow: its connection is opened while other services are asked.
    static func prepare(_ environment: HandlerEnvironment) {
        guard !environment.isDryRun, let topic = environment.settings.topic, let region = try? Region(topic.region)
        else {
            return
        }
        environment.aws.prepare(for: .sns, in: region)
    }
}
