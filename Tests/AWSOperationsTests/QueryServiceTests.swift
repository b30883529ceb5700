import AWSClient
import AWSOperations
import Testing

/// EC2, RDS and SNS, as their API references have requests and answers.
@Suite struct QueryServiceTests {
    @Test func describesASnapshot() throws {
        let operation = DescribeSnapshot(snapshotID: "snap-1234567890abcdef0", region: region)
        #expect(
            try body(operation) == "Action=DescribeSnapshots&Version=2016-11-15&SnapshotId.1=snap-1234567890abcdef0"
        )
        func answer(_ id: String) -> String {
            """
            <DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
            <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId><snapshotSet><item><snapshotId>\(id)</snapshotId>
            <volumeId>vol-1234567890abcdef0</volumeId><status>completed</status><startTime>2019-11-20T05:52:11.000Z</startTime>
            <progress>100%</progress><ownerId>123456789012</ownerId><volumeSize>15</volumeSize>
            <description>Daily Backup</description><tagSet><item><key>Name</key><value>server_1</value></item></tagSet>
            <encrypted>true</encrypted></item></snapshotSet></DescribeSnapshotsResponse>
            """
        }
        #expect(
            try read(operation, answer("snap-1234567890abcdef0"))
                == ResourceDescription(
                    owner: account,
                    description: "Daily Backup",
                    createdAt: time("2019-11-20T05:52:11Z"),
                    isEncrypted: true,
                    tags: [Tag("Name", "server_1")]
                )
        )
        #expect(refusal(operation, answer("snap-0")) == .unavailable)
        #expect(
            refusal(operation, "<DescribeSnapshotsResponse><snapshotSet/></DescribeSnapshotsResponse>") == .unavailable
        )
    }

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

    @Test func listsATopicsTags() throws {
        let operation = ListTagsForTopic(topicARN: "arn:aws:sns:us-west-2:123456789012:MyTopic", region: region)
        #expect(
            try body(operation)
                == "Action=ListTagsForResource&Version=2010-03-31"
                + "&ResourceArn=arn%3Aaws%3Asns%3Aus-west-2%3A123456789012%3AMyTopic"
        )
        #expect(
            try read(
                operation,
                """
                <ListTagsForResourceResponse><ListTagsForResourceResult><Tags><member><Key>tag-key-1</Key><Value>v</Value></member>
                </Tags></ListTagsForResourceResult></ListTagsForResourceResponse>
                """
            ) == TagPage([Tag("tag-key-1", "v")])
        )
        #expect(refusal(operation, "<ListTagsForResourceResponse/>") == .unavailable)
    }
}
