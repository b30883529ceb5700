import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// What snapshots of databases and of clusters have in common.
extension LookedUpResource {
    func databaseTags() -> LookUp {
        LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListTagsForDBSnapshot(snapshotARN: id, region: region)).tags)
        }
    }

    func aged(_ snapshot: ResourceDescription) throws(AWSError) -> LookUpAnswer {
        try check(snapshot.arn)
        var answer = LookUpAnswer()
        answer.learned[.encrypted] = snapshot.isEncrypted.map(JSON.bool)
        age(snapshot.createdAt, &answer.learned)
        return answer
    }
}
