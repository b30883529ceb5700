import AWSClient
import AWSOperations
import LosslessJSON

extension ListTagsOfTable: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.page(
            nextToken,
            of: try caller.tags(try caller.resource(tableARN, Self.name, "ResourceNotFoundException"))
        )
    }
}
