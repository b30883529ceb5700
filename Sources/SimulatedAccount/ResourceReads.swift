import AWSClient
import AWSOperations
import AWSSigning
import LosslessJSON
import Policies

/// How many elements the simulated services put on a page: few, so that fixtures turn pages.
private let pageSize = 2

extension SimulatedCaller {
    /// Answers what is asked about a resource; nil for an operation that is about none.
    func readResource<Operation: AWSOperation>(_ operation: Operation) throws(AWSError) -> (any Sendable)? {
        switch operation {
        case let operation as GetBucketTagging:
            let bucket = try bucket(operation.bucket, operation.owner, Operation.name)
            return TagPage(try tags(bucket, absent: refusal("NoSuchTagSet", "The TagSet does not exist", 404)))
        case let operation as GetPublicAccessBlock:
            return try publicAccessBlock(of: try bucket(operation.bucket, operation.owner, Operation.name))
        case let operation as GetBucketOwnershipControls:
            let bucket = try bucket(operation.bucket, operation.owner, Operation.name)
            guard let ownership = bucket["objectOwnership"]?.string else {
                throw refusal("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", 404)
            }
            return ownership
        case let operation as ListTagsForDirectoryBucket:
            let arn = "\(operation.arnBeforeName)/\(operation.bucket)"
            return TagPage(try tags(try resource(arn, "ListTagsForResource", "NoSuchResource")))
        case let operation as GetUser:
            let user = try resource(ending: "/\(operation.userName)", service: "iam", Operation.name, "NoSuchEntity")
            return description(user.json, arn: user.arn, tags: try tags(user.json))
        case let operation as GetQueueURL:
            let queue = try resource(
                ending: ":\(operation.queueName)",
                service: "sqs",
                Operation.name,
                "QueueDoesNotExist"
            )
            return "https://sqs.simulated/\(queue.arn)"
        case let operation as ListQueueTags:
            let arn = String(operation.queueURL.dropFirst("https://sqs.simulated/".count))
            return TagPage(try tags(try resource(arn, Operation.name, "QueueDoesNotExist")))
        default: return try readResourceByARN(operation)
        }
    }

    private func readResourceByARN<Operation: AWSOperation>(
        _ operation: Operation
    ) throws(AWSError) -> (any Sendable)? {
        let gone = "ResourceNotFoundException"
        switch operation {
        case let operation as ListFunctionTags:
            return TagPage(try tags(try resource(operation.functionARN, Operation.name, gone)))
        case let operation as ListLayerVersions:
            return try layerVersions(operation)
        case let operation as DescribeKey:
            let key = try resource(operation.keyARN, Operation.name, "NotFoundException")
            return KeyDescription(
                arn: operation.keyARN,
                manager: key["keyManager"]?.string ?? "CUSTOMER",
                state: key["keyState"]?.string ?? "Enabled",
                description: key["description"]?.string ?? "",
                createdAt: time(key["createdAt"])
            )
        case let operation as ListAliases:
            let key = try resource(operation.keyARN, Operation.name, "NotFoundException")
            let names = (key["keyAliases"]?.array ?? []).compactMap(\.string)
            let (range, next) = page(operation.marker, of: names.count)
            return AliasPage(names: Array(names[range]), nextMarker: next)
        case let operation as ListResourceTags:
            let key = try resource(operation.keyARN, Operation.name, "NotFoundException")
            return page(operation.marker, of: try tags(key))
        case let operation as DescribeSecret:
            let secret = try resource(operation.secretARN, Operation.name, gone)
            return description(secret, arn: operation.secretARN, tags: try tags(secret))
        case let operation as DescribeFileSystem:
            let ending = "/\(operation.fileSystemID)"
            let system = try resource(
                ending: ending,
                service: "elasticfilesystem",
                Operation.name,
                "FileSystemNotFound"
            )
            return description(system.json, arn: system.arn, tags: try tags(system.json))
        case let operation as DescribeSnapshot:
            let ending = "/\(operation.snapshotID)"
            let snapshot = try resource(ending: ending, service: "ec2", Operation.name, "InvalidSnapshot.NotFound")
            return description(snapshot.json, arn: nil, tags: try tags(snapshot.json))
        case let operation as DescribeDBSnapshot:
            let ending = ":snapshot:\(operation.identifier)"
            let snapshot = try resource(ending: ending, service: "rds", Operation.name, "DBSnapshotNotFound")
            return description(snapshot.json, arn: snapshot.arn, tags: [])
        case let operation as DescribeDBClusterSnapshot:
            let ending = ":cluster-snapshot:\(operation.identifier)"
            let code = "DBClusterSnapshotNotFoundFault"
            let snapshot = try resource(ending: ending, service: "rds", Operation.name, code)
            return description(snapshot.json, arn: snapshot.arn, tags: [])
        case let operation as ListTagsForDBSnapshot:
            return TagPage(try tags(try resource(operation.snapshotARN, Operation.name, "DBSnapshotNotFound")))
        case let operation as ListTagsForTopic:
            return TagPage(try tags(try resource(operation.topicARN, Operation.name, "ResourceNotFound")))
        case let operation as ListTagsForRepository:
            let repository = try resource(operation.repositoryARN, Operation.name, "RepositoryNotFoundException")
            return TagPage(try tags(repository))
        case let operation as ListTagsOfTable:
            return page(operation.nextToken, of: try tags(try resource(operation.tableARN, Operation.name, gone)))
        default: return nil
        }
    }

