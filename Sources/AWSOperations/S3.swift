package import AWSClient
import Basics

/// Reads a bucket's tags. `NoSuchTagSet` when it has none.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
package struct GetBucketTagging: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetBucketTagging"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it, else S3 answers `AccessDenied`.
    package let owner: String

    package init(bucket: String, owner: String, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        bucketRequest(bucket, owner, "tagging")
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        guard let set = try response.xml().first("TagSet") else {
            throw response.unreadable("the answer lacks a TagSet")
        }
        return TagPage(try response.tags(set))
    }
}

/// The four switches that block public access to a bucket.
package struct PublicAccessBlock: Sendable, Equatable {
    /// New public ACLs are refused.
    package var blockPublicACLs = false
    /// Public ACLs have no effect.
    package var ignorePublicACLs = false
    /// New public policies are refused.
    package var blockPublicPolicy = false
    /// Public policies have effect for the account and AWS services alone.
    package var restrictPublicBuckets = false

    /// None of the four.
    package init() {}
}

/// Reads a bucket's own block of public access. `NoSuchPublicAccessBlockConfiguration` when none was ever set.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
package struct GetPublicAccessBlock: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetPublicAccessBlock"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String

    package init(bucket: String, owner: String, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        bucketRequest(bucket, owner, "publicAccessBlock")
    }

    package func output(from response: WireResponse) throws(AWSError) -> PublicAccessBlock {
        let root = try response.xml()
        guard root.name == "PublicAccessBlockConfiguration" else {
            throw response.unreadable("the answer is not a PublicAccessBlockConfiguration")
        }
        var block = PublicAccessBlock()
        block.blockPublicACLs = try flag(root, "BlockPublicAcls", response)
        block.ignorePublicACLs = try flag(root, "IgnorePublicAcls", response)
        block.blockPublicPolicy = try flag(root, "BlockPublicPolicy", response)
        block.restrictPublicBuckets = try flag(root, "RestrictPublicBuckets", response)
        return block
    }

    /// S3 says `TRUE` in its documentation and `true` on the wire.
    private func flag(_ root: XMLElement, _ name: String, _ response: WireResponse) throws(AWSError) -> Bool {
        try response.truth(root.text(at: name)?.lowercased()) ?? false
    }
}

/// Reads who owns new objects of a bucket. `OwnershipControlsNotFoundError` when nothing was ever set.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
package struct GetBucketOwnershipControls: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetBucketOwnershipControls"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String

    package init(bucket: String, owner: String, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        bucketRequest(bucket, owner, "ownershipControls")
    }

    /// Such as `BucketOwnerEnforced`.
    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let ownership = try response.xml().text(at: "Rule", "ObjectOwnership"), !ownership.isEmpty else {
            throw response.unreadable("the answer lacks an ObjectOwnership")
        }
        return ownership
    }
}

/// Lists a directory bucket's tags.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListTagsForResource.html
package struct ListTagsForDirectoryBucket: AWSOperation {
    package static let service = AWSService.s3ExpressControl
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// The bucket's ARN without its name, which is what follows the last `/`.
    package let arnBeforeName: String
    /// The bucket's name.
    package let bucket: String
    /// The account that owns it.
    package let owner: String

    package init(arnBeforeName: String, bucket: String, owner: String, region: Region) {
        self.arnBeforeName = arnBeforeName
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var request = WireRequest.restXML(
            method: "GET",
            path: "/v20180820/tags/\(PercentEncoding.segment(arnBeforeName))/\(PercentEncoding.segment(bucket))"
        )
        request.headers.append("x-amz-account-id", owner)
        return request
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        let root = try response.xml()
        guard root.name == "ListTagsForResourceResult" else {
            throw response.unreadable("the answer is not a ListTagsForResourceResult")
        }
        return TagPage(try response.tags(root.first("Tags")))
    }
}

private func bucketRequest(_ bucket: String, _ owner: String, _ what: String) -> WireRequest {
    var request = WireRequest.restXML(
        method: "GET",
        path: "/\(PercentEncoding.segment(bucket))",
        query: [(name: what, value: "")]
    )
    request.headers.append("x-amz-expected-bucket-owner", owner)
    return request
}

/// Reads a whole object of at most 8 MiB.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
package struct GetObject: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetObject"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The object's key.
    package let key: String

    package init(bucket: String, key: String, region: Region) {
        self.bucket = bucket
        self.key = key
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let segments = key.split(separator: "/", omittingEmptySubsequences: false)
        let path = segments.map { PercentEncoding.segment(String($0)) }.joined(separator: "/")
        return .restXML(method: "GET", path: "/\(PercentEncoding.segment(bucket))/\(path)")
    }

    /// The object's bytes.
    package func output(from response: WireResponse) throws(AWSError) -> [UInt8] {
        response.body
    }
}
