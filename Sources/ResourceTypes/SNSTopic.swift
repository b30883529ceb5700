import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// SNS topics: tags.
enum SNSTopic: KnownResourceType {
    static let type = ResourceType.snsTopic
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["sns:ListTagsForResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.topic(&known)]
    }
}

extension LookedUpResource {
    fileprivate func topic(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        known[.name] = .string(try name(after: ""))
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForTopic(topicARN: id, region: region)).tags)
        }
    }
}
