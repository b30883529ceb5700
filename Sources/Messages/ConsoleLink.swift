import Basics
import Findings
import Policies

/// The page of a finding in the console of its partition and region; `nil` where either is not known.
func consoleLink(_ finding: Finding) -> String? {
    let region = finding.analyzerRegion
    guard !region.isEmpty,
        let partition = Partition(rawValue: finding.analyzerARN?.partition ?? finding.resource.partition)
    else { return nil }
    let id = PercentEncoding.segment(finding.id)
    return "https://\(region).\(partition.consoleDomain)/access-analyzer/home?region=\(region)#/findings/details/\(id)"
}
