package import AWSClient
import Basics
import LosslessJSON

/// Reads a directory bucket's policy. `NoSuchBucketPolicy` when it has none.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
package struct GetDirectoryBucketPolicy: AWSOperation {
    package static let service = AWSService.s3ExpressControl
    package static let name = "GetBucketPolicy"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String

    package init(bucket: String, region: Region) {
        self.bucket = bucket
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, nil, "policy")
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.wholePolicy()
    }
}

/// Replaces a directory bucket's policy.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
package struct PutDirectoryBucketPolicy: AWSOperation {
    package static let service = AWSService.s3ExpressControl
    package static let name = "PutBucketPolicy"
    package static let isWrite = true
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The whole document.
    package let policy: String

    package init(bucket: String, policy: String, region: Region) {
        self.bucket = bucket
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, nil, "policy", putting: Array(policy.utf8), contentType: "application/json")
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
