package import LosslessJSON

/// A finding as GetFinding and ListFindings answer it. What AWS leaves out is `nil`.
package struct FindingRecord: Sendable, Equatable {
    /// The finding's id.
    package let id: String
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// The resource's ARN.
    package let resource: String?
    /// Such as `AWS::IAM::Role`.
    package let resourceType: String?
    /// Who has the access, by kind of principal.
    package let principal: JSONObject?
    /// What they may do.
    package let actions: [String]?
    /// Under which conditions.
    package let condition: JSONObject?
    /// Why the resource could not be analysed.
    package let error: String?
    /// Such as `UnusedPermission`; only GetFindingV2 says it.
    package let findingType: String?
    /// The account that owns the resource, twelve digits.
    package let ownerAccount: String?
    /// Whether everybody has the access.
    package let isPublic: Bool?
    /// Where the access comes from, such as `POLICY` or `BUCKET_ACL`; S3 alone has it.
    package let sources: [JSON]

    package init(
        id: String,
        status: String,
        resource: String?,
        resourceType: String?,
        principal: JSONObject?,
        actions: [String]?,
        condition: JSONObject?,
        error: String?,
        findingType: String? = nil,
        ownerAccount: String? = nil,
        isPublic: Bool? = nil,
        sources: [JSON] = []
    ) {
        self.id = id
        self.status = status
        self.resource = resource
        self.resourceType = resourceType
        self.principal = principal
        self.actions = actions
        self.condition = condition
        self.error = error
        self.findingType = findingType
        self.ownerAccount = ownerAccount
        self.isPublic = isPublic
        self.sources = sources
    }

    /// Reads a finding; `nil` when id or status are missing or a key has the wrong type.
    package init?(_ json: JSON) {
        guard let id = json["id"]?.string, let status = json["status"]?.string else { return nil }
        var actions: [String]?
        if let list = json["action"]?.array {
            actions = list.compactMap(\.string)
            guard actions?.count == list.count else { return nil }
        }
        self.init(
            id: id,
            status: status,
            resource: json["resource"]?.string,
            resourceType: json["resourceType"]?.string,
            principal: json["principal"]?.object,
            actions: actions,
            condition: json["condition"]?.object,
            error: json["error"]?.string,
            findingType: json["findingType"]?.string,
            ownerAccount: json["resourceOwnerAccount"]?.string,
            isPublic: json["isPublic"]?.bool,
            sources: json["sources"]?.array ?? []
        )
    }
}

/// A finding of any kind as GetFindingV2 answers it, with the details of one page.
package struct FindingV2: Sendable, Equatable {
    /// What all kinds have.
    package let record: FindingRecord
    /// Such as `UnusedPermission`.
    package let findingType: String?
    /// One object a detail, by its kind.
    package let details: [JSON]
    /// Where the next page starts; `nil` on the last one.
    package let nextToken: String?
    /// When Access Analyzer last changed it, as AWS writes it.
    package let updatedAt: String?
    /// When Access Analyzer last looked at the resource, as AWS writes it.
    package let analyzedAt: String?

    package init(
        record: FindingRecord,
        findingType: String?,
        details: [JSON],
        nextToken: String?,
        updatedAt: String? = nil,
        analyzedAt: String? = nil
    ) {
        self.record = record
        self.findingType = findingType
        self.details = details
        self.nextToken = nextToken
        self.updatedAt = updatedAt
        self.analyzedAt = analyzedAt
    }
}

extension FindingV2 {
    /// The finding as GetFinding would give it: with principal, actions and condition, where its one detail has them.
    ///
    /// What is spread over several details or pages is left out: a part of it would be something else.
    package var completeRecord: FindingRecord {
        guard nextToken == nil, details.count == 1, let kinds = details[0].object, kinds.count == 1,
            let detail = kinds.members.first?.value
        else { return record }
        var actions: [String]?
        if let list = detail["action"]?.array {
            let texts = list.compactMap(\.string)
            actions = texts.count == list.count ? texts : nil
        }
        return FindingRecord(
            id: record.id,
            status: record.status,
            resource: record.resource,
            resourceType: record.resourceType,
            principal: detail["principal"]?.object,
            actions: actions,
            condition: detail["condition"]?.object,
            error: record.error,
            findingType: findingType,
            ownerAccount: record.ownerAccount,
            isPublic: detail["isPublic"]?.bool,
            sources: detail["sources"]?.array ?? []
        )
    }
}
