import AWSClient
import Findings
import Policies

/// The page of a finding in the console of its partition and region; `nil` where either is not known.
func consoleLink(_ finding: Finding) -> String? {
    let region = finding.analyzerRegion
    guard !region.isEmpty else { return nil }
    let domain: String
    switch finding.analyzerARN?.partition ?? finding.resource.partition {
    case "aws": domain = "console.aws.amazon.com"
    case "aws-cn": domain = "console.amazonaws.cn"
    case "aws-us-gov": domain = "console.amazonaws-us-gov.com"
    default: return nil
    }
    let id = WireRequest.segment(finding.id)
    return "https://\(region).\(domain)/access-analyzer/home?region=\(region)#/findings/details/\(id)"
}
