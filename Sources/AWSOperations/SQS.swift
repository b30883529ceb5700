package import AWSClient
import LosslessJSON

/// Finds a queue's URL.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html
package struct GetQueueURL: AWSOperation {
    package static let service = AWSService.sqs
    package static let name = "GetQueueUrl"
    package static let isWrite = false
    package let region: Region
    /// The queue's name.
    package let queueName: String
    /// The account that owns it.
    package let owner: String

    package init(queueName: String, owner: String, region: Region) {
        self.queueName = queueName
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AmazonSQS.GetQueueUrl",
            body: ["QueueName": .string(queueName), "QueueOwnerAWSAccountId": .string(owner)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let url = try response.json()["QueueUrl"]?.string, !url.isEmpty else {
            throw response.unreadable("the answer lacks a QueueUrl")
        }
        return url
    }
}

/// Lists a queue's tags.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html
package struct ListQueueTags: AWSOperation {
    package static let service = AWSService.sqs
    package static let name = "ListQueueTags"
    package static let isWrite = false
    package let region: Region
    /// As GetQueueUrl gave it.
    package let queueURL: String

    package init(queueURL: String, region: Region) {
        self.queueURL = queueURL
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.0", target: "AmazonSQS.ListQueueTags", body: ["QueueUrl": .string(queueURL)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        TagPage(try response.tags(map: try response.member("Tags")))
    }
}

/// Reads a queue's policy.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
package struct GetQueuePolicy: AWSOperation {
    package static let service = AWSService.sqs
    package static let name = "GetQueueAttributes"
    package static let isWrite = false
    package let region: Region
    /// As GetQueueUrl gave it.
    package let queueURL: String

    package init(
        queueURL: String,
        region: Region
    ) {
        self.queueURL = queueURL
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AmazonSQS.GetQueueAttributes",
            body: ["QueueUrl": .string(queueURL), "AttributeNames": ["Policy"]]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        let policy = try response.member("Attributes")?["Policy"]?.string
        return ResourcePolicy(text: policy.flatMap { $0.isEmpty ? nil : $0 })
    }
}

/// Replaces a queue's policy, and no other attribute.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
package struct SetQueuePolicy: AWSOperation {
    package static let service = AWSService.sqs
    package static let name = "SetQueueAttributes"
    package static let isWrite = true
    package let region: Region
    /// As GetQueueUrl gave it.
    package let queueURL: String
    /// The whole document.
    package let policy: String

    package init(
        queueURL: String,
        policy: String,
        region: Region
    ) {
        self.queueURL = queueURL
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AmazonSQS.SetQueueAttributes",
            body: ["QueueUrl": .string(queueURL), "Attributes": ["Policy": .string(policy)]]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
