import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/.
@Suite struct SQSTests {
    @Test func asksForAQueueAndItsTags() throws {
        let queue = GetQueueURL(queueName: "MyQueue", owner: account, region: region)
        #expect(try target(queue) == "application/x-amz-json-1.0 AmazonSQS.GetQueueUrl")
        #expect(try body(queue) == #"{"QueueName":"MyQueue","QueueOwnerAWSAccountId":"123456789012"}"#)
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/MyQueue"
        #expect(try read(queue, #"{"QueueUrl":"\#(url)"}"#) == url)
        #expect(refusal(queue, #"{"QueueUrl":""}"#) == .unavailable)

        let tags = ListQueueTags(queueURL: url, region: region)
        #expect(try target(tags) == "application/x-amz-json-1.0 AmazonSQS.ListQueueTags")
        #expect(try body(tags) == #"{"QueueUrl":"\#(url)"}"#)
        #expect(try read(tags, #"{"Tags":{"QueueType":"Production"}}"#) == TagPage([Tag("QueueType", "Production")]))
        #expect(try read(tags, "{}") == TagPage([]))
        #expect(refusal(tags, #"{"Tags":[]}"#) == .unavailable)
        #expect(refusal(tags, #"{"Tags":{"a":1}}"#) == .unavailable)
    }
}
