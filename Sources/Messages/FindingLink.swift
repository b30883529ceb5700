import Basics
import Findings
import Policies

/// The page of a finding in the console.
struct FindingLink {
    let url: String

    /// `nil` where the partition or the region is not known.
    init?(_ finding: Finding) {
        let region = finding.analyzerRegion
        guard !region.isEmpty,
            let partition = Partition(rawValue: finding.analyzerARN?.partition ?? finding.resource.partition)
        else { return nil }
        let id = PercentEncoding.segment(finding.id)
        url =
            "https://\(region).\(partition.consoleDomain)/access-analyzer/home?region=\(region)#/findings/details/\(id)"
    }
}
