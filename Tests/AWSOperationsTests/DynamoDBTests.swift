import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/.
@Suite struct DynamoDBTests {
    @Test func asksForATablesTagsPageByPage() throws {
        let table = "arn:aws:dynamodb:us-west-2:123456789012:table/Forum"
        let operation = ListTagsOfTable(tableARN: table, nextToken: "t", region: region)
        #expect(try target(operation) == "application/x-amz-json-1.0 DynamoDB_20120810.ListTagsOfResource")
        #expect(try body(operation) == #"{"ResourceArn":"\#(table)","NextToken":"t"}"#)
        let page = try read(operation, #"{"Tags":[{"Key":"Owner","Value":"blueTeam"}],"NextToken":"n"}"#)
        #expect(page == TagPage([Tag("Owner", "blueTeam")], nextToken: "n"))
        #expect(try read(operation, #"{"Tags":[],"NextToken":""}"#) == TagPage([]))
    }
}
