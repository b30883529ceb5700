import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeKey: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let key = try caller.resource(keyARN, Self.name, "NotFoundException")
        return KeyDescription(
            arn: keyARN,
            manager: key["keyManager"]?.string ?? "CUSTOMER",
            state: key["keyState"]?.string ?? "Enabled",
            description: key["description"]?.string ?? "",
            createdAt: caller.time(key["createdAt"])
        )
    }
}

extension ListAliases: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let key = try caller.resource(keyARN, Self.name, "NotFoundException")
        let names = (key["keyAliases"]?.array ?? []).compactMap(\.string)
        let (range, next) = caller.page(marker, of: names.count)
        return AliasPage(names: Array(names[range]), nextMarker: next)
    }
}

extension ListResourceTags: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.page(marker, of: try caller.tags(try caller.resource(keyARN, Self.name, "NotFoundException")))
    }
}

extension GetKeyPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        ResourcePolicy(text: caller.policy(try caller.resource(keyARN, Self.name, "NotFoundException")))
    }
}

extension PutKeyPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.own(keyARN, "NotFoundException")
        let grammar = ResourcePolicyGrammar(service: "kms", resource: keyARN, quota: 32 << 10)
        try caller.replacePolicy(of: keyARN, with: policy, Self.name, grammar, "MalformedPolicyDocumentException")
    }
}

/// `grants` of a key have the form of KMS's own answer.
extension ListGrants: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let list = try caller.resource(keyARN, Self.name, "NotFoundException")["grants"]?.array ?? []
        let (range, next) = caller.page(marker, of: list.count)
        let grants = list[range].map { grant in
            KeyGrant(
                id: grant["GrantId"]?.string ?? "",
                grantee: grant["GranteePrincipal"]?.string ?? "",
                operations: (grant["Operations"]?.array ?? []).compactMap(\.string)
            )
        }
        return KeyGrantPage(grants: grants, nextMarker: next)
    }
}
