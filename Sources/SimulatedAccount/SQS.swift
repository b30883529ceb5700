import AWSClient
import AWSOperations
import LosslessJSON

extension GetQueueURL: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let queue = try caller.resource(ending: ":\(queueName)", service: "sqs", Self.name, "QueueDoesNotExist")
        return "https://sqs.simulated/\(queue.arn)"
    }
}

extension ListQueueTags: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = String(queueURL.dropFirst("https://sqs.simulated/".count))
        return TagPage(try caller.tags(try caller.resource(arn, Self.name, "QueueDoesNotExist")))
    }
}

extension GetQueuePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = String(queueURL.dropFirst("https://sqs.simulated/".count))
        return ResourcePolicy(text: caller.policy(try caller.resource(arn, Self.name, "QueueDoesNotExist")))
    }
}

extension SetQueuePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = String(queueURL.dropFirst("https://sqs.simulated/".count))
        try caller.own(arn, "QueueDoesNotExist")
        var grammar = ResourcePolicyGrammar(service: "sqs", resource: arn, quota: 8192)
        (grammar.statementLimit, grammar.actionLimit) = (20, 7)
        try caller.replacePolicy(of: arn, with: policy, Self.name, grammar, "InvalidAttributeValue")
    }
}
