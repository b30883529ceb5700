package import AWSClient
import LosslessJSON

/// Lists a topic's tags.
///
/// https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html
package struct ListTagsForTopic: AWSOperation {
    package static let service = AWSService.sns
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// The topic's ARN.
    package let topicARN: String

    package init(topicARN: String, region: Region) {
        self.topicARN = topicARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2010-03-31", parameters: [("ResourceArn", topicARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        guard let result = try response.xml().first("ListTagsForResourceResult") else {
            throw response.unreadable("the answer lacks a ListTagsForResourceResult")
        }
        return TagPage(try response.tags(result.first("Tags")))
    }
}

/// Lists a repository's tags.
///
/// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html
package struct ListTagsForRepository: AWSOperation {
    package static let service = AWSService.ecr
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// The repository's ARN.
    package let repositoryARN: String

    package init(repositoryARN: String, region: Region) {
        self.repositoryARN = repositoryARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AmazonEC2ContainerRegistry_V20150921.ListTagsForResource",
            body: ["resourceArn": .string(repositoryARN)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        TagPage(try response.tags(try response.member("tags")))
    }
}

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
