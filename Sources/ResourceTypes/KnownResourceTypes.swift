import AWSClient
package import Findings

/// The types that Access Analyzer reports.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
package enum KnownResourceTypes {
    /// All of them.
    package static let all: [any KnownResourceType.Type] = [
        S3Bucket.self, S3DirectoryBucket.self, IAMRole.self, IAMUser.self, SQSQueue.self, LambdaFunction.self,
        LambdaLayerVersion.self, KMSKey.self, Secret.self, EFSFileSystem.self, EBSSnapshot.self, ECRRepository.self,
        RDSSnapshot.self, RDSClusterSnapshot.self, SNSTopic.self, DynamoDBTable.self, DynamoDBStream.self,
    ]

    /// What is known of a type; `nil` for one that is not known here.
    package static func known(_ type: ResourceType) -> (any KnownResourceType.Type)? {
        all.first { $0.type == type }
    }

    /// What may have closed access to a resource of which only the ARN is known, and its type; `nil` where nothing does.
    package static func remedies(for resource: ChangedResource) -> (type: ResourceType, remedies: [any Remedy])? {
        for known in all {
            let remedies = known.remedies(for: resource)
            if !remedies.isEmpty {
                let followUp = known.followUp(for: resource) { WallClock.now() }
                return (known.type, remedies + (followUp.map { [$0] } ?? []))
            }
        }
        return nil
    }

    /// What is asked with our own credentials for every case; GetFindingV2 is authorised under this name too.
    package static let findingPermissions = ["access-analyzer:GetFinding"]

    /// What a preview takes in the resource's account, besides what planning the change reads.
    package static let previewPermissions = [
        "access-analyzer:ListAnalyzers", "access-analyzer:CreateAccessPreview", "access-analyzer:GetAccessPreview",
        "access-analyzer:ListAccessPreviewFindings",
    ]

    /// What is asked in the resource's account about who has opened an access.
    package static let trailPermissions = ["cloudtrail:LookupEvents"]

    /// What is asked of Organizations with our own credentials, where that is permitted.
    package static let organizationPermissions = [
        "organizations:DescribeAccount", "organizations:ListTagsForResource", "organizations:ListParents",
        "organizations:DescribeOrganizationalUnit",
    ]
}
