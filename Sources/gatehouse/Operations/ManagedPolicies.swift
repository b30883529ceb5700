import AWSClient
import AWSOperations
import Basics

/// Lists the managed policies that are attached to a role, a page at a time.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
struct ListAttachedRolePolicies: AWSOperation {
    static let service = AWSService.iam
    static let name = "ListAttachedRolePolicies"
    static let isWrite = false
    let region: Region
    let roleName: String
    /// The page to read; `nil` for the first.
    let marker: String?

    init(roleName: String, marker: String?, partition: Partition) {
        self.roleName = roleName
        self.marker = marker
        region = partition.globalRegion
    }

    func wireRequest() throws(AWSError) -> WireRequest {
        let parameters = [("RoleName", roleName)] + (marker.map { [("Marker", $0)] } ?? [])
        return .query(action: Self.name, version: IAM.version, parameters: parameters)
    }

    /// The policies' ARNs.
    func output(from response: WireResponse) throws(AWSError) -> (arns: [String], next: String?) {
        guard let result = try response.xml().first("ListAttachedRolePoliciesResult"),
            let list = result.first("AttachedPolicies")
        else { throw response.unreadable("the answer lacks AttachedPolicies") }
        var arns: [String] = []
        for member in list.children {
            guard let arn = member.text(at: "PolicyArn") else { throw response.unreadable("a policy has no ARN") }
            arns.append(arn)
        }
        return (arns, result.text(at: "IsTruncated") == "true" ? result.text(at: "Marker") : nil)
    }
}

/// Reads which version of a managed policy holds.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
struct GetPolicy: AWSOperation {
    static let service = AWSService.iam
    static let name = "GetPolicy"
    static let isWrite = false
    let region: Region
    let arn: String

    init(arn: String, partition: Partition) {
        self.arn = arn
        region = partition.globalRegion
    }

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: IAM.version, parameters: [("PolicyArn", arn)])
    }

    func output(from response: WireResponse) throws(AWSError) -> (id: String?, version: String) {
        guard let policy = try response.xml().at("GetPolicyResult", "Policy"),
            let version = policy.text(at: "DefaultVersionId")
        else { throw response.unreadable("the answer lacks a policy with DefaultVersionId") }
        return (policy.text(at: "PolicyId"), version)
    }
}

/// Reads a version of a managed policy.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
struct GetPolicyVersion: AWSOperation {
    static let service = AWSService.iam
    static let name = "GetPolicyVersion"
    static let isWrite = false
    let region: Region
    let arn: String
    let version: String

    init(arn: String, version: String, partition: Partition) {
        self.arn = arn
        self.version = version
        region = partition.globalRegion
    }

    func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: IAM.version, parameters: [("PolicyArn", arn), ("VersionId", version)])
    }

    /// The document as text.
    func output(from response: WireResponse) throws(AWSError) -> String {
        guard let encoded = try response.xml().at("GetPolicyVersionResult", "PolicyVersion", "Document")?.text,
            let text = IAM.decoded(encoded)
        else { throw response.unreadable("the answer lacks a policy that can be read") }
        return text
    }
}
