import Basics
import Findings
import LosslessJSON
package import Policies

/// The ways back from a change, a paragraph each: our command line, the AWS CLI alone, and the deployed function.
struct UndoSections {
    let paragraphs: [[String]]

    init(_ input: Case) {
        // What somebody has overwritten already cannot be taken back.
        guard let rollback = input.outcome?.rollback, VerificationWords(input)?.isChangeThere != false else {
            paragraphs = []
            return
        }
        let finding = input.finding
        guard let role = finding.role, input.outcome?.status != .archived else {
            paragraphs = [["To undo it:", rollback.command.printable(limit: 4096)]]
            return
        }
        var first = "To undo it"
        // A retry finds the access blocked; it does not say which rule made us block it.
        if AccessState(input).isBlocked { first += " (if the access is intended, add an archive rule FIRST)" }
        var paragraphs = [
            ["\(first):", rollback.command.printable(limit: 4096), UndoSections.credentials(finding, role)],
            [
                "Or with the AWS CLI alone, pasted into AWS CloudShell of account \(role.account):",
                TrustPolicyUndo(role, finding: rollback.findingID).command,
            ],
        ]
        if let function = UndoSections.byFunction(finding, role, rollback.findingID) { paragraphs.append(function) }
        self.paragraphs = paragraphs
    }

    /// Whose credentials our command line needs: it asks the analyzer and edits the role.
    private static func credentials(_ finding: Finding, _ role: RoleARN) -> String {
        guard let analyzer = finding.analyzerARN, analyzer.account != role.account else {
            return "(with credentials of account \(role.account))"
        }
        return "(with credentials of account \(analyzer.account), the analyzer's, and GATEHOUSE_MEMBER_ROLE and "
            + "GATEHOUSE_MEMBER_EXTERNAL_ID as the deployed functions have them)"
    }

    private static func byFunction(_ finding: Finding, _ role: RoleARN, _ id: String) -> [String]? {
        guard let analyzer = finding.analyzerARN else { return nil }
        let region = analyzer.region.shellQuoted
        let input: JSON = ["findingId": .string(id), "resource": .string(role.description)]
        let query = "Stacks[0].Outputs[?OutputKey==`\"RollbackFunction\"`].OutputValue"
        let name =
            "aws cloudformation describe-stacks --stack-name gatehouse --query \(query.shellQuoted) --output text "
            + "--region \(region)"
        return [
            "Or by the deployed function (stack gatehouse), pasted into AWS CloudShell of account \(analyzer.account):",
            "aws lambda invoke --function-name \"$(\(name))\" --cli-binary-format raw-in-base64-out "
                + "--payload \(input.text().shellQuoted) --region \(region) /dev/stdout",
        ]
    }
}

/// The plain AWS CLI way to take our statement out of a trust policy: every other statement and key is kept, whichever
/// there are.
package struct TrustPolicyUndo {
    /// For a POSIX shell.
    package let command: String

    package init(_ role: RoleARN, finding: String) {
        let sid = Deny.sid(forFinding: finding) ?? ""
        let document = "Role.AssumeRolePolicyDocument"
        let query = "merge(\(document),\(document).{Statement:Statement[?Sid!=`\"\(sid)\"`]})"
        // A name that begins with a hyphen would be taken for an option of its own.
        let name = "--role-name\(role.name.hasPrefix("-") ? "=" : " ")\(role.name.shellQuoted)"
        command =
            "aws iam update-assume-role-policy \(name) --policy-document "
            + "\"$(aws iam get-role \(name) --output json --query \(query.shellQuoted))\""
    }
}
