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
