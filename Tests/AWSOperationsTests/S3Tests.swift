import AWSClient
import AWSOperations
import Testing

/// The answers are those of https://docs.aws.amazon.com/AmazonS3/latest/API/.
@Suite struct S3Tests {
    private let bucket = "doc.example-bucket"

    @Test func readsTags() throws {
        let operation = GetBucketTagging(bucket: bucket, owner: account, region: region)
        #expect(try line(operation) == "GET /doc.example-bucket?tagging=")
        #expect(try operation.wireRequest().headers["x-amz-expected-bucket-owner"] == account)
        let page = try read(
            operation,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>Project</Key><Value>A &amp; B</Value>
            </Tag><Tag><Key>User</Key><Value></Value></Tag></TagSet></Tagging>
            """
        )
        #expect(page == TagPage([Tag("Project", "A & B"), Tag("User", "")]))
        #expect(refusal(operation, "<Tagging/>") == .unavailable)
        #expect(refusal(operation, "<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>") == .unavailable)
    }

    @Test(arguments: ["../x", "a/b", "a?b#c", "a b", "..", "\u{7}"])
    func noNameLeavesItsPlaceInThePath(_ name: String) throws {
        let path = try GetBucketTagging(bucket: name, owner: account, region: region).wireRequest().path
        #expect(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        #expect(path.split(separator: "/").count == 1)
        #expect(path != "/..")
    }

    @Test func readsThePublicAccessBlock() throws {
        let operation = GetPublicAccessBlock(bucket: bucket, owner: account, region: region)
        #expect(try line(operation) == "GET /doc.example-bucket?publicAccessBlock=")
        #expect(try operation.wireRequest().headers["x-amz-expected-bucket-owner"] == account)
        let block = try read(
            operation,
            """
            <PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls>
            <IgnorePublicAcls>false</IgnorePublicAcls><RestrictPublicBuckets>true</RestrictPublicBuckets>
            </PublicAccessBlockConfiguration>
            """
        )
        var expected = PublicAccessBlock()
        expected.blockPublicACLs = true
        expected.restrictPublicBuckets = true
        #expect(block == expected)
        #expect(refusal(operation, "<Other/>") == .unavailable)
        #expect(
            refusal(
                operation,
                "<PublicAccessBlockConfiguration><BlockPublicAcls>1</BlockPublicAcls></PublicAccessBlockConfiguration>"
            ) == .unavailable
        )
    }

    @Test func readsTheOwnershipOfObjects() throws {
        let operation = GetBucketOwnershipControls(bucket: bucket, owner: account, region: region)
        #expect(try line(operation) == "GET /doc.example-bucket?ownershipControls=")
        #expect(
            try read(
                operation,
                """
                <OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>
                <ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>
                """
            ) == "BucketOwnerEnforced"
        )
        #expect(refusal(operation, "<OwnershipControls/>") == .unavailable)
    }

    @Test func readsADirectoryBucketsTags() throws {
        let operation = ListTagsForDirectoryBucket(
            arnBeforeName: "arn:aws:s3express:us-east-1:123456789012:bucket",
            bucket: "fast--use1-az4--x-s3",
            owner: account,
            region: region
        )
        #expect(
            try line(operation)
                == "GET /v20180820/tags/arn%3Aaws%3As3express%3Aus-east-1%3A123456789012%3Abucket/fast--use1-az4--x-s3"
        )
        #expect(try operation.wireRequest().headers["x-amz-account-id"] == account)
        let page = try read(
            operation,
            "<ListTagsForResourceResult><Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></ListTagsForResourceResult>"
        )
        #expect(page == TagPage([Tag("k", "v")]))
        #expect(try read(operation, "<ListTagsForResourceResult/>") == TagPage([]))
        #expect(refusal(operation, "<Tags/>") == .unavailable)
    }
}
