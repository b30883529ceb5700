import AWSClient
import AWSOperations
import LosslessJSON

extension GetBucketTagging: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let bucket = try caller.bucket(bucket, owner, Self.name)
        return TagPage(
            try caller.tags(bucket, absent: caller.refusal("NoSuchTagSet", "The TagSet does not exist", 404))
        )
    }
}

extension GetPublicAccessBlock: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard let json = try caller.bucket(bucket, owner, Self.name)["publicAccessBlock"] else {
            let message = "The public access block configuration was not found"
            throw caller.refusal("NoSuchPublicAccessBlockConfiguration", message, 404)
        }
        var block = PublicAccessBlock()
        block.blockPublicACLs = json["BlockPublicAcls"]?.bool ?? false
        block.ignorePublicACLs = json["IgnorePublicAcls"]?.bool ?? false
        block.blockPublicPolicy = json["BlockPublicPolicy"]?.bool ?? false
        block.restrictPublicBuckets = json["RestrictPublicBuckets"]?.bool ?? false
        return block
    }
}

extension GetBucketOwnershipControls: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard let ownership = try caller.bucket(bucket, owner, Self.name)["objectOwnership"]?.string else {
            throw caller.refusal("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", 404)
        }
        return ownership
    }
}

extension ListTagsForDirectoryBucket: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = "\(arnBeforeName)/\(bucket)"
        return TagPage(try caller.tags(try caller.resource(arn, "ListTagsForResource", "NoSuchResource")))
    }
}

/// Rules may be kept in objects, by `s3://bucket/key`.
extension GetObject: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("Bucket", .string(bucket)), ("Key", .string(key))])
        guard let object = caller.simulated.objects["s3://\(bucket)/\(key)"] else {
            let message = "The specified key does not exist."
            throw AWSError(kind: .notFound, code: "NoSuchKey", message: message, status: 404)
        }
        return Array((object.string ?? object.text()).utf8)
    }
}

extension SimulatedCaller {
    /// A bucket by its name. Only its own account sees it, and only when it says which account that is.
    fileprivate func bucket(_ name: String, _ owner: String, _ operation: String) throws(AWSError) -> JSON {
        record(operation, [("Bucket", .string(name)), ("ExpectedBucketOwner", .string(owner))])
        let member = simulated.resources.members.first { $0.key.hasSuffix(":s3:::\(name)") }
        guard let bucket = member?.value else {
            throw refusal("NoSuchBucket", "The specified bucket does not exist", 404)
        }
        let real = bucket["account"]?.string ?? simulated.account
        guard real == owner, real == account else { throw refusal("AccessDenied", "Access Denied", 403) }
        return bucket
    }
}
