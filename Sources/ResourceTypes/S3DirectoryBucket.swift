import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// S3 directory buckets: tags.
enum S3DirectoryBucket: KnownResourceType {
    static let type = ResourceType.s3DirectoryBucket
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["s3express:ListTagsForResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        try resource.directoryBucket(&known)
    }
}

extension LookedUpResource {
    fileprivate func directoryBucket(_ known: inout ContextBuilder) throws(AWSError) -> [LookUp] {
        let bucket = try name(after: "bucket/")
        known[.name] = .string(bucket)
        let before = String(id.dropLast(bucket.count + 1))
        return [
            LookUp([.tags]) { () async throws(AWSError) in
                let operation = ListTagsForDirectoryBucket(
                    arnBeforeName: before,
                    bucket: bucket,
                    owner: account,
                    region: region
                )
                return try tagged(try await aws.call(operation).tags)
            }
        ]
    }
}
