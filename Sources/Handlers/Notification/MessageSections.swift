import Findings
import LosslessJSON
import Policies

/// The parts of a message about one case; each is a paragraph of short lines.
struct MessageSections {
    let input: Case

    init(_ input: Case) {
        self.input = input
    }

    /// Which resource it is, and what is known of it.
    var resource: [String] {
        let finding = input.finding
        let type = plain(finding.resourceType, limit: 100)
        let region = finding.resource.region.isEmpty ? finding.region : finding.resource.region
        var lines = [
            "Resource: \(plain(finding.resource.description))",
            "Type: \(typeName(finding.resourceType).map { "\($0) (\(type))" } ?? type)",
            accountLine(input),
        ]
        if !region.isEmpty { lines.append("Region: \(plain(region, limit: 50))") }
        return lines
    }

    /// Who may do what, under which conditions.
    var access: [String] {
        let finding = input.finding
        var lines = principalLines(input) + accessLines(finding) + conditionLines(finding) + unusedLines(input)
        if let error = finding.error { lines.append("Error: \(plain(error, limit: 300))") }
        if finding.isPublic == true { lines.append("Public: yes, everybody has this access") }
        if finding.kind != .externalAccess { lines.append("Kind: \(finding.kind.rawValue)") }
        lines.append("Finding: \(plain(finding.id, limit: 200))")
        return lines
    }

    /// The rule, its reasons and the score.
    var why: [String] {
        var lines: [String] = []
        if let decision = input.decision {
            let score = decision.risk.map { " Risk: \($0) of 100." } ?? ""
            lines.append("Why: rule \(plain(decision.rule, limit: 200)) says \(decision.action.rawValue).\(score)")
            if let owner = decision.owner { lines.append("- The rule's owner: \(plain(owner, limit: 200))") }
            lines += decision.reasons.prefix(30).map { "- \(plain($0, limit: 400))" }
            if decision.reasons.count > 30 { lines.append("- and \(decision.reasons.count - 30) more") }
        }
        if let mode = input.outcome?.mode, !mode.isEmpty { lines.append("Mode: \(plain(mode, limit: 50))") }
        return lines.isEmpty ? ["Why: no rule was asked."] : lines
    }

    var unavailable: [String] {
        let unavailable = input.unavailable
        guard !unavailable.isEmpty else { return [] }
        var lines = unavailable.prefix(30).map { "- \(plain($0.what, limit: 100)): \(plain($0.why, limit: 300))" }
        if unavailable.count > 30 { lines.append("- and \(unavailable.count - 30) more") }
        return ["What could not be looked up:"] + lines
    }

    /// The ways back, a paragraph each.
    var undo: [[String]] {
        guard let rollback = input.outcome?.rollback else { return [] }
        var sections = [["To undo it:", plain(rollback.command, limit: 4096)]]
        if let role = input.finding.role, input.outcome?.status != .archived {
            let keys = input.outcome?.changes.first?.after.object?.keys ?? ["Version", "Statement"]
            sections.append([
                "Or with the AWS CLI, in account \(role.account):",
                cliUndo(role, finding: rollback.findingID, keys: keys),
            ])
        }
        return sections
    }

    var link: [String] {
        consoleLink(input.finding).map { ["The finding:", $0] } ?? []
    }
}

/// The plain AWS CLI way to take our statement out: every other statement and key of the document is kept.
func cliUndo(_ role: RoleARN, finding: String, keys: [String]) -> String {
    let sid = Deny.sid(forFinding: finding) ?? ""
    // IAM knows no other keys of a document than these; each is a plain JMESPath name.
    let kept = keys.filter { ["Version", "Id", "Statement"].contains($0) }.map { key in
        key == "Statement" ? "Statement:Statement[?Sid!=`\"\(sid)\"`]" : "\(key):\(key)"
    }
    let query = "Role.AssumeRolePolicyDocument.{\(kept.joined(separator: ","))}"
    // A name that begins with a hyphen would be taken for an option of its own.
    let name = "--role-name\(role.name.hasPrefix("-") ? "=" : " ")\(shellQuoted(role.name))"
    return "aws iam update-assume-role-policy \(name) --policy-document "
        + "\"$(aws iam get-role \(name) --output json --query \(shellQuoted(query)))\""
}
