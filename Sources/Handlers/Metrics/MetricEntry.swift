import Findings
import LosslessJSON
import Policies

/// One finding as a metric line tells of it.
struct MetricEntry {
    /// What this invocation brought the finding to; `nil` when an earlier step did, so that it is counted once.
    var outcome: String?
    /// Of a record of a batch that failed.
    var errorType: String?
    var resourceType = ""
    var findingID = ""
    var resource = ""
    var rule = ""
    var owner = ""
    /// The rule's own reason comes first of a decision's.
    var reason = ""

    /// `nil` for an answer that is not about a finding, such as a batch's.
    init?(_ end: InvocationMetrics.End) {
        switch end {
        case .answered(let answer, let input):
            guard let finding = answer["finding"] else { return nil }
            let decision = answer["decision"]
            if let status = answer["outcome"]?["status"]?.string {
                outcome = input?.outcome == nil ? status : nil
            } else if let action = decision?["action"]?.string {
                outcome = input?.decision == nil ? action : nil
            } else {
                outcome = "NONE"
            }
            resourceType = finding["resourceType"]?.string ?? ""
            findingID = finding["id"]?.string ?? ""
            resource = finding["resource"]?.string ?? ""
            rule = decision?["rule"]?.string ?? ""
            owner = decision?["owner"]?.string ?? ""
            reason = decision?["reasons"]?.array?.first?.string ?? ""
        case .failed(let type, let input):
            errorType = type
            if let input { take(input.finding) }
        }
    }

    /// A finding that came to nothing.
    init(about finding: Finding) {
        take(finding)
    }

    private mutating func take(_ finding: Finding) {
        resourceType = finding.resourceType.name
        findingID = finding.id
        resource = finding.resource.description
    }
}
