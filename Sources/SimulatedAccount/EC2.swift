import AWSClient
import AWSOperations
import LosslessJSON

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
