package import AWSClient
import LosslessJSON

/// Lists a repository's tags.
///
/// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html
package struct ListTagsForRepository: AWSOperation {
    package static let service = AWSService.ecr
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// The repository's ARN.
    package let repositoryARN: String

    package init(repositoryARN: String, region: Region) {
        self.repositoryARN = repositoryARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AmazonEC2ContainerRegistry_V20150921.ListTagsForResource",
            body: ["resourceArn": .string(repositoryARN)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        TagPage(try response.tags(try response.member("tags")))
    }
}

/// Reads a repository's policy. `RepositoryPolicyNotFoundException` when it has none.
///
/// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html
package struct GetRepositoryPolicy: AWSOperation {
    package static let service = AWSService.ecr
    package static let name = "GetRepositoryPolicy"
    package static let isWrite = false
    package let region: Region
    /// The repository's name, with slashes.
    package let repository: String
    /// The account of the registry.
    package let registry: String

    package init(
        repository: String,
        registry: String,
        region: Region
    ) {
        self.repository = repository
        self.registry = registry
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AmazonEC2ContainerRegistry_V20150921.GetRepositoryPolicy",
            body: ["repositoryName": .string(repository), "registryId": .string(registry)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("policyText")
    }
}

/// Replaces a repository's policy. The lock-out check of the service is never forced.
///
/// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
package struct SetRepositoryPolicy: AWSOperation {
    package static let service = AWSService.ecr
    package static let name = "SetRepositoryPolicy"
    package static let isWrite = true
    package let region: Region
    /// The repository's name, with slashes.
    package let repository: String
    /// The account of the registry.
    package let registry: String
    /// The whole document.
    package let policy: String

    package init(
        repository: String,
        registry: String,
        policy: String,
        region: Region
    ) {
        self.repository = repository
        self.registry = registry
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AmazonEC2ContainerRegistry_V20150921.SetRepositoryPolicy",
            body: [
                "repositoryName": .string(repository), "registryId": .string(registry), "policyText": .string(policy),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
