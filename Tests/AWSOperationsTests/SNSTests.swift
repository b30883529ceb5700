import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/sns/latest/api/.
@Suite struct SNSTests {
    @Test func listsATopicsTags() throws {
        let operation = ListTagsForTopic(topicARN: "arn:aws:sns:us-west-2:123456789012:MyTopic", region: region)
        #expect(
            try body(operation)
                == "Action=ListTagsForResource&Version=2010-03-31"
                + "&ResourceArn=arn%3Aaws%3Asns%3Aus-west-2%3A123456789012%3AMyTopic"
        )
        #expect(
            try read(
                operation,
                """
                <ListTagsForResourceResponse><ListTagsForResourceResult><Tags><member><Key>tag-key-1</Key><Value>v</Value></member>
                </Tags></ListTagsForResourceResult></ListTagsForResourceResponse>
                """
            ) == TagPage([Tag("tag-key-1", "v")])
        )
        #expect(refusal(operation, "<ListTagsForResourceResponse/>") == .unavailable)
    }
}
