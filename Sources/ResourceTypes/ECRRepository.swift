import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension ECRRepository {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "repository/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        resource.segment(after: "repository/").map {
            "ecr/repositories/private/\(resource.account)/\($0)?region=\(region)"
        }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let repository = [
            (option: "--registry-id", value: input.finding.resource.account),
            (option: "--repository-name", value: name(input)),
        ]
        return [
            by.aws("ecr get-repository-policy", repository + by.text("policyText"))
                .saving().step("Save the repository's policy"),
            by.aws("ecr set-repository-policy", repository + [("--policy-text", "file://policy-after.json")])
                .step(by.writeBack),
            by.aws("ecr delete-repository-policy", repository).step(by.removeAll),
        ]
    }
}
