import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/efs/latest/ug/api-reference.html.
@Suite struct EFSTests {
    @Test func describesAFileSystem() throws {
        let operation = DescribeFileSystem(fileSystemID: "fs-01234567", region: region)
        #expect(try line(operation) == "GET /2015-02-01/file-systems?FileSystemId=fs-01234567")
        let arn = "arn:aws:elasticfilesystem:us-west-2:123456789012:file-system/fs-01234567"
        func answer(_ id: String) -> String {
            """
            {"FileSystems":[{"CreationTime":1499988169,"CreationToken":"t","Encrypted":true,"FileSystemArn":"\(arn)",
            "FileSystemId":"\(id)","LifeCycleState":"available","Name":"","OwnerId":"123456789012",
            "Tags":[{"Key":"Name","Value":""}]}]}
            """
        }
        #expect(
            try read(operation, answer("fs-01234567"))
                == ResourceDescription(
                    arn: arn,
                    owner: account,
                    createdAt: time("2017-07-13T23:22:49Z"),
                    isEncrypted: true,
                    tags: [Tag("Name", "")]
                )
        )
        #expect(refusal(operation, answer("fs-89abcdef")) == .unavailable)
        #expect(refusal(operation, #"{"FileSystems":[]}"#) == .unavailable)
    }
}
