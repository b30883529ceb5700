import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension SNSTopic {
    static func name(_ input: Case) -> String {
        input.finding.resource.resource
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        "sns/v3/home?region=\(region)#/topic/\(PercentEncoding.segment(resource.description))"
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let topic = (option: "--topic-arn", value: by.arn)
        return [
            by.aws("sns get-topic-attributes", [topic] + by.text("Attributes.Policy"))
                .saving().step("Save the topic's policy"),
            by.aws("sns remove-permission", [topic, ("--label", "STATEMENT_ID")]).step(by.removeStatement),
        ]
    }
}
