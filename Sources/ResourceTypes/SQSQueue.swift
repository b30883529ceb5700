import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// SQS queues: tags.
enum SQSQueue: KnownResourceType {
    static let type = ResourceType.sqsQueue
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["sqs:GetQueueUrl", "sqs:ListQueueTags"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.queue(&known)]
    }
}

extension LookedUpResource {
    fileprivate func queue(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let queue = try name(after: "")
        known[.name] = .string(queue)
        return LookUp([.tags]) { () async throws(AWSError) in
            let url = try await aws.call(GetQueueURL(queueName: queue, owner: account, region: region))
            return try tagged(try await aws.call(ListQueueTags(queueURL: url, region: region)).tags)
        }
    }
}

extension SQSQueue {
    static func name(_ input: Case) -> String {
        input.finding.resource.resource
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        "sqs/v3/home?region=\(region)#/queues/\(PercentEncoding.segment(url(resource, region: region)))"
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let queue = (option: "--queue-url", value: url(input.finding.resource, region: by.region))
        return [
            by.aws("sqs get-queue-attributes", [queue, ("--attribute-names", "Policy")])
                .saving().step("Save the queue's policy"),
            by.aws("sqs remove-permission", [queue, ("--label", "STATEMENT_ID")]).step(by.removeStatement),
        ]
    }

    /// The queue's address.
    private static func url(_ queue: ARN, region: String) -> String {
        let domain = queue.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        return "https://sqs.\(region).\(domain)/\(queue.account)/\(queue.resource)"
    }
}
