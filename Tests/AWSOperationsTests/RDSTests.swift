import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/.
@Suite struct RDSTests {
    @Test(arguments: [
        ("orders", ""), ("rds:orders-2026", "&SnapshotType=automated"), ("awsbackup:job-1", "&SnapshotType=awsbackup"),
    ])
    func asksForADatabaseSnapshot(_ identifier: String, _ type: String) throws {
        let encoded = identifier.replacing(":", with: "%3A")
        #expect(
            try body(DescribeDBSnapshot(identifier: identifier, region: region))
                == "Action=DescribeDBSnapshots&Version=2014-10-31&DBSnapshotIdentifier=\(encoded)\(type)"
        )
        #expect(
            try body(DescribeDBClusterSnapshot(identifier: identifier, region: region))
                == "Action=DescribeDBClusterSnapshots&Version=2014-10-31&DBClusterSnapshotIdentifier=\(encoded)\(type)"
        )
    }

    @Test func describesDatabaseSnapshots() throws {
        let snapshot = DescribeDBSnapshot(identifier: "orders", region: region)
        let arn = "arn:aws:rds:us-east-1:123456789012:snapshot:orders"
        #expect(
            try read(
                snapshot,
                """
                <DescribeDBSnapshotsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBSnapshotsResult>
                <DBSnapshots><DBSnapshot><DBSnapshotArn>\(arn)</DBSnapshotArn><Encrypted>false</Encrypted>
                <SnapshotCreateTime>2014-01-28T19:09:35.236Z</SnapshotCreateTime></DBSnapshot></DBSnapshots>
                </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>
                """
            ) == ResourceDescription(arn: arn, createdAt: time("2014-01-28T19:09:35Z"), isEncrypted: false)
        )
        let cluster = DescribeDBClusterSnapshot(identifier: "orders", region: region)
        let clusterARN = "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:orders"
        #expect(
            try read(
                cluster,
                """
                <DescribeDBClusterSnapshotsResponse><DescribeDBClusterSnapshotsResult><DBClusterSnapshots>
                <DBClusterSnapshot><DBClusterSnapshotArn>\(clusterARN)</DBClusterSnapshotArn>
                <StorageEncrypted>true</StorageEncrypted></DBClusterSnapshot></DBClusterSnapshots>
                </DescribeDBClusterSnapshotsResult></DescribeDBClusterSnapshotsResponse>
                """
            ) == ResourceDescription(arn: clusterARN, isEncrypted: true)
        )
        #expect(refusal(snapshot, "<DescribeDBSnapshotsResponse/>") == .unavailable)
        #expect(refusal(cluster, "<DescribeDBClusterSnapshotsResponse/>") == .unavailable)
    }

    @Test func listsADatabaseSnapshotsTags() throws {
        let operation = ListTagsForDBSnapshot(snapshotARN: "arn:aws:rds:r:1:snapshot:s", region: region)
        #expect(
            try body(operation)
                == "Action=ListTagsForResource&Version=2014-10-31&ResourceName=arn%3Aaws%3Ards%3Ar%3A1%3Asnapshot%3As"
        )
        #expect(
            try read(
                operation,
                """
                <ListTagsForResourceResponse><ListTagsForResourceResult><TagList><Tag><Key>k</Key><Value>v</Value></Tag></TagList>
                </ListTagsForResourceResult></ListTagsForResourceResponse>
                """
            ) == TagPage([Tag("k", "v")])
        )
        #expect(refusal(operation, "<ListTagsForResourceResponse/>") == .unavailable)
    }
}