    // MARK: Finding a resource

    func refusal(_ code: String, _ message: String, _ status: Int) -> AWSError {
        let kind: AWSError.Kind = status == 403 ? .accessDenied : status == 404 ? .notFound : .rejected
        return AWSError(kind: kind, code: code, message: message, status: status)
    }

    private func denied(_ operation: String) -> AWSError {
        refusal("AccessDeniedException", "not authorized to perform: \(operation)", 403)
    }

    /// A resource by its ARN. Only its own account sees it.
    private func resource(_ arn: String, _ operation: String, _ code: String) throws(AWSError) -> JSON {
        record(operation, [("resource", .string(arn))])
        guard let json = simulated.resources[arn] else { throw refusal(code, "no such resource: \(arn)", 404) }
        if let owner = ARN(arn)?.account, !owner.isEmpty, owner != account { throw denied(operation) }
        return json
    }

    /// A resource of our account by the end of its ARN.
    private func resource(
        ending: String,
        service: String,
        _ operation: String,
        _ code: String
    ) throws(AWSError) -> (arn: String, json: JSON) {
        record(operation, [("resource", .string(ending))])
        for member in simulated.resources.members where member.key.hasSuffix(ending) {
            guard let arn = ARN(member.key), arn.service == service else { continue }
            // A snapshot's ARN may lack the account.
            guard arn.account.isEmpty || arn.account == account else { continue }
            return (member.key, member.value)
        }
        throw refusal(code, "no such resource: \(ending.dropFirst())", 404)
    }

    private func bucket(_ name: String, _ owner: String, _ operation: String) throws(AWSError) -> JSON {
        record(operation, [("Bucket", .string(name)), ("ExpectedBucketOwner", .string(owner))])
        let member = simulated.resources.members.first { $0.key.hasSuffix(":s3:::\(name)") }
        guard let bucket = member?.value else {
            throw refusal("NoSuchBucket", "The specified bucket does not exist", 404)
        }
        let real = bucket["account"]?.string ?? simulated.account
        guard real == owner, real == account else { throw refusal("AccessDenied", "Access Denied", 403) }
        return bucket
    }

    // MARK: Answers

    /// A resource's tags; null in the file stands for tags that may not be read.
    func tags(_ json: JSON, absent: AWSError? = nil) throws(AWSError) -> [Tag] {
        if json["tags"] == .null { throw denied("the look-up of tags") }
        let tags = (json["tags"]?.object?.members ?? []).map { Tag($0.key, $0.value.string ?? "") }
        if tags.isEmpty, let absent { throw absent }
        return tags
    }

    func time(_ json: JSON?) -> Timestamp? {
        json?.string.flatMap(Timestamp.init(iso8601:))
    }

    private func description(_ json: JSON, arn: String?, tags: [Tag]) -> ResourceDescription {
        ResourceDescription(
            arn: arn,
            owner: json["owner"]?.string,
            name: json["name"]?.string,
            path: json["path"]?.string,
            description: json["description"]?.string,
            createdAt: time(json["createdAt"]),
            lastUsed: time(json["lastUsed"]),
            isEncrypted: json["encrypted"]?.bool,
            tags: tags
        )
    }

    private func publicAccessBlock(of bucket: JSON) throws(AWSError) -> PublicAccessBlock {
        guard let json = bucket["publicAccessBlock"] else {
            let message = "The public access block configuration was not found"
            throw refusal("NoSuchPublicAccessBlockConfiguration", message, 404)
        }
        var block = PublicAccessBlock()
        block.blockPublicACLs = json["BlockPublicAcls"]?.bool ?? false
        block.ignorePublicACLs = json["IgnorePublicAcls"]?.bool ?? false
        block.blockPublicPolicy = json["BlockPublicPolicy"]?.bool ?? false
        block.restrictPublicBuckets = json["RestrictPublicBuckets"]?.bool ?? false
        return block
    }

    /// All versions of a layer that are in the file, the newest first.
    private func layerVersions(_ operation: ListLayerVersions) throws(AWSError) -> LayerVersionPage {
        record("ListLayerVersions", [("resource", .string(operation.layerARN))])
        var versions: [LayerVersion] = []
        for member in simulated.resources.members where member.key.hasPrefix("\(operation.layerARN):") {
            guard let number = Int(member.key.dropFirst(operation.layerARN.count + 1)) else { continue }
            let json = member.value
            versions.append(
                LayerVersion(
                    version: number,
                    description: json["description"]?.string,
                    createdAt: time(json["createdAt"])
                )
            )
        }
        versions.sort { $0.version > $1.version }
        let (range, next) = page(operation.marker, of: versions.count)
        return LayerVersionPage(versions: Array(versions[range]), nextMarker: next)
    }

    /// One page of a list, and the next one's token.
    func page(_ token: String?, of count: Int) -> (range: Range<Int>, next: String?) {
        let start = min(max(0, token.flatMap { Int($0) } ?? 0), count)
        let end = min(start + pageSize, count)
        return (start..<end, end < count ? String(end) : nil)
    }

    func page(_ token: String?, of tags: [Tag]) -> TagPage {
        let (range, next) = page(token, of: tags.count)
        return TagPage(Array(tags[range]), nextToken: next)
    }
}
