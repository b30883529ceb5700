package import AWSClient
import Basics

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

    /// Reads a configuration. S3 says `TRUE` in its documentation and `true` on the wire.
    fileprivate init(_ response: WireResponse) throws(AWSError) {
        let root = try response.xml()
        guard root.name == "PublicAccessBlockConfiguration" else {
            throw response.unreadable("the answer is not a PublicAccessBlockConfiguration")
        }
        func flag(_ name: String) throws(AWSError) -> Bool {
            try response.truth(root.text(at: name)?.lowercased()) ?? false
        }
        blockPublicACLs = try flag("BlockPublicAcls")
        ignorePublicACLs = try flag("IgnorePublicAcls")
        blockPublicPolicy = try flag("BlockPublicPolicy")
        restrictPublicBuckets = try flag("RestrictPublicBuckets")
    }
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
        .bucket(bucket, owner, "publicAccessBlock")
    }

    package func output(from response: WireResponse) throws(AWSError) -> PublicAccessBlock {
        try PublicAccessBlock(response)
    }
}

/// Sets all four switches of a bucket.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
package struct PutPublicAccessBlock: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "PutPublicAccessBlock"
    package static let isWrite = true
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String
    package let block: PublicAccessBlock

    package init(bucket: String, owner: String, block: PublicAccessBlock, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.block = block
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let flags = [
            ("BlockPublicAcls", block.blockPublicACLs), ("IgnorePublicAcls", block.ignorePublicACLs),
            ("BlockPublicPolicy", block.blockPublicPolicy), ("RestrictPublicBuckets", block.restrictPublicBuckets),
        ]
        let document = XMLElement(
            name: "PublicAccessBlockConfiguration",
            children: flags.map { XMLElement(name: $0.0, text: String($0.1)) }
        )
        return .bucket(bucket, owner, "publicAccessBlock", putting: document)
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Takes a bucket's own block of public access away. S3 authorises it as `s3:PutBucketPublicAccessBlock`.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html
package struct DeletePublicAccessBlock: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "DeletePublicAccessBlock"
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
        .bucket(bucket, owner, "publicAccessBlock", method: "DELETE")
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Reads an account's block of public access. `NoSuchPublicAccessBlockConfiguration` when none was ever set.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
package struct GetAccountPublicAccessBlock: AWSOperation {
    package static let service = AWSService.s3Control
    package static let name = "GetPublicAccessBlock"
    package static let isWrite = false
    package let region: Region
    /// Twelve digits.
    package let account: String

    package init(account: String, region: Region) {
        self.account = account
        self.region = region
    }

    package var hostLabel: String? { account }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var request = WireRequest.restXML(method: "GET", path: "/v20180820/configuration/publicAccessBlock")
        request.headers.append("x-amz-account-id", account)
        return request
    }

    package func output(from response: WireResponse) throws(AWSError) -> PublicAccessBlock {
        try PublicAccessBlock(response)
    }
}
