import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
