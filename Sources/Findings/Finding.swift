package import LosslessJSON
package import Policies

/// What kind of access a finding is about.
package enum FindingKind: String, Sendable {
    /// Somebody outside the zone of trust can reach the resource.
    case externalAccess = "ExternalAccess"
    /// Somebody inside can reach a resource that is watched for it.
    case internalAccess = "InternalAccess"
    /// A role that nobody uses.
    case unusedIAMRole = "UnusedIAMRole"
    /// An access key that nobody uses.
    case unusedIAMUserAccessKey = "UnusedIAMUserAccessKey"
    /// A password that nobody uses.
    case unusedIAMUserPassword = "UnusedIAMUserPassword"
    /// Permissions that a role or user does not use.
    case unusedPermission = "UnusedPermission"
}

/// An IAM Access Analyzer finding, with its values checked and normalised.
package struct Finding: Sendable, Equatable {
    /// As AWS writes it, not empty.
    package let id: String
    /// What it is about.
    package let kind: FindingKind
    /// How Access Analyzer has it.
    package internal(set) var status: FindingStatus
    /// The analyzer's ARN; a case may lack it, but then nothing can be read again.
    package let analyzerARN: ARN?
    /// The resource's ARN.
    package let resource: ARN
    package let resourceType: ResourceType
    /// The resource as a role, when it is one.
    package let role: RoleARN?
    /// The account that owns the resource, twelve digits.
    package let accountID: String
    /// The region that the finding was reported in; empty when nothing says it.
    package let region: String
    /// Who has the access; empty for findings without a principal.
    package let principals: [Principal]
    /// What they may do.
    package let actions: [String]
    /// Under which conditions: condition keys with their values.
    package let condition: JSONObject
    /// Whether everybody has the access; `nil` where the finding does not say.
    package let isPublic: Bool?
    /// Whether the resource has been deleted.
    package let isDeleted: Bool
    /// Why Access Analyzer could not tell, such as `ACCESS_DENIED`.
    package let error: String?

    /// Whether there is anything to do: the finding is ACTIVE and its resource still there.
    package var isActive: Bool {
        status == .active && !isDeleted
    }

    /// Whether access of this kind can be blocked at all: external, with a principal, and analysed without error.
    package var isResolvable: Bool {
        kind == .externalAccess && !principals.isEmpty && error == nil
    }

    /// The region to ask Access Analyzer in: the analyzer's own.
    package var analyzerRegion: String {
        analyzerARN.map(\.region) ?? region
    }
}
