import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

extension LookedUpResource {
    /// What to ask about the resource, and what its ARN says already.
    func lookUps(_ known: inout Learned) -> [LookUp] {
        do throws(AWSError) {
            switch type {
            case .bucket: return try bucket(&known)
            case .directoryBucket: return try directoryBucket(&known)
            case .role: return [try role(&known)]
            case .user: return [try user(&known)]
            case .queue: return [try queue(&known)]
            case .function: return [try function(&known)]
            case .layerVersion: return [try layerVersion(&known)]
            case .key: return key()
            case .secret: return [secret()]
            case .fileSystem: return [try fileSystem()]
            case .snapshot: return [try snapshot()]
            case .repository: return [try repository(&known)]
            case .databaseSnapshot: return try databaseSnapshot(&known)
            case .clusterSnapshot: return try clusterSnapshot(&known)
            case .topic: return [try topic(&known)]
            case .table, .stream: return [try table(&known)]
            }
        } catch {
            for key in type.keys { known.miss(key, why(error)) }
            return []
        }
    }

    // MARK: IAM

    private func role(_ known: inout Learned) throws(AWSError) -> LookUp {
        guard let role = RoleARN(arn) else { throw .impossible("'\(id.prefix(200))' is not a role's ARN") }
        known[.name] = .string(role.name)
        known[.path] = .string(role.path)
        return LookUp(type.keys) { () async throws(AWSError) in
            let found = try await aws.call(GetRole(roleName: role.name, partition: region.partition))
            try check(found.arn)
            var answer = LookUpAnswer()
            if let tags = found.tags {
                answer.learned[.tags] = try object(of: tags)
            } else {
                answer.learned.miss(.tags, "IAM GetRole: the answer's tags cannot be read")
            }
            answer.learned[.description] = found.description.json
            answer.learned[.lastUsed] = (found.lastUsed?.extended).json
            answer.learned[.createdAt] = (found.createdAt?.extended).json
            return answer
        }
    }

