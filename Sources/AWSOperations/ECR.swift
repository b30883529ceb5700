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
