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
        result.conclude(try await outcome(input, decision, reading, environment))
        return result
    }

    private static func outcome(
        _ input: Case,
        _ decision: Decision,
        _ reading: EarlierReading?,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome {
        let finding = input.finding
        let mode = environment.settings.mode
        func refused(_ why: String) -> Outcome {
            Outcome(.refused, why, mode: mode.rawValue)
        }
        guard finding.isResolvable else {
            return refused("Only external access findings that name a principal and have no error can be resolved.")
        }
        guard finding.principals.count == 1, let principal = finding.principals.first else {
            return refused("The finding names more than one principal, which Access Analyzer never does.")
        }
        if let allowed = environment.settings.blockedTypes, !allowed.contains(finding.resourceType) {
            return refused(
                "GATEHOUSE_BLOCKED_TYPES does not hold \(finding.resourceType.name.printable(limit: 100)), "
                    + "so it is not changed."
            )
        }
        guard Partition(rawValue: finding.resource.partition) != nil else {
            return refused(Partition.unsupported(finding.resource.partition))
        }
        guard let remedy = finding.remedy else {
            return refused("This version blocks access to IAM roles only, not to \(finding.resourceType).")
        }
        if mode == .approve || (mode == .enforce && decision.action == .approve) {
            return refused(
                "The change needs a person's approval, and approvals need a ledger, which this version does not have."
            )
        }
        let membership = await Membership(of: principal, in: input, environment)
        return try await block(input, principal, remedy, membership, reading, environment)
    }

    private static func block(
        _ input: Case,
        _ principal: Principal,
        _ remedy: some Remedy,
        _ membership: Membership,
        _ reading: EarlierReading?,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome {
        let blocking = Blocking(
            case: input,
            principal: principal,
            remedy: remedy,
            membership: membership,
            reading: reading,
            environment: environment,
            mayAct: environment.settings.mode == .enforce && !environment.isDryRun
        )
        return try await blocking.run()
    }

    /// For a finding that is over: the outcome when it is over because an earlier invocation blocked the access, whose
    /// message may never have been sent; `nil` when nothing of ours is there.
    static func earlierBlock(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Outcome? {
        guard input.finding.isResolvable, input.finding.principals.count == 1, let remedy = input.finding.remedy,
            let principal = input.finding.principals.first
        else { return nil }
        return try await earlierBlock(input, principal, remedy, environment)
    }

    private static func earlierBlock(
        _ input: Case,
        _ principal: Principal,
        _ remedy: some Remedy,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome? {
        let blocking = Blocking(
            case: input,
            principal: principal,
            remedy: remedy,
            membership: .outside,
            reading: nil,
            environment: environment,
            mayAct: false
        )
        return try await blocking.earlierOutcome()
    }
}

extension Finding {
    /// What closes access to the resource; `nil` where nothing does, or not in the resource's partition.
    var remedy: (any Remedy)? {
        guard let partition = Partition(rawValue: resource.partition) else { return nil }
        return KnownResourceTypes.known(resourceType)?.remedy(for: resource, partition)
    }
}
