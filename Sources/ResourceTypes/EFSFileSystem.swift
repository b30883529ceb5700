import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// EFS file systems: tags, name, encryption.
enum EFSFileSystem: KnownResourceType {
    static let type = ResourceType.efsFileSystem
    static let keys: [ContextKey] = [.tags, .name, .encrypted]
    static let permissions = ["elasticfilesystem:DescribeFileSystems"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.fileSystem()]
    }
}

extension LookedUpResource {
    fileprivate func fileSystem() throws(AWSError) -> LookUp {
        let fileSystem = try name(after: "file-system/")
        return LookUp([.tags, .name, .encrypted]) { () async throws(AWSError) in
            let system = try await aws.call(DescribeFileSystem(fileSystemID: fileSystem, region: region))
            try check(system.arn)
            return try described(system)
        }
    }
}

extension EFSFileSystem {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "file-system/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        resource.segment(after: "file-system/").map { "efs/home?region=\(region)#/file-systems/\($0)" }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let fileSystem = (option: "--file-system-id", value: by.name)
        return [
            by.aws("efs describe-file-system-policy", [fileSystem] + by.text("Policy"))
                .saving().step("Save the file system's policy"),
            by.aws("efs put-file-system-policy", [fileSystem, ("--policy", "file://policy-after.json")])
                .step(by.writeBack),
            "Do not delete the policy: without one every client that reaches a mount target has full access.",
        ]
    }
}
