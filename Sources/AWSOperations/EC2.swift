package import AWSClient

/// Reads one EBS snapshot.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
package struct DescribeSnapshot: AWSOperation {
    package static let service = AWSService.ec2
    package static let name = "DescribeSnapshots"
    package static let isWrite = false
    package let region: Region
    /// Such as `snap-0123456789abcdef0`.
    package let snapshotID: String

    package init(snapshotID: String, region: Region) {
        self.snapshotID = snapshotID
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2016-11-15", parameters: [("SnapshotId.1", snapshotID)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        guard let items = try response.xml().first("snapshotSet")?.children, items.count == 1, let item = items.first,
            item.text(at: "snapshotId") == snapshotID
        else { throw response.unreadable("the answer is not about the one snapshot that was asked for") }
        return ResourceDescription(
            owner: item.text(at: "ownerId"),
            description: item.text(at: "description"),
            createdAt: try response.time(item.text(at: "startTime")),
            isEncrypted: try response.truth(item.text(at: "encrypted")),
            tags: try response.tags(item.first("tagSet"), key: "key", value: "value")
        )
    }
}

/// Reads with whom a snapshot is shared: account ids, and `all`.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshotAttribute.html
package struct DescribeSnapshotSharing: AWSOperation {
    package static let service = AWSService.ec2
    package static let name = "DescribeSnapshotAttribute"
    package static let isWrite = false
    package let region: Region
    /// Such as `snap-0123456789abcdef0`.
    package let snapshotID: String

    package init(
        snapshotID: String,
        region: Region
    ) {
        self.snapshotID = snapshotID
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: "2016-11-15",
            parameters: [("SnapshotId", snapshotID), ("Attribute", "createVolumePermission")]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> [String] {
        let root = try response.xml()
        guard root.text(at: "snapshotId") == snapshotID else {
            throw response.unreadable("the answer is not about the snapshot that was asked for")
        }
        return (root.first("createVolumePermission")?.children ?? []).compactMap {
            $0.text(at: "userId") ?? $0.text(at: "group")
        }
    }
}

/// Shares a snapshot with some more, or no longer with them; nobody else is touched.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
package struct ModifySnapshotSharing: AWSOperation {
    package static let service = AWSService.ec2
    package static let name = "ModifySnapshotAttribute"
    package static let isWrite = true
    package let region: Region
    /// Such as `snap-0123456789abcdef0`.
    package let snapshotID: String
    /// Whether they are added.
    package let isAdding: Bool
    /// Account ids, and `all`.
    package let whom: [String]

    package init(
        snapshotID: String,
        isAdding: Bool,
        whom: [String],
        region: Region
    ) {
        self.snapshotID = snapshotID
        self.isAdding = isAdding
        self.whom = whom
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var parameters = [
            ("SnapshotId", snapshotID), ("Attribute", "createVolumePermission"),
            ("OperationType", isAdding ? "add" : "remove"),
        ]
        let accounts = whom.filter { $0 != "all" }
        parameters += accounts.enumerated().map { ("UserId.\($0 + 1)", $1) }
        if whom.contains("all") { parameters.append(("UserGroup.1", "all")) }
        return .query(action: Self.name, version: "2016-11-15", parameters: parameters)
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
