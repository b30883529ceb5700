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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let repository = [
            (option: "--registry-id", value: input.finding.resource.account),
            (option: "--repository-name", value: name(input)),
        ]
        return ResourceChangeGuide(
            by: by,
            events: "SetRepositoryPolicy",
            stays: ["Images that were pulled stay where they are."]
        ).policy(
            read: by.aws("ecr get-repository-policy", repository + by.text("policyText")),
            write: by.aws("ecr set-repository-policy", repository),
            option: "--policy-text"
        )
    }
}

extension ECRRepository {
    static let changePermissions = ["ecr:GetRepositoryPolicy", "ecr:SetRepositoryPolicy", "ecr:ListTagsForResource"]

    /// Statements of a repository's policy have no `Resource`: https://github.com/aws/aws-cdk/issues/24314
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "ecr", let name = resource.name(after: "repository/", mayHoldSlashes: true) else {
            return nil
        }
        let (arn, account, region) = (resource.arn.description, resource.account, resource.region)
        let missing = "RepositoryNotFoundException"
        return ServicePolicy(
            target: resource,
            dialect: PolicyDialect(name: "repository policy", services: ["ecr"], resource: .none, defaultQuota: 10_240),
            operation: "ecr:SetRepositoryPolicy",
            service: "ECR",
            name: name,
            words: "repository \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [SetRepositoryPolicy.name],
                service: .ecr,
                gone: [missing],
                refused: ["InvalidParameterException"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                do throws(AWSError) {
                    return try await aws.call(
                        GetRepositoryPolicy(repository: name, registry: account, region: region)
                    )
                } catch {
                    let none = "RepositoryPolicyNotFoundException"
                    if error.isAnswer(none, to: GetRepositoryPolicy.self) { return ResourcePolicy(text: nil) }
                    guard error.isAnswer(missing, to: GetRepositoryPolicy.self) else { throw error }
                    return nil
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListTagsForRepository(repositoryARN: arn, region: region)).tags
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(
                    SetRepositoryPolicy(
                        repository: name,
                        registry: account,
                        policy: state.document.text,
                        region: region
                    )
                )
            }
        )
    }
}

extension ECRRepository {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("ecrRepository", "repositoryPolicy", after: changes)
    }
}

extension ECRRepository {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.name(after: "repository/"), resource.description]
        return TrailSearch("ecr", ["SetRepositoryPolicy"], names: names)
    }
}
