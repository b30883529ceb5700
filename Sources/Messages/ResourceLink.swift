import Basics
import Findings
import Policies

/// The page of a resource in the console, where it shows who has access.
struct ResourceLink {
    let url: String

    /// `nil` where the page of the type, the partition or the region is not known.
    init?(_ finding: Finding, _ guide: any ResourceGuide) {
        guard let partition = Partition(rawValue: finding.resource.partition) else { return nil }
        let isGlobal = finding.resource.service == "iam"
        let ownRegion = finding.resource.region.isEmpty ? finding.region : finding.resource.region
        let region = isGlobal ? partition.globalRegionName : ownRegion
        guard !region.isEmpty, let path = guide.consolePath(finding, region: region) else { return nil }
        url = "https://\(region).\(partition.consoleDomain)/\(path)"
    }
}
