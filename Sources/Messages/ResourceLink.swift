import Basics
import Findings
import Policies

/// The page of a resource in the console, where it shows who has access.
struct ResourceLink {
    let url: String

    /// `nil` where the page of the type, the partition or the region is not known.
    init?(_ finding: Finding) {
        guard let partition = Partition(rawValue: finding.resource.partition) else { return nil }
        let isGlobal = finding.resource.service == "iam"
        let ownRegion = finding.resource.region.isEmpty ? finding.region : finding.resource.region
        let region = isGlobal ? partition.globalRegionName : ownRegion
        guard !region.isEmpty, let path = ResourceLink.path(finding, region) else { return nil }
        url = "https://\(region).\(partition.consoleDomain)/\(path)"
    }

    private static func path(_ finding: Finding, _ region: String) -> String? {
        let resource = finding.resource.resource
        func part(after prefix: String) -> String? {
            guard resource.hasPrefix(prefix) else { return nil }
            return PercentEncoding.segment(String(resource.dropFirst(prefix.count)))
        }
        switch finding.resourceType {
        case .s3Bucket:
            return "s3/buckets/\(PercentEncoding.segment(resource))?region=\(region)&tab=permissions"
        case .iamRole:
            return finding.role.map {
                "iam/home#/roles/details/\(PercentEncoding.segment($0.name))?section=trust_relationships"
            }
        case .iamUser:
            guard let name = resource.split(separator: "/").last else { return nil }
            return "iam/home#/users/details/\(PercentEncoding.segment(String(name)))?section=security_credentials"
        case .kmsKey: return part(after: "key/").map { "kms/home?region=\(region)#/kms/keys/\($0)" }
        case .snsTopic:
            return "sns/v3/home?region=\(region)#/topic/\(PercentEncoding.segment(finding.resource.description))"
        case .sqsQueue:
            let domain = finding.resource.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
            let queue = "https://sqs.\(region).\(domain)/\(finding.resource.account)/\(resource)"
            return "sqs/v3/home?region=\(region)#/queues/\(PercentEncoding.segment(queue))"
        case .lambdaFunction:
            let name = resource.split(separator: ":").dropFirst().first.map { PercentEncoding.segment(String($0)) }
            return name.map { "lambda/home?region=\(region)#/functions/\($0)?tab=configure" }
        case .efsFileSystem:
            return part(after: "file-system/").map { "efs/home?region=\(region)#/file-systems/\($0)" }
        case .ebsSnapshot:
            return part(after: "snapshot/").map { "ec2/home?region=\(region)#SnapshotDetails:snapshotId=\($0)" }
        case .ecrRepository:
            return part(after: "repository/").map {
                "ecr/repositories/private/\(finding.resource.account)/\($0)?region=\(region)"
            }
        case .dynamoDBTable:
            return part(after: "table/").map { "dynamodbv2/home?region=\(region)#table?name=\($0)" }
        case .rdsSnapshot, .rdsClusterSnapshot:
            return "rds/home?region=\(region)#snapshots-list:"
        case .secret:
            // The ARN ends in a hyphen and six characters of AWS's own, which are no part of the name.
            guard resource.hasPrefix("secret:"), resource.utf8.count > "secret:".count + 7 else { return nil }
            let name = String(resource.dropFirst("secret:".count).dropLast(7))
            return "secretsmanager/secret?name=\(PercentEncoding.segment(name))&region=\(region)"
        default: return nil
        }
    }
}
