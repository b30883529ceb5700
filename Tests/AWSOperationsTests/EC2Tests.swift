import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/.
@Suite struct EC2Tests {
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
}
