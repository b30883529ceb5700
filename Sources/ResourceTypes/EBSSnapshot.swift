import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// EBS snapshots: tags, age, encryption, description.
enum EBSSnapshot: KnownResourceType {
    static let type = ResourceType.ebsSnapshot
    static let keys: [ContextKey] = [.tags, .description, .createdAt, .ageDays, .encrypted]
    static let permissions = ["ec2:DescribeSnapshots"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.snapshot()]
    }
}

extension LookedUpResource {
    fileprivate func snapshot() throws(AWSError) -> LookUp {
        let snapshot = try name(after: "snapshot/")
        return LookUp([.tags, .description, .createdAt, .ageDays, .encrypted]) { () async throws(AWSError) in
            // Others are shown a shared snapshot without its tags.
            try await requireCredentialsOfOwner()
            let found = try await aws.call(DescribeSnapshot(snapshotID: snapshot, region: region))
            guard found.owner == nil || found.owner == account else {
                throw .impossible("the snapshot is of account \(found.owner ?? ""), not of \(account)")
            }
            var answer = try described(found)
            age(found.createdAt, &answer.learned)
            return answer
        }
    }
}

extension EBSSnapshot {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "snapshot/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        resource.segment(after: "snapshot/").map { "ec2/home?region=\(region)#SnapshotDetails:snapshotId=\($0)" }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let sharing = [
            (option: "--snapshot-id", value: by.name), (option: "--attribute", value: "createVolumePermission"),
        ]
        let whom: (option: String, value: String) =
            by.isForEveryone ? ("--group-names", "all") : ("--user-ids", by.sharedWith)
        return [
            by.aws("ec2 describe-snapshot-attribute", sharing)
                .step("See with whom it is shared\(by.placeholderNote)"),
            by.aws("ec2 modify-snapshot-attribute", sharing + [("--operation-type", "remove"), whom])
                .step("Take it away"),
            "Volumes and copies that were made from it stay where they are.",
        ]
    }

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let sharing = [
            (option: "--snapshot-id", value: by.name), (option: "--attribute", value: "createVolumePermission"),
        ]
        let whom: (option: String, value: String) =
            by.isForEveryone ? ("--group-names", "all") : ("--user-ids", by.sharedWith)
        let stays = ["Volumes and copies that were made from it stay where they are."]
        return ResourceChangeGuide(by: by, events: "ModifySnapshotAttribute", stays: stays).change(
            check: by.aws("ec2 describe-snapshot-attribute", sharing),
            shows: by.noLongerShared,
            undo: by.aws("ec2 modify-snapshot-attribute", sharing + [("--operation-type", "add"), whom])
        )
    }
}

extension EBSSnapshot {
    static let changePermissions = [
        "ec2:DescribeSnapshotAttribute", "ec2:ModifySnapshotAttribute", "ec2:DescribeSnapshots",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "ec2", let id = resource.name(after: "snapshot/") else { return nil }
        let (account, region) = (resource.account, resource.region)
        let missing = ["InvalidSnapshot.NotFound"]
        return SnapshotSharing(
            target: resource,
            operation: "ec2:ModifySnapshotAttribute",
            service: "EC2",
            name: id,
            words: "snapshot \(id)",
            attribute: "createVolumePermission",
            write: (ModifySnapshotSharing.name, .ec2),
            gone: missing,
            refused: ["OperationNotPermitted", "InvalidParameterValue", "InvalidParameterCombination"],
            readSharing: { (aws) async throws(AWSError) in
                try await AWSError.unless(missing, of: DescribeSnapshotSharing.self) { () async throws(AWSError) in
                    try await aws.call(DescribeSnapshotSharing(snapshotID: id, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                let found = try await aws.call(DescribeSnapshot(snapshotID: id, region: region))
                // Others are shown a shared snapshot without its tags.
                guard found.owner == nil || found.owner == account else {
                    throw .impossible("the snapshot is of account \(found.owner ?? ""), not of \(account)")
                }
                return found.tags
            },
            modify: { (isAdding, whom, aws) async throws(AWSError) in
                try await aws.call(
                    ModifySnapshotSharing(snapshotID: id, isAdding: isAdding, whom: whom, region: region)
                )
            }
        )
    }
}

extension EBSSnapshot {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        guard changes.count == 1, let left = changes.first?.after["createVolumePermission"]?.array else { return nil }
        let everybody: JSON = "all"
        return [
            "ebsSnapshot": [
                "userIds": .array(left.filter { $0 != everybody }), "groups": .array(left.filter { $0 == everybody }),
            ]
        ]
    }
}

extension EBSSnapshot {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        TrailSearch("ec2", ["ModifySnapshotAttribute"], names: [resource.name(after: "snapshot/")])
    }
}
