import AWSClient
import AWSOperations
import LosslessJSON
import Policies

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
        return PublicAccessBlock(simulated: json)
    }
}

extension PublicAccessBlock {
    fileprivate init(simulated json: JSON) {
        self.init()
        blockPublicACLs = json["BlockPublicAcls"]?.bool ?? false
        ignorePublicACLs = json["IgnorePublicAcls"]?.bool ?? false
        blockPublicPolicy = json["BlockPublicPolicy"]?.bool ?? false
        restrictPublicBuckets = json["RestrictPublicBuckets"]?.bool ?? false
    }

    fileprivate var simulated: JSON {
        [
            "BlockPublicAcls": .bool(blockPublicACLs), "IgnorePublicAcls": .bool(ignorePublicACLs),
            "BlockPublicPolicy": .bool(blockPublicPolicy), "RestrictPublicBuckets": .bool(restrictPublicBuckets),
        ]
    }
}

extension GetAccountPublicAccessBlock: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record("GetAccountPublicAccessBlock", [("AccountId", .string(account))])
        guard let json = caller.simulated.publicAccessBlock else {
            let message = "The public access block configuration was not found"
            throw caller.refusal("NoSuchPublicAccessBlockConfiguration", message, 404)
        }
        return PublicAccessBlock(simulated: json)
    }
}

extension PutPublicAccessBlock: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        _ = try caller.bucket(bucket, owner, nil)
        let arn = try caller.ownARN(ending: ":s3:::\(bucket)", "NoSuchBucket")
        caller.replace("publicAccessBlock", of: arn, with: block.simulated, Self.name)
    }
}

extension DeletePublicAccessBlock: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        _ = try caller.bucket(bucket, owner, nil)
        let arn = try caller.ownARN(ending: ":s3:::\(bucket)", "NoSuchBucket")
        caller.replace("publicAccessBlock", of: arn, with: nil, Self.name)
    }
}

/// The ACL in the file has the AWS CLI's form; a bucket without one has its owner's grant alone.
extension GetBucketACL: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.bucket(bucket, owner, Self.name)
        let acl = BucketACL(simulated: json["acl"])
        let ownersGrant = [BucketACL.Grant(.canonicalUser(acl.owner, name: nil), "FULL_CONTROL")]
        if json["objectOwnership"] == "BucketOwnerEnforced" { return BucketACL(owner: acl.owner, grants: ownersGrant) }
        let ignores = [json["publicAccessBlock"], caller.simulated.publicAccessBlock].contains {
            $0?["IgnorePublicAcls"]?.bool == true
        }
        let shown = acl.grants.filter { !ignores || !$0.isPublic }
        return BucketACL(owner: acl.owner, ownerName: acl.ownerName, grants: shown)
    }
}

extension PutBucketACL: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.bucket(bucket, owner, nil)
        let arn = try caller.ownARN(ending: ":s3:::\(bucket)", "NoSuchBucket")
        if json["objectOwnership"] == "BucketOwnerEnforced" {
            throw caller.refusal("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
        }
        if json["publicAccessBlock"]?["BlockPublicAcls"]?.bool == true, acl.grants.contains(where: \.isPublic) {
            let why = "because public ACLs are blocked by the BlockPublicAcls block public access setting."
            throw caller.refusal("AccessDenied", "not authorized to perform: s3:PutBucketAcl \(why)", 403)
        }
        caller.replace("acl", of: arn, with: acl.simulated, Self.name)
    }
}

extension BucketACL.Grant {
    fileprivate var isPublic: Bool {
        guard case .group(let uri) = grantee else { return false }
        return uri.hasSuffix("/global/AllUsers") || uri.hasSuffix("/global/AuthenticatedUsers")
    }
}

