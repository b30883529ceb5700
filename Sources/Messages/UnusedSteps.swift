import Basics
import Findings
import LosslessJSON
import Policies

/// What to do about access that nobody uses: look at the last use, switch off first, delete later.
struct UnusedSteps {
    let finding: Finding

    init(_ finding: Finding) {
        self.finding = finding
    }

    var steps: [String] {
        switch finding.kind {
        case .unusedIAMRole: role
        case .unusedIAMUserAccessKey: accessKey
        case .unusedIAMUserPassword: password
        case .unusedPermission: permissions
        case .externalAccess, .internalAccess: []
        }
    }

    private var name: String {
        finding.resource.resource.split(separator: "/").last.map(String.init) ?? finding.resource.resource
    }

    private var role: [String] {
        [
            Command("aws iam get-role", [("--role-name", name), ("--query", "Role.RoleLastUsed")])
                .step("See when it was last used"),
            "Remove its permissions first, and delete it once you are sure that nothing needs it. "
                + "Console: IAM > Roles > \(name.printable(limit: 100))",
        ]
    }

    private var accessKey: [String] {
        [
            Command("aws iam list-access-keys", [("--user-name", name)]).step("See the keys"),
            Command(
                "aws iam update-access-key",
                [("--user-name", name), ("--access-key-id", "ACCESS_KEY_ID"), ("--status", "Inactive")]
            ).step(
                "Switch the key off (ACCESS_KEY_ID is in that list), and delete it once you are sure that nothing needs it"
            ),
        ]
    }

    private var password: [String] {
        [
            Command("aws iam get-user", [("--user-name", name), ("--query", "User.PasswordLastUsed")])
                .step("See when it was last used"),
            Command("aws iam delete-login-profile", [("--user-name", name)])
                .step("Delete the password, which cannot be put back; access keys stay"),
        ]
    }

    private var permissions: [String] {
        var steps: [String] = []
        if let analyzer = finding.analyzerARN {
            func command(_ operation: String) -> Command {
                Command(
                    "aws accessanalyzer \(operation)",
                    [("--analyzer-arn", analyzer.description), ("--id", finding.id)],
                    region: analyzer.region
                )
            }
            steps = [
                command("generate-finding-recommendation").step("Ask for narrower policies"),
                command("get-finding-recommendation").step("And read them"),
            ]
        }
        return steps + [
            "Remove what is not used. Console: IAM > the role or user > Permissions; Access Advisor shows the uses"
        ]
    }
}

extension UnusedSteps {
    /// What the finding counts as unused, as its event says it.
    static func counts(_ input: Case) -> [String] {
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
}
