import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

extension GetRole: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("RoleName", .string(roleName))])
        guard let role = caller.simulated.state.withLock({ $0.role(named: roleName, in: caller.account) }) else {
            throw caller.noSuchRole(roleName)
        }
        return Role(
            arn: role.arn,
            name: role.name,
            path: role.path,
            trustPolicy: role.document,
            tags: role.tags,
            description: role.json["description"]?.string,
            // IAM always tells it.
            createdAt: caller.time(role.json["createdAt"] ?? "2020-05-13T03:14:32Z"),
            lastUsed: caller.time(role.json["lastUsed"])
        )
    }
}

extension UpdateAssumeRolePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        if let refusal = TrustPolicyGrammar.refusal(of: policyDocument) {
            throw caller.refusal(refusal.code, refusal.message, 400)
        }
        let document: PolicyDocument
        do {
            document = try PolicyDocument(text: policyDocument)
        } catch {
            throw caller.refusal("MalformedPolicyDocument", "Syntax errors in policy.", 400)
        }
        let quota = caller.simulated.quotas["AssumeRolePolicySizeQuota"] ?? 2048
        guard document.size <= quota else {
            throw caller.refusal("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: \(quota)", 409)
        }
        try caller.replaceTrustPolicy(of: roleName, with: policyDocument)
        caller.record(
            Self.name,
            isWrite: true,
            [("RoleName", .string(roleName)), ("PolicyDocument", .object(document.json))]
        )
    }
}

extension GetAccountSummary: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [])
        return caller.simulated.quotas
    }
}

extension GetUser: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let user = try caller.resource(ending: "/\(userName)", service: "iam", Self.name, "NoSuchEntity")
        return caller.description(user.json, arn: user.arn, tags: try caller.tags(user.json))
    }
}

extension SimulatedCaller {
    fileprivate func noSuchRole(_ name: String) -> AWSError {
        refusal("NoSuchEntity", "The role with name \(name) cannot be found.", 404)
    }

    fileprivate func replaceTrustPolicy(of name: String, with text: String) throws(AWSError) {
        guard let role = simulated.state.withLock({ $0.role(named: name, in: account) }) else { throw noSuchRole(name) }
        guard !role.path.hasPrefix("/aws-service-role/"), !role.path.hasPrefix("/aws-reserved/") else {
            throw refusal(
                "UnmodifiableEntity",
                "Cannot perform the operation on the protected role '\(name)' - this role is only modifiable by AWS",
                400
            )
        }
        simulated.state.withLock { state in
            guard let index = state.index(ofRoleNamed: name, in: account) else { return }
            state.roles[index].document = text
        }
    }
}

extension SimulatedAccount.State {
    fileprivate func index(ofRoleNamed name: String, in account: String) -> Int? {
        roles.firstIndex { $0.name == name && RoleARN($0.arn)?.account == account }
    }

    fileprivate func role(named name: String, in account: String) -> SimulatedRole? {
        index(ofRoleNamed: name, in: account).map { roles[$0] }
    }
}
