import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// Lambda functions: tags.
enum LambdaFunction: KnownResourceType {
    static let type = ResourceType.lambdaFunction
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["lambda:ListTags"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.function(&known)]
    }
}

extension LookedUpResource {
    fileprivate func function(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let (name, qualifier) = try parts(after: "function:")
        known[.name] = .string(name)
        let unqualified = qualifier.map { String(id.dropLast($0.count + 1)) } ?? id
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListFunctionTags(functionARN: unqualified, region: region)).tags)
        }
    }
}

extension LambdaFunction {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "function:")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        let name = resource.resource.split(separator: ":").dropFirst().first.map { PercentEncoding.segment(String($0)) }
        return name.map { "lambda/home?region=\(region)#/functions/\($0)?tab=configure" }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        return [
            by.aws("lambda get-policy", by.function).saving().step("Save the function's policy"),
            by.aws("lambda remove-permission", by.function + [("--statement-id", "STATEMENT_ID")])
                .step(by.removeStatement),
        ]
    }

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        if let change = input.outcome?.changes.first, change.operation == "lambda:RemovePermission" {
            return change.functionGuide(by)
        }
        let function = (option: "--resource-arn", value: by.arn)
        return ResourceChangeGuide(by: by, events: "AddPermission20150331v2 and PutResourcePolicy").policy(
            read: by.aws("lambda get-resource-policy", [function] + by.text("Policy")),
            write: by.aws("lambda put-resource-policy", [function]),
            option: "--policy"
        )
    }
}

extension LambdaFunction {
    /// Writing a whole policy needs what writes and removes single statements as well.
    static let changePermissions = [
        "lambda:GetResourcePolicy", "lambda:GetPolicy", "lambda:PutResourcePolicy", "lambda:AddPermission",
        "lambda:RemovePermission", "lambda:ListTags",
    ]

    /// A function, a version and an alias have a policy each.
    ///
    /// Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        remedies(for: resource).first
    }

    static func remedies(for resource: ChangedResource) -> [any Remedy] {
        guard let permissions = permissions(of: resource),
            let policy = wholePolicy(of: resource, where: permissions)
        else { return [] }
        return [policy, permissions]
    }

    /// The statements one by one, as every region has them.
    private static func permissions(of resource: ChangedResource) -> PermissionStatements? {
        let parts = resource.arn.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard resource.arn.service == "lambda", (2...3).contains(parts.count), parts[0] == "function",
            !parts[1].isEmpty,
            let name = resource.name(after: "function:")
        else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let qualifier = parts.count == 3 ? String(parts[2]) : nil
        let unqualified = qualifier.map { String(arn.dropLast($0.utf8.count + 1)) } ?? arn
        let function = FunctionReference(functionARN: unqualified, qualifier: qualifier)
        return PermissionStatements(
            target: resource,
            name: name,
            words: "function \(name)",
            operation: "lambda:RemovePermission",
            calls: PermissionStatements.Calls(
                read: { (aws) async throws(AWSError) in
                    try await AWSError.unless(["ResourceNotFoundException"], of: GetFunctionPermissions.self) {
                        () async throws(AWSError) in
                        try await aws.call(GetFunctionPermissions(function: function, region: region))
                    }
                },
                readTags: { (aws) async throws(AWSError) in
                    try await aws.call(ListFunctionTags(functionARN: unqualified, region: region)).tags
                },
                remove: { (sid, revision, aws) async throws(AWSError) in
                    let remove = RemoveFunctionPermission(
                        function: function,
                        statementID: sid,
                        revision: revision,
                        region: region
                    )
                    try await aws.call(remove)
                },
                addition: { statement in
                    guard let permission = permission(statement, on: arn) else { return nil }
                    let add = AddFunctionPermission(function: function, permission: permission, region: region)
                    return { (aws) async throws(AWSError) in try await aws.call(add) }
                },
                writes: [RemoveFunctionPermission.name, AddFunctionPermission.name]
            )
        )
    }

    /// What AddPermission has to be told to add the statement; `nil` where it cannot say all of it.
    fileprivate static func permission(_ statement: Statement, on resource: String) -> JSONObject? {
        let names = [
            "arnlike aws:sourcearn": "SourceArn", "stringequals aws:sourceaccount": "SourceAccount",
            "stringequals aws:principalorgid": "PrincipalOrgID",
            "stringequals lambda:functionurlauthtype": "FunctionUrlAuthType",
            "bool lambda:invokedviafunctionurl": "InvokedViaFunctionUrl",
        ]
        guard statement.isAddable(on: resource), let conditions = statement.singleConditions,
            let sid = statement.sid, let action = statement.json["Action"]
        else { return nil }
        let principal: String
        switch statement.principals[0] {
        case .everyone: principal = "*"
        case .account(let id): principal = id
        case .service(let name): principal = name
        case .user(let arn), .role(let arn): principal = arn.description
        default: return nil
        }
        var permission = JSONObject([
            ("StatementId", .string(sid)), ("Action", action), ("Principal", .string(principal)),
        ])
        for (condition, value) in conditions.sorted(by: { $0.key < $1.key }) {
            guard let name = names[condition] else { return nil }
            permission[name] = name == "InvokedViaFunctionUrl" ? .bool(value == "true") : .string(value)
        }
        return permission
    }

    private static func wholePolicy(
        of resource: ChangedResource,
        where fallback: PermissionStatements
    ) -> ServicePolicy? {
        guard resource.arn.service == "lambda", let name = resource.name(after: "function:") else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let function = resource.arn.resource.split(separator: ":").prefix(2).joined(separator: ":")
        let unqualified = String(arn.dropLast(resource.arn.resource.count)) + function
        var dialect = PolicyDialect(
            name: "function policy",
            services: ["lambda"],
            resource: .granted(otherwise: [arn]),
            defaultQuota: 20 << 10
        )
        dialect.isLatin = false
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "lambda:PutResourcePolicy",
            service: "Lambda",
            name: name,
            words: "function \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [PutFunctionPolicy.name],
                service: .lambda,
                gone: ["ResourceNotFoundException"],
                refused: ["PublicPolicyException", "PolicyLengthExceededException", "InvalidParameterValueException"],
                busy: ["ResourceConflictException"],
                outdated: ["PreconditionFailedException"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                try await AWSError.unless(["ResourceNotFoundException"], of: GetFunctionPolicy.self) {
                    () async throws(AWSError) in
                    try await aws.call(GetFunctionPolicy(functionARN: arn, region: region))
                } ?? ResourcePolicy(text: nil)
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListFunctionTags(functionARN: unqualified, region: region)).tags
            },
            writePolicy: { (state, revision, aws) async throws(AWSError) in
                try await aws.call(
                    PutFunctionPolicy(
                        functionARN: arn,
                        policy: state.document.text,
                        revision: revision,
                        region: region
                    )
                )
            },
            fallback: fallback,
            isUnsupported: { $0.isUnknownOperation(GetFunctionPolicy.self) }
        )
    }
}

