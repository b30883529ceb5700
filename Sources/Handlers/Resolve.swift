import Basics
import Findings
import Logging
import Policies

/// Blocks what the decision says is to be blocked, on RESOLVE, and asks for approval on APPROVE.
enum Resolution {
    /// The case with what came of it.
    static func run(
        _ input: Case,
        _ decision: Decision,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        var result = input
        result.conclude(try await outcome(input, decision, environment))
        return result
    }

    private static func outcome(
        _ input: Case,
        _ decision: Decision,
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
                "GATEHOUSE_BLOCKED_TYPES does not hold \(finding.resourceType.printable(limit: 100)), so it is not changed."
            )
        }
        guard let role = finding.role else {
            return refused("This version blocks access to IAM roles only, not to \(finding.resourceType).")
        }
        if mode == .approve || (mode == .enforce && decision.action == .approve) {
            return refused(
                "The change needs a person's approval, and approvals need a ledger, which this version does not have."
            )
        }
        let remediation = RoleRemediation(
            case: input,
            role: role,
            principal: principal,
            membership: await Membership(of: principal, in: input, environment),
            environment: environment,
            mayAct: mode == .enforce && !environment.isDryRun
        )
        return try await remediation.run()
    }

    /// For a finding that is over: the outcome when it is over because an earlier invocation blocked the access, whose
    /// message may never have been sent; `nil` when nothing of ours is there.
    static func earlierBlock(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Outcome? {
        guard input.finding.isResolvable, input.finding.principals.count == 1, let role = input.finding.role,
            let principal = input.finding.principals.first
        else { return nil }
        let remediation = RoleRemediation(
            case: input,
            role: role,
            principal: principal,
            membership: .outside,
            environment: environment,
            mayAct: false
        )
        return try await remediation.earlierBlock()
    }
}
