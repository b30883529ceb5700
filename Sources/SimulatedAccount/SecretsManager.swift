import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeSecret: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let secret = try caller.resource(secretARN, Self.name, "ResourceNotFoundException")
        return caller.description(secret, arn: secretARN, tags: try caller.tags(secret))
    }
}
