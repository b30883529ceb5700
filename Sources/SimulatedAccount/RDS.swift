import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeDBSnapshot: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let ending = ":snapshot:\(identifier)"
        let snapshot = try caller.resource(ending: ending, service: "rds", Self.name, "DBSnapshotNotFound")
        return caller.description(snapshot.json, arn: snapshot.arn, tags: [])
    }
}

extension DescribeDBClusterSnapshot: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let ending = ":cluster-snapshot:\(identifier)"
        let snapshot = try caller.resource(ending: ending, service: "rds", Self.name, "DBClusterSnapshotNotFoundFault")
        return caller.description(snapshot.json, arn: snapshot.arn, tags: [])
    }
}

extension ListTagsForDBSnapshot: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(snapshotARN, Self.name, "DBSnapshotNotFound")))
    }
}

extension DescribeDBSnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let ending = ":snapshot:\(identifier)"
        return caller.sharing(
            try caller.resource(ending: ending, service: "rds", Self.name, "DBSnapshotNotFound").json
        )
    }
}

extension ModifyDBSnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: ":snapshot:\(identifier)", "DBSnapshotNotFound")
        try caller.share(arn, isAdding, whom, Self.name)
    }
}

extension DescribeDBClusterSnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let ending = ":cluster-snapshot:\(identifier)"
        return caller.sharing(
            try caller.resource(ending: ending, service: "rds", Self.name, "DBClusterSnapshotNotFoundFault").json
        )
    }
}

extension ModifyDBClusterSnapshotSharing: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: ":cluster-snapshot:\(identifier)", "DBClusterSnapshotNotFoundFault")
        try caller.share(arn, isAdding, whom, Self.name)
    }
}
