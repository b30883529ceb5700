import AWSClient
import AWSOperations
import LosslessJSON

extension ListTagsForRepository: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(repositoryARN, Self.name, "RepositoryNotFoundException")))
    }
}
