import AWSClient

/// Lists the names of all regions of the partition, those that are not enabled as well.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
struct DescribeRegions: AWSOperation {
    static let service = AWSService.ec2
    static let name = "DescribeRegions"
    static let isWrite = false
    let region: Region

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: "2016-11-15", parameters: [("AllRegions", "true")])
    }

    /// Each region, and whether it is enabled; `nil` where AWS does not say.
    func output(from response: WireResponse) throws(AWSError) -> [(name: String, isEnabled: Bool?)] {
        guard let items = try response.xml().first("regionInfo")?.children else {
            throw response.unreadable("the answer lacks regionInfo")
        }
        return items.compactMap { item in
            item.text(at: "regionName").map { ($0, item.text(at: "optInStatus").map { $0 != "not-opted-in" }) }
        }
    }
}
