import AWSOperations
import Basics
import Findings
import Ledger
import Logging
import Policies
import ResourceTypes

/// Blocks what the decision says is to be blocked, on RESOLVE, and asks for approval on APPROVE.
enum Resolution {
    /// The case with what came of it.
    ///
    /// - Parameter reading: what enrichment has just read of the resource.
    static func run(
        _ input: Case,
        _ decision: Decision,
        _ reading: EarlierReading?,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        var result = input
        let outcome = try await outcome(input, decision, reading, environment)
        guard !outcome.isHeldBack else {
            var decision = decision
            decision.action = .notify
            decision.reasons.append(Reason(.bound, outcome.summary))
            result.decide(decision)
            return result
        }
        result.conclude(outcome)
        return result
    }

    private static func outcome(
        _ input: Case,
        _ decision: Decision,
        _ reading: EarlierReading?,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome {
        let finding = input.finding
        guard finding.principals.count == 1, let principal = finding.principals.first,
            let type = KnownResourceTypes.known(finding.resourceType), let resource = finding.changedResource
        else { return refused(objection(input, environment) ?? notBlocked(finding), environment) }
        if let why = objection(input, environment) { return refused(why, environment) }
        if let preview = input.preview, preview.status == .contradicted {
            let what = preview.why ?? "Access Analyzer would find a new access."
            return refused("\(what.printable(limit: 1000)) So nothing was changed.", environment)
        }
        let (warrant, form): (Warrant, Deny.Form?)
        let isAsked = decision.action == .approve || type.needsApproval(closing: principal)
        switch try await self.warrant(input, isAsked: isAsked, environment) {
        case .success(let found): (warrant, form) = found
        case .failure(let none): return none.outcome
        }
        let attempt = Attempt(
            case: input,
            principal: principal,
            membership: await Membership(of: principal, in: input, environment),
            reading: reading,
            environment: environment,
            warrant: warrant,
            form: form ?? input.preview.flatMap { $0.status == .confirmed ? $0.form : nil } ?? .condition
        )
        let outcome = try await outcome(of: attempt, type, resource, decision)
        return try await concluded(outcome, warrant, finding, environment)
    }

    private static func outcome(
        of attempt: Attempt,
        _ type: any KnownResourceType.Type,
        _ resource: ChangedResource,
        _ decision: Decision
    ) async throws(HandlerError) -> Outcome {
        let (input, environment) = (attempt.case, attempt.environment)
        let finding = input.finding
        guard type.choosesByFinding else {
            let access = AccessToClose(sources: [], isPublic: false, means: nil)
            var blockers = type.remedies(for: resource, closing: access).map { Blocker($0.remedy) }
            if environment.settings.revokesSessions, let next = type.followUp(for: resource, now: environment.now) {
                blockers.append(Blocker(next, isFollowUp: true))
            }
            return try await attempt.run(blockers)
        }
        let record: FindingRecord
        let analyzer = try AnalyzerEndpoint(of: finding)
        switch try attempt.recheck(await analyzer.currentRecord(of: finding, environment.aws)) {
        case .asReported(let current): record = current
        case .over(let outcome, let mayBeOurDoing):
            return mayBeOurDoing ? try await earlierBlock(input, environment) ?? outcome : outcome
        }
        let access = AccessToClose(
            sources: record.sources,
            isPublic: record.isPublic ?? finding.isPublic ?? false,
            means: decision.means
        )
        let chosen = type.remedies(for: resource, closing: access)
        return try await attempt.run(chosen.map { Blocker($0.remedy, sources: $0.sources, record: record) })
    }

    /// What would be done, with the Deny in a form; `nil` for what is not tried.
    static func planned(
        _ input: Case,
        _ decision: Decision,
        _ form: Deny.Form,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome? {
        let finding = input.finding
        guard objection(input, environment) == nil, let principal = finding.principals.first,
            let type = KnownResourceTypes.known(finding.resourceType), let resource = finding.changedResource
        else { return nil }
        let attempt = Attempt(
            case: input,
            principal: principal,
            membership: await Membership(of: principal, in: input, environment),
            reading: nil,
            environment: environment,
            warrant: .observing,
            form: form
        )
        return try await outcome(of: attempt, type, resource, decision)
    }

    // MARK: Approval

    private struct Unwarranted: Error {
        let outcome: Outcome
    }

    /// How far we may go, by the mode, the decision and what people have said.
    ///
    /// - Parameter isAsked: whether somebody has to agree in enforce mode as well.
    private static func warrant(
        _ input: Case,
        isAsked: Bool,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Result<(Warrant, Deny.Form?), Unwarranted> {
        let mode = environment.settings.mode
        guard mode != .observe, !environment.isDryRun else {
            if mode != .observe {
                let asked: Outcome.Status = environment.ledger == nil ? .refused : .awaitingApproval
                environment.listener?(.wouldBe(mode == .approve || isAsked ? asked : .resolved))
            }
            return .success((.observing, nil))
        }
        guard mode == .approve || isAsked else {
            // What somebody has decided to leave open stays open, whatever the rules say by now.
            if let left = try await ApprovalStanding.leftOpen(input.finding, environment) {
                return .failure(Unwarranted(outcome: left))
            }
            // What somebody has agreed to is that, and no more.
            if let request = try await ApprovalStanding.approvedRequest(for: input.finding, environment) {
                return .success((.approved(ApprovedChanges(request: request)), request.form ?? .condition))
            }
            return .success((.acting, nil))
        }
        guard let ledger = environment.ledger else {
            return .failure(
                Unwarranted(
                    outcome: refused(
                        "The change needs a person's approval, and approvals need a ledger: set GATEHOUSE_LEDGER_TABLE.",
                        environment
                    )
                )
            )
        }
        switch try await ApprovalStanding(of: input, ledger, mode: mode.rawValue) {
        case .undecided(let last, let form):
            // Who is asked already goes on being asked about the same.
            return .success((.asking(last: last), form))
        case .approved(let request):
            return .success((.approved(ApprovedChanges(request: request)), request.form ?? .condition))
        case .over(let outcome): return .failure(Unwarranted(outcome: outcome))
        }
    }

    /// The outcome as it stands with what people have said; a request that was carried out is over.
    private static func concluded(
        _ outcome: Outcome,
        _ warrant: Warrant,
        _ finding: Finding,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome {
        switch warrant {
        case .observing: return outcome
        case .acting:
            if outcome.status == .resolved { await endRequest(for: finding, environment) }
            return outcome
        case .asking(let last):
            guard outcome.status == .observed else { return outcome }
            var awaiting = Outcome(.awaitingApproval, outcome.summary, mode: outcome.mode, changes: outcome.changes)
            awaiting.proof = outcome.proof
            // A little longer than it can be decided, so that the workflow finds it lapsed.
            awaiting.approval = .isAwaited(
                seconds: environment.settings.approvalHours * 3600 + 300,
                last: last
            )
            return awaiting
        case .approved(let approved):
            let isOutdated = outcome.approval == .isOutdated
            guard !outcome.waitsToBeCarriedOut, !isOutdated || environment.asksAnew, let ledger = environment.ledger
            else { return outcome }
            do throws(LedgerError) {
                _ = try await ledger.end(
                    approved.request,
                    as: isOutdated ? .outdated : .done,
                    result: outcome.status.rawValue
                )
            } catch {
                // What was done is there: the next look at the finding ends the request.
                environment.logger.warning(
                    "that a request was carried out could not be recorded",
                    metadata: ["findingId": .string(approved.request.findingID), "why": .string("\(error)")]
                )
            }
            return outcome
        }
    }

    /// A change that the rules have made by now is nothing that anybody still has to decide about.
    private static func endRequest(for finding: Finding, _ environment: HandlerEnvironment) async {
        guard let ledger = environment.ledger else { return }
        do throws(LedgerError) {
            guard let request = try await ledger.request(ofFinding: finding.id), request.isPending else { return }
            _ = try await ledger.end(request, as: .outdated, result: Outcome.Status.resolved.rawValue)
        } catch {
            environment.logger.warning(
                "a request that is over could not be ended",
                metadata: ["findingId": .string(finding.id), "why": .string("\(error)")]
            )
        }
    }

    private static func refused(_ why: String, _ environment: HandlerEnvironment) -> Outcome {
        Outcome(.refused, why, mode: environment.settings.mode.rawValue)
    }

    private static func notBlocked(_ finding: Finding) -> String {
        "This version does not block access to \(finding.resourceType.words ?? finding.resourceType.name)."
    }

    /// Why nothing is tried, whatever the resource is like; `nil` where it is.
    private static func objection(_ input: Case, _ environment: HandlerEnvironment) -> String? {
        let finding = input.finding
        guard finding.isResolvable else {
            return "Only external access findings that name a principal and have no error can be resolved."
        }
        guard finding.principals.count == 1 else {
            return "The finding names more than one principal, which Access Analyzer never does."
        }
        if let allowed = environment.settings.blockedTypes, !allowed.contains(finding.resourceType) {
            let type = finding.resourceType.name.printable(limit: 100)
            return "GATEHOUSE_BLOCKED_TYPES does not hold \(type), so it is not changed."
        }
        guard Partition(rawValue: finding.resource.partition) != nil else {
            return Partition.unsupported(finding.resource.partition)
        }
        guard let resource = finding.changedResource,
            KnownResourceTypes.known(finding.resourceType)?.remedy(for: resource) != nil
        else { return notBlocked(finding) }
        return nil
    }

    /// For a finding that is over: the outcome when it is over because an earlier invocation blocked the access, whose
    /// message may never have been sent; `nil` when nothing of ours is there.
    static func earlierBlock(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Outcome? {
        let finding = input.finding
        let allowed = environment.settings.blockedTypes
        guard finding.isResolvable, finding.principals.count == 1, let principal = finding.principals.first,
            allowed?.contains(finding.resourceType) ?? true, let resource = finding.changedResource,
            let known = KnownResourceTypes.known(finding.resourceType), let first = known.remedy(for: resource)
        else { return nil }
        let attempt = Attempt(
            case: input,
            principal: principal,
            membership: .outside,
            reading: nil,
            environment: environment,
            warrant: .observing
        )
        // What leaves no mark is known from the ledger alone.
        for remedy in environment.ledger == nil ? [first] : known.remedies(for: resource) {
            if let outcome = try await attempt.earlierOutcome(remedy) { return outcome }
        }
        return nil
    }
}

extension Finding {
    /// The resource as something that may be changed; `nil` where it is in no partition, region or account that is served.
    var changedResource: ChangedResource? {
        ChangedResource(resource, account: accountID, region: region)
    }
}
