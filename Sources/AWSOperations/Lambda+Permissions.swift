package import AWSClient
import Basics
package import LosslessJSON

/// A function, or one of its versions and aliases, which have a policy each.
package struct FunctionReference: Sendable, Equatable {
    /// The function's ARN without version or alias.
    package let functionARN: String
    /// A version or an alias.
    package let qualifier: String?

    package init(functionARN: String, qualifier: String?) {
        self.functionARN = functionARN
        self.qualifier = qualifier
    }

    fileprivate var path: String { "/2015-03-31/functions/\(PercentEncoding.segment(functionARN))/policy" }

    fileprivate func query(revision: String? = nil) -> [(name: String, value: String)] {
        (qualifier.map { [(name: "Qualifier", value: $0)] } ?? [])
            + (revision.map { [(name: "RevisionId", value: $0)] } ?? [])
    }
}

/// Reads the policy of a function, as every region has it. `ResourceNotFoundException` when it has none.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
package struct GetFunctionPermissions: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "GetPolicy"
    package static let isWrite = false
    package let region: Region
    package let function: FunctionReference

    package init(function: FunctionReference, region: Region) {
        self.function = function
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: function.path, query: function.query())
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy", revision: try response.json()["RevisionId"]?.string)
    }
}

/// Takes one statement out of the policy of a function, where the policy is still of that revision.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
package struct RemoveFunctionPermission: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "RemovePermission"
    package static let isWrite = true
    package let region: Region
    package let function: FunctionReference
    /// The statement's Sid.
    package let statementID: String
    /// `nil` for any.
    package let revision: String?

    package init(function: FunctionReference, statementID: String, revision: String?, region: Region) {
        self.function = function
        self.statementID = statementID
        self.revision = revision
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "DELETE",
            path: "\(function.path)/\(PercentEncoding.segment(statementID))",
            query: function.query(revision: revision)
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Adds a statement to the policy of a function.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
package struct AddFunctionPermission: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "AddPermission"
    package static let isWrite = true
    package let region: Region
    package let function: FunctionReference
    /// `StatementId`, `Action`, `Principal` and what limits it, as the operation names them.
    package let permission: JSONObject

    package init(function: FunctionReference, permission: JSONObject, region: Region) {
        self.function = function
        self.permission = permission
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "POST", path: function.path, query: function.query(), body: .object(permission))
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
