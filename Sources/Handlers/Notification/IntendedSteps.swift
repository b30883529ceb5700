import Findings
import LosslessJSON
import Policies

/// What to do when the access is intended: archive this finding, and write a rule for the next.
func intendedSteps(_ input: Case) -> [String] {
    let finding = input.finding
    var steps: [String] = []
    if let archiving = archivingCommand(finding) {
        steps.append("Archive this finding\(analyzerNote(finding)): \(archiving)")
    } else {
        steps.append("Archive this finding in Access Analyzer.")
    }
    if let rule = archivingRule(finding) {
        steps.append("Have the next ones archived too, with this rule before the others: \(rule)")
    }
    return steps
}

private func archivingCommand(_ finding: Finding) -> String? {
    guard let analyzer = finding.analyzerARN else { return nil }
    return command(
        "aws accessanalyzer update-findings",
        [("--analyzer-arn", analyzer.description), ("--ids", finding.id), ("--status", "ARCHIVED")],
        region: analyzer.region
    )
}

/// A rule of ours that archives the findings of this resource, principal and conditions; `nil` where a name in it
/// could not be shown as it is, or where no rule can name them.
private func archivingRule(_ finding: Finding) -> String? {
    var when = JSONObject([("resource", equals(finding.resource.description))])
    var shown = [finding.resource.description]
    if let error = finding.error {
        when["error"] = equals(error)
        shown.append(error)
    } else if finding.kind != .externalAccess {
        when["kind"] = equals(finding.kind.rawValue)
    }
    guard finding.principals.count <= 1 else { return nil }
    for principal in finding.principals {
        let (key, value) = principal.element
        guard ["AWS", "Federated", "CanonicalUser", "Service"].contains(key) else { return nil }
        when["principal.\(key)"] = equals(value)
        shown.append(value)
    }
    if let isPublic = finding.isPublic { when["isPublic"] = equals(isPublic ? "true" : "false") }
    guard finding.condition.count <= 5 else { return nil }
    for member in finding.condition.members {
        guard let value = member.value.string else { return nil }
        when["condition.\(member.key)"] = equals(value)
        shown += [member.key, value]
    }
    for text in shown where plain(text, limit: 500) != text { return nil }
    let name =
        "intended-"
        + finding.id.utf8.filter { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }.prefix(8)
        .map { String(UnicodeScalar($0)) }.joined()
    let rule: JSON = ["name": .string(name), "when": .object(when), "action": "ARCHIVE"]
    return rule.text()
}

private func equals(_ value: String) -> JSON {
    ["eq": [.string(value)]]
}
