package import AWSClient
import AWSSigning
import Basics
import LosslessJSON

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
        .bucket(bucket, owner, "tagging")
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        guard let set = try response.xml().first("TagSet") else {
            throw response.unreadable("the answer lacks a TagSet")
        }
        return TagPage(try response.tags(set))
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
        .bucket(bucket, owner, "ownershipControls")
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

/// Reads a bucket's policy. `NoSuchBucketPolicy` when it has none.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
package struct GetBucketPolicy: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetBucketPolicy"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String

    package init(
        bucket: String,
        owner: String,
        region: Region
    ) {
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, owner, "policy")
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.wholePolicy()
    }
}

/// Replaces a bucket's policy. Giving up the bucket's own access is never confirmed.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
package struct PutBucketPolicy: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "PutBucketPolicy"
    package static let isWrite = true
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String
    /// The whole document.
    package let policy: String

    package init(
        bucket: String,
        owner: String,
        policy: String,
        region: Region
    ) {
        self.bucket = bucket
        self.owner = owner
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, owner, "policy", putting: Array(policy.utf8), contentType: "application/json")
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Removes a bucket's policy.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
package struct DeleteBucketPolicy: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "DeleteBucketPolicy"
    package static let isWrite = true
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
        .bucket(bucket, owner, "policy", method: "DELETE")
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

extension WireRequest {
    /// A call about a part of a bucket's configuration, which S3 answers only for that owner; directory buckets refuse to be
    /// told one.
    static func bucket(_ bucket: String, _ owner: String?, _ what: String, method: String = "GET") -> WireRequest {
        var request = restXML(
            method: method,
            path: "/\(PercentEncoding.segment(bucket))",
            query: [(name: what, value: "")]
        )
        if let owner { request.headers.append("x-amz-expected-bucket-owner", owner) }
        return request
    }

    /// Puts a part of a bucket's configuration.
    static func bucket(_ bucket: String, _ owner: String, _ what: String, putting document: XMLElement) -> WireRequest {
        let text = document.document(namespace: "http://s3.amazonaws.com/doc/2006-03-01/")
        return .bucket(bucket, owner, what, putting: Array(text.utf8), contentType: "application/xml")
    }

    static func bucket(
        _ bucket: String,
        _ owner: String?,
        _ what: String,
        putting body: [UInt8],
        contentType: String
    ) -> WireRequest {
        var request = WireRequest.bucket(bucket, owner, what, method: "PUT")
        request.body = body
        request.headers.append("content-type", contentType)
        // S3 takes no configuration without a checksum.
        request.headers.append("x-amz-sdk-checksum-algorithm", "SHA256")
        request.headers.append("x-amz-checksum-sha256", String(base64: SHA256.digest(of: body)))
        return request
    }
}
