import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeFileSystem: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let ending = "/\(fileSystemID)"
        let system = try caller.resource(ending: ending, service: "elasticfilesystem", Self.name, "FileSystemNotFound")
        return caller.description(system.json, arn: system.arn, tags: try caller.tags(system.json))
    }
}

extension GetFileSystemPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let missing = "FileSystemNotFound"
        let found = try caller.resource(
            ending: ":file-system/\(fileSystemID)",
            service: "elasticfilesystem",
            Self.name,
            missing
        )
        guard let text = caller.policy(found.json) else {
            throw caller.refusal("PolicyNotFound", "No policy is attached", 404)
        }
        return ResourcePolicy(text: text)
    }
}

extension PutFileSystemPolicy: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let arn = try caller.ownARN(ending: ":file-system/\(fileSystemID)", "FileSystemNotFound")
        let grammar = ResourcePolicyGrammar(service: "elasticfilesystem", resource: arn, quota: 20_000)
        try caller.replacePolicy(of: arn, with: policy, Self.name, grammar, "InvalidPolicyException")
    }
}
