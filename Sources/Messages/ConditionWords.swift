import Basics
import Findings
import LosslessJSON

/// The conditions of the access, in words.
enum ConditionWords {
    /// The lines about the conditions of the access, one a key.
    ///
    /// A finding gives keys and values but not how the policy compares them, so nothing is said about that.
    static func lines(_ finding: Finding) -> [String] {
        guard !finding.condition.isEmpty else { return [] }
        var lines: [String] = []
        for member in finding.condition.members.prefix(10) {
            let key = member.key.printable(limit: 200)
            let words = conditionWords[member.key.lowercasedASCII]
            lines.append("Condition: \(words.map { "\($0) (\(key))" } ?? key): \(values(member.value))")
        }
        if finding.condition.count > 10 { lines.append("Conditions: \(finding.condition.count - 10) more") }
        lines.append("The finding lists condition keys and values but not the operators; see the policy for those.")
        return lines
    }

    private static func values(_ value: JSON) -> String {
        if let text = value.string { return text.printable(limit: 300) }
        guard let list = value.array else { return value.text().printable(limit: 300) }
        let shown = list.prefix(5).map { ($0.string ?? $0.text()).printable(limit: 150) }.joined(separator: ", ")
        return list.count > 5 ? "\(shown) and \(list.count - 5) more" : shown
    }

    /// By the key in lower case.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and the keys that
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html lists.
    private static let conditionWords = [
        "aws:sourceip": "the caller's IP address",
        "aws:sourcevpc": "the VPC that the request comes from",
        "aws:sourcevpce": "the VPC endpoint that the request comes through",
        "aws:sourcearn": "the resource on whose behalf an AWS service calls",
        "aws:sourceaccount": "the account on whose behalf an AWS service calls",
        "aws:sourceorgid": "the organization on whose behalf an AWS service calls",
        "aws:sourceorgpaths": "the organizational unit on whose behalf an AWS service calls",
        "aws:sourceowner": "the account that the source belongs to",
        "aws:principalorgid": "the caller's organization",
        "aws:principalorgpaths": "the caller's organizational unit",
        "aws:principalarn": "the caller's ARN",
        "aws:principalaccount": "the caller's account",
        "aws:principaltype": "what kind of principal the caller is",
        "aws:principalisawsservice": "whether the caller is an AWS service",
        "aws:principalservicename": "the AWS service that calls",
        "aws:userid": "the caller's unique id",
        "aws:username": "the caller's user name",
        "aws:securetransport": "whether the request comes over TLS",
        "aws:multifactorauthpresent": "whether the caller signed in with a second factor",
        "aws:viaawsservice": "whether an AWS service passes the request on",
        "aws:calledvia": "the AWS services that pass the request on",
        "aws:requestedregion": "the region that is called",
        "aws:federatedprovider": "the caller's identity provider",
        "sts:externalid": "the external id that the caller must know",
        "sts:rolesessionname": "the name of the session",
        "sts:sourceidentity": "the source identity of the session",
        "saml:aud": "the address that the SAML assertion is for",
        "saml:sub": "the subject of the SAML assertion",
        "cognito-identity.amazonaws.com:aud": "the Cognito identity pool",
        "cognito-identity.amazonaws.com:amr": "how the user signed in with Cognito",
        "cognito-identity.amazonaws.com:sub": "the Cognito identity",
        "accounts.google.com:aud": "the Google application",
        "accounts.google.com:sub": "the Google user",
        "graph.facebook.com:app_id": "the Facebook application",
        "graph.facebook.com:id": "the Facebook user",
        "www.amazon.com:app_id": "the Login with Amazon application",
        "www.amazon.com:user_id": "the Amazon user",
        "token.actions.githubusercontent.com:aud": "the audience of the GitHub Actions token",
        "token.actions.githubusercontent.com:sub": "the GitHub repository and workflow",
        "kms:calleraccount": "the account that calls KMS",
        "kms:viaservice": "the AWS service through which the key is used",
        "kms:encryptioncontextkeys": "the keys of the encryption context",
        "kms:grantisforawsresource": "whether the grant is for an AWS service",
        "kms:keyid": "the key",
        "lambda:eventsourcetoken": "the token of the event source",
        "lambda:functionurlauthtype": "how callers of the function's URL prove who they are",
        "lambda:principal": "who may be given permission",
        "s3:dataaccesspointaccount": "the account that the access point belongs to",
        "s3:dataaccesspointarn": "the access point",
        "s3:accesspointnetworkorigin": "the network that the access point serves",
        "elasticfilesystem:accessedviamounttarget": "whether the file system is mounted through a mount target",
        "elasticfilesystem:accesspointarn": "the access point of the file system",
        "sns:endpoint": "the endpoint that may subscribe",
        "sns:protocol": "the protocol of the subscription",
    ]
}
