import Basics
import Findings
import LosslessJSON
import Policies

/// What to do about access that nobody uses: look at the last use, switch off first, delete later.
func unusedSteps(_ finding: Finding) -> [String] {
    let name = finding.resource.resource.split(separator: "/").last.map(String.init) ?? finding.resource.resource
    switch finding.kind {
    case .unusedIAMRole:
        return [
            step(
                "See when it was last used",
                command("aws iam get-role", [("--role-name", name), ("--query", "Role.RoleLastUsed")])
            ),
            "Remove its permissions first, and delete it once you are sure that nothing needs it. Console: IAM > Roles > \(name.printable(limit: 100))",
        ]
    case .unusedIAMUserAccessKey:
        return [
            step("See the keys", command("aws iam list-access-keys", [("--user-name", name)])),
            step(
                "Switch the key off (ACCESS_KEY_ID is in that list), and delete it once you are sure that nothing needs it",
                command(
                    "aws iam update-access-key",
                    [("--user-name", name), ("--access-key-id", "ACCESS_KEY_ID"), ("--status", "Inactive")]
                )
            ),
        ]
    case .unusedIAMUserPassword:
        return [
            step(
                "See when it was last used",
                command("aws iam get-user", [("--user-name", name), ("--query", "User.PasswordLastUsed")])
            ),
            step(
                "Delete the password, which cannot be put back; access keys stay",
                command("aws iam delete-login-profile", [("--user-name", name)])
            ),
        ]
    case .unusedPermission:
        var steps: [String] = []
        if let analyzer = finding.analyzerARN {
            let arguments = [
                (option: "--analyzer-arn", value: analyzer.description), (option: "--id", value: finding.id),
            ]
            let words = "aws accessanalyzer"
            steps.append(
                step(
                    "Ask for narrower policies",
                    command("\(words) generate-finding-recommendation", arguments, region: analyzer.region)
                )
            )
            steps.append(
                step(
                    "And read them",
                    command("\(words) get-finding-recommendation", arguments, region: analyzer.region)
                )
            )
        }
        return steps + [
            "Remove what is not used. Console: IAM > the role or user > Permissions; Access Advisor shows the uses"
        ]
    case .externalAccess, .internalAccess:
        return []
    }
}

/// What the finding counts as unused, as its event says it.
func unusedLines(_ input: Case) -> [String] {
    guard input.finding.kind == .unusedPermission else { return [] }
    let finding = input.json["finding"]
    var counts: [String] = []
    if let services = finding?["numberOfUnusedServices"]?.int, services > 0 {
        counts.append(services == 1 ? "1 service" : "\(services) services")
    }
    if let actions = finding?["numberOfUnusedActions"]?.int, actions > 0 {
        counts.append(actions == 1 ? "1 action" : "\(actions) actions")
    }
    return counts.isEmpty ? [] : ["Unused: \(counts.joined(separator: " and "))"]
}
