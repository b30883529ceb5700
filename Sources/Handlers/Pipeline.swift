import Basics
package import Findings
import Ledger
import Logging
import LosslessJSON
import Rules

/// Which steps a handler takes for an input, and what must hold before each. No step calls another one.
///
/// ```
/// enrich -> evaluate -> archive | [preview ->] resolve -> notify
/// ```
package enum Pipeline {
    /// Runs a handler that takes a case and gives one; a step given a bare event does the steps before it that it needs.
    package static func run(
        _ handler: HandlerName,
        on input: Case,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        switch handler {
        case .enrich: try await unlessOver(input, environment, enriched)
        case .evaluate: try await unlessOver(input, environment, evaluated)
        case .preview: try await unlessOver(input, environment, previewed)
        case .archive: try await unlessOver(input, environment, archived)
        case .resolve: try await unlessOver(input, environment, resolved)
        case .verify:
            try await Verification.run(try stepped(input, "verify takes a case, as resolve answers it"), environment)
        case .notify:
            try await told(
                try stepped(input, "notify takes a case, as evaluate or resolve answer it"),
                comesAgain: true,
                environment
            )
        case .respond:
            try await askedAnew(try await told(try await handled(input, environment), environment), environment)
        case .rollback, .approve, .sweep, .report:
            throw HandlerError(.internalError, "\(handler.rawValue) has an input of its own")
        }
    }

    /// The case after people were told of it, and the ledger knows how it ended.
    private static func told(
        _ input: Case,
        comesAgain: Bool = false,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        let result = try await Notification.run(input, comesAgain: comesAgain, environment)
        await environment.recordWord(on: result)
        return result
    }

    /// What somebody has agreed to, done and told.
    static func carriedOut(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        try await told(try await resolved(input, environment), environment)
    }

    /// Asks anew where a change that was agreed to is no longer the one that would be made.
    ///
    /// - Returns: the case as it came: what is told of the new request is not what became of the old one.
    static func askedAnew(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        guard input.outcome?.approval == .isOutdated, environment.asksAnew else { return input }
        let planned = try await resolved(input, environment)
        if planned.outcome?.status == .awaitingApproval {
            _ = try await told(try await asked(planned, environment), environment)
        }
        return input
    }

    /// The case after somebody is asked about its change, where that needs somebody's approval.
    private static func asked(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        guard let asking = Asking(environment) else { return input }
        let asker = ApprovalRequest.Asker(function: environment.functionARN)
        if let asked = try await asking.ask(about: input, asker) { return asked }
        throw HandlerError(
            .resourceBusy,
            "somebody has just decided about the change of \(input.finding.resource): a retry finds out how"
        )
    }

    /// The whole way but for telling.
    ///
    /// What an earlier run decided and did counts for nothing: this one must not report it as its own.
    static func handled(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        var result = input.beforeAnyStep()
        if let over = over(result, environment) {
            result.conclude(over)
            return result
        }
        Notification.prepare(environment)
        let enriched = try await enrichment(of: result, environment)
        result = try await evaluated(enriched.case, environment)
        // Enrichment has found that nothing is left to do.
        guard result.outcome == nil else { return result }
        switch result.decision?.action {
        case .archive: return try await archived(result, environment)
        case .resolve, .approve:
            return try await asked(try await resolved(result, enriched.reading, environment), environment)
        case .notify, .ignore, nil: return result
        }
    }

    // MARK: What must hold

    private typealias Step = (Case, HandlerEnvironment) async throws(HandlerError) -> Case

    /// A finding that is over ends as `IGNORED`, and nothing is called.
    private static func unlessOver(
        _ input: Case,
        _ environment: HandlerEnvironment,
        _ step: Step
    ) async throws(HandlerError) -> Case {
        guard let over = over(input, environment) else { return try await step(input, environment) }
        var result = input
        result.conclude(over)
        return result
    }

    /// The outcome for a finding that asks for nothing any more; `nil` for one that does, and after an earlier outcome.
    private static func over(_ input: Case, _ environment: HandlerEnvironment) -> Outcome? {
        let finding = input.finding
        guard !finding.isActive, input.outcome == nil else { return nil }
        let why =
            finding.isDeleted
            ? "its resource has been deleted" : "its status is \(finding.status.name.printable(limit: 100))"
        return .needsNothing(why, mode: environment.settings.mode.rawValue)
    }

    private static func stepped(_ input: Case, _ what: String) throws(HandlerError) -> Case {
        guard !input.isBareEvent else {
            throw HandlerError(InvalidEvent("finding", "is missing: \(what), not an event"))
        }
        return input
    }

    // MARK: Steps with what they need

    private static func enriched(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        try await enrichment(of: input, environment).case
    }

    private static func enrichment(
        of input: Case,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Enrichment.Result {
        var result = try await Enrichment.run(input, environment)
        let mode = environment.settings.mode.rawValue
        guard let over = result.now?.outcomeIfOver(mode: mode), input.outcome == nil else { return result }
        let earlier = result.now?.mayBeOurDoing == true ? try await blockedEarlier(result.case, environment) : nil
        result.case.conclude(earlier ?? over)
        return result
    }

    /// Decides; a bare event whose decision depends on what the resource is gets enriched first.
    private static func evaluated(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        guard !input.isIgnored else { return Evaluation.withoutAction(input) }
        var result = input
        let rules = try await environment.rules.rules(environment.access)
        let now = environment.now().extended
        if result.isBareEvent, result.json["context"] == nil, rules.needsContext(result, now: now) {
            result = try await enriched(result, environment)
            if result.isIgnored { return Evaluation.withoutAction(result) }
        }
        return Evaluation.run(result, by: rules, now: now, environment)
    }

    private static func previewed(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        let result = input.decision == nil ? try await evaluated(input, environment) : input
        guard !result.isIgnored, let decision = result.decision,
            decision.action == .resolve || decision.action == .approve
        else { return result }
        return try await Previewing.run(result, decision, environment)
    }

    private static func archived(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        let result = input.decision == nil ? try await evaluated(input, environment) : input
        guard !result.isIgnored, let decision = result.decision, decision.action == .archive else { return result }
        return try await Archiving.run(result, decision, environment)
    }

    private static func resolved(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        try await resolved(input, nil, environment)
    }

    private static func resolved(
        _ input: Case,
        _ reading: EarlierReading?,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        let result = input.decision == nil ? try await evaluated(input, environment) : input
        guard !result.isIgnored, let decision = result.decision,
            decision.action == .resolve || decision.action == .approve
        else { return result }
        return try await Resolution.run(result, decision, reading, environment)
    }

    /// Transient errors are retried by the caller, so that nobody goes untold. Permanent ones are logged, and the case
    /// goes on.
    private static func blockedEarlier(
        _ input: Case,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome? {
        do throws(HandlerError) {
            return try await Resolution.earlierBlock(input, environment)
        } catch {
            switch error.kind {
            case .throttled, .serviceUnavailable, .deadlineExceeded: throw error
            default:
                environment.logger.warning(
                    "whether we blocked the access ourselves is not known",
                    metadata: ["why": .string(error.message)]
                )
                return nil
            }
        }
    }
}

extension Case {
    /// Whether a step has found that the finding needs nothing any more.
    var isIgnored: Bool { outcome?.status == .ignored }
}
