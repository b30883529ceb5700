import Basics
package import Policies

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
