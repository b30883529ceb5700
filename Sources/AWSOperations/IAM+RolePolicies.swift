package import AWSClient
package import Basics
import LosslessJSON

/// Lists the names of a role's inline policies, a page at a time.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
package struct ListRolePolicies: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "ListRolePolicies"
    package static let isWrite = false
    package let region: Region
    package let roleName: String
    /// The page to read; `nil` for the first.
    package let marker: String?

    package init(roleName: String, marker: String? = nil, partition: Partition) {
        self.roleName = roleName
        self.marker = marker
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: IAM.version,
            parameters: [("RoleName", roleName)] + (marker.map { [("Marker", $0)] } ?? [])
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> (names: [String], next: String?) {
        guard let result = try response.xml().first("ListRolePoliciesResult"), let list = result.first("PolicyNames")
        else { throw response.unreadable("the answer lacks the policies' names") }
        return (list.children.map(\.text), result.text(at: "IsTruncated") == "true" ? result.text(at: "Marker") : nil)
    }
}

/// Reads one of a role's inline policies.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
package struct GetRolePolicy: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "GetRolePolicy"
    package static let isWrite = false
    package let region: Region
    package let roleName: String
    package let policyName: String

    package init(roleName: String, policyName: String, partition: Partition) {
        self.roleName = roleName
        self.policyName = policyName
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: IAM.version,
            parameters: [("RoleName", roleName), ("PolicyName", policyName)]
        )
    }

    /// The document as text.
    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let encoded = try response.xml().at("GetRolePolicyResult", "PolicyDocument")?.text,
            let text = IAM.decoded(encoded)
        else { throw response.unreadable("the answer lacks a policy that can be read") }
        return text
    }
}

/// Writes one of a role's inline policies, whether it was there or not.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
package struct PutRolePolicy: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "PutRolePolicy"
    package static let isWrite = true
    package let region: Region
    package let roleName: String
    package let policyName: String
    package let policyDocument: String

    package init(roleName: String, policyName: String, policyDocument: String, partition: Partition) {
        self.roleName = roleName
        self.policyName = policyName
        self.policyDocument = policyDocument
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: IAM.version,
            parameters: [
                ("RoleName", roleName), ("PolicyName", policyName), ("PolicyDocument", policyDocument),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {
        guard try response.xml().name == "PutRolePolicyResponse" else {
            throw response.unreadable("the answer is not a PutRolePolicyResponse")
        }
    }
}

/// Takes one of a role's inline policies away.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
package struct DeleteRolePolicy: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "DeleteRolePolicy"
    package static let isWrite = true
    package let region: Region
    package let roleName: String
    package let policyName: String

    package init(roleName: String, policyName: String, partition: Partition) {
        self.roleName = roleName
        self.policyName = policyName
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: IAM.version,
            parameters: [("RoleName", roleName), ("PolicyName", policyName)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {
        guard try response.xml().name == "DeleteRolePolicyResponse" else {
            throw response.unreadable("the answer is not a DeleteRolePolicyResponse")
        }
    }
}
