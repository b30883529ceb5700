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

    static func change(_ input: Case) -> ChangeGuide? {
        S3BucketSteps(input).change(input)
    }
}

extension S3Bucket {
    static let changePermissions = [
        "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:GetBucketTagging", "s3:GetBucketAcl",
        "s3:PutBucketAcl", "s3:GetBucketOwnershipControls", "s3:GetBucketPublicAccessBlock",
        "s3:GetAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock",
    ]

    static let choosesByFinding = true

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        remedies(for: resource).first
    }

    static func remedies(for resource: ChangedResource) -> [any Remedy] {
        guard let bucket = bucket(resource) else { return [] }
        return [
            bucketPolicy(of: bucket, resource, createsPolicy: true),
            BucketGrants(target: resource, bucket: bucket, protectedWhy: protection(bucket)),
            BucketAccessBlock(target: resource, bucket: bucket, protectedWhy: protection(bucket)),
        ]
    }

    static func remedies(for resource: ChangedResource, closing access: AccessToClose) -> [ChosenRemedy] {
        guard let bucket = bucket(resource) else { return [] }
        if access.means == .publicAccessBlock, access.isPublic {
            let block = BucketAccessBlock(target: resource, bucket: bucket, protectedWhy: protection(bucket))
            return [ChosenRemedy(block, closes: access.sources)]
        }
        let (grants, others) = access.sources.partitioned { $0["type"]?.string == "BUCKET_ACL" }
        var chosen: [ChosenRemedy] = []
        if !others.isEmpty || grants.isEmpty {
            let isByAccessPoint = others.contains { source in
                GrantedAccess.accessPoints.keys.contains(source["type"]?.string ?? "")
            }
            chosen.append(
                ChosenRemedy(bucketPolicy(of: bucket, resource, createsPolicy: isByAccessPoint), closes: others)
            )
        }
        if !grants.isEmpty {
            let acl = BucketGrants(target: resource, bucket: bucket, protectedWhy: protection(bucket))
            chosen.append(ChosenRemedy(acl, closes: grants))
        }
        return chosen
    }

    private static func bucket(_ resource: ChangedResource) -> String? {
        resource.arn.service == "s3" ? resource.name(after: "") : nil
    }

    /// Control Tower's log buckets and the CDK's staging buckets belong to those who made them.
    private static func protection(_ bucket: String) -> String? {
        if bucket.hasPrefix("aws-controltower-") { return "it belongs to AWS Control Tower" }
        let isStaging = bucket.hasPrefix("cdk-") && bucket.holds("-assets-")
        return isStaging || bucket.hasPrefix("cdktoolkit-stagingbucket-") ? "the CDK deploys from it" : nil
    }

    // MARK: The policy

    /// Limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
    private static func bucketPolicy(
        of bucket: String,
        _ resource: ChangedResource,
        createsPolicy: Bool
    ) -> ServicePolicy {
        let (owner, region, arn) = (resource.account, resource.region, resource.arn.description)
        let reader = BucketReader(bucket: bucket, owner: owner, region: region)
        var dialect = PolicyDialect(
            name: "bucket policy",
            services: ["s3"],
            resource: .granted(otherwise: [arn, "\(arn)/*"]),
            defaultQuota: 20 << 10
        )
        dialect.knowsCanonicalUsers = true
        dialect.needsFittingActions = true
        dialect.isLatin = false
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "s3:PutBucketPolicy",
            service: "S3",
            name: bucket,
            words: "bucket \(bucket)",
            refusals: ServicePolicy.Refusals(
                operations: [PutBucketPolicy.name, DeleteBucketPolicy.name],
                service: .s3,
                gone: ["NoSuchBucket"],
                refused: ["MalformedPolicy", "InvalidPolicyDocument", "MethodNotAllowed", "PolicyTooLarge"],
                busy: ["OperationAborted"],
                publicWords: ["BlockPublicPolicy", "public policies are blocked"]
            ),
            protectedWhy: protection(bucket),
            createsPolicy: createsPolicy,
            readPolicy: { (aws) async throws(AWSError) in try await reader.policy(aws) },
            readTags: { (aws) async throws(AWSError) in try await reader.tags(aws) },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(
                    PutBucketPolicy(bucket: bucket, owner: owner, policy: state.document.text, region: region)
                )
            },
            deletePolicy: { (aws) async throws(AWSError) in
                try await aws.call(DeleteBucketPolicy(bucket: bucket, owner: owner, region: region))
            }
        )
    }
}

extension [JSON] {
    /// Those that fit and those that do not, each in their order.
    fileprivate func partitioned(_ fits: (JSON) -> Bool) -> (fitting: [JSON], others: [JSON]) {
        (filter(fits), filter { !fits($0) })
    }
}

extension S3Bucket {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        var bucket = JSONObject()
        for change in changes {
            switch change.operation {
            case "s3:PutBucketAcl":
                // Those that are named replace all that there are.
                guard let grants = change.after["Grants"]?.array else { return nil }
                bucket["bucketAclGrants"] = .array(grants.map(previewGrant))
            case "s3:PutBucketPublicAccessBlock":
                bucket["bucketPublicAccessBlock"] = [
                    "ignorePublicAcls": change.after["IgnorePublicAcls"] ?? false,
                    "restrictPublicBuckets": change.after["RestrictPublicBuckets"] ?? false,
                ]
            case "s3:PutBucketPolicy": bucket["bucketPolicy"] = .string(PreviewConfiguration.text(of: change.after))
            default: return nil
            }
        }
        return bucket.isEmpty ? nil : ["s3Bucket": .object(bucket)]
    }

    private static func previewGrant(_ grant: JSON) -> JSON {
        let grantee = grant["Grantee"]
        let whom: JSON = grantee?["URI"].map { ["uri": $0] } ?? ["id": grantee?["ID"] ?? ""]
        return ["permission": grant["Permission"] ?? "", "grantee": whom]
    }
}

extension S3Bucket {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let operations = [
            "PutBucketPolicy", "PutBucketAcl", "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock",
            "PutBucketOwnershipControls", "CreateBucket",
        ]
        return TrailSearch("s3", operations, names: [resource.resource, resource.description])
    }
}
