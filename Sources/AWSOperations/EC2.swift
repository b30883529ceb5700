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
