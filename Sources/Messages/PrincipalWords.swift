import Basics
import Findings
import LosslessJSON
import Policies

/// Who has the access, in words.
enum PrincipalWords {
    /// The lines about who has the access.
    static func lines(_ input: Case) -> [String] {
        let finding = input.finding
        guard !finding.principals.isEmpty else {
            switch finding.kind {
            case .externalAccess, .internalAccess: return ["Principal: the finding names none"]
            default: return ["Principal: none, the finding is about access that nobody uses"]
            }
        }
        var lines: [String] = []
        for principal in finding.principals.prefix(5) {
            lines.append("Principal: \(principal.element.value.printable(limit: 1024)) (\(words(principal, finding)))")
        }
        if finding.principals.count > 5 { lines.append("Principals: \(finding.principals.count - 5) more") }
        let account = input.context["principalAccount"]
        switch account?["inOrganization"]?.bool {
        case true?: lines.append("Its account \(accountName(account)) is in your organization.")
        case false?: lines.append("Its account \(accountName(account)) is not in your organization.")
        case nil: break
        }
        return lines
    }

    private static func accountName(_ account: JSON?) -> String {
        (account?["id"]?.string ?? "").printable(limit: 20)
    }

    /// What kind of principal it is, with its account, in words.
    private static func words(_ principal: Principal, _ finding: Finding) -> String {
        switch principal {
        case .everyone:
            return finding.condition.isEmpty
                ? "all principals: anybody, in any account" : "all principals that meet the conditions below"
        case .account(let id): return "AWS account \(id): any identity in it that its administrators allow"
        case .user(let arn): return "IAM user of account \(arn.account)"
        case .role(let arn): return "IAM role of account \(arn.account)"
        case .session(let arn, _): return "assumed role: one session of a role of account \(arn.account)"
        case .uniqueID: return "id of an IAM user or role that was deleted"
        case .federated(let provider): return federatedWords(provider)
        case .service: return "AWS service"
        case .canonicalUser: return "canonical user: an AWS account by its S3 id"
        case .unknown: return "a kind of principal that is not known"
        }
    }

    private static func federatedWords(_ provider: String) -> String {
        guard let arn = ARN(provider) else { return "federated users of a login provider" }
        let kind =
            if arn.resource.hasPrefix("saml-provider/") {
                "a SAML provider"
            } else if arn.resource.hasPrefix("oidc-provider/") {
                "an OpenID Connect provider"
            } else {
                "an identity provider"
            }
        return "federated users of \(kind) of account \(arn.account)"
    }
}
