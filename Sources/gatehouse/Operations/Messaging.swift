import AWSClient
import LosslessJSON

/// Who gets a topic's messages.
struct TopicSubscription: Sendable, Equatable {
    /// Such as `email`.
    let protocolName: String
    /// An address or an ARN.
    let endpoint: String
    /// Its ARN, `PendingConfirmation` or `Deleted`.
    let arn: String

    var isConfirmed: Bool { arn.hasPrefix("arn:") }
    var isPending: Bool { arn == "PendingConfirmation" }
}

/// Lists a topic's subscriptions, a page at a time. `NotFound` where there is no such topic.
///
/// https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
struct ListSubscriptions: AWSOperation {
    static let service = AWSService.sns
    static let name = "ListSubscriptionsByTopic"
    static let isWrite = false
    let region: Region
    let topicARN: String
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        let page = nextToken.map { [("NextToken", $0)] } ?? []
        return .query(action: Self.name, version: "2010-03-31", parameters: [("TopicArn", topicARN)] + page)
    }

    func output(from response: WireResponse) throws(AWSError) -> (elements: [TopicSubscription], nextToken: String?) {
        guard let result = try response.xml().first("ListSubscriptionsByTopicResult") else {
            throw response.unreadable("the answer lacks a ListSubscriptionsByTopicResult")
        }
        var subscriptions: [TopicSubscription] = []
        for member in result.first("Subscriptions")?.all("member") ?? [] {
            guard let arn = member.text(at: "SubscriptionArn") else {
                throw response.unreadable("a subscription in the answer lacks its ARN")
            }
            subscriptions.append(
                TopicSubscription(
                    protocolName: member.text(at: "Protocol") ?? "",
                    endpoint: member.text(at: "Endpoint") ?? "",
                    arn: arn
                )
            )
        }
        return (subscriptions, result.text(at: "NextToken").flatMap { $0.isEmpty ? nil : $0 })
    }
}

/// About how many messages wait in a queue.
///
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
struct CountQueueMessages: AWSOperation {
    static let service = AWSService.sqs
    static let name = "GetQueueAttributes"
    static let isWrite = false
    let region: Region
    let queueURL: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AmazonSQS.GetQueueAttributes",
            body: ["QueueUrl": .string(queueURL), "AttributeNames": ["ApproximateNumberOfMessages"]]
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> Int {
        guard let text = try response.json()["Attributes"]?["ApproximateNumberOfMessages"]?.string,
            let count = Int(text)
        else { throw response.unreadable("the answer lacks a number of messages") }
        return count
    }
}
