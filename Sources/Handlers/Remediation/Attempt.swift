import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// A remedy to try, with what is known for it already.
struct Blocker {
    let remedy: any Remedy
    /// Which of the access's sources it closes; `nil` for all.
    let sources: [JSON]?
    /// What Access Analyzer has just said of the finding.
    let record: FindingRecord?
    /// Whether it only follows what closes the access: where that was not our doing, or this fails, the access is closed.
    let isFollowUp: Bool

    init(_ remedy: any Remedy, sources: [JSON]? = nil, record: FindingRecord? = nil, isFollowUp: Bool = false) {
        self.isFollowUp = isFollowUp
        self.remedy = remedy
        self.sources = sources
        self.record = record
    }
}

/// Closes one finding's access, by several remedies in turn where it comes from several places.
struct Attempt {
    let `case`: Case
    let principal: Principal
    let membership: Membership
    /// What enrichment has just read of the resource.
    let reading: EarlierReading?
    let environment: HandlerEnvironment

    private var mode: String { environment.settings.mode.rawValue }
    let warrant: Warrant
    /// How a Deny names the principal.
    var form = Deny.Form.condition
    private var mayAct: Bool { warrant.mayAct }

    func recheck(_ answer: Result<FindingRecord, AWSError>) throws(HandlerError) -> FindingRecheck {
        try FindingRecheck(of: `case`.finding, answer, mode: mode, check: FindingCheck.init(accessOf:_:))
    }

    /// Runs the remedies in their order. Nothing is changed where one of them is refused before.
    func run(_ blockers: [Blocker]) async throws(HandlerError) -> Outcome {
        let outcome = try await outcome(of: blockers)
        if mayAct, outcome.changes.contains(where: { !$0.isFoundBySid }), let rollback = outcome.rollback {
            // Should the message never be sent, nothing else says what was there before.
            environment.logger.notice("what undoes the change", metadata: ["rollback": .string(rollback.command)])
        }
        return outcome
    }

    private func outcome(of blockers: [Blocker]) async throws(HandlerError) -> Outcome {
        guard blockers.count > 1 else {
            guard let only = blockers.first else { return Outcome(.refused, "Nothing closes this access.", mode: mode) }
            let outcome = try await block(by: only, warrant)
            return outcome.isHeldBack ? outcome : combined([outcome])
        }
        var outcomes: [Outcome] = []
        for blocker in blockers {
            if blocker.isFollowUp {
                if try await follows(outcomes, blocker) {
                    outcomes.append(try await followUp(blocker, mayAct ? .observing : warrant))
                }
                continue
            }
            let planned = try await block(by: blocker, mayAct ? .observing : warrant)
            guard planned.status == .observed || planned.status == .alreadyResolved else { return planned }
            if case .approved(let approved) = warrant, let other = planned.changes.first(where: { !approved.holds($0) })
            {
                return approved.outdated("state", of: other.resource, mode: mode)
            }
            outcomes.append(planned)
        }
        guard mayAct, outcomes.contains(where: { $0.status == .observed }) else { return combined(outcomes) }
        outcomes = []
        for blocker in blockers {
            if blocker.isFollowUp {
                if try await follows(outcomes, blocker) { outcomes.append(try await followUp(blocker, warrant)) }
                continue
            }
            var outcome = try await block(by: blocker, warrant)
            if outcomes.contains(where: { !$0.changes.isEmpty }) {
                if let rest = rest(outcome) { outcome = rest }
            } else if outcome.isHeldBack {
                return outcome
            }
            outcomes.append(outcome)
            guard outcome.status == .resolved || outcome.status == .alreadyResolved else { break }
        }
        return combined(outcomes)
    }

