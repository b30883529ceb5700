import Basics
import Findings
import Policies

/// How to see and take away an access to a resource that has a policy of its own, by its ARN.
///
/// Words in capitals (STATEMENT_ID) are for the reader to fill in from what the first command shows. A command that takes
/// more away than the finding stands last, says so, and what it takes away has been saved by then.
struct ResourceCommands {
    let finding: Finding
    let arn: String
    /// The ARN's resource part from behind its last `/` or `:`.
    let name: String
    let region: String

    init(_ finding: Finding) {
        self.finding = finding
        arn = finding.resource.description
        let resource = finding.resource.resource
        name = resource.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? resource
        region = finding.resource.region.isEmpty ? finding.region : finding.resource.region
    }

    private func aws(_ words: String, _ arguments: [(option: String, value: String)]) -> String? {
        command("aws \(words)", arguments, region: region)
    }

    var directoryBucket: [String] {
        [
            step(
                "Save the bucket's policy",
                saving(
                    aws("s3api get-bucket-policy", [("--bucket", name), ("--query", "Policy"), ("--output", "text")])
                )
            ),
            step(
                writeBack,
                aws("s3api put-bucket-policy", [("--bucket", name), ("--policy", "file://policy-after.json")])
            ),
            "Console: S3 > Directory buckets > \(name.printable(limit: 100)) > Permissions",
        ]
    }

    var role: [String] {
        let get = command(
            "aws iam get-role",
            [("--role-name", name), ("--query", "Role.AssumeRolePolicyDocument"), ("--output", "json")]
        )
        let put = command(
            "aws iam update-assume-role-policy",
            [("--role-name", name), ("--policy-document", "file://policy-after.json")]
        )
        return [
            step("Save the trust policy", saving(get)),
            step("Write it back without the principal, from a copy in policy-after.json", put),
            step(
                "What whoever assumes the role may do",
                command("aws iam list-attached-role-policies", [("--role-name", name)])
            ),
            "Console: IAM > Roles > \(name.printable(limit: 100)) > Trust relationships",
        ]
    }

    var queue: [String] {
        let domain = finding.resource.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        let url = "https://sqs.\(region).\(domain)/\(finding.resource.account)/\(finding.resource.resource)"
        return [
            step(
                "Save the queue's policy",
                saving(aws("sqs get-queue-attributes", [("--queue-url", url), ("--attribute-names", "Policy")]))
            ),
            step(
                "Take a statement out by its Sid",
                aws("sqs remove-permission", [("--queue-url", url), ("--label", "STATEMENT_ID")])
            ),
        ]
    }

    var topic: [String] {
        [
            step(
                "Save the topic's policy",
                saving(
                    aws(
                        "sns get-topic-attributes",
                        [("--topic-arn", arn), ("--query", "Attributes.Policy"), ("--output", "text")]
                    )
                )
            ),
            step(
                "Take a statement out by its Sid",
                aws("sns remove-permission", [("--topic-arn", arn), ("--label", "STATEMENT_ID")])
            ),
        ]
    }

    var key: [String] {
        [
            step(
                "Save the key's policy",
                saving(
                    aws(
                        "kms get-key-policy",
                        [("--key-id", arn), ("--policy-name", "default"), ("--query", "Policy"), ("--output", "text")]
                    )
                )
            ),
            step(
                "Write it back without the principal, from a copy in policy-after.json",
                aws(
                    "kms put-key-policy",
                    [("--key-id", arn), ("--policy-name", "default"), ("--policy", "file://policy-after.json")]
                )
            ),
            step("A grant may give it too", aws("kms list-grants", [("--key-id", arn)])),
            step(
                "Revoke that grant, which cannot be undone",
                aws("kms revoke-grant", [("--key-id", arn), ("--grant-id", "GRANT_ID")])
            ),
            "After that, the principal can no longer decrypt what it encrypted with this key.",
        ]
    }

    var function: [String] {
        // arn:…:function:name[:version or alias]
        let parts = finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        let base = "\(prefix)\(parts.prefix(2).joined(separator: ":"))"
        var arguments = [(option: "--function-name", value: base)]
        if parts.count > 2 { arguments.append((option: "--qualifier", value: String(parts[2]))) }
        return [
            step("Save the function's policy", saving(aws("lambda get-policy", arguments))),
            step(
                "Take a statement out by its Sid",
                aws("lambda remove-permission", arguments + [(option: "--statement-id", value: "STATEMENT_ID")])
            ),
        ]
    }

