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