    /// Whether what follows a closed access is to be done: where we close it now, or had no time for the rest a moment ago. Of
    /// a change that is older nobody outside has a session any more, and what was taken back by others stays so.
    private func follows(_ outcomes: [Outcome], _ blocker: Blocker) async throws(HandlerError) -> Bool {
        if outcomes.allSatisfy({ [.observed, .resolved].contains($0.status) }) { return true }
        guard outcomes.allSatisfy({ $0.rollback != nil }), let ledger = environment.ledger else { return false }
        let id = `case`.finding.id
        let changes = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.changes(ofFinding: id)
        }
        let begin = environment.now().adding(seconds: -Self.moment)
        // Whoever died just after the write has left it intended.
        let isRecent = changes.contains { change in
            [.intended, .made].contains(change.state) && change.kind == .block && begin < change.intendedAt
        }
        let ends: [LedgerChange.State] = [.made, .undone, .vanished]
        return isRecent && !changes.contains { $0.operation == blocker.remedy.operation && ends.contains($0.state) }
    }

    /// For so many seconds a retry completes what an invocation has begun.
    private static let moment: Int64 = 3600

    /// What follows a closed access. Where it is not done, that is said, and the access is closed all the same.
    private func followUp(_ blocker: Blocker, _ warrant: Warrant) async throws(HandlerError) -> Outcome {
        let why: String
        do throws(HandlerError) {
            let outcome = try await block(by: blocker, warrant)
            if [.observed, .resolved, .alreadyResolved].contains(outcome.status) { return outcome }
            why = outcome.summary
        } catch {
            switch error.kind {
            case .accessDenied, .invalidConfiguration, .conflictingChange: why = error.message
            default: throw error
            }
        }
        environment.logger.error("sessions were not ended", metadata: ["why": .string(why)])
        let verb = warrant.mayAct ? "were" : "would"
        let what = warrant.mayAct ? "ended" : "be ended"
        return Outcome(.alreadyResolved, "Sessions that began before \(verb) NOT \(what): \(why)", mode: mode)
    }

    /// What is said of a change that a brake or a pause kept us from after another one was made.
    private func rest(_ outcome: Outcome) -> Outcome? {
        let isPaused = outcome.status == .refused && outcome.summary.hasPrefix(Outcome.pauseOpening)
        guard outcome.isHeldBack || isPaused else { return nil }
        let why =
            isPaused
            ? "changes were paused meanwhile. 'gatehouse resume' lets them go on"
            : "the brake held meanwhile: as many changes were made in this hour as may be"
        return Outcome(
            .refused,
            "\(Outcome.partOpening), because \(why); the next sweep or event does it. The access may still be open.",
            mode: mode
        )
    }

    /// One outcome of all: the last one's where it stopped us, else that something was done where anything was.
    private func combined(_ outcomes: [Outcome]) -> Outcome {
        let statuses = outcomes.map(\.status)
        let changes = outcomes.flatMap(\.changes)
        let ends: [Outcome.Status] = [.resolved, .observed, .alreadyResolved]
        let status = statuses.first { !ends.contains($0) } ?? ends.first(where: statuses.contains) ?? .refused
        var outcome = Outcome(
            status,
            outcomes.map(\.summary).joined(separator: " "),
            mode: mode,
            changes: changes,
            rollback: outcomes.contains { $0.rollback != nil } ? rollback(changes) : nil
        )
        outcome.proof = outcomes.flatMap(\.proof)
        outcome.approval = outcomes.lazy.compactMap(\.approval).first
        return outcome
    }

    private func rollback(_ changes: [Outcome.Change]) -> Outcome.Rollback {
        let finding = `case`.finding
        return Outcome.Rollback(
            findingID: finding.id,
            command: RollbackCommand.text(
                finding: finding.id,
                resource: finding.resource.description,
                region: finding.analyzerRegion,
                changes: changes
            )
        )
    }

    private func block(by blocker: Blocker, _ warrant: Warrant) async throws(HandlerError) -> Outcome {
        try await block(by: blocker.remedy, blocker, warrant)
    }

    private func block(
        by remedy: some Remedy,
        _ blocker: Blocker,
        _ warrant: Warrant
    ) async throws(HandlerError) -> Outcome {
        let blocking = Blocking(
            case: `case`,
            principal: principal,
            remedy: remedy,
            sources: blocker.sources,
            record: blocker.record,
            membership: membership,
            reading: reading,
            environment: environment,
            warrant: warrant,
            form: form
        )
        if let outcome = try await blocking.run() { return outcome }
        guard let fallback = remedy.fallback else {
            throw HandlerError(
                .internalError,
                "\(remedy.service) does not know \(remedy.operation), and nothing else would do"
            )
        }
        return try await block(by: fallback, blocker, warrant)
    }

    /// The outcome when an earlier invocation closed the access by this remedy; `nil` when nothing of ours is there.
    func earlierOutcome(_ remedy: some Remedy) async throws(HandlerError) -> Outcome? {
        let blocking = Blocking(
            case: `case`,
            principal: principal,
            remedy: remedy,
            sources: nil,
            record: nil,
            membership: membership,
            reading: nil,
            environment: environment,
            warrant: .observing,
            form: form
        )
        return try await blocking.earlierOutcome()
    }
}
