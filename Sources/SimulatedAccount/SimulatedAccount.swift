package import AWSClient
import AWSOperations
package import LosslessJSON
import Synchronization

/// An AWS account in memory, loaded from a file, that answers the operations that Gatehouse uses.
///
/// It refuses what AWS refuses: trust policies that IAM does not take, documents over the quota, roles
/// that only AWS edits.
package final class SimulatedAccount: Sendable {
    /// One call that was answered.
    package struct Call: Sendable, Equatable {
        /// Such as `UpdateAssumeRolePolicy`.
        package let operation: String
        /// Whether it changes something.
        package let isWrite: Bool
        /// What was asked, in the operation's own parameter names.
        package let parameters: JSONObject
    }

    struct State {
        var roles: [SimulatedRole]
        var findings: [SimulatedFinding]
        var faults: [SimulatedFault]
        var calls: [Call] = []
        var messages = 0
        /// Tokens of workflows' tasks that wait no more.
        var endedTasks: Set<String> = []
        var previews: [SimulatedPreview] = []
        /// The inline policies of roles, by the role's ARN and the policy's name.
        var inlinePolicies: [String: [String: String]] = [:]
        /// What there is besides roles, by ARN, in the words of a case's context; `policy` is a resource's own.
        var resources: JSONObject
        /// What operations of others know, by the file's keys.
        var added: JSONObject
    }

    /// Our own account, twelve digits.
    package let account: String
    /// Our own region.
    package let region: Region
    /// The settings of the functions in this account.
    package let environment: EnvironmentVariables
    let analyzers: JSONObject
    let objects: JSONObject
    let parameters: JSONObject
    let topics: [String]
    /// The account's own block of public access to S3; `nil` where none was ever set.
    let publicAccessBlock: JSON?
    let quotas: [String: Int]
    let assumableRoles: [String]
    /// The functions that can be invoked, by ARN.
    let functions: [String]
    /// How previews are answered: `pending` looks before they are ready, `failed` with a reason, and the `new` findings;
    /// `asked` are those that were asked for before.
    let previews: JSONObject
    /// Metric lines by the log group's name.
    let logs: JSONObject
    /// CloudTrail's events, in any order.
    let trail: [JSON]
    /// What secrets hold, by ARN.
    let secrets: JSONObject
    /// What there is besides roles, by ARN, as it stands.
    var resources: JSONObject { state.withLock { $0.resources } }
    /// The accounts of the organization by id; nil where there is none.
    let organization: JSONObject?
    let state: Mutex<State>

    /// Loads an account from JSON of the shape that the README gives. Throws which key is wrong.
    package init(_ json: JSON) throws(SimulatedAccountError) {
        let reader = try AccountReader(json)
        account = try reader.accountID("account")
        region = try reader.region()
        environment = try reader.environment()
        analyzers = try reader.object("analyzers")
        objects = try reader.object("objects")
        parameters = try reader.object("parameters")
        topics = try reader.list("topics")
        publicAccessBlock = try reader.object("publicAccessBlock").nonEmpty
        quotas = try reader.integers("quotas")
        assumableRoles = try reader.list("assumableRoles")
        functions = try reader.list("functions")
        secrets = try reader.object("secrets")
        logs = try reader.object("logs")
        trail = try reader.trail()
        previews = try reader.object("previews")
        organization = try reader.organization()
        state = Mutex(
            State(
                roles: try reader.roles(),
                findings: try reader.findings(),
                faults: try reader.faults(),
                previews: try reader.previews(),
                inlinePolicies: try reader.inlinePolicies(),
                resources: try reader.resources(),
                added: try reader.added()
            )
        )
    }

    /// All calls so far, in order.
    package var calls: [Call] {
        state.withLock { $0.calls }
    }

    /// The trust policy of a role as it stands; `nil` when there is no such role.
    package func trustPolicy(ofRole arn: String) -> String? {
        state.withLock { state in state.roles.first { $0.arn == arn }?.document }
    }

    /// Has an analyzer report one more finding, in the shape of the account's file. Throws where it names no analyzer.
    package func add(finding json: JSON) throws(SimulatedAccountError) {
        guard let analyzer = json["analyzerArn"]?.string else {
            throw SimulatedAccountError(description: "analyzerArn: must be the analyzer's ARN")
        }
        state.withLock { $0.findings.append(SimulatedFinding(analyzer: analyzer, json: json)) }
    }

    /// The inline policies of a role as they stand, by name.
    package func inlinePolicies(ofRole arn: String) -> [String: String] {
        state.withLock { $0.inlinePolicies[arn] ?? [:] }
    }

    /// The policy of a resource as it stands; `nil` where it has none.
    package func policy(of arn: String) -> JSON? {
        resources[arn]?["policy"]
    }

    /// The account as a principal of `account` sees it; our own principal where nothing else is said.
    package func caller(inAccount account: String? = nil, memberRole: String? = nil) -> SimulatedCaller {
        SimulatedCaller(simulated: self, account: account ?? self.account, memberRole: memberRole)
    }
}

/// Why a file is not an account.
package struct SimulatedAccountError: Error, Sendable, CustomStringConvertible {
    /// The key and what is wrong with it.
    package let description: String
}

struct SimulatedRole {
    let arn: String
    let name: String
    let path: String
    let tags: [Tag]?
    var document: String
    /// As it stands in the file: `description`, `createdAt`, `lastUsed`.
    let json: JSON
}

struct SimulatedFinding {
    let analyzer: String
    var json: JSON
}

/// An error that the next calls of an operation are answered with.
struct SimulatedFault {
    /// The service's id, where several have an operation of that name.
    let service: String?
    let operation: String
    /// The region that is asked, where it is not every one.
    let region: String?
    let error: AWSError
    /// How many calls are answered before.
    var after: Int
    var times: Int
}

extension JSONObject {
    fileprivate var nonEmpty: JSON? { isEmpty ? nil : .object(self) }
}
