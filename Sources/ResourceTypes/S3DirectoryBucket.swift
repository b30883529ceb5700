import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension S3DirectoryBucket {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "bucket/")
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let bucket = (option: "--bucket", value: by.name)
        return [
            by.aws("s3api get-bucket-policy", [bucket] + by.text("Policy")).saving().step("Save the bucket's policy"),
            by.aws("s3api put-bucket-policy", [bucket, ("--policy", "file://policy-after.json")]).step(by.writeBack),
            "Console: S3 > Directory buckets > \(by.name.printable(limit: 100)) > Permissions",
        ]
    }
}
