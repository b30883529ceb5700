/// A set of regions with its own accounts, names and endpoints. A principal of one is unknown in every other.
package enum Partition: String, Sendable, Hashable, CaseIterable {
    /// The commercial regions.
    case aws
    /// The regions in China.
    case china = "aws-cn"
    /// The regions of the United States government.
    case usGovernment = "aws-us-gov"

    /// The name of the region that global services are signed for.
    package var globalRegionName: String {
        switch self {
        case .aws: "us-east-1"
        case .china: "cn-north-1"
        case .usGovernment: "us-gov-west-1"
        }
    }

    /// The domain of the console, without a region.
    package var consoleDomain: String {
        switch self {
        case .aws: "console.aws.amazon.com"
        case .china: "console.amazonaws.cn"
        case .usGovernment: "console.amazonaws-us-gov.com"
        }
    }
}
