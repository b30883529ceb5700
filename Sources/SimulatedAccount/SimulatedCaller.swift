package import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

/// A way to a simulated account with one principal's credentials.
package struct SimulatedCaller: AWSCaller {
    let simulated: SimulatedAccount
    /// The account that the credentials belong to.
    let account: String
    /// The role that was assumed for them, which the account must know.
    let memberRole: String?

    /// Answers an operation from memory, with the error that AWS would give.
    package func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        do throws(AWSError) {
            if let memberRole, !simulated.assumableRoles.contains(memberRole) {
                throw AWSError(
                    kind: .accessDenied,
                    service: "STS",
                    operation: "AssumeRole",
                    code: "AccessDenied",
                    message: "not authorized to perform: sts:AssumeRole on resource: \(memberRole)",
                    status: 403
                )
            }
            let fault = simulated.state.withLock { $0.takeFault(Operation.service.id, Operation.name) }
            // A lost answer: the write is carried out all the same.
            if let fault, !fault.outcomeUnknown { throw fault }
            let answer = try answer(operation)
            if let fault { throw fault }
            guard let output = answer as? Operation.Output else {
                throw AWSError(kind: .rejected, message: "the simulated account does not know this operation")
            }
            return output
        } catch {
            throw error.named(service: Operation.service.id, operation: Operation.name)
        }
    }

    private func answer<Operation: AWSOperation>(_ operation: Operation) throws(AWSError) -> any Sendable {
        switch operation {
        case let operation as GetRole: try getRole(operation)
        case let operation as UpdateAssumeRolePolicy: try update(operation)
        case is GetAccountSummary: summary()
        case is GetCallerIdentity: identity()
        case let operation as Publish: try publish(operation)
        case let operation as GetFinding: try getFinding(operation)
        case let operation as ListFindings: listFindings(operation)
        case is ListAnalyzers: listAnalyzers()
        case let operation as GetFindingV2: try getFindingV2(operation)
        case let operation as UpdateFindings: try updateFindings(operation)
        case let operation as StartResourceScan: startResourceScan(operation)
        case let operation as GetObject: try getObject(operation)
        case let operation as GetParameter: try getParameter(operation)
        default:
            if let answer = try readResource(operation) { answer } else { try readOrganization(operation) }
        }
    }

    func record(_ operation: String, isWrite: Bool = false, _ parameters: [(String, JSON)]) {
        let call = SimulatedAccount.Call(operation: operation, isWrite: isWrite, parameters: JSONObject(parameters))
        simulated.state.withLock { $0.calls.append(call) }
    }

    // MARK: IAM

    private func getRole(_ operation: GetRole) throws(AWSError) -> Role {
        record("GetRole", [("RoleName", .string(operation.roleName))])
        guard let role = simulated.state.withLock({ $0.role(named: operation.roleName, in: account) }) else {
            throw noSuchRole(operation.roleName)
        }
        return Role(
            arn: role.arn,
            name: role.name,
            path: role.path,
            trustPolicy: role.document,
            tags: role.tags,
            description: role.json["description"]?.string,
            // IAM always tells it.
            createdAt: time(role.json["createdAt"] ?? "2020-05-13T03:14:32Z"),
            lastUsed: time(role.json["lastUsed"])
        )
    }

    private func noSuchRole(_ name: String) -> AWSError {
        AWSError(
            kind: .notFound,
            code: "NoSuchEntity",
            message: "The role with name \(name) cannot be found.",
            status: 404
        )
    }

    private func update(_ operation: UpdateAssumeRolePolicy) throws(AWSError) {
        if let refusal = TrustPolicyGrammar.refusal(of: operation.policyDocument) {
            throw rejected(refusal.code, refusal.message)
        }
        let document: PolicyDocument
        do {
            document = try PolicyDocument(text: operation.policyDocument)
        } catch {
            throw rejected("MalformedPolicyDocument", "Syntax errors in policy.")
        }
        let role = simulated.state.withLock { $0.role(named: operation.roleName, in: account) }
        if let role, role.path.hasPrefix("/aws-service-role/") || role.path.hasPrefix("/aws-reserved/") {
            let words =
                "Cannot perform the operation on the protected role '\(role.name)' - this role is only modifiable by AWS"
            throw rejected("UnmodifiableEntity", words)
        }
        let quota = simulated.quotas["AssumeRolePolicySizeQuota"] ?? 2048
        guard document.size <= quota else {
            throw rejected("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: \(quota)", status: 409)
        }
        let found = simulated.state.withLock { state -> Bool in
            guard let index = state.index(ofRoleNamed: operation.roleName, in: account) else { return false }
            state.roles[index].document = operation.policyDocument
            return true
        }
        guard found else { throw noSuchRole(operation.roleName) }
        record(
            "UpdateAssumeRolePolicy",
            isWrite: true,
            [("RoleName", .string(operation.roleName)), ("PolicyDocument", .object(document.json))]
        )
    }

    private func rejected(_ code: String, _ message: String, status: Int = 400) -> AWSError {
        AWSError(kind: .rejected, code: code, message: message, status: status)
    }

    private func summary() -> [String: Int] {
        record("GetAccountSummary", [])
        return simulated.quotas
    }

    // MARK: STS and SNS

    private func identity() -> CallerIdentity {
        record("GetCallerIdentity", [])
        return CallerIdentity(account: account, arn: "arn:aws:sts::\(account):assumed-role/gatehouse/simulated")
    }

    private func publish(_ operation: Publish) throws(AWSError) -> String {
        guard simulated.topics.contains(operation.topicARN) else {
            throw AWSError(kind: .notFound, code: "NotFound", message: "Topic does not exist", status: 404)
        }
        record(
            "Publish",
            isWrite: true,
            [
                ("TopicArn", .string(operation.topicARN)), ("Subject", .string(operation.subject)),
                ("Message", .string(operation.message)),
                ("MessageAttributes", .object(JSONObject(operation.attributes.map { ($0.name, .string($0.value)) }))),
            ]
        )
        let number = simulated.state.withLock { state -> Int in
            state.messages += 1
            return state.messages
        }
        return "simulated-message-\(number)"
    }

    // MARK: Access Analyzer

    private func getFinding(_ operation: GetFinding) throws(AWSError) -> FindingRecord {
        record("GetFinding", [("id", .string(operation.id)), ("analyzerArn", .string(operation.analyzerARN))])
        let found = simulated.state.withLock { state in
            state.findings.first {
                $0.analyzer == operation.analyzerARN && $0.json["id"]?.string == operation.id
            }
        }
        guard let found, let record = FindingRecord(found.json) else {
            throw AWSError(
                kind: .notFound,
                code: "ResourceNotFoundException",
                message: "Finding not found",
                status: 404
            )
        }
        return record
    }

    private func listFindings(_ operation: ListFindings) -> FindingPage {
        record("ListFindings", [("resource", .string(operation.resource)), ("status", .string(operation.status))])
        let findings = simulated.state.withLock { state in
            state.findings.filter { finding in
                finding.analyzer == operation.analyzerARN && finding.json["resource"]?.string == operation.resource
                    && finding.json["status"]?.string == operation.status
            }
        }
        return FindingPage(findings: findings.compactMap { FindingRecord($0.json) }, nextToken: nil)
    }

    private func listAnalyzers() -> AnalyzerPage {
        record("ListAnalyzers", [])
        return AnalyzerPage(
            analyzers: simulated.analyzers.members.map { member in
                Analyzer(arn: member.key, type: member.value.string ?? "ACCOUNT", status: "ACTIVE")
            },
            nextToken: nil
        )
    }
}

extension SimulatedAccount.State {
    mutating func takeFault(_ service: String, _ operation: String) -> AWSError? {
        let index = faults.firstIndex {
            $0.operation == operation && $0.times > 0 && $0.service.map { $0 == service } ?? true
        }
        guard let index else { return nil }
        faults[index].times -= 1
        return faults[index].error
    }

    func index(ofRoleNamed name: String, in account: String) -> Int? {
        roles.firstIndex { $0.name == name && RoleARN($0.arn)?.account == account }
    }

    func role(named name: String, in account: String) -> SimulatedRole? {
        index(ofRoleNamed: name, in: account).map { roles[$0] }
    }
}
