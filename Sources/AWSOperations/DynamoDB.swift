package import AWSClient
import LosslessJSON

/// Lists a table's tags, a page at a time.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
package struct ListTagsOfTable: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "ListTagsOfResource"
    package static let isWrite = false
    package let region: Region
    /// The table's ARN.
    package let tableARN: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(tableARN: String, nextToken: String?, region: Region) {
        self.tableARN = tableARN
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([("ResourceArn", .string(tableARN))])
        if let nextToken { body["NextToken"] = .string(nextToken) }
        return .json(version: "1.0", target: "DynamoDB_20120810.ListTagsOfResource", body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        let json = try response.json()
        return TagPage(try response.tags(try response.member("Tags")), nextToken: response.nextToken(json))
    }
}
