import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// Lambda layer versions: description; layers have no tags. ListLayerVersions and not GetLayerVersion, which gives a way to
/// the code.
enum LambdaLayerVersion: KnownResourceType {
    static let type = ResourceType.lambdaLayerVersion
    static let keys: [ContextKey] = [.description]
    static let permissions = ["lambda:ListLayerVersions"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.layerVersion(&known)]
    }
}

extension LookedUpResource {
    fileprivate func layerVersion(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let (name, version) = try parts(after: "layer:")
        guard let version, let number = Int(version) else { throw .impossible("'\(id.prefix(200))' names no version") }
        known[.name] = .string(name)
        // Lambda has no tags for layers: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
        known[.tags] = [:]
        let layer = String(id.dropLast(version.count + 1))
        return LookUp([.description]) { () async throws(AWSError) in
            var marker: String?
            for _ in 0..<LookedUpResource.pageLimit {
                let page = try await aws.call(ListLayerVersions(layerARN: layer, marker: marker, region: region))
                if let found = page.versions.first(where: { $0.version == number }) {
                    var answer = LookUpAnswer()
                    answer.learned[.description] = found.description.json
                    answer.learned[.createdAt] = (found.createdAt?.extended).json
                    return answer
                }
                guard let next = page.nextMarker else {
                    throw .impossible("the layer \(layer.prefix(200)) has no version \(number)")
                }
                marker = next
            }
            throw .tooManyPages
        }
    }
}

extension LambdaLayerVersion {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "layer:")
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        // arn:…:layer:name:version
        let parts = input.finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return ["Take the statement out of the layer version's policy."] }
        let layer = [
            (option: "--layer-name", value: "\(by.prefix)\(parts[0]):\(parts[1])"),
            (option: "--version-number", value: String(parts[2])),
        ]
        return [
            by.aws("lambda get-layer-version-policy", layer).saving().step("Save the layer version's policy"),
            by.aws("lambda remove-layer-version-permission", layer + [("--statement-id", "STATEMENT_ID")])
                .step(by.removeStatement),
        ]
    }

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let parts = input.finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let change = input.outcome?.changes.first else { return nil }
        let layer = [
            (option: "--layer-name", value: "\(by.prefix)\(parts[0]):\(parts[1])"),
            (option: "--version-number", value: String(parts[2])),
        ]
        let removed = change.removedStatements
        let commands = removed.map { statement in
            let principal = statement["Principal"]?.string ?? statement["Principal"]?["AWS"]?.string ?? ""
            var words =
                layer + [
                    ("--statement-id", statement["Sid"]?.string ?? ""), ("--principal", principal),
                    ("--action", "lambda:GetLayerVersion"),
                ]
            if let organization = statement["Condition"]?["StringEquals"]?["aws:PrincipalOrgID"]?.string {
                words.append(("--organization-id", organization))
            }
            return by.aws("lambda add-layer-version-permission", words).text
        }
        let stays = ["Functions that use the layer already keep it, and copies of it stay where they are."]
        let guide = ResourceChangeGuide(by: by, events: "AddLayerVersionPermission20181031", stays: stays)
        return guide.change(
            check: by.aws("lambda get-layer-version-policy", layer),
            shows: "the policy without \(removed.compactMap { $0["Sid"]?.string }.joined(separator: ", "))",
            undo: commands
        )
    }
}

extension LambdaLayerVersion {
    static let changePermissions = [
        "lambda:GetLayerVersionPolicy", "lambda:RemoveLayerVersionPermission", "lambda:AddLayerVersionPermission",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        let parts = resource.arn.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard resource.arn.service == "lambda", parts.count == 3, parts[0] == "layer", !parts[1].isEmpty,
            let version = Int(parts[2]), version > 0
        else { return nil }
        let layer = String(resource.arn.description.dropLast(parts[2].count + 1))
        let region = resource.region
        return PermissionStatements(
            target: resource,
            name: "\(parts[1]):\(parts[2])",
            words: "layer version \(parts[1]):\(parts[2])",
            operation: "lambda:RemoveLayerVersionPermission",
            stays: " Functions that use the layer already keep it.",
            isForAccounts: true,
            calls: PermissionStatements.Calls(
                read: { (aws) async throws(AWSError) in
                    try await AWSError.unless(["ResourceNotFoundException"], of: GetLayerVersionPolicy.self) {
                        () async throws(AWSError) in
                        try await aws.call(GetLayerVersionPolicy(layerARN: layer, version: version, region: region))
                    }
                },
                // Layers have no tags.
                readTags: { (_) async throws(AWSError) in [] },
                remove: { (sid, revision, aws) async throws(AWSError) in
                    let remove = RemoveLayerVersionPermission(
                        layerARN: layer,
                        version: version,
                        statementID: sid,
                        revision: revision,
                        region: region
                    )
                    try await aws.call(remove)
                },
                addition: { statement in
                    guard let permission = permission(statement, on: resource.arn.description) else { return nil }
                    let add = AddLayerVersionPermission(
                        layerARN: layer,
                        version: version,
                        permission: permission,
                        region: region
                    )
                    return { (aws) async throws(AWSError) in try await aws.call(add) }
                },
                writes: [RemoveLayerVersionPermission.name, AddLayerVersionPermission.name]
            )
        )
    }

    /// What has to be added to have the statement again; `nil` where it holds more than Lambda can be told.
    private static func permission(_ statement: Statement, on resource: String) -> LayerVersionPermission? {
        guard statement.isAddable(on: resource), let sid = statement.sid, let conditions = statement.singleConditions,
            statement.json["Action"]?.string == "lambda:GetLayerVersion"
        else { return nil }
        let organization = conditions["stringequals aws:principalorgid"]
        switch statement.principals[0] {
        case .everyone where conditions.count == (organization == nil ? 0 : 1):
            return LayerVersionPermission(statementID: sid, principal: "*", organization: organization)
        case .account(let id) where conditions.isEmpty:
            return LayerVersionPermission(statementID: sid, principal: id, organization: nil)
        default: return nil
        }
    }
}

extension LambdaLayerVersion {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let parts = resource.resource.split(separator: ":")
        guard parts.count == 3 else { return nil }
        let (name, version) = (String(parts[1]), String(parts[2]))
        return TrailSearch(
            "lambda",
            ["AddLayerVersionPermission20181031", "AddLayerVersionPermission"],
            names: [name, String(resource.description.dropLast(version.count + 1)), resource.description],
            version: version
        )
    }
}
