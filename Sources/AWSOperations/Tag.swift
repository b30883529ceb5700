/// One tag of a resource.
package struct Tag: Sendable, Hashable {
    /// The key, as AWS wrote it.
    package let key: String
    /// The value, empty where there is none.
    package let value: String

    /// The key of the tag by which AWS says which service a secret belongs to.
    package static let owningService = "aws:secretsmanager:owningService"

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// One page of a resource's tags.
package struct TagPage: Sendable, Equatable {
    /// The tags of the page.
    package let tags: [Tag]
    /// Where the next page starts; `nil` on the last one, and where the service has no pages.
    package let nextToken: String?

    package init(_ tags: [Tag], nextToken: String? = nil) {
        self.tags = tags
        self.nextToken = nextToken
    }
}
