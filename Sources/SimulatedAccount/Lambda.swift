import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

extension ListFunctionTags: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(functionARN, Self.name, "ResourceNotFoundException")))
    }
}

/// All versions of the layer that are in the file, the newest first.
extension ListLayerVersions: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("resource", .string(layerARN))])
        var versions: [LayerVersion] = []
        for member in caller.simulated.resources.members where member.key.hasPrefix("\(layerARN):") {
            guard let number = Int(member.key.dropFirst(layerARN.count + 1)) else { continue }
            versions.append(
                LayerVersion(
                    version: number,
                    description: member.value["description"]?.string,
                    createdAt: caller.time(member.value["createdAt"])
                )
            )
        }
        versions.sort { $0.version > $1.version }
        let (range, next) = caller.page(marker, of: versions.count)
        return LayerVersionPage(versions: Array(versions[range]), nextMarker: next)
    }
}

extension GetFunctionPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.resource(functionARN, Self.name, "ResourceNotFoundException")
        // As where the operation is not there yet.
        if json["hasWholePolicies"] == false {
            throw AWSError(kind: .accessDenied, message: "Missing Authentication Token", status: 403)
        }
        guard let text = caller.policy(json) else {
            throw caller.refusal("ResourceNotFoundException", "The resource you requested does not exist.", 404)
        }
        return ResourcePolicy(text: text, revision: json["policyRevision"]?.string ?? "r0")
    }
}

extension PutFunctionPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.own(functionARN, "ResourceNotFoundException")
        let current = json["policyRevision"]?.string ?? "r0"
        guard revision.map({ $0 == current }) ?? true else {
            throw caller.refusal("PreconditionFailedException", "The Revision Id provided does not match", 412)
        }
        let grammar = ResourcePolicyGrammar(service: "lambda", resource: functionARN)
        try caller.replacePolicy(of: functionARN, with: policy, Self.name, grammar, "InvalidParameterValueException")
    }
}

extension FunctionReference {
    fileprivate var arn: String { qualifier.map { "\(functionARN):\($0)" } ?? functionARN }
}

extension GetFunctionPermissions: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.resource(function.arn, Self.name, "ResourceNotFoundException")
        guard let text = caller.policy(json) else {
            throw caller.refusal("ResourceNotFoundException", "The resource you requested does not exist.", 404)
        }
        return ResourcePolicy(text: text, revision: json["policyRevision"]?.string ?? "r0")
    }
}

extension RemoveFunctionPermission: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.removeStatement(statementID, of: function.arn, revision, Self.name)
    }
}

extension AddFunctionPermission: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let text = { (name: String) in permission[name]?.string ?? "" }
        let principal: JSON
        switch Principal(key: "AWS", value: text("Principal")) {
        case .everyone: principal = "*"
        case .account(let id): principal = ["AWS": .string("arn:aws:iam::\(id):root")]
        case .unknown: principal = ["Service": .string(text("Principal"))]
        default: principal = ["AWS": .string(text("Principal"))]
        }
        var statement = JSONObject([
            ("Sid", .string(text("StatementId"))), ("Effect", "Allow"), ("Principal", principal),
            ("Action", .string(text("Action"))), ("Resource", .string(function.arn)),
        ])
        var condition = JSONObject()
        if let value = permission["SourceAccount"] { condition["StringEquals"] = ["AWS:SourceAccount": value] }
        if let value = permission["PrincipalOrgID"] { condition["StringEquals"] = ["aws:PrincipalOrgID": value] }
        if let value = permission["FunctionUrlAuthType"] {
            condition["StringEquals"] = ["lambda:FunctionUrlAuthType": value]
        }
        if let value = permission["SourceArn"] { condition["ArnLike"] = ["AWS:SourceArn": value] }
        if permission["InvokedViaFunctionUrl"] == true { condition["Bool"] = ["lambda:InvokedViaFunctionUrl": "true"] }
        if !condition.isEmpty { statement["Condition"] = .object(condition) }
        let told = permission.members.map { ($0.key, $0.value) }
        try caller.addStatement(statement, to: function.arn, Self.name, told)
    }
}

