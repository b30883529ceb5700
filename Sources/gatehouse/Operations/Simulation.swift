import AWSClient

/// Which of some actions a role's policies would not allow on a resource, by AWS's own policy simulator: nothing is done.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
struct SimulatePrincipalPolicy: AWSOperation {
    static let service = AWSService.iam
    static let name = "SimulatePrincipalPolicy"
    static let isWrite = false
    let region: Region
    /// The role's ARN.
    let role: String
    /// Such as `sns:Publish`.
    let actions: [String]
    /// The ARN of what they are done to; it need not exist.
    let resource: String
    /// What the request would tell of itself, by condition key.
    let context: [(key: String, value: String)]

    func wireRequest() throws(AWSError) -> WireRequest {
        var parameters = [("PolicySourceArn", role), ("ResourceArns.member.1", resource)]
        parameters += actions.enumerated().map { ("ActionNames.member.\($0 + 1)", $1) }
        for (index, entry) in context.enumerated() {
            let name = "ContextEntries.member.\(index + 1)"
            parameters += [
                ("\(name).ContextKeyName", entry.key), ("\(name).ContextKeyType", "string"),
                ("\(name).ContextKeyValues.member.1", entry.value),
            ]
        }
        return .query(action: Self.name, version: "2010-05-08", parameters: parameters)
    }

    /// The actions that are not allowed, in the order of the answer.
    func output(from response: WireResponse) throws(AWSError) -> [String] {
        guard let results = try response.xml().at("SimulatePrincipalPolicyResult", "EvaluationResults") else {
            throw response.unreadable("the answer lacks EvaluationResults")
        }
        var decisions: [(action: String, decision: String)] = []
        for member in results.all("member") {
            guard let action = member.text(at: "EvalActionName"), let decision = member.text(at: "EvalDecision") else {
                throw response.unreadable("a result in the answer lacks its action or decision")
            }
            decisions.append((action, decision))
        }
        guard decisions.count >= actions.count else { throw response.unreadable("the answer lacks results") }
        return decisions.filter { $0.decision != "allowed" }.map(\.action)
    }
}
