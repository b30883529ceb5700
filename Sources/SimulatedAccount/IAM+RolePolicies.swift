import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

extension ListRolePolicies: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("RoleName", .string(roleName))])
        return (try caller.inlinePolicies(ofRole: roleName).keys.sorted(), nil)
    }
}

extension GetRolePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("RoleName", .string(roleName)), ("PolicyName", .string(policyName))])
        guard let text = try caller.inlinePolicies(ofRole: roleName)[policyName] else {
            throw caller.noSuchPolicy(policyName)
        }
        return text
    }
}

extension PutRolePolicy: SimulatedOperation {
    /// Of all inline policies of a role together.
    private static let quota = 10_240

    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard let document = try? PolicyDocument(text: policyDocument),
            document.statements.allSatisfy({ $0.json["Principal"] == nil })
        else { throw caller.refusal("MalformedPolicyDocument", "Syntax errors in policy.", 400) }
        var policies = try caller.inlinePolicies(ofRole: roleName)
        policies[policyName] = policyDocument
        guard policies.values.reduce(0, { $0 + $1.utf8.count }) <= Self.quota else {
            let message = "Maximum policy size of \(Self.quota) bytes exceeded for role \(roleName)"
            throw caller.refusal("LimitExceeded", message, 409)
        }
        try caller.change(policies, ofRole: roleName)
        caller.record(
            Self.name,
            isWrite: true,
            [
                ("RoleName", .string(roleName)), ("PolicyName", .string(policyName)),
                ("PolicyDocument", .object(document.json)),
            ]
        )
    }
}

extension DeleteRolePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        var policies = try caller.inlinePolicies(ofRole: roleName)
        guard policies.removeValue(forKey: policyName) != nil else { throw caller.noSuchPolicy(policyName) }
        try caller.change(policies, ofRole: roleName)
        caller.record(
            Self.name,
            isWrite: true,
            [("RoleName", .string(roleName)), ("PolicyName", .string(policyName))]
        )
    }
}

extension SimulatedCaller {
    private func arn(ofRole name: String) throws(AWSError) -> String {
        let arn = simulated.state.withLock { state in
            state.roles.first { $0.name == name && RoleARN($0.arn)?.account == account }?.arn
        }
        guard let arn else {
            throw refusal("NoSuchEntity", "The role with name \(name) cannot be found.", 404)
        }
        return arn
    }

    fileprivate func inlinePolicies(ofRole name: String) throws(AWSError) -> [String: String] {
        simulated.inlinePolicies(ofRole: try arn(ofRole: name))
    }

    fileprivate func change(_ policies: [String: String], ofRole name: String) throws(AWSError) {
        let arn = try arn(ofRole: name)
        simulated.state.withLock { $0.inlinePolicies[arn] = policies }
    }

    fileprivate func noSuchPolicy(_ name: String) -> AWSError {
        refusal("NoSuchEntity", "The role policy with name \(name) cannot be found.", 404)
    }
}
