import AWSClient
import AWSOperations
import LosslessJSON

extension ListTagsOfTable: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.page(
            nextToken,
            of: try caller.tags(try caller.resource(tableARN, Self.name, "ResourceNotFoundException"))
        )
    }
}

extension GetTablePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.resource(resourceARN, Self.name, "ResourceNotFoundException")
        guard let text = caller.policy(json) else {
            throw caller.refusal("PolicyNotFoundException", "Resource-based policy not found", 400)
        }
        return ResourcePolicy(text: text, revision: json["policyRevision"]?.string ?? "r0")
    }
}

extension PutTablePolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let json = try caller.own(resourceARN, "ResourceNotFoundException")
        let current = json["policyRevision"]?.string ?? "r0"
        guard revision.map({ $0 == current }) ?? true else {
            throw caller.refusal("PolicyNotFoundException", "The revision is not the current one", 400)
        }
        let grammar = ResourcePolicyGrammar(service: "dynamodb", resource: resourceARN)
        try caller.replacePolicy(of: resourceARN, with: policy, "PutResourcePolicy", grammar, "ValidationException")
    }
}