extension GetLayerVersionPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.resource("\(layerARN):\(version)", Self.name, "ResourceNotFoundException")
        guard let text = caller.policy(json) else {
            throw caller.refusal("ResourceNotFoundException", "No policy is associated with the given resource.", 404)
        }
        return ResourcePolicy(text: text, revision: json["policyRevision"]?.string ?? "r0")
    }
}

extension RemoveLayerVersionPermission: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.removeStatement(statementID, of: "\(layerARN):\(version)", revision, Self.name)
    }
}

extension AddLayerVersionPermission: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = "\(layerARN):\(version)"
        let isAccount = permission.principal != "*"
        var statement = JSONObject([
            ("Sid", .string(permission.statementID)), ("Effect", "Allow"),
            ("Principal", isAccount ? ["AWS": .string("arn:aws:iam::\(permission.principal):root")] : "*"),
            ("Action", "lambda:GetLayerVersion"), ("Resource", .string(arn)),
        ])
        if let organization = permission.organization {
            statement["Condition"] = ["StringEquals": ["aws:PrincipalOrgID": .string(organization)]]
        }
        let told: [(String, JSON)] = [
            ("StatementId", .string(permission.statementID)), ("Principal", .string(permission.principal)),
            ("OrganizationId", permission.organization.map(JSON.string) ?? .null),
        ]
        try caller.addStatement(statement, to: arn, Self.name, told)
    }
}

/// Policies that are changed a statement at a time.
extension SimulatedCaller {
    fileprivate func removeStatement(
        _ sid: String,
        of arn: String,
        _ revision: String?,
        _ operation: String
    ) throws(AWSError) {
        let json = try own(arn, "ResourceNotFoundException")
        guard revision.map({ $0 == json["policyRevision"]?.string ?? "r0" }) ?? true else {
            throw refusal("PreconditionFailedException", "The Revision Id provided does not match", 412)
        }
        var policy = json["policy"]?.object ?? JSONObject()
        let statements = policy["Statement"]?.array ?? []
        let rest = statements.filter { $0["Sid"]?.string != sid }
        guard rest.count < statements.count else {
            throw refusal("ResourceNotFoundException", "Statement \(sid) is not found", 404)
        }
        policy["Statement"] = .array(rest)
        let told: [(String, JSON)] = [("resource", .string(arn)), ("StatementId", .string(sid))]
        replaceStatements(of: arn, with: rest.isEmpty ? nil : .object(policy), operation, told)
    }

    fileprivate func addStatement(
        _ statement: JSONObject,
        to arn: String,
        _ operation: String,
        _ told: [(String, JSON)]
    ) throws(AWSError) {
        let json = try own(arn, "ResourceNotFoundException")
        var policy = json["policy"]?.object ?? JSONObject([("Version", "2012-10-17"), ("Id", "default")])
        let statements = policy["Statement"]?.array ?? []
        guard !statements.contains(where: { $0["Sid"] == statement["Sid"] }) else {
            throw refusal("ResourceConflictException", "The statement id provided already exists.", 409)
        }
        policy["Statement"] = .array(statements + [.object(statement)])
        replaceStatements(of: arn, with: .object(policy), operation, [("resource", .string(arn))] + told)
    }

    private func replaceStatements(
        of arn: String,
        with policy: JSON?,
        _ operation: String,
        _ told: [(String, JSON)]
    ) {
        simulated.state.withLock { state in
            guard var resource = state.resources[arn]?.object else { return }
            resource["policy"] = policy
            resource["policyRevision"] = resource.nextRevision
            state.resources[arn] = .object(resource)
        }
        record(operation, isWrite: true, told)
    }
}

extension InvokeAsynchronously: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard caller.simulated.functions.contains(functionARN) else {
            throw caller.refusal("ResourceNotFoundException", "Function not found: \(functionARN)", 404)
        }
        caller.record(
            Self.name,
            isWrite: true,
            [("FunctionName", .string(functionARN)), ("Payload", .string(String(decoding: event, as: UTF8.self)))]
        )
    }
}
