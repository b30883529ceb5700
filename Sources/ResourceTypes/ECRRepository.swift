import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// ECR repositories: tags.
enum ECRRepository: KnownResourceType {
    static let type = ResourceType.ecrRepository
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["ecr:ListTagsForResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.repository(&known)]
    }
}

extension LookedUpResource {
    fileprivate func repository(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        known[.name] = .string(try name(after: "repository/", mayHoldSlashes: true))
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForRepository(repositoryARN: id, region: region)).tags)
        }
    }
}
