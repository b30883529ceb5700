import LosslessJSON
import Policies

/// What IAM refuses of a trust policy that is written, with its own error codes and words.
///
/// Sources, besides https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html: the bare star
/// https://github.com/aws/aws-cdk/issues/5732, Sids https://github.com/aws-cloudformation/cfn-lint/issues/1376, principals
/// https://github.com/hashicorp/terraform-provider-aws/issues/8905. For `NotPrincipal`, which trust policies do not know,
/// the words are those that IAM has for other prohibited elements.
struct TrustPolicyGrammar {
    /// An error code and its message.
    typealias Refusal = (code: String, message: String)

    private static let malformed = "MalformedPolicyDocument"
    private static let topElements = ["Version", "Id", "Statement"]
    private static let statementElements = ["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"]
    private static let prohibitedElements = ["NotPrincipal", "Resource", "NotResource"]

    /// Why IAM does not take the text; `nil` when it does.
    static func refusal(of text: String) -> Refusal? {
        let isLegal = text.unicodeScalars.allSatisfy {
            (0x20...0xFF).contains($0.value) || [0x09, 0x0A, 0x0D].contains($0.value)
        }
        guard isLegal else {
            let words =
                "The specified value for policyDocument is invalid. It must contain only printable ASCII characters."
            return ("ValidationError", words)
        }
        guard let document = (try? JSON.parse(text: text))?.object else {
            return (malformed, "This policy contains invalid Json")
        }
        let statements = document["Statement"].map { $0.array ?? [$0] } ?? []
        let version = document["Version"]?.string ?? "2008-10-17"
        guard document.keys.allSatisfy(topElements.contains), ["2008-10-17", "2012-10-17"].contains(version),
            !statements.isEmpty, statements.allSatisfy({ $0.object != nil })
        else { return (malformed, "Syntax errors in policy.") }
        for statement in statements.compactMap(\.object) {
            if let message = message(refusing: statement) { return (malformed, message) }
        }
        let sids = statements.compactMap { $0["Sid"]?.string }.filter { !$0.isEmpty }
        guard Set(sids).count == sids.count else {
            return (malformed, "Statement IDs (SID) in a single policy must be unique.")
        }
        return nil
    }

    private static func message(refusing statement: JSONObject) -> String? {
        if let key = prohibitedElements.first(where: { statement[$0] != nil }) { return "Has prohibited field \(key)" }
        guard statement.keys.allSatisfy(statementElements.contains), (try? Statement(statement)) != nil else {
            return "Syntax errors in policy."
        }
        if let sid = statement["Sid"]?.string, !sid.utf8.allSatisfy(isAlphanumeric) {
            return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                + "[0-9A-Za-z]*"
        }
        let actions = (statement["Action"] ?? statement["NotAction"]).map { $0.array ?? [$0] } ?? []
        guard actions.allSatisfy({ $0.string?.lowercased().hasPrefix("sts:") ?? false }) else {
            return "AssumeRole policy may only specify STS AssumeRole actions."
        }
        return message(refusing: statement["Principal"])
    }

    private static func message(refusing principal: JSON?) -> String? {
        guard let principal else { return "Missing required field Principal" }
        if let text = principal.string {
            return "AssumeRolepolicy contained an invalid principal: \"STAR\":\"\(text)\""
        }
        for member in principal.object?.members ?? [] {
            for value in member.value.array ?? [member.value] {
                let text = value.string ?? value.text()
                switch Principal(key: member.key, value: text) {
                case .everyone, .account, .user, .role, .session, .federated: continue
                case .service(let name) where name.hasSuffix(".amazonaws.com") || name.hasSuffix(".amazonaws.com.cn"):
                    continue
                case .unknown("AWS", let arn) where isFederatedUser(arn): continue
                case .service, .uniqueID, .unknown("AWS", _):
                    return "Invalid principal in policy: \"\(member.key.uppercased())\":\"\(text)\""
                case .canonicalUser, .unknown:
                    return "AssumeRolepolicy contained an invalid principal: \"\(member.key.uppercased())\":\"\(text)\""
                }
            }
        }
        return nil
    }

    private static func isFederatedUser(_ text: String) -> Bool {
        guard let arn = ARN(text) else { return false }
        return arn.service == "sts" && arn.account.isAccountID && arn.resource.hasPrefix("federated-user/")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
