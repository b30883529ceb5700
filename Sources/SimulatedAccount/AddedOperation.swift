package import AWSClient
import Basics
package import LosslessJSON
import Synchronization

/// An operation that the simulated account answers although only those who use it know it, such as the command line.
package protocol AddedOperation: AWSOperation {
    /// Answers from memory, with the error that AWS would give.
    func answer(in caller: SimulatedCaller) throws(AWSError) -> Output
}

/// The keys of an account's file that added operations read, each an object.
package enum AddedKeys {
    /// By the analyzer's ARN: archive rules by name, each with its filter.
    package static let archiveRules = "archiveRules"
    /// By the finding's id: the steps that AWS recommends, and what went wrong.
    package static let recommendations = "recommendations"
    /// By the role's ARN: the policies that AWS makes of what it did.
    package static let generatedPolicies = "generatedPolicies"
    /// By its ARN: a managed policy, and the roles (names) that it is attached to.
    package static let managedPolicies = "managedPolicies"

    static let all = [archiveRules, recommendations, generatedPolicies, managedPolicies]
}

extension SimulatedCaller {
    /// What stands under one of the keys, to read or to change.
    @discardableResult
    package func added<T: Sendable>(_ key: String, _ use: (inout JSONObject) -> T) -> T {
        simulated.state.withLock { state in
            var object = state.added[key]?.object ?? JSONObject()
            let result = use(&object)
            state.added[key] = .object(object)
            return result
        }
    }

    /// The findings of an analyzer as they stand.
    package func findings(of analyzer: String) -> [JSON] {
        simulated.state.withLock { state in state.findings.filter { $0.analyzer == analyzer }.map(\.json) }
    }

    /// Archives findings of an analyzer.
    package func archive(_ ids: [String], of analyzer: String) {
        simulated.state.withLock { state in
            for index in state.findings.indices where state.findings[index].analyzer == analyzer {
                guard var object = state.findings[index].json.object, let id = object["id"]?.string, ids.contains(id)
                else { continue }
                object["status"] = "ARCHIVED"
                state.findings[index].json = .object(object)
            }
        }
    }

    /// Whether the file has an analyzer of that name in the operation's region; its ARN.
    package func analyzer(named name: String, in region: Region) -> String? {
        let beginning = "arn:\(region.partition.rawValue):access-analyzer:\(region.name):"
        return simulated.analyzers.keys.first { $0.hasSuffix("/\(name)") && $0.hasPrefix(beginning) }
    }
}
