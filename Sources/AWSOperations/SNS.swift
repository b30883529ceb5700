package import AWSClient

/// Sends a message to a topic's subscribers.
///
/// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
package struct Publish: AWSOperation {
    package static let service = AWSService.sns
    package static let name = "Publish"
    package static let isWrite = true
    package let region: Region
    /// The topic's ARN.
    package let topicARN: String
    /// At most 99 printable ASCII characters.
    package let subject: String
    /// At most 256 KiB with the attributes.
    package let message: String
    /// String attributes that subscriptions filter by, in order.
    package let attributes: [(name: String, value: String)]

    package init(
        topicARN: String,
        subject: String,
        message: String,
        attributes: [(name: String, value: String)],
        region: Region
    ) {
        self.topicARN = topicARN
        self.subject = subject
        self.message = message
        self.attributes = attributes
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var parameters = [("TopicArn", topicARN), ("Subject", subject), ("Message", message)]
        for (index, attribute) in attributes.enumerated() {
            let entry = "MessageAttributes.entry.\(index + 1)"
            parameters += [
                ("\(entry).Name", attribute.name), ("\(entry).Value.DataType", "String"),
                ("\(entry).Value.StringValue", attribute.value),
            ]
        }
        return .query(action: Self.name, version: "2010-03-31", parameters: parameters)
    }

    /// The message's id.
    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let id = try response.xml().at("PublishResult")?.text(at: "MessageId") else {
            throw response.unreadable("the answer lacks a MessageId")
        }
        return id
    }
}

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

/// Reads a topic's policy.
///
/// https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
package struct GetTopicPolicy: AWSOperation {
    package static let service = AWSService.sns
    package static let name = "GetTopicAttributes"
    package static let isWrite = false
    package let region: Region
    /// The topic's ARN.
    package let topicARN: String

    package init(
        topicARN: String,
        region: Region
    ) {
        self.topicARN = topicARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2010-03-31", parameters: [("TopicArn", topicARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        guard let attributes = try response.xml().first("GetTopicAttributesResult")?.first("Attributes") else {
            throw response.unreadable("the answer lacks Attributes")
        }
        let entry = attributes.children.first { $0.text(at: "key") == "Policy" }
        return ResourcePolicy(text: entry?.text(at: "value"))
    }
}

/// Replaces a topic's policy, and no other attribute.
///
/// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
package struct SetTopicPolicy: AWSOperation {
    package static let service = AWSService.sns
    package static let name = "SetTopicAttributes"
    package static let isWrite = true
    package let region: Region
    /// The topic's ARN.
    package let topicARN: String
    /// The whole document.
    package let policy: String

    package init(
        topicARN: String,
        policy: String,
        region: Region
    ) {
        self.topicARN = topicARN
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: "2010-03-31",
            parameters: [("TopicArn", topicARN), ("AttributeName", "Policy"), ("AttributeValue", policy)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
