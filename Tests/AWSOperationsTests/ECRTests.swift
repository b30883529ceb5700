import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/AmazonECR/latest/APIReference/.
@Suite struct ECRTests {
    @Test func asksForARepositorysTags() throws {
        let repository = "arn:aws:ecr:us-west-2:012345678910:repository/ubuntu"
        let operation = ListTagsForRepository(repositoryARN: repository, region: region)
        #expect(
            try target(operation)
                == "application/x-amz-json-1.1 AmazonEC2ContainerRegistry_V20150921.ListTagsForResource"
        )
        #expect(try body(operation) == #"{"resourceArn":"\#(repository)"}"#)
        #expect(try read(operation, #"{"tags":[{"Key":"environment","Value":"production"}]}"#).tags.count == 1)
    }
}
