import AWSOperations
import Basics
import Findings
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
        else { return refused(objection(input, decision, environment) ?? notBlocked(finding), environment) }
        if let why = objection(input, decision, environment) { return refused(why, environment) }
        let attempt = Attempt(
            case: input,
            principal: principal,
            membership: await Membership(of: principal, in: input, environment),
            reading: reading,
            environment: environment
        )
        guard type.choosesByFinding else {
            let access = AccessToClose(sources: [], isPublic: false, means: nil)
            let chosen = type.remedies(for: resource, closing: access)
            return try await attempt.run(chosen.map { Blocker($0.remedy) })
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

    private static func refused(_ why: String, _ environment: HandlerEnvironment) -> Outcome {
        Outcome(.refused, why, mode: environment.settings.mode.rawValue)
    }

    private static func notBlocked(_ finding: Finding) -> String {
        "This version does not block access to \(finding.resourceType.words ?? finding.resourceType.name)."
    }

    /// Why nothing is tried, whatever the resource is like; `nil` where it is.
    private static func objection(_ input: Case, _ decision: Decision, _ environment: HandlerEnvironment) -> String? {
        let finding = input.finding
        let mode = environment.settings.mode
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
        if mode == .approve || (mode == .enforce && decision.action == .approve) {
            return
                "The change needs a person's approval, and approvals need a ledger, which this version does not have."
        }
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
            environment: environment
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
