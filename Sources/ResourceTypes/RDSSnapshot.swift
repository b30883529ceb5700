import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// RDS DB snapshots: tags, age, encryption.
enum RDSSnapshot: KnownResourceType {
    static let type = ResourceType.rdsSnapshot
    static let keys: [ContextKey] = [.tags, .createdAt, .ageDays, .encrypted]
    static let permissions = ["rds:DescribeDBSnapshots", "rds:ListTagsForResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        try resource.databaseSnapshot(&known)
    }
}

extension LookedUpResource {
    fileprivate func databaseSnapshot(_ known: inout ContextBuilder) throws(AWSError) -> [LookUp] {
        let identifier = try name(after: "snapshot:")
        known[.name] = .string(identifier)
        return [
            databaseTags(),
            LookUp([.createdAt, .ageDays, .encrypted]) { () async throws(AWSError) in
                try aged(try await aws.call(DescribeDBSnapshot(identifier: identifier, region: region)))
            },
        ]
    }
}

extension RDSSnapshot {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "snapshot:")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        "rds/home?region=\(region)#snapshots-list:"
    }

    static func steps(_ input: Case) -> [String] {
        ManualSteps(input.finding).databaseSnapshot("db-snapshot")
    }

    static func change(_ input: Case) -> ChangeGuide? {
        ManualSteps(input.finding).databaseSnapshotChange("db-snapshot")
    }
}

extension RDSSnapshot {
    static let changePermissions = [
        "rds:DescribeDBSnapshotAttributes", "rds:ModifyDBSnapshotAttribute", "rds:ListTagsForResource",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "rds", let id = resource.name(after: "snapshot:") else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let missing = ["DBSnapshotNotFound", "DBSnapshotNotFoundFault"]
        return SnapshotSharing(
            target: resource,
            operation: "rds:ModifyDBSnapshotAttribute",
            service: "RDS",
            name: id,
            words: "database snapshot \(id)",
            attribute: "restore",
            write: (ModifyDBSnapshotSharing.name, .rds),
            gone: missing,
            refused: ["InvalidDBSnapshotState", "SharedSnapshotQuotaExceeded", "InvalidParameterValue"],
            readSharing: { (aws) async throws(AWSError) in
                try await AWSError.unless(missing, of: DescribeDBSnapshotSharing.self) { () async throws(AWSError) in
                    try await aws.call(DescribeDBSnapshotSharing(identifier: id, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                try await aws.call(ListTagsForDBSnapshot(snapshotARN: arn, region: region)).tags
            },
            modify: { (isAdding, whom, aws) async throws(AWSError) in
                try await aws.call(
                    ModifyDBSnapshotSharing(identifier: id, isAdding: isAdding, whom: whom, region: region)
                )
            }
        )
    }
}

extension RDSSnapshot {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        guard changes.count == 1, let left = changes.first?.after["restore"]?.array else { return nil }
        return ["rdsDbSnapshot": ["attributes": ["restore": ["accountIds": .array(left)]]]]
    }
}

extension RDSSnapshot {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.name(after: "snapshot:"), resource.description]
        return TrailSearch("rds", ["ModifyDBSnapshotAttribute"], names: names)
    }
}