extension ManualSteps {
    /// The function's name, and its version or alias, as the AWS CLI takes them: `arn:…:function:name[:qualifier]`.
    fileprivate var function: [(option: String, value: String)] {
        let parts = finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        var function = [(option: "--function-name", value: "\(prefix)\(parts.prefix(2).joined(separator: ":"))")]
        if parts.count > 2 { function.append((option: "--qualifier", value: String(parts[2]))) }
        return function
    }
}

extension Outcome.Change {
    /// What to tell of statements that were taken out of a function's policy one by one.
    fileprivate func functionGuide(_ by: ManualSteps) -> ChangeGuide? {
        let commands = removedStatements.map { json -> String? in
            guard let object = json.object, let statement = try? Statement(object) else { return nil }
            return LambdaFunction.permission(statement, on: resource)?.addition(by)
        }
        return ResourceChangeGuide(by: by, events: "AddPermission20150331v2").change(
            check: by.aws("lambda get-policy", by.function),
            shows: "the policy without \(removedStatements.compactMap { $0["Sid"]?.string }.joined(separator: ", "))",
            undo: commands
        )
    }
}

extension JSONObject {
    /// The command that adds this permission to a function; `nil` where it cannot be shown.
    fileprivate func addition(_ by: ManualSteps) -> String? {
        let options = [
            "StatementId": "--statement-id", "Action": "--action", "Principal": "--principal",
            "SourceArn": "--source-arn", "SourceAccount": "--source-account", "PrincipalOrgID": "--principal-org-id",
            "FunctionUrlAuthType": "--function-url-auth-type",
        ]
        let words = members.compactMap { member in
            options[member.key].map { (option: $0, value: member.value.string ?? "") }
        }
        let byURL =
            switch self["InvokedViaFunctionUrl"]?.bool {
            case true?: " --invoked-via-function-url"
            case false?: " --no-invoked-via-function-url"
            case nil: ""
            }
        return by.aws("lambda add-permission", by.function + words).text.map { $0 + byURL }
    }
}

extension LambdaFunction {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let whole = resource.name(after: "function:")
        let name = String(whole.prefix { $0 != ":" })
        let arn = String(resource.description.dropLast(whole.count - name.count))
        return TrailSearch(
            "lambda",
            ["AddPermission20150331v2", "AddPermission", "PutResourcePolicy"],
            names: [
                name, arn, resource.description, whole, "\(resource.account):function:\(name)",
                "\(resource.account):\(name)",
            ]
        )
    }
}
