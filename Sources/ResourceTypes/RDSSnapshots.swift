import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension ManualSteps {
    /// For a snapshot of a database (`db-snapshot`) or of a cluster (`db-cluster-snapshot`).
    func databaseSnapshot(_ kind: String) -> [String] {
        let identifier = databaseSnapshotIdentifier(kind)
        return [
            aws("rds describe-\(kind)-attributes", [identifier])
                .step("See with whom it is shared\(placeholderNote)"),
            aws(
                "rds modify-\(kind)-attribute",
                [
                    identifier, ("--attribute-name", "restore"),
                    ("--values-to-remove", isForEveryone ? "all" : sharedWith),
                ]
            ).step("Take it away"),
            "Databases and copies that were made from it stay where they are.",
        ]
    }

    private func databaseSnapshotIdentifier(_ kind: String) -> (option: String, value: String) {
        // Snapshots that RDS made by itself are named `rds:…`.
        let parts = finding.resource.resource.split(separator: ":", maxSplits: 1)
        return (option: "--\(kind)-identifier", value: parts.last.map(String.init) ?? name)
    }

    /// The same of a change of ours.
    func databaseSnapshotChange(_ kind: String) -> ChangeGuide? {
        let identifier = databaseSnapshotIdentifier(kind)
        let event = kind == "db-snapshot" ? "ModifyDBSnapshotAttribute" : "ModifyDBClusterSnapshotAttribute"
        let stays = ["Databases and copies that were made from it stay where they are."]
        return ResourceChangeGuide(by: self, events: event, stays: stays).change(
            check: aws("rds describe-\(kind)-attributes", [identifier]),
            shows: noLongerShared,
            undo: aws(
                "rds modify-\(kind)-attribute",
                [
                    identifier, ("--attribute-name", "restore"),
                    ("--values-to-add", isForEveryone ? "all" : sharedWith),
                ]
            )
        )
    }
}
