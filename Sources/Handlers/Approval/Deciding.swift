import Basics
import Findings
package import Ledger
import LosslessJSON
import Policies

/// Who decides about a request, and how they came.
package struct Decider: Sendable, Equatable {
    /// An ARN, or a name that was typed.
    package let by: String
    /// Whether `by` is only what somebody has typed.
    package let isClaimed: Bool
    /// `page` or `command line`.
    package let way: String
    package let reason: String?

    package init(by: String, isClaimed: Bool, way: String, reason: String?) {
        self.by = by
        self.isClaimed = isClaimed
        self.way = way
        self.reason = reason
    }
}

extension ApprovalRequest.Decision {
    /// Who decided, with what is known of that.
    package var who: String { Self.who(by, isClaimed) }

    fileprivate static func who(_ by: String, _ isClaimed: Bool) -> String {
        let name = by.printable(limit: 300)
        return isClaimed ? "\(name) (a name that was typed)" : name
    }
}

extension HandlerEnvironment {
    /// Records a decision about a request, once; in every mode.
    package func decide(
        _ request: ApprovalRequest,
        isApproval: Bool,
        _ decider: Decider
    ) async throws(HandlerError) -> DecisionAnswer {
        guard let ledger else {
            throw HandlerError(.invalidConfiguration, "approvals need a ledger: set GATEHOUSE_LEDGER_TABLE")
        }
        let now = ledger.now()
        let decision = ApprovalRequest.Decision(
            isApproval: isApproval,
            by: decider.by,
            isClaimed: decider.isClaimed,
            at: now,
            way: decider.way,
            reason: decider.reason
        )
        let rejection = isApproval ? nil : try rejection(of: request, decision)
        do throws(LedgerError) {
            return try await ledger.decide(request, decision, rejection: rejection)
        } catch {
            // The answer may have been lost, and not the decision.
            let current = try? await ledger.request(ofFinding: request.findingID)
            if let current, current.id == request.id, current.decision == decision { return .recorded(current) }
            throw HandlerError(error)
        }
    }

    /// Long enough for what goes on with the request to find it, where there is no cool-down.
    private static var leastRejection: Int64 { 300 }

    private func rejection(
        of request: ApprovalRequest,
        _ decision: ApprovalRequest.Decision
    ) throws(HandlerError) -> Rejection {
        let finding = try HandlerError.decoding { () throws(InvalidEvent) in try Case(.object(request.case)) }.finding
        return Rejection(
            findingID: request.findingID,
            resource: finding.resource.description,
            principal: finding.principalJSON,
            actions: finding.actions,
            condition: finding.orderedCondition,
            by: decision.who,
            at: decision.at,
            reason: decision.reason,
            until: decision.at.adding(
                seconds: max(Self.leastRejection, Int64(request.coolDownDays ?? settings.coolDownDays) * 86_400)
            )
        )
    }
}
