package import Basics

/// What a service tells of one resource in one answer. What it leaves out, or has no word for, is `nil`.
package struct ResourceDescription: Sendable, Equatable {
    /// The resource's ARN, for comparing with the one that was asked for.
    package var arn: String?
    /// The account that owns it, twelve digits.
    package var owner: String?
    /// Its name.
    package var name: String?
    /// Its path in IAM.
    package var path: String?
    /// What its owner wrote about it.
    package var description: String?
    /// When it was made.
    package var createdAt: Timestamp?
    /// When it was last used.
    package var lastUsed: Timestamp?
    /// Whether its data are encrypted.
    package var isEncrypted: Bool?
    /// The AWS service that it belongs to, such as `rds`; `nil` for most.
    package var owningService: String?
    /// Its tags, where the answer has them.
    package var tags: [Tag]

    package init(
        arn: String? = nil,
        owner: String? = nil,
        name: String? = nil,
        path: String? = nil,
        description: String? = nil,
        createdAt: Timestamp? = nil,
        lastUsed: Timestamp? = nil,
        isEncrypted: Bool? = nil,
        owningService: String? = nil,
        tags: [Tag] = []
    ) {
        self.arn = arn
        self.owner = owner
        self.name = name
        self.path = path
        self.description = description
        self.createdAt = createdAt
        self.lastUsed = lastUsed
        self.isEncrypted = isEncrypted
        self.owningService = owningService
        self.tags = tags
    }
}
