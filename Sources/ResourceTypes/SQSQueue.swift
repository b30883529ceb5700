import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies
import Synchronization

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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let queue = (option: "--queue-url", value: url(input.finding.resource, region: by.region))
        let policy = [queue, (option: "--attribute-names", value: "Policy")]
        return ResourceChangeGuide(by: by, events: "SetQueueAttributes and AddPermission").policy(
            read: by.aws("sqs get-queue-attributes", policy + by.text("Attributes.Policy")),
            write: by.aws("sqs set-queue-attributes", [queue]),
            option: "--attributes",
            wrapping: " | {Policy: tojson}",
            mayBeSeveral: true
        )
    }

    /// The queue's address.
    private static func url(_ queue: ARN, region: String) -> String {
        let domain = queue.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        return "https://sqs.\(region).\(domain)/\(queue.account)/\(queue.resource)"
    }
}

extension SQSQueue {
    static let changePermissions = [
        "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SetQueueAttributes", "sqs:ListQueueTags",
    ]

    /// Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "sqs", let name = resource.name(after: "") else { return nil }
        let (account, region) = (resource.account, resource.region)
        var dialect = PolicyDialect(
            name: "queue policy",
            services: ["sqs"],
            resource: .fixed(resource.arn.description),
            defaultQuota: 8192
        )
        dialect.statementLimit = 20
        dialect.actionLimit = 7
        let missing = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"]
        let found = Mutex<String?>(nil)
        @Sendable func url(_ aws: any AWSCaller) async throws(AWSError) -> String {
            if let url = found.withLock({ $0 }) { return url }
            let url = try await aws.call(GetQueueURL(queueName: name, owner: account, region: region))
            found.withLock { $0 = url }
            return url
        }
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "sqs:SetQueueAttributes",
            service: "SQS",
            name: name,
            words: "queue \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [SetQueuePolicy.name],
                service: .sqs,
                gone: missing,
                refused: ["InvalidAttributeValue", "InvalidAttributeName", "OverLimit", "UnsupportedOperation"]
            ),
            find: { (aws) async throws(AWSError) in
                try await AWSError.unless(missing, of: GetQueueURL.self) { () async throws(AWSError) in
                    try await url(aws)
                }
                    != nil
            },
            readPolicy: { (aws) async throws(AWSError) in
                try await AWSError.unless(missing, of: GetQueuePolicy.self) { () async throws(AWSError) in
                    try await aws.call(GetQueuePolicy(queueURL: try await url(aws), region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListQueueTags(queueURL: try await url(aws), region: region)).tags
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(
                    SetQueuePolicy(queueURL: try await url(aws), policy: state.document.text, region: region)
                )
            }
        )
    }
}

extension SQSQueue {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("sqsQueue", "queuePolicy", after: changes)
    }
}

extension SQSQueue {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [url(resource, region: region), resource.description, resource.resource]
        return TrailSearch("sqs", ["SetQueueAttributes", "AddPermission", "CreateQueue"], names: names)
    }
}