extension BucketACL {
    fileprivate init(simulated json: JSON?) {
        let owner = json?["Owner"]?["ID"]?.string ?? String(repeating: "0", count: 64)
        var grants: [Grant] = []
        for grant in json?["Grants"]?.array ?? [] {
            let (grantee, permission) = (grant["Grantee"], grant["Permission"]?.string ?? "")
            if let uri = grantee?["URI"]?.string { grants.append(Grant(.group(uri), permission)) }
            if let id = grantee?["ID"]?.string {
                grants.append(Grant(.canonicalUser(id, name: grantee?["DisplayName"]?.string), permission))
            }
        }
        if json == nil { grants = [Grant(.canonicalUser(owner, name: nil), "FULL_CONTROL")] }
        self.init(owner: owner, ownerName: json?["Owner"]?["DisplayName"]?.string, grants: grants)
    }

    fileprivate var simulated: JSON {
        func user(_ id: String, _ name: String?) -> JSONObject {
            var user = JSONObject([("ID", .string(id))])
            if let name { user["DisplayName"] = .string(name) }
            return user
        }
        let list = grants.map { grant -> JSON in
            var grantee: JSONObject
            switch grant.grantee {
            case .group(let uri): grantee = JSONObject([("Type", "Group"), ("URI", .string(uri))])
            case .canonicalUser(let id, let name):
                grantee = user(id, name)
                grantee["Type"] = "CanonicalUser"
            }
            return ["Grantee": .object(grantee), "Permission": .string(grant.permission)]
        }
        return ["Grants": .array(list), "Owner": .object(user(owner, ownerName))]
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

extension GetDirectoryBucketPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let (_, json) = try caller.resource(
            ending: ":bucket/\(bucket)",
            service: "s3express",
            Self.name,
            "NoSuchBucket"
        )
        guard let text = caller.policy(json) else {
            throw caller.refusal("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
        }
        return ResourcePolicy(text: text)
    }
}

extension PutDirectoryBucketPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: ":bucket/\(bucket)", "NoSuchBucket")
        var grammar = ResourcePolicyGrammar(service: "s3express", resource: arn)
        grammar.actions = ["s3express:CreateSession"]
        try caller.replacePolicy(of: arn, with: policy, Self.name, grammar, "MalformedPolicy")
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

extension GetBucketPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard let text = caller.policy(try caller.bucket(bucket, owner, Self.name)) else {
            throw caller.refusal("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
        }
        return ResourcePolicy(text: text)
    }
}

extension DeleteBucketPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        _ = try caller.bucket(bucket, owner, nil)
        let arn = try caller.ownARN(ending: ":s3:::\(bucket)", "NoSuchBucket")
        caller.replace("policy", of: arn, with: nil, Self.name)
    }
}

extension PutBucketPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.bucket(bucket, owner, nil)
        let arn = try caller.ownARN(ending: ":s3:::\(bucket)", "NoSuchBucket")
        if json["publicAccessBlock"]?["BlockPublicPolicy"]?.bool == true, isPublic {
            let why = "because public policies are blocked by the BlockPublicPolicy block public access setting."
            throw caller.refusal("AccessDenied", "not authorized to perform: s3:PutBucketPolicy \(why)", 403)
        }
        var grammar = ResourcePolicyGrammar(service: "s3", resource: arn)
        grammar.knowsCanonicalUsers = true
        try caller.replacePolicy(of: arn, with: policy, Self.name, grammar, "MalformedPolicy")
    }

    /// Whether S3 may call the document public, whatever a Deny says.
    private var isPublic: Bool {
        guard let document = try? PolicyDocument(text: policy) else { return false }
        return document.statements.contains { statement in
            statement.effect == .allow && statement.principals.contains(.everyone) && statement.json["Condition"] == nil
        }
    }
}

extension SimulatedCaller {
    /// A bucket by its name. Only its own account sees it, and only when it says which account that is.
    fileprivate func bucket(_ name: String, _ owner: String, _ operation: String?) throws(AWSError) -> JSON {
        if let operation { record(operation, [("Bucket", .string(name)), ("ExpectedBucketOwner", .string(owner))]) }
        let member = simulated.resources.members.first { $0.key.hasSuffix(":s3:::\(name)") }
        guard let bucket = member?.value else {
            throw refusal("NoSuchBucket", "The specified bucket does not exist", 404)
        }
        let real = bucket["account"]?.string ?? simulated.account
        guard real == owner, real == account else { throw refusal("AccessDenied", "Access Denied", 403) }
        return bucket
    }
}
