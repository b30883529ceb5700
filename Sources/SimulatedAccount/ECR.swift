import AWSClient
import AWSOperations
import LosslessJSON

extension ListTagsForRepository: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(repositoryARN, Self.name, "RepositoryNotFoundException")))
    }
}

extension GetRepositoryPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let missing = "RepositoryNotFoundException"
        let found = try caller.resource(ending: ":repository/\(repository)", service: "ecr", Self.name, missing)
        guard let text = caller.policy(found.json) else {
            throw caller.refusal("RepositoryPolicyNotFoundException", "Repository policy does not exist", 400)
        }
        return ResourcePolicy(text: text)
    }
}

extension SetRepositoryPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: ":repository/\(repository)", "RepositoryNotFoundException")
        var grammar = ResourcePolicyGrammar(service: "ecr", resource: arn, quota: 10_240)
        grammar.refusesResource = true
        try caller.replacePolicy(of: arn, with: policy, Self.name, grammar, "InvalidParameterException")
    }
}
