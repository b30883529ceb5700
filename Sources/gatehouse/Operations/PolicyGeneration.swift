import AWSClient
import Basics
import LosslessJSON

/// Has Access Analyzer make a policy of what a role did, by a trail. One at a time in an account.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_StartPolicyGeneration.html
struct StartPolicyGeneration: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "StartPolicyGeneration"
    static let isWrite = true
    let region: Region
    /// The role's ARN.
    let principal: String
    /// The trail's ARN.
    let trail: String
    /// The ARN of the role by which Access Analyzer reads the trail.
    let accessRole: String
    let start: Timestamp
    let end: Timestamp

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/policy/generation",
            body: [
                "policyGenerationDetails": ["principalArn": .string(principal)],
                "cloudTrailDetails": [
                    "trails": [["cloudTrailArn": .string(trail), "allRegions": true]],
                    "accessRole": .string(accessRole), "startTime": .string(start.extended),
                    "endTime": .string(end.extended),
                ],
            ]
        )
    }

    /// The job's id.
    func output(from response: WireResponse) throws(AWSError) -> String {
        guard let id = try response.json()["jobId"]?.string else { throw response.unreadable("the answer lacks jobId") }
        return id
    }
}

/// How far the making of a policy is.
struct GeneratedPolicy: Sendable, Equatable {
    /// `IN_PROGRESS`, `SUCCEEDED`, `FAILED` or `CANCELED`.
    let status: String
    /// Code and message of what went wrong.
    let error: String?
    /// The role's ARN.
    let principal: String?
    /// Whether everything that the role did is in it; `nil` where AWS does not say.
    let isComplete: Bool?
    /// The policies' texts.
    let policies: [String]
}

/// Reads what was made of a role's actions, or how far that is.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetGeneratedPolicy.html
struct GetGeneratedPolicy: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "GetGeneratedPolicy"
    static let isWrite = false
    let region: Region
    let job: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "GET",
            path: "/policy/generation/\(PercentEncoding.segment(job))",
            query: [("includeResourcePlaceholders", "true")]
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> GeneratedPolicy {
        let json = try response.json()
        guard let job = json["jobDetails"], let status = job["status"]?.string else {
            throw response.unreadable("the answer lacks jobDetails with a status")
        }
        let error = job["jobError"].map { fault in
            [fault["code"]?.string, fault["message"]?.string].compactMap(\.self).joined(separator: ": ")
        }
        let properties = json["generatedPolicyResult"]?["properties"]
        var policies: [String] = []
        for element in json["generatedPolicyResult"]?["generatedPolicies"]?.array ?? [] {
            guard let policy = element["policy"]?.string else {
                throw response.unreadable("a generated policy in the answer has no text")
            }
            policies.append(policy)
        }
        return GeneratedPolicy(
            status: status,
            error: error,
            principal: properties?["principalArn"]?.string,
            isComplete: properties?["isComplete"]?.bool,
            policies: policies
        )
    }
}

/// Has a recommendation made for a finding of unused permissions; a second one does what the first does.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GenerateFindingRecommendation.html
struct GenerateFindingRecommendation: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "GenerateFindingRecommendation"
    static let isWrite = false
    let region: Region
    let finding: String
    let analyzerARN: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "POST",
            path: "/recommendation/\(PercentEncoding.segment(finding))",
            query: [("analyzerArn", analyzerARN)]
        )
    }

    func output(from response: WireResponse) throws(AWSError) {}
}

/// What AWS recommends to do about unused permissions, or how far that is.
struct Recommendation: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        /// `CREATE_POLICY` or `DETACH_POLICY`.
        let action: String
        /// The text of the policy to make.
        let policy: String?
        /// The policy that it takes the place of, or that is to be detached.
        let existing: String?
    }

    /// `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    let status: String
    /// Code and message of what went wrong.
    let error: String?
    /// The role's or user's ARN.
    let resource: String
    let steps: [Step]
    /// Where the next page starts; `nil` on the last one.
    let nextToken: String?
}

/// Reads a recommendation, a page of steps at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingRecommendation.html
struct GetFindingRecommendation: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "GetFindingRecommendation"
    static let isWrite = false
    let region: Region
    let finding: String
    let analyzerARN: String
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        var query = [(name: "analyzerArn", value: analyzerARN)]
        if let nextToken { query.append((name: "nextToken", value: nextToken)) }
        return .restJSON(method: "GET", path: "/recommendation/\(PercentEncoding.segment(finding))", query: query)
    }

    func output(from response: WireResponse) throws(AWSError) -> Recommendation {
        let json = try response.json()
        guard let status = json["status"]?.string, let resource = json["resourceArn"]?.string else {
            throw response.unreadable("the answer lacks status or resourceArn")
        }
        var steps: [Recommendation.Step] = []
        for element in json["recommendedSteps"]?.array ?? [] {
            guard let step = element["unusedPermissionsRecommendedStep"], let action = step["recommendedAction"]?.string
            else { throw response.unreadable("a step in the answer is none that is known") }
            let existing = step["existingPolicyId"]?.string
            steps.append(
                Recommendation.Step(action: action, policy: step["recommendedPolicy"]?.string, existing: existing)
            )
        }
        return Recommendation(
            status: status,
            error: json["error"].map { fault in
                [fault["code"]?.string, fault["message"]?.string].compactMap(\.self).joined(separator: ": ")
            },
            resource: resource,
            steps: steps,
            nextToken: json["nextToken"]?.string
        )
    }
}
