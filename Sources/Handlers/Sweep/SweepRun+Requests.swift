import Basics
import Findings
import Ledger
import Logging

extension SweepRun {
    /// Whoever carries a decision out has so many seconds for it before a sweep does.
    private static let patience: Int64 = 300
    /// What nobody asks for any more is ended so many seconds after it can be decided.
    private static let remembrance: Int64 = 86_400

    /// Whether somebody is asked about a finding's access and has time left, or has just agreed.
    func isWaitingForSomebody(_ input: Case, _ ledger: Ledger) async throws(HandlerError) -> Bool {
        let access = input.finding.access
        let request = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.pendingRequest(forAccess: access)
        }
        guard let request else { return false }
        guard let decision = request.decision else { return environment.now() < request.until }
        return environment.now() < decision.at.adding(seconds: Self.patience)
    }

    /// Ends requests whose findings are gone: nobody will look at them again.
    func endForgottenRequests() async {
        guard let ledger = environment.ledger else { return }
        do throws(LedgerError) {
            for request in try await ledger.pendingRequests()
            where environment.now() > request.until.adding(seconds: Self.remembrance) {
                _ = try await ledger.end(request, as: .lapsed)
            }
        } catch {
            environment.logger.warning(
                "requests for approval that are over could not be ended",
                metadata: ["why": .string("\(error)")]
            )
        }
    }
}
