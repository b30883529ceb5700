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
}
