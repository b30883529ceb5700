import Basics

/// The regions of the partitions that Gatehouse serves. One that is missing here works all the same.
///
/// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
package enum Regions {
    /// What speaks against a region's name, in words; `nil` where it is known.
    package static func doubt(about name: String) -> String? {
        guard !known.contains(name) else { return nil }
        let near = name.nearest(among: known).map { "; did you mean '\($0)'?" } ?? ""
        return "'\(name.printable(limit: 100))' is not a region that this version knows\(near)"
    }

    /// How the names of other partitions' regions begin.
    static let others = ["us-iso", "eu-iso", "eusc-"]

    /// All of them by name.
    package static let known = [
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1",
        "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
        "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2",
        "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "cn-north-1",
        "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
    ]
}
