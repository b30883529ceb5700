package import Findings

/// The whole way for one finding: enrich, evaluate, archive what is intended, resolve what is to be resolved, tell who
/// is to be told.
///
/// When the message cannot be sent after a change was made, the change stays and the invocation fails; its retry
/// finds our own statement and sends the message then.
package func respond(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await tell(try await answered(input, environment), environment)
}

/// The whole way but for telling.
///
/// What an earlier run decided and did counts for nothing: this one must not report it as its own.
func answered(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    var result = input.beforeAnyStep()
    if let ignored = ignoredOutcome(result, environment.settings) {
        result.conclude(ignored)
        return result
    }
    result = try await evaluate(try await enrich(result, environment), environment)
    // Enrichment has found that nothing is left to do.
    guard result.outcome == nil else { return result }
    switch result.decision?.action {
    case .archive: return try await archive(result, environment)
    case .resolve, .approve: return try await resolve(result, environment)
    case .notify, .ignore, nil: return result
    }
}
