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
