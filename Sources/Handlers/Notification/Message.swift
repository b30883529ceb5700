import Findings
import LosslessJSON
import Policies

/// What a person is sent: short lines with the most important first, readable on a phone.
struct Message {
    let subject: String
    let body: String
    let attributes: [(name: String, value: String)]

    init(_ input: Case) {
        let finding = input.finding
        let status = input.outcome?.status.rawValue ?? input.decision?.action.rawValue ?? "NOTIFY"
        let name = finding.role.map { "role \($0.name)" } ?? finding.resource.resource
        subject = subjectLine("\(status): \(name) in \(finding.accountID)")
        body = Message.sections(input).map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
        attributes = [
            ("status", status),
            ("resourceType", String(subjectLine(finding.resourceType))),
            ("severity", Severity(input).rawValue),
            ("accountId", finding.accountID),
        ]
    }

    private static func sections(_ input: Case) -> [[String]] {
        var sections = [[headline(input)], facts(input), why(input)]
        let unavailable = input.unavailable
        if !unavailable.isEmpty {
            var lines = unavailable.prefix(30).map { "- \(plain($0.what, limit: 100)): \(plain($0.why, limit: 300))" }
            if unavailable.count > 30 { lines.append("- and \(unavailable.count - 30) more") }
            sections.append(["What could not be looked up:"] + lines)
        }
        let steps = nextSteps(input)
        if !steps.isEmpty { sections.append(["What to check:"] + steps.map { "- \($0)" }) }
        sections += undo(input)
        if let link = consoleLink(input.finding) { sections.append(["The finding:", link]) }
        return sections
    }

    private static func facts(_ input: Case) -> [String] {
        let finding = input.finding
        var lines = [
            "Resource: \(plain(finding.resource.description))",
            "Type: \(plain(finding.resourceType, limit: 100))",
            "Account: \(finding.accountID)",
        ]
        for principal in finding.principals.prefix(10) {
            lines.append("Principal: \(plain(principal.element.value)) (\(description(of: principal)))")
        }
        if finding.principals.isEmpty { lines.append("Principal: the finding names none") }
        if !finding.actions.isEmpty { lines.append("Actions: \(list(finding.actions))") }
        if !finding.condition.isEmpty {
            lines.append("Conditions: \(plain(JSONText(finding.condition), limit: 600))")
        }
        if let error = finding.error { lines.append("Error: \(plain(error, limit: 300))") }
        if finding.isPublic == true { lines.append("Public: yes, everybody has this access") }
        lines.append("Finding: \(plain(finding.id, limit: 200))")
        return lines
    }

    private static func why(_ input: Case) -> [String] {
        var lines: [String] = []
        if let decision = input.decision {
            lines.append("Why: rule \(plain(decision.rule, limit: 200)) says \(decision.action.rawValue).")
            lines += decision.reasons.prefix(20).map { "- \(plain($0, limit: 500))" }
        }
        if let mode = input.outcome?.mode, !mode.isEmpty { lines.append("Mode: \(plain(mode, limit: 50))") }
        return lines.isEmpty ? ["Why: no rule was asked."] : lines
    }

    private static func undo(_ input: Case) -> [[String]] {
        guard let rollback = input.outcome?.rollback, let role = input.finding.role else { return [] }
        let keys = input.outcome?.changes.first?.after.object?.keys ?? ["Version", "Statement"]
        return [
            ["To undo it:", plain(rollback.command, limit: 4096)],
            [
                "Or with the AWS CLI, in account \(role.account):",
                cliUndo(role, finding: rollback.findingID, keys: keys),
            ],
        ]
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
    let name = shellQuoted(role.name)
    return "aws iam update-assume-role-policy --role-name \(name) --policy-document "
        + "\"$(aws iam get-role --role-name \(name) --output json --query \(shellQuoted(query)))\""
}

private func list(_ texts: [String]) -> String {
    let shown = texts.prefix(20).map { plain($0, limit: 100) }.joined(separator: ", ")
    return texts.count > 20 ? "\(shown) and \(texts.count - 20) more" : shown
}

/// What kind of principal it is, with its account, in words.
private func description(of principal: Principal) -> String {
    switch principal {
    case .everyone: "all principals"
    case .account(let id): "AWS account \(id)"
    case .user(let arn): "IAM user of account \(arn.account)"
    case .role(let arn): "IAM role of account \(arn.account)"
    case .session(let arn, _): "session of a role of account \(arn.account)"
    case .uniqueID: "id of a deleted user or role"
    case .federated: "federated: an identity provider" + (principal.account.map { " of account \($0)" } ?? "")
    case .service: "AWS service"
    case .canonicalUser: "canonical user"
    case .unknown: "a kind of principal that is not known"
    }
}