    private func user(_ known: inout Learned) throws(AWSError) -> LookUp {
        let rest = try name(after: "user", mayHoldSlashes: true)
        let name = String(rest.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
        guard rest.hasPrefix("/"), !name.isEmpty else { throw .impossible("'\(id.prefix(200))' is not a user's ARN") }
        known[.name] = .string(name)
        known[.path] = .string(String(rest.dropLast(name.count)))
        return LookUp(type.keys) { () async throws(AWSError) in
            let user = try await aws.call(GetUser(userName: name, partition: region.partition))
            try check(user.arn)
            return try described(user)
        }
    }

    /// What a description tells of itself. `ageDays` is for snapshots.
    private func described(_ resource: ResourceDescription) throws(AWSError) -> LookUpAnswer {
        var answer = try tagged(resource.tags)
        answer.learned[.name] = resource.name.json
        answer.learned[.path] = resource.path.json
        answer.learned[.description] = resource.description.json
        answer.learned[.lastUsed] = (resource.lastUsed?.extended).json
        answer.learned[.createdAt] = (resource.createdAt?.extended).json
        answer.learned[.encrypted] = resource.isEncrypted.map(JSON.bool)
        return answer
    }

    // MARK: S3

    private func bucket(_ known: inout Learned) throws(AWSError) -> [LookUp] {
        let bucket = try name(after: "")
        known[.name] = .string(bucket)
        return [
            LookUp([.tags]) { () async throws(AWSError) in
                do throws(AWSError) {
                    let page = try await aws.call(GetBucketTagging(bucket: bucket, owner: account, region: region))
                    return try tagged(page.tags)
                } catch {
                    guard error.isAnswer("NoSuchTagSet", to: GetBucketTagging.self) else { throw error }
                    return try tagged([])
                }
            },
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
            },
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
            },
        ]
    }

    private func directoryBucket(_ known: inout Learned) throws(AWSError) -> [LookUp] {
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

    // MARK: Messages and functions

    private func queue(_ known: inout Learned) throws(AWSError) -> LookUp {
        let queue = try name(after: "")
        known[.name] = .string(queue)
        return LookUp([.tags]) { () async throws(AWSError) in
            let url = try await aws.call(GetQueueURL(queueName: queue, owner: account, region: region))
            return try tagged(try await aws.call(ListQueueTags(queueURL: url, region: region)).tags)
        }
    }

    private func topic(_ known: inout Learned) throws(AWSError) -> LookUp {
        known[.name] = .string(try name(after: ""))
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForTopic(topicARN: id, region: region)).tags)
        }
    }

    /// The name of `function:name:qualifier`, or of `layer:name:version`, and what follows it.
    private func parts(after prefix: String) throws(AWSError) -> (name: String, qualifier: String?) {
        let parts = try name(after: prefix).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, !first.isEmpty else {
            throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.rawValue)")
        }
        return (String(first), parts.count == 2 ? String(parts[1]) : nil)
    }

    private func function(_ known: inout Learned) throws(AWSError) -> LookUp {
        let (name, qualifier) = try parts(after: "function:")
        known[.name] = .string(name)
        let unqualified = qualifier.map { String(id.dropLast($0.count + 1)) } ?? id
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListFunctionTags(functionARN: unqualified, region: region)).tags)
        }
    }

    private func layerVersion(_ known: inout Learned) throws(AWSError) -> LookUp {
        let (name, version) = try parts(after: "layer:")
        guard let version, let number = Int(version) else { throw .impossible("'\(id.prefix(200))' names no version") }
        known[.name] = .string(name)
        // Lambda has no tags for layers: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
        known[.tags] = [:]
        let layer = String(id.dropLast(version.count + 1))
        return LookUp([.description]) { () async throws(AWSError) in
            var marker: String?
            for _ in 0..<LookedUpResource.pageLimit {
                let page = try await aws.call(ListLayerVersions(layerARN: layer, marker: marker, region: region))
                if let found = page.versions.first(where: { $0.version == number }) {
                    var answer = LookUpAnswer()
                    answer.learned[.description] = found.description.json
                    answer.learned[.createdAt] = (found.createdAt?.extended).json
                    return answer
                }
                guard let next = page.nextMarker else {
                    throw .impossible("the layer \(layer.prefix(200)) has no version \(number)")
                }
                marker = next
            }
            throw .tooManyPages
        }
    }

    // MARK: Data

    private func secret() -> LookUp {
        LookUp(type.keys) { () async throws(AWSError) in
            let secret = try await aws.call(DescribeSecret(secretARN: id, region: region))
            try check(secret.arn)
            return try described(secret)
        }
    }

    private func fileSystem() throws(AWSError) -> LookUp {
        let fileSystem = try name(after: "file-system/")
        return LookUp(type.keys) { () async throws(AWSError) in
            let system = try await aws.call(DescribeFileSystem(fileSystemID: fileSystem, region: region))
            try check(system.arn)
            return try described(system)
        }
    }

    private func repository(_ known: inout Learned) throws(AWSError) -> LookUp {
        known[.name] = .string(try name(after: "repository/", mayHoldSlashes: true))
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForRepository(repositoryARN: id, region: region)).tags)
        }
    }

    /// A table, or a table's stream: `table/Name/stream/label`.
    private func table(_ known: inout Learned) throws(AWSError) -> LookUp {
        let rest = try name(after: "table/", mayHoldSlashes: true)
        let table = String(rest.prefix { $0 != "/" })
        guard !table.isEmpty, type == .table ? rest == table : rest.hasPrefix("\(table)/stream/") else {
            throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.rawValue)")
        }
        known[.name] = .string(table)
        let tableARN = String(id.dropLast(rest.count - table.count))
        return LookUp([.tags]) { () async throws(AWSError) in
            try await everyTag { (token) async throws(AWSError) in
                try await aws.call(ListTagsOfTable(tableARN: tableARN, nextToken: token, region: region))
            }
        }
    }

    // MARK: Snapshots

    private func snapshot() throws(AWSError) -> LookUp {
        let snapshot = try name(after: "snapshot/")
        return LookUp(type.keys) { () async throws(AWSError) in
            // Others are shown a shared snapshot without its tags.
            try await mustBeReached()
            let found = try await aws.call(DescribeSnapshot(snapshotID: snapshot, region: region))
            guard found.owner == nil || found.owner == account else {
                throw .impossible("the snapshot is of account \(found.owner ?? ""), not of \(account)")
            }
            var answer = try described(found)
            age(found.createdAt, &answer.learned)
            return answer
        }
    }

    private func databaseSnapshot(_ known: inout Learned) throws(AWSError) -> [LookUp] {
        let identifier = try name(after: "snapshot:")
        known[.name] = .string(identifier)
        return [
            databaseTags(),
            LookUp([.createdAt, .ageDays, .encrypted]) { () async throws(AWSError) in
                try aged(try await aws.call(DescribeDBSnapshot(identifier: identifier, region: region)))
            },
        ]
    }

    private func clusterSnapshot(_ known: inout Learned) throws(AWSError) -> [LookUp] {
        let identifier = try name(after: "cluster-snapshot:")
        known[.name] = .string(identifier)
        return [
            databaseTags(),
            LookUp([.createdAt, .ageDays, .encrypted]) { () async throws(AWSError) in
                try aged(try await aws.call(DescribeDBClusterSnapshot(identifier: identifier, region: region)))
            },
        ]
    }

    private func databaseTags() -> LookUp {
        LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForDBSnapshot(snapshotARN: id, region: region)).tags)
        }
    }

    private func aged(_ snapshot: ResourceDescription) throws(AWSError) -> LookUpAnswer {
        try check(snapshot.arn)
        var answer = LookUpAnswer()
        answer.learned[.encrypted] = snapshot.isEncrypted.map(JSON.bool)
        age(snapshot.createdAt, &answer.learned)
        return answer
    }

    // MARK: KMS

    private func key() -> [LookUp] {
        [
            LookUp([.tags]) { () async throws(AWSError) in
                try await everyTag { (token) async throws(AWSError) in
                    try await aws.call(ListResourceTags(keyARN: id, marker: token, region: region))
                }
            },
            LookUp([.keyAliases]) { () async throws(AWSError) in
                // KMS tells nobody the aliases of another account's key.
                try await mustBeReached()
                var names: [JSON] = []
                var marker: String?
                for _ in 0..<LookedUpResource.pageLimit {
                    let page = try await aws.call(ListAliases(keyARN: id, marker: marker, region: region))
                    names += page.names.map(JSON.string)
                    guard names.count <= 1_000 else {
                        throw .impossible("the answer holds more than 1,000 aliases, more than a key can have")
                    }
                    guard let next = page.nextMarker else {
                        var answer = LookUpAnswer()
                        answer.learned[.keyAliases] = .array(names)
                        return answer
                    }
                    marker = next
                }
                throw .tooManyPages
            },
            LookUp([.description, .keyManager, .keyState]) { () async throws(AWSError) in
                let key = try await aws.call(DescribeKey(keyARN: id, region: region))
                try check(key.arn)
                var answer = LookUpAnswer()
                answer.learned[.description] = key.description.json
                answer.learned[.keyManager] = key.manager.json
                answer.learned[.keyState] = key.state.json
                answer.learned[.createdAt] = (key.createdAt?.extended).json
                return answer
            },
        ]
    }
}
