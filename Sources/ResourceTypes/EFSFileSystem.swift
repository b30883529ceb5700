import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
