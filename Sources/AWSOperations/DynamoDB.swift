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

/// Reads the policy of a table or stream. `PolicyNotFoundException` when it has none.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
package struct GetTablePolicy: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "GetResourcePolicy"
    package static let isWrite = false
    package let region: Region
    /// The table's or stream's ARN.
    package let resourceARN: String

    package init(
        resourceARN: String,
        region: Region
    ) {
        self.resourceARN = resourceARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "DynamoDB_20120810.GetResourcePolicy",
            body: ["ResourceArn": .string(resourceARN)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy", revision: try response.json()["RevisionId"]?.string)
    }
}

/// Replaces the policy of a table or stream, where it is still of that revision.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
package struct PutTablePolicy: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "PutResourcePolicy"
    package static let isWrite = true
    package let region: Region
    /// The table's or stream's ARN.
    package let resourceARN: String
    /// The whole document.
    package let policy: String
    /// The revision to replace; `nil` for any.
    package let revision: String?

    package init(
        resourceARN: String,
        policy: String,
        revision: String?,
        region: Region
    ) {
        self.resourceARN = resourceARN
        self.policy = policy
        self.revision = revision
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([("ResourceArn", .string(resourceARN)), ("Policy", .string(policy))])
        if let revision { body["ExpectedRevisionId"] = .string(revision) }
        return .json(version: "1.0", target: "DynamoDB_20120810.PutResourcePolicy", body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
