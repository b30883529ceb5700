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
