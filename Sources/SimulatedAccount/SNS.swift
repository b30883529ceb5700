import AWSClient
import AWSOperations
import LosslessJSON
import Synchronization

extension Publish: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard caller.simulated.topics.contains(topicARN) else {
            throw AWSError(kind: .notFound, code: "NotFound", message: "Topic does not exist", status: 404)
        }
        caller.record(
            Self.name,
            isWrite: true,
            [
                ("TopicArn", .string(topicARN)), ("Subject", .string(subject)), ("Message", .string(message)),
                ("MessageAttributes", .object(JSONObject(attributes.map { ($0.name, .string($0.value)) }))),
            ]
        )
        let number = caller.simulated.state.withLock { state -> Int in
            state.messages += 1
            return state.messages
        }
        return "simulated-message-\(number)"
    }
}

extension ListTagsForTopic: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(topicARN, Self.name, "ResourceNotFound")))
    }
}

extension GetTopicPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        ResourcePolicy(text: caller.policy(try caller.resource(topicARN, Self.name, "NotFound")))
    }
}

extension SetTopicPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.own(topicARN, "NotFound")
        var grammar = ResourcePolicyGrammar(service: "sns", resource: topicARN, quota: 30 << 10)
        grammar.onlyResource = topicARN
        grammar.statementLimit = 100
        grammar.actions = [
            "sns:AddPermission", "sns:DeleteTopic", "sns:GetDataProtectionPolicy", "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sns:Publish", "sns:PutDataProtectionPolicy",
            "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe", "sns:Receive",
        ]
        try caller.replacePolicy(of: topicARN, with: policy, Self.name, grammar, "InvalidParameter")
    }
}
