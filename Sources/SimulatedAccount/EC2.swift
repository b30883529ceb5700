import AWSClient
import AWSOperations
import LosslessJSON
import Synchronization

extension DescribeSnapshot: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let snapshot = try caller.resource(
            ending: "/\(snapshotID)",
            service: "ec2",
            Self.name,
            "InvalidSnapshot.NotFound"
        )
        return caller.description(snapshot.json, arn: nil, tags: try caller.tags(snapshot.json))
    }
}

extension DescribeSnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let missing = "InvalidSnapshot.NotFound"
        return caller.sharing(try caller.resource(ending: "/\(snapshotID)", service: "ec2", Self.name, missing).json)
    }
}

extension ModifySnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: "/\(snapshotID)", "InvalidSnapshot.NotFound")
        try caller.share(arn, isAdding, whom, Self.name)
    }
}

extension SimulatedCaller {
    /// With whom a snapshot is shared.
    func sharing(_ json: JSON) -> [String] {
        (json["sharedWith"]?.array ?? []).compactMap(\.string)
    }

    /// Changes with whom a snapshot is shared.
    func share(_ arn: String, _ isAdding: Bool, _ whom: [String], _ operation: String) throws(AWSError) {
        let isEncrypted = simulated.resources[arn]?["encrypted"]?.bool ?? false
        guard !(isAdding && isEncrypted && whom.contains("all")) else {
            throw refusal("OperationNotPermitted", "Encrypted snapshots cannot be shared with all", 400)
        }
        simulated.state.withLock { state in
            guard var resource = state.resources[arn]?.object else { return }
            var list = (resource["sharedWith"]?.array ?? []).compactMap(\.string)
            list = isAdding ? list + whom.filter { !list.contains($0) } : list.filter { !whom.contains($0) }
            resource["sharedWith"] = .array(list.map(JSON.string))
            state.resources[arn] = .object(resource)
        }
        let kind = isAdding ? "add" : "remove"
        record(operation, isWrite: true, [("resource", .string(arn)), (kind, .array(whom.map(JSON.string)))])
    }
}
