import Findings
import Policies

/// How to see whether our change is in a resource.
struct CheckWords {
    /// Prints the part of the policy that the change would be in.
    let command: String
    /// What to look for there.
    let sid: String

    /// `nil` for what this version cannot change.
    init?(_ finding: Finding) {
        guard let role = finding.role, let sid = Deny.sid(forFinding: finding.id),
            let text = Messages.command(
                "aws iam get-role",
                [
                    ("--role-name", role.name),
                    ("--query", "Role.AssumeRolePolicyDocument.Statement[?Sid==`\"\(sid)\"`]"), ("--output", "json"),
                ]
            )
        else { return nil }
        self.sid = sid
        command = text
    }

    /// The same as a step.
    var step: String {
        "Whether our change is there: this prints our Deny (Sid \(sid)) where it is, and [] where it is not: "
            + command
    }
}
