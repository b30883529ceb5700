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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let fileSystem = (option: "--file-system-id", value: by.name)
        return ResourceChangeGuide(by: by, events: "PutFileSystemPolicy").policy(
            read: by.aws("efs describe-file-system-policy", [fileSystem] + by.text("Policy")),
            write: by.aws("efs put-file-system-policy", [fileSystem]),
            option: "--policy"
        )
    }
}

extension EFSFileSystem {
    /// Nobody of our own who comes elsewhere can be spared.
    static func needsApproval(closing principal: Principal) -> Bool { principal == .everyone }

    static let changePermissions = [
        "elasticfilesystem:DescribeFileSystemPolicy", "elasticfilesystem:PutFileSystemPolicy",
        "elasticfilesystem:DescribeFileSystems",
    ]

    /// NFS clients are judged by four condition keys alone, none of which says who they are: so a Deny names them by
    /// `Principal`. Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "elasticfilesystem", let id = resource.name(after: "file-system/") else {
            return nil
        }
        let (arn, region) = (resource.arn.description, resource.region)
        var dialect = PolicyDialect(
            name: "file system policy",
            services: ["elasticfilesystem"],
            resource: .granted(otherwise: [arn]),
            defaultQuota: 20_000
        )
        dialect.namesByPrincipal = true
        dialect.openWay = PolicyDialect.OpenWay(
            key: "elasticfilesystem:AccessedViaMountTarget",
            whoComes: "network clients that come through a mount target"
        )
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "elasticfilesystem:PutFileSystemPolicy",
            service: "EFS",
            name: id,
            words: "file system \(id)",
            refusals: ServicePolicy.Refusals(
                operations: [PutFileSystemPolicy.name],
                service: .efs,
                gone: ["FileSystemNotFound"],
                refused: ["InvalidPolicyException", "IncorrectFileSystemLifeCycleState", "BadRequest"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                do throws(AWSError) {
                    return try await aws.call(GetFileSystemPolicy(fileSystemID: id, region: region))
                } catch {
                    if error.isAnswer("PolicyNotFound", to: GetFileSystemPolicy.self) {
                        return ResourcePolicy(text: nil)
                    }
                    guard error.isAnswer("FileSystemNotFound", to: GetFileSystemPolicy.self) else { throw error }
                    return nil
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(DescribeFileSystem(fileSystemID: id, region: region)).tags
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(
                    PutFileSystemPolicy(fileSystemID: id, policy: state.document.text, region: region)
                )
            }
        )
    }
}

extension EFSFileSystem {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("efsFileSystem", "fileSystemPolicy", after: changes)
    }
}

extension EFSFileSystem {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.name(after: "file-system/"), resource.description]
        return TrailSearch("elasticfilesystem", ["PutFileSystemPolicy"], names: names)
    }
}
