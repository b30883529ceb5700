package import AWSClient
import Basics
import LosslessJSON

/// Reads the policy of a layer's version. `ResourceNotFoundException` when it has none, and when there is no such version.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html
package struct GetLayerVersionPolicy: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "GetLayerVersionPolicy"
    package static let isWrite = false
    package let region: Region
    /// The layer's ARN without the version.
    package let layerARN: String
    package let version: Int

    package init(layerARN: String, version: Int, region: Region) {
        self.layerARN = layerARN
        self.version = version
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: WireRequest.layerPolicyPath(layerARN, version))
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy", revision: try response.json()["RevisionId"]?.string)
    }
}

/// Takes one statement out of the policy of a layer's version, where the policy is still of that revision.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html
package struct RemoveLayerVersionPermission: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "RemoveLayerVersionPermission"
    package static let isWrite = true
    package let region: Region
    /// The layer's ARN without the version.
    package let layerARN: String
    package let version: Int
    /// The statement's Sid.
    package let statementID: String
    /// `nil` for any.
    package let revision: String?

    package init(layerARN: String, version: Int, statementID: String, revision: String?, region: Region) {
        self.layerARN = layerARN
        self.version = version
        self.statementID = statementID
        self.revision = revision
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "DELETE",
            path: "\(WireRequest.layerPolicyPath(layerARN, version))/\(PercentEncoding.segment(statementID))",
            query: revision.map { [(name: "RevisionId", value: $0)] } ?? []
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// What a statement of a layer version's policy says, as it is added.
package struct LayerVersionPermission: Sendable, Equatable {
    /// The statement's Sid: letters, digits, `-` and `_`.
    package let statementID: String
    /// Twelve digits, an account's root, or `*`.
    package let principal: String
    /// Only members of this organization; with `*` alone.
    package let organization: String?

    package init(statementID: String, principal: String, organization: String?) {
        self.statementID = statementID
        self.principal = principal
        self.organization = organization
    }
}

/// Adds a statement to the policy of a layer's version.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
package struct AddLayerVersionPermission: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "AddLayerVersionPermission"
    package static let isWrite = true
    package let region: Region
    /// The layer's ARN without the version.
    package let layerARN: String
    package let version: Int
    package let permission: LayerVersionPermission

    package init(layerARN: String, version: Int, permission: LayerVersionPermission, region: Region) {
        self.layerARN = layerARN
        self.version = version
        self.permission = permission
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([
            ("StatementId", .string(permission.statementID)), ("Action", "lambda:GetLayerVersion"),
            ("Principal", .string(permission.principal)),
        ])
        if let organization = permission.organization { body["OrganizationId"] = .string(organization) }
        return .restJSON(method: "POST", path: WireRequest.layerPolicyPath(layerARN, version), body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

extension WireRequest {
    fileprivate static func layerPolicyPath(_ layerARN: String, _ version: Int) -> String {
        "/2018-10-31/layers/\(PercentEncoding.segment(layerARN))/versions/\(version)/policy"
    }
}
