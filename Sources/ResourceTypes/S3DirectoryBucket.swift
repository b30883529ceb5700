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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let bucket = (option: "--bucket", value: by.name)
        let stays = ["Sessions that were begun before the Deny last at most 5 minutes more."]
        return ResourceChangeGuide(by: by, events: "PutBucketPolicy", stays: stays).policy(
            read: by.aws("s3api get-bucket-policy", [bucket] + by.text("Policy")),
            write: by.aws("s3api put-bucket-policy", [bucket]),
            option: "--policy"
        )
    }
}

extension S3DirectoryBucket {
    static let changePermissions = [
        "s3express:GetBucketPolicy", "s3express:PutBucketPolicy", "s3express:ListTagsForResource",
    ]

    /// Only `s3express:CreateSession` can be given by a policy, so it is all that can be denied in one.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "s3express", let bucket = resource.name(after: "bucket/") else { return nil }
        let (owner, region, arn) = (resource.account, resource.region, resource.arn.description)
        let before = String(arn.dropLast(bucket.count + 1))
        var dialect = PolicyDialect(
            name: "bucket policy",
            services: ["s3express"],
            resource: .granted(otherwise: [arn]),
            defaultQuota: 20 << 10
        )
        dialect.legalActions = ["s3express:CreateSession"]
        dialect.isLatin = false
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "s3express:PutBucketPolicy",
            service: "S3",
            name: bucket,
            words: "directory bucket \(bucket)",
            refusals: ServicePolicy.Refusals(
                operations: [PutDirectoryBucketPolicy.name],
                service: .s3ExpressControl,
                gone: ["NoSuchBucket"],
                refused: ["MalformedPolicy", "InvalidPolicyDocument", "MethodNotAllowed", "PolicyTooLarge"],
                busy: ["OperationAborted"],
                publicWords: ["BlockPublicPolicy", "public policies are blocked"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                do throws(AWSError) {
                    return try await aws.call(GetDirectoryBucketPolicy(bucket: bucket, region: region))
                } catch {
                    let operation = GetDirectoryBucketPolicy.self
                    if error.isAnswer("NoSuchBucketPolicy", to: operation) { return ResourcePolicy(text: nil) }
                    guard error.isAnswer("NoSuchBucket", to: operation) else { throw error }
                    return nil
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(
                    ListTagsForDirectoryBucket(arnBeforeName: before, bucket: bucket, owner: owner, region: region)
                ).tags
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(
                    PutDirectoryBucketPolicy(bucket: bucket, policy: state.document.text, region: region)
                )
            }
        )
    }
}

extension S3DirectoryBucket {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("s3ExpressDirectoryBucket", "bucketPolicy", after: changes)
    }
}

extension S3DirectoryBucket {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.name(after: "bucket/"), resource.description]
        return TrailSearch("s3express", ["PutBucketPolicy"], names: names)
    }
}
