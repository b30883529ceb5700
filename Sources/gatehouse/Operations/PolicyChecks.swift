import AWSClient
import LosslessJSON

/// One thing that AWS says of a policy's text.
struct ValidationFinding: Sendable, Equatable {
    /// `ERROR`, `SECURITY_WARNING`, `WARNING` or `SUGGESTION`.
    let type: String
    /// Such as `INVALID_ACTION`.
    let code: String
    let details: String
    let learnMore: String?
    /// Where it begins, both from 1; `nil` where AWS says no place.
    let line: Int?
    let column: Int?
}

/// Whether a resource's policy keeps to the policy language and to what AWS recommends, a page at a time. Costs nothing.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
struct ValidatePolicy: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "ValidatePolicy"
    static let isWrite = false
    let region: Region
    /// The policy's text.
    let document: String
    /// What it is the policy of, where AWS has checks of that type; else `nil`.
    let resourceType: String?
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([("policyDocument", .string(document)), ("policyType", "RESOURCE_POLICY")])
        if let resourceType { body["validatePolicyResourceType"] = .string(resourceType) }
        let query = nextToken.map { [(name: "nextToken", value: $0)] } ?? []
        return .restJSON(method: "POST", path: "/policy/validation", query: query, body: .object(body))
    }

    func output(from response: WireResponse) throws(AWSError) -> (findings: [ValidationFinding], next: String?) {
        let json = try response.json()
        guard let list = json["findings"]?.array else { throw response.unreadable("the answer lacks findings") }
        var findings: [ValidationFinding] = []
        for element in list {
            guard let type = element["findingType"]?.string, let code = element["issueCode"]?.string else {
                throw response.unreadable("a finding in the answer lacks findingType or issueCode")
            }
            let start = element["locations"]?.array?.first?["span"]?["start"]
            findings.append(
                ValidationFinding(
                    type: type,
                    code: code,
                    details: element["findingDetails"]?.string ?? "",
                    learnMore: element["learnMoreLink"]?.string,
                    line: start?["line"]?.int.map { max($0, 1) },
                    // AWS counts columns from 0.
                    column: start?["column"]?.int.map { max($0, 0) &+ 1 }
                )
            )
        }
        return (findings, json["nextToken"]?.string)
    }
}

/// What AWS's automated reasoning says of a policy.
struct AccessCheckResult: Sendable, Equatable {
    /// One statement that it has to do with.
    struct Reason: Sendable, Equatable {
        let text: String
        /// From 0; `nil` where AWS names none.
        let statement: Int?
    }

    let isPass: Bool
    let message: String
    let reasons: [Reason]

    init(_ response: WireResponse) throws(AWSError) {
        let json = try response.json()
        guard let result = json["result"]?.string, result == "PASS" || result == "FAIL" else {
            throw response.unreadable("the answer's result is neither PASS nor FAIL")
        }
        isPass = result == "PASS"
        message = json["message"]?.string ?? ""
        reasons = (json["reasons"]?.array ?? []).map { reason in
            Reason(text: reason["description"]?.string ?? "", statement: reason["statementIndex"]?.int)
        }
    }
}

/// Whether a policy lets in the public. AWS charges for each call.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
struct CheckNoPublicAccess: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "CheckNoPublicAccess"
    static let isWrite = false
    let region: Region
    /// The policy's text.
    let document: String
    /// As this operation names types: a role's trust policy is `AWS::IAM::AssumeRolePolicyDocument`.
    let resourceType: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "POST",
            path: "/policy/check-no-public-access",
            body: ["policyDocument": .string(document), "resourceType": .string(resourceType)]
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> AccessCheckResult {
        try AccessCheckResult(response)
    }
}

/// Whether a policy lets in nobody whom another does not. AWS charges for each call.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
struct CheckNoNewAccess: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "CheckNoNewAccess"
    static let isWrite = false
    let region: Region
    /// The policy's text.
    let document: String
    /// The text of the policy that it is compared with.
    let reference: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "POST",
            path: "/policy/check-no-new-access",
            body: [
                "newPolicyDocument": .string(document), "existingPolicyDocument": .string(reference),
                "policyType": "RESOURCE_POLICY",
            ]
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> AccessCheckResult {
        try AccessCheckResult(response)
    }
}
