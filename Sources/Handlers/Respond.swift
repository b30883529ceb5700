package import Findings

/// The whole way for one finding: evaluate, resolve what is to be resolved, tell who is to be told.
///
/// When the message cannot be sent after a change was made, the change stays and the invocation fails; its retry
/// finds our own statement and sends the message then.
package func respond(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    var result = input
    if let ignored = ignoredOutcome(input, environment.settings) {
        result.conclude(ignored)
    } else {
        result = try await resolve(evaluate(result, environment.settings), environment)
    }
    return try await tell(result, environment)
}
