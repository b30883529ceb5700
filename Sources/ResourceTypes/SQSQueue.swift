import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
