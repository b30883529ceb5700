import Basics
import Findings
import Ledger
import Logging

extension SweepRun {
    /// Whoever carries a decision out has so many seconds for it before a sweep does.
    private static let patience: Int64 = 300
    /// What nobody asks for any more is ended so many seconds after it can be decided; what somebody has agreed to is kept for
    /// longer, as changes may be paused.
    private static let (remembrance, remembranceOfApproved): (Int64, Int64) = (86_400, 30 * 86_400)

    /// Whether somebody is asked about a finding's access and has time left, or has just agreed.
    func isWaitingForSomebody(_ input: Case, _ ledger: Ledger) async throws(HandlerError) -> Bool {
        let access = input.finding.access
        let request = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.pendingRequest(forAccess: access)
        }
        guard let request else { return false }
        guard let decision = request.decision else {
            guard environment.now() < request.until else { return false }
            // A message that could not be sent is sent by whoever comes next.
            let isTold = try await HandlerError.ofLedger { () async throws(LedgerError) in
                try await ledger.wasTold(of: access, as: Outcome.Status.awaitingApproval.rawValue, request.id)
            }
            return isTold || environment.settings.topic == nil
        }
        return environment.now() < decision.at.adding(seconds: Self.patience)
    }

    /// Ends requests whose findings are gone: nobody will look at them again.
    func endForgottenRequests() async {
        guard let ledger = environment.ledger else { return }
        do throws(LedgerError) {
            for request in try await ledger.pendingRequests() {
                let kept = request.isOpen ? Self.remembrance : Self.remembranceOfApproved
                guard environment.now() > request.until.adding(seconds: kept) else { continue }
                environment.logger.warning(
                    "a request for approval is forgotten: nobody reports its access any more",
                    metadata: ["findingId": .string(request.findingID), "state": .string(request.state.rawValue)]
                )
                _ = try await ledger.end(request, as: .lapsed, result: request.isOpen ? nil : "NOT_CARRIED_OUT")
            }
        } catch {
            environment.logger.warning(
                "requests for approval that are over could not be ended",
                metadata: ["why": .string("\(error)")]
            )
        }
    }
}