    var layer: [String] {
        // arn:…:layer:name:version
        let parts = finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return ["Take the statement out of the layer version's policy."] }
        let arguments = [
            (option: "--layer-name", value: "\(prefix)\(parts[0]):\(parts[1])"),
            (option: "--version-number", value: String(parts[2])),
        ]
        return [
            step("Save the layer version's policy", saving(aws("lambda get-layer-version-policy", arguments))),
            step(
                "Take a statement out by its Sid",
                aws(
                    "lambda remove-layer-version-permission",
                    arguments + [(option: "--statement-id", value: "STATEMENT_ID")]
                )
            ),
        ]
    }

    /// The ARN up to its resource part.
    private var prefix: String {
        let arn = finding.resource
        return "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
    }

    var secret: [String] {
        [
            step(
                "Save the secret's policy",
                saving(
                    aws(
                        "secretsmanager get-resource-policy",
                        [("--secret-id", arn), ("--query", "ResourcePolicy"), ("--output", "text")]
                    )
                )
            ),
            step(
                writeBack,
                aws(
                    "secretsmanager put-resource-policy --block-public-policy",
                    [("--secret-id", arn), ("--resource-policy", "file://policy-after.json")]
                )
            ),
            step(removeAll, aws("secretsmanager delete-resource-policy", [("--secret-id", arn)])),
            "Rotate the secret: anyone who has read it still knows the value.",
        ]
    }

    var fileSystem: [String] {
        [
            step(
                "Save the file system's policy",
                saving(
                    aws(
                        "efs describe-file-system-policy",
                        [("--file-system-id", name), ("--query", "Policy"), ("--output", "text")]
                    )
                )
            ),
            step(
                writeBack,
                aws(
                    "efs put-file-system-policy",
                    [("--file-system-id", name), ("--policy", "file://policy-after.json")]
                )
            ),
            "Do not delete the policy: without one every client that reaches a mount target has full access.",
        ]
    }

    var repository: [String] {
        let repository = String(finding.resource.resource.dropFirst("repository/".count))
        let arguments = [
            (option: "--registry-id", value: finding.resource.account),
            (option: "--repository-name", value: repository),
        ]
        return [
            step(
                "Save the repository's policy",
                saving(
                    aws(
                        "ecr get-repository-policy",
                        arguments + [(option: "--query", value: "policyText"), (option: "--output", value: "text")]
                    )
                )
            ),
            step(
                writeBack,
                aws(
                    "ecr set-repository-policy",
                    arguments + [(option: "--policy-text", value: "file://policy-after.json")]
                )
            ),
            step(removeAll, aws("ecr delete-repository-policy", arguments)),
        ]
    }

    var volumeSnapshot: [String] {
        let arguments = [
            (option: "--snapshot-id", value: name), (option: "--attribute", value: "createVolumePermission"),
        ]
        let whom: (option: String, value: String) =
            isForEveryone ? ("--group-names", "all") : ("--user-ids", sharedWith)
        return [
            step("See with whom it is shared\(placeholderNote)", aws("ec2 describe-snapshot-attribute", arguments)),
            step(
                "Take it away",
                aws(
                    "ec2 modify-snapshot-attribute",
                    arguments + [(option: "--operation-type", value: "remove"), whom]
                )
            ),
            "Volumes and copies that were made from it stay where they are.",
        ]
    }

    func databaseSnapshot(isCluster: Bool) -> [String] {
        let kind = isCluster ? "db-cluster-snapshot" : "db-snapshot"
        // Snapshots that RDS made by itself are named `rds:…`.
        let parts = finding.resource.resource.split(separator: ":", maxSplits: 1)
        let identifier = (option: "--\(kind)-identifier", value: parts.last.map(String.init) ?? name)
        return [
            step("See with whom it is shared\(placeholderNote)", aws("rds describe-\(kind)-attributes", [identifier])),
            step(
                "Take it away",
                aws(
                    "rds modify-\(kind)-attribute",
                    [
                        identifier, (option: "--attribute-name", value: "restore"),
                        (option: "--values-to-remove", value: isForEveryone ? "all" : sharedWith),
                    ]
                )
            ),
            "Databases and copies that were made from it stay where they are.",
        ]
    }

    var table: [String] {
        [
            step(
                "Save its policy",
                saving(
                    aws(
                        "dynamodb get-resource-policy",
                        [("--resource-arn", arn), ("--query", "Policy"), ("--output", "text")]
                    )
                )
            ),
            step(
                writeBack,
                aws(
                    "dynamodb put-resource-policy",
                    [("--resource-arn", arn), ("--policy", "file://policy-after.json")]
                )
            ),
            step(removeAll, aws("dynamodb delete-resource-policy", [("--resource-arn", arn)])),
        ]
    }

    private var writeBack: String { "Write it back without the statement, from a copy in policy-after.json" }

    private var removeAll: String { "This removes EVERY statement, also access you intend" }

    /// How to find what the next command wants, where the finding does not say it.
    private var placeholderNote: String {
        isForEveryone || finding.principals.first?.account != nil ? "" : " (ACCOUNT_ID below is one of these)"
    }

    private var isForEveryone: Bool {
        finding.isPublic == true || finding.principals.contains(.everyone)
    }

    /// The account that a snapshot is shared with.
    private var sharedWith: String {
        finding.principals.first?.account ?? "ACCOUNT_ID"
    }
}
