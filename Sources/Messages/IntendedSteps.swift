import Basics
import Findings
import LosslessJSON
import Policies
import Rules

/// What to do when the access is intended: archive this finding, and write a rule for the next.
struct IntendedSteps {
    let steps: [String]

    /// - Parameter now: the rule ends 90 days after it.
    init(_ input: Case, now: Timestamp) {
        let finding = input.finding
        var steps: [String] = []
        if let archiving = IntendedSteps.archivingCommand(finding) {
            steps.append("Archive this finding\(finding.analyzerNote): \(archiving)")
        } else {
            steps.append("Archive this finding in Access Analyzer.")
        }
        if let why = IntendedSteps.objection(input) {
            steps.append(
                "To accept this for good, add a rule with owner, reason and expires (README, Rules). None is given here to "
                    + "paste, because \(why)."
            )
        } else if let rule = IntendedSteps.rule(finding, now) {
            steps.append(
                "To archive findings like this from now on, put this rule first in your rules file, with your own owner "
                    + "and reason: \(rule)"
            )
        }
        self.steps = steps
    }

    private static func archivingCommand(_ finding: Finding) -> String? {
        guard let analyzer = finding.analyzerARN else { return nil }
        return Command(
            "aws accessanalyzer update-findings",
            [
                ("--analyzer-arn", analyzer.description), ("--ids", finding.id),
                ("--status", FindingStatus.archived.name),
            ],
            region: analyzer.region
        ).text
    }

    /// Why a rule to silence such findings must be thought over and not pasted; `nil` where nothing speaks against it.
    private static func objection(_ input: Case) -> String? {
        let finding = input.finding
        guard finding.kind == .externalAccess || finding.kind == .internalAccess else { return nil }
        if finding.isPublic == true || finding.principals.contains(.everyone) { return "the access is public" }
        let tags = CaseTags(input)
        if let tag = tags.sensitive { return "the tag \(tag) calls the data sensitive" }
        guard let risk = input.decision?.risk else { return "no risk score was made" }
        if risk >= 60 { return "the risk is \(risk) of 100" }
        if !tags.isKnown { return "its tags are not known, so the data may be sensitive" }
        return nil
    }

    /// A rule of ours that archives the findings of this resource, principal and conditions; `nil` where a name in it
    /// could not be shown as it is, or where no rule can name them.
    private static func rule(_ finding: Finding, _ now: Timestamp) -> String? {
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
        for text in shown where text.printable(limit: 500) != text { return nil }
        let name =
            "intended-"
            + finding.id.utf8.filter { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }.prefix(8)
            .map { String(UnicodeScalar($0)) }.joined()
        let end = String(now.adding(seconds: 90 * 86_400).extended.prefix(10))
        let rule: JSON = [
            "name": .string(name), "owner": "YOU", "reason": "TICKET", "expires": .string(end), "when": .object(when),
            "action": "ARCHIVE",
        ]
        return rule.text()
    }

    private static func equals(_ value: String) -> JSON {
        ["eq": [.string(value)]]
    }
}
