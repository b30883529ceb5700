package import AWSClient

/// Lists the tags of a database snapshot. What describes snapshots does not tell them everywhere
/// (https://github.com/aws/aws-cli/issues/6392).
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ListTagsForResource.html
package struct ListTagsForDBSnapshot: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// The snapshot's ARN.
    package let snapshotARN: String

    package init(snapshotARN: String, region: Region) {
        self.snapshotARN = snapshotARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2014-10-31", parameters: [("ResourceName", snapshotARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        guard let result = try response.xml().first("ListTagsForResourceResult") else {
            throw response.unreadable("the answer lacks a ListTagsForResourceResult")
        }
        return TagPage(try response.tags(result.first("TagList")))
    }
}

/// Reads one snapshot of a database instance, without its tags.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
package struct DescribeDBSnapshot: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "DescribeDBSnapshots"
    package static let isWrite = false
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String

    package init(identifier: String, region: Region) {
        self.identifier = identifier
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: "2014-10-31",
            parameters: [("DBSnapshotIdentifier", identifier)] + snapshotType(of: identifier)
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        let list = try response.xml().at("DescribeDBSnapshotsResult", "DBSnapshots")
        return try databaseSnapshot(list, "DBSnapshotArn", isEncrypted: "Encrypted", response)
    }
}

/// Reads one snapshot of a database cluster, without its tags.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
package struct DescribeDBClusterSnapshot: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "DescribeDBClusterSnapshots"
    package static let isWrite = false
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String

    package init(identifier: String, region: Region) {
        self.identifier = identifier
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: "2014-10-31",
            parameters: [("DBClusterSnapshotIdentifier", identifier)] + snapshotType(of: identifier)
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        let list = try response.xml().at("DescribeDBClusterSnapshotsResult", "DBClusterSnapshots")
        return try databaseSnapshot(list, "DBClusterSnapshotArn", isEncrypted: "StorageEncrypted", response)
    }
}

/// RDS wants the type of a snapshot that it made by itself, and knows these by their prefix.
private func snapshotType(of identifier: String) -> [(String, String)] {
    if identifier.hasPrefix("rds:") { return [("SnapshotType", "automated")] }
    if identifier.hasPrefix("awsbackup:") { return [("SnapshotType", "awsbackup")] }
    return []
}

private func databaseSnapshot(
    _ list: XMLElement?,
    _ arn: String,
    isEncrypted: String,
    _ response: WireResponse
) throws(AWSError) -> ResourceDescription {
    guard let items = list?.children, items.count == 1, let item = items.first, let arn = item.text(at: arn) else {
        throw response.unreadable("the answer is not about the one snapshot that was asked for")
    }
    return ResourceDescription(
        arn: arn,
        createdAt: try response.time(item.text(at: "SnapshotCreateTime")),
        isEncrypted: try response.truth(item.text(at: isEncrypted))
    )
}

/// Reads with whom a snapshot is shared: account ids, and `all`.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshotAttributes.html
package struct DescribeDBSnapshotSharing: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "DescribeDBSnapshotAttributes"
    package static let isWrite = false
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String

    package init(
        identifier: String,
        region: Region
    ) {
        self.identifier = identifier
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2014-10-31", parameters: [("DBSnapshotIdentifier", identifier)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> [String] {
        let result = try response.xml().at("DescribeDBSnapshotAttributesResult", "DBSnapshotAttributesResult")
        return try sharedWith(result, "DBSnapshot", identifier, response)
    }
}

/// Shares a snapshot with some more, or no longer with them; nobody else is touched.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
package struct ModifyDBSnapshotSharing: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "ModifyDBSnapshotAttribute"
    package static let isWrite = true
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String
    /// Whether they are added.
    package let isAdding: Bool
    /// Account ids, and `all`.
    package let whom: [String]

    package init(
        identifier: String,
        isAdding: Bool,
        whom: [String],
        region: Region
    ) {
        self.identifier = identifier
        self.isAdding = isAdding
        self.whom = whom
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let list = isAdding ? "ValuesToAdd" : "ValuesToRemove"
        return .query(
            action: Self.name,
            version: "2014-10-31",
            parameters: [("DBSnapshotIdentifier", identifier), ("AttributeName", "restore")]
                + whom.enumerated().map { ("\(list).AttributeValue.\($0 + 1)", $1) }
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Reads with whom a snapshot is shared: account ids, and `all`.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshotAttributes.html
package struct DescribeDBClusterSnapshotSharing: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "DescribeDBClusterSnapshotAttributes"
    package static let isWrite = false
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String

    package init(
        identifier: String,
        region: Region
    ) {
        self.identifier = identifier
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2014-10-31", parameters: [("DBClusterSnapshotIdentifier", identifier)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> [String] {
        let result = try response.xml().at(
            "DescribeDBClusterSnapshotAttributesResult",
            "DBClusterSnapshotAttributesResult"
        )
        return try sharedWith(result, "DBClusterSnapshot", identifier, response)
    }
}

/// Shares a snapshot with some more, or no longer with them; nobody else is touched.
///
/// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterSnapshotAttribute.html
package struct ModifyDBClusterSnapshotSharing: AWSOperation {
    package static let service = AWSService.rds
    package static let name = "ModifyDBClusterSnapshotAttribute"
    package static let isWrite = true
    package let region: Region
    /// The snapshot's identifier.
    package let identifier: String
    /// Whether they are added.
    package let isAdding: Bool
    /// Account ids, and `all`.
    package let whom: [String]

    package init(
        identifier: String,
        isAdding: Bool,
        whom: [String],
        region: Region
    ) {
        self.identifier = identifier
        self.isAdding = isAdding
        self.whom = whom
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let list = isAdding ? "ValuesToAdd" : "ValuesToRemove"
        return .query(
            action: Self.name,
            version: "2014-10-31",
            parameters: [("DBClusterSnapshotIdentifier", identifier), ("AttributeName", "restore")]
                + whom.enumerated().map { ("\(list).AttributeValue.\($0 + 1)", $1) }
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// The values of the attribute `restore`.
private func sharedWith(
    _ result: XMLElement?,
    _ kind: String,
    _ identifier: String,
    _ response: WireResponse
) throws(AWSError) -> [String] {
    guard let result, result.text(at: "\(kind)Identifier") == identifier else {
        throw response.unreadable("the answer is not about the snapshot that was asked for")
    }
    let attributes = result.first("\(kind)Attributes")?.children ?? []
    let restore = attributes.first { $0.text(at: "AttributeName") == "restore" }
    return (restore?.first("AttributeValues")?.children ?? []).map(\.text)
}
