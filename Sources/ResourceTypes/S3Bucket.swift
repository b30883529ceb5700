import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// S3 buckets: tags, their own public access block, who owns new objects.
enum S3Bucket: KnownResourceType {
    static let type = ResourceType.s3Bucket
    static let keys: [ContextKey] = [.tags, .publicAccessBlock, .objectOwnership]
    static let permissions = [
        "s3:GetBucketTagging", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls",
    ]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        try resource.bucket(&known)
    }
}

extension LookedUpResource {
    fileprivate func bucket(_ known: inout ContextBuilder) throws(AWSError) -> [LookUp] {
        let bucket = try name(after: "")
        known[.name] = .string(bucket)
        return [bucketTags(bucket), publicAccessBlock(bucket), objectOwnership(bucket)]
    }

    private func bucketTags(_ bucket: String) -> LookUp {
        LookUp([.tags]) { () async throws(AWSError) in
            do throws(AWSError) {
                let page = try await aws.call(GetBucketTagging(bucket: bucket, owner: account, region: region))
                return try tagged(page.tags)
            } catch {
                guard error.isAnswer("NoSuchTagSet", to: GetBucketTagging.self) else { throw error }
                return try tagged([])
            }
        }
    }

    private func publicAccessBlock(_ bucket: String) -> LookUp {
        LookUp([.publicAccessBlock]) { () async throws(AWSError) in
            var block = PublicAccessBlock()
            do throws(AWSError) {
                block = try await aws.call(GetPublicAccessBlock(bucket: bucket, owner: account, region: region))
            } catch {
                let none = "NoSuchPublicAccessBlockConfiguration"
                guard error.isAnswer(none, to: GetPublicAccessBlock.self) else { throw error }
            }
            var answer = LookUpAnswer()
            answer.learned[.publicAccessBlock] = [
                "BlockPublicAcls": .bool(block.blockPublicACLs), "IgnorePublicAcls": .bool(block.ignorePublicACLs),
                "BlockPublicPolicy": .bool(block.blockPublicPolicy),
                "RestrictPublicBuckets": .bool(block.restrictPublicBuckets),
            ]
            return answer
        }
    }

    private func objectOwnership(_ bucket: String) -> LookUp {
        LookUp([.objectOwnership]) { () async throws(AWSError) in
            var answer = LookUpAnswer()
            do throws(AWSError) {
                answer.learned[.objectOwnership] = .string(
                    try await aws.call(GetBucketOwnershipControls(bucket: bucket, owner: account, region: region))
                )
            } catch {
                let none = "OwnershipControlsNotFoundError"
                guard error.isAnswer(none, to: GetBucketOwnershipControls.self) else { throw error }
            }
            return answer
        }
    }
}

extension S3Bucket {
    static func name(_ input: Case) -> String {
        input.finding.resource.resource
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        "s3/buckets/\(PercentEncoding.segment(resource.resource))?region=\(region)&tab=permissions"
    }

    static func steps(_ input: Case) -> [String] {
        S3BucketSteps(input).steps
    }
}
