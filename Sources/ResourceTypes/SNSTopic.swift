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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let topic = (option: "--topic-arn", value: by.arn)
        let list = by.aws("sns list-subscriptions-by-topic", [topic])
            .step("Subscriptions that were confirmed before stay; see them")
        let remove = by.aws("sns unsubscribe", [("--subscription-arn", "SUBSCRIPTION_ARN")]).step("Take one away")
        return ResourceChangeGuide(by: by, events: "SetTopicAttributes and AddPermission", stays: [list, remove])
            .policy(
                read: by.aws("sns get-topic-attributes", [topic] + by.text("Attributes.Policy")),
                write: by.aws("sns set-topic-attributes", [topic, ("--attribute-name", "Policy")]),
                option: "--attribute-value"
            )
    }
}

extension SNSTopic {
    static let changePermissions = ["sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:ListTagsForResource"]

    /// The actions that a topic's policy may name.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    private static let legalActions = [
        "sns:AddPermission", "sns:DeleteTopic", "sns:GetDataProtectionPolicy", "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sns:Publish", "sns:PutDataProtectionPolicy",
        "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "sns", let name = resource.name(after: "") else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        var dialect = PolicyDialect(
            name: "topic policy",
            services: ["sns"],
            resource: .fixed(arn),
            defaultQuota: 30 << 10
        )
        dialect.statementLimit = 100
        dialect.legalActions = legalActions
        // Services that publish for our own account say so by one of these and need not be service principals.
        dialect.spared = [
            Deny.Test("StringNotEqualsIfExists", "AWS:SourceOwner", [resource.account]),
            Deny.Test("StringNotEqualsIfExists", "aws:SourceAccount", [resource.account]),
        ]
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "sns:SetTopicAttributes",
            service: "SNS",
            name: name,
            words: "topic \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [SetTopicPolicy.name],
                service: .sns,
                gone: ["NotFound"],
                refused: ["InvalidParameter", "InvalidParameterValue"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                try await AWSError.unless(["NotFound"], of: GetTopicPolicy.self) { () async throws(AWSError) in
                    try await aws.call(GetTopicPolicy(topicARN: arn, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListTagsForTopic(topicARN: arn, region: region)).tags
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(SetTopicPolicy(topicARN: arn, policy: state.document.text, region: region))
            }
        )
    }
}

extension SNSTopic {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("snsTopic", "topicPolicy", after: changes)
    }
}

extension SNSTopic {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let operations = ["SetTopicAttributes", "AddPermission", "CreateTopic"]
        return TrailSearch("sns", operations, names: [resource.description, resource.resource])
    }
}
