import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// RDS DB cluster snapshots: tags, age, encryption.
enum RDSClusterSnapshot: KnownResourceType {
    static let type = ResourceType.rdsClusterSnapshot
    static let keys: [ContextKey] = [.tags, .createdAt, .ageDays, .encrypted]
    static let permissions = ["rds:DescribeDBClusterSnapshots", "rds:ListTagsForResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        try resource.clusterSnapshot(&known)
    }
}

extension LookedUpResource {
    fileprivate func clusterSnapshot(_ known: inout ContextBuilder) throws(AWSError) -> [LookUp] {
        let identifier = try name(after: "cluster-snapshot:")
        known[.name] = .string(identifier)
        return [
            databaseTags(),
            LookUp([.createdAt, .ageDays, .encrypted]) { () async throws(AWSError) in
                try aged(try await aws.call(DescribeDBClusterSnapshot(identifier: identifier, region: region)))
            },
        ]
    }
}

extension RDSClusterSnapshot {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "cluster-snapshot:")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        "rds/home?region=\(region)#snapshots-list:"
    }

    static func steps(_ input: Case) -> [String] {
        ManualSteps(input.finding).databaseSnapshot("db-cluster-snapshot")
    }

    static func change(_ input: Case) -> ChangeGuide? {
        ManualSteps(input.finding).databaseSnapshotChange("db-cluster-snapshot")
    }
}

extension RDSClusterSnapshot {
    static let changePermissions = [
        "rds:DescribeDBClusterSnapshotAttributes", "rds:ModifyDBClusterSnapshotAttribute", "rds:ListTagsForResource",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "rds", let id = resource.name(after: "cluster-snapshot:") else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let missing = ["DBClusterSnapshotNotFoundFault"]
        return SnapshotSharing(
            target: resource,
            operation: "rds:ModifyDBClusterSnapshotAttribute",
            service: "RDS",
            name: id,
            words: "cluster snapshot \(id)",
            attribute: "restore",
            write: (ModifyDBClusterSnapshotSharing.name, .rds),
            gone: missing,
            refused: ["InvalidDBClusterSnapshotStateFault", "SharedSnapshotQuotaExceeded", "InvalidParameterValue"],
            readSharing: { (aws) async throws(AWSError) in
                try await AWSError.unless(missing, of: DescribeDBClusterSnapshotSharing.self) {
                    () async throws(AWSError) in
                    try await aws.call(DescribeDBClusterSnapshotSharing(identifier: id, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListTagsForDBSnapshot(snapshotARN: arn, region: region)).tags
            },
            modify: { (isAdding, whom, aws) async throws(AWSError) in
                try await aws.call(
                    ModifyDBClusterSnapshotSharing(identifier: id, isAdding: isAdding, whom: whom, region: region)
                )
            }
        )
    }
}

extension RDSClusterSnapshot {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        guard changes.count == 1, let left = changes.first?.after["restore"]?.array else { return nil }
        return ["rdsDbClusterSnapshot": ["attributes": ["restore": ["accountIds": .array(left)]]]]
    }
}

extension RDSClusterSnapshot {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.name(after: "cluster-snapshot:"), resource.description]
        return TrailSearch("rds", ["ModifyDBClusterSnapshotAttribute"], names: names)
    }
}
