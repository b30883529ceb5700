import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount

extension StartPolicyGeneration: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, isWrite: true, [("principalArn", .string(principal)), ("trail", .string(trail))])
        // The job is called after the role, which is all that there is to know of it.
        return principal
    }
}

extension GetGeneratedPolicy: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("jobId", .string(job))])
        let job = job
        guard let policies = caller.added(AddedKeys.generatedPolicies, { $0[job] })?.array else {
            let error = "RESOURCE_NOT_FOUND_ERROR: the account's file has no generatedPolicies of \(job)"
            return GeneratedPolicy(status: "FAILED", error: error, principal: job, isComplete: nil, policies: [])
        }
        let texts = policies.map { $0.string ?? $0.text() }
        return GeneratedPolicy(status: "SUCCEEDED", error: nil, principal: job, isComplete: true, policies: texts)
    }
}

extension GenerateFindingRecommendation: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(finding)), ("analyzerArn", .string(analyzerARN))])
        _ = try caller.unusedPermission(finding, analyzerARN)
    }
}

extension GetFindingRecommendation: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(finding)), ("analyzerArn", .string(analyzerARN))])
        let resource = try caller.unusedPermission(finding, analyzerARN)["resource"]?.string ?? ""
        let id = finding
        guard let given = caller.added(AddedKeys.recommendations, { $0[id] })?.array else {
            let error = "the account's file has no recommendations for \(id)"
            return Recommendation(status: "FAILED", error: error, resource: resource, steps: [], nextToken: nil)
        }
        let steps = given.map { step in
            Recommendation.Step(
                action: step["recommendedAction"]?.string ?? "",
                policy: step["recommendedPolicy"].map { $0.string ?? $0.text() },
                existing: step["existingPolicyId"]?.string
            )
        }
        return Recommendation(status: "SUCCEEDED", error: nil, resource: resource, steps: steps, nextToken: nil)
    }
}

extension ListAttachedRolePolicies: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("roleName", .string(roleName))])
        let role = roleName
        let attached = caller.added(AddedKeys.managedPolicies) { policies in
            policies.members.filter { $0.value["roles"]?.array?.contains(.string(role)) ?? false }.map(\.key)
        }
        return (attached, nil)
    }
}

extension GetPolicy: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("policyArn", .string(arn))])
        return (try caller.managedPolicy(arn)["id"]?.string, "v1")
    }
}

extension GetPolicyVersion: AddedOperation {
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("policyArn", .string(arn)), ("versionId", .string(version))])
        guard let policy = try caller.managedPolicy(arn)["policy"] else {
            throw caller.refusal("NoSuchEntity", "managedPolicies.\(arn) has no policy", 404)
        }
        return policy.string ?? policy.text()
    }
}

extension SimulatedCaller {
    fileprivate func managedPolicy(_ arn: String) throws(AWSError) -> JSON {
        guard let policy = added(AddedKeys.managedPolicies, { $0[arn] }) else {
            throw refusal("NoSuchEntity", "Policy \(arn) was not found.", 404)
        }
        return policy
    }

    fileprivate func unusedPermission(_ id: String, _ analyzer: String) throws(AWSError) -> JSON {
        guard let finding = findings(of: analyzer).first(where: { $0["id"]?.string == id }) else {
            throw refusal("ResourceNotFoundException", "Finding not found", 404)
        }
        guard finding["findingType"]?.string == "UnusedPermission" else {
            throw refusal("ValidationException", "there are recommendations for unused permissions alone", 400)
        }
        return finding
    }
}
