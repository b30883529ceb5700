import AWSClient
import AWSOperations
import Basics

/// What the remedies of a bucket read alike.
struct BucketReader: Sendable {
    let bucket: String
    /// The account that must own it.
    let owner: String
    let region: Region

    /// Its tags; none for a bucket that is gone, which other calls tell.
    func tags(_ aws: any AWSCaller) async throws(AWSError) -> [Tag] {
        let none = ["NoSuchTagSet", "NoSuchBucket"]
        return try await AWSError.unless(none, of: GetBucketTagging.self) { () async throws(AWSError) in
            try await aws.call(GetBucketTagging(bucket: bucket, owner: owner, region: region)).tags
        } ?? []
    }

    /// Its policy; `nil` for a bucket that is gone.
    func policy(_ aws: any AWSCaller) async throws(AWSError) -> ResourcePolicy? {
        do throws(AWSError) {
            return try await aws.call(GetBucketPolicy(bucket: bucket, owner: owner, region: region))
        } catch {
            if error.isAnswer("NoSuchBucketPolicy", to: GetBucketPolicy.self) { return ResourcePolicy(text: nil) }
            guard error.isAnswer("NoSuchBucket", to: GetBucketPolicy.self) else { throw error }
            return nil
        }
    }
}
