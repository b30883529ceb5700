import Findings
import Policies

/// How to see and take away an access to a resource that has a policy of its own, by its ARN.
///
/// Words in capitals (STATEMENT_ID) are for the reader to fill in from what the first command shows.
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
                "See the bucket's policy, then write it without the statement (put-bucket-policy)",
                aws("s3api get-bucket-policy", [("--bucket", name), ("--query", "Policy"), ("--output", "text")])
            ),
            "In the console: S3, Directory buckets, the bucket, Permissions.",
        ]
    }

    var role: [String] {
        let get = command(
            "aws iam get-role",
            [("--role-name", name), ("--query", "Role.AssumeRolePolicyDocument")]
        )
        return [
            step("See who may assume the role, then write it without the principal (update-assume-role-policy)", get),
            "In the console: IAM, Roles, the role, Trust relationships.",
        ]
    }

    var queue: [String] {
        let domain = finding.resource.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        let url = "https://sqs.\(region).\(domain)/\(finding.resource.account)/\(finding.resource.resource)"
        return [
            step(
                "See the queue's policy",
                aws("sqs get-queue-attributes", [("--queue-url", url), ("--attribute-names", "Policy")])
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
                "See the topic's policy",
                aws(
                    "sns get-topic-attributes",
                    [("--topic-arn", arn), ("--query", "Attributes.Policy"), ("--output", "text")]
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
                "See the key's policy, then write it without the principal (put-key-policy)",
                aws(
                    "kms get-key-policy",
                    [("--key-id", arn), ("--policy-name", "default"), ("--query", "Policy"), ("--output", "text")]
                )
            ),
            step("A grant may give it too", aws("kms list-grants", [("--key-id", arn)])),
            step(
                "Revoke that grant, which cannot be undone",
                aws("kms revoke-grant", [("--key-id", arn), ("--grant-id", "GRANT_ID")])
            ),
            "What the principal has encrypted with the key cannot be read by it any more.",
        ]
    }

    var function: [String] {
        // arn:…:function:name[:version or alias]
        let parts = finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        let base = "\(prefix)\(parts.prefix(2).joined(separator: ":"))"
        var arguments = [(option: "--function-name", value: base)]
        if parts.count > 2 { arguments.append((option: "--qualifier", value: String(parts[2]))) }
        return [
            step("See the function's policy", aws("lambda get-policy", arguments)),
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
            step("See the layer version's policy", aws("lambda get-layer-version-policy", arguments)),
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
            step("See the secret's policy", aws("secretsmanager get-resource-policy", [("--secret-id", arn)])),
            step(
                "Write it without the statement (put-resource-policy --block-public-policy), or take it all away",
                aws("secretsmanager delete-resource-policy", [("--secret-id", arn)])
            ),
            "Whoever read the secret still knows it: change it.",
        ]
    }

    var fileSystem: [String] {
        [
            step(
                "See the file system's policy, then write it without the statement (put-file-system-policy)",
                aws("efs describe-file-system-policy", [("--file-system-id", name)])
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
            step("See the repository's policy", aws("ecr get-repository-policy", arguments)),
            step(
                "Write it without the statement (set-repository-policy), or take it all away",
                aws("ecr delete-repository-policy", arguments)
            ),
        ]
    }

    var volumeSnapshot: [String] {
        let arguments = [
            (option: "--snapshot-id", value: name), (option: "--attribute", value: "createVolumePermission"),
        ]
        let whom: (option: String, value: String) =
            isForEveryone ? ("--group-names", "all") : ("--user-ids", sharedWith)
        return [
            step("See with whom it is shared", aws("ec2 describe-snapshot-attribute", arguments)),
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
            step("See with whom it is shared", aws("rds describe-\(kind)-attributes", [identifier])),
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
                "See its policy, then write it without the statement (put-resource-policy)",
                aws("dynamodb get-resource-policy", [("--resource-arn", arn)])
            ),
            step("Or take it all away", aws("dynamodb delete-resource-policy", [("--resource-arn", arn)])),
        ]
    }

    private var isForEveryone: Bool {
        finding.isPublic == true || finding.principals.contains(.everyone)
    }

    /// The account that a snapshot is shared with.
    private var sharedWith: String {
        finding.principals.first?.account ?? "ACCOUNT_ID"
    }
}
