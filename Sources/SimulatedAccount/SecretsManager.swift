import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeSecret: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let secret = try caller.resource(secretARN, Self.name, "ResourceNotFoundException")
        return caller.description(secret, arn: secretARN, tags: try caller.tags(secret))
    }
}

/// What it holds is no part of the record.
extension GetSecretValue: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("SecretId", .string(secretARN))])
        guard let value = caller.simulated.secrets[secretARN]?.string else {
            throw caller.refusal(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
                400
            )
        }
        return value
    }
}

extension GetSecretPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        ResourcePolicy(text: caller.policy(try caller.resource(secretARN, Self.name, "ResourceNotFoundException")))
    }
}

extension PutSecretPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        try caller.own(secretARN, "ResourceNotFoundException")
        let grammar = ResourcePolicyGrammar(service: "secretsmanager", resource: secretARN)
        try caller.replacePolicy(of: secretARN, with: policy, Self.name, grammar, "MalformedPolicyDocumentException")
    }
}
