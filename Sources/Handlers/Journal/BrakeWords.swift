import AWSClient
import Basics
import Findings
package import Ledger

extension Pause {
    /// What a person is told of a change that was not made.
    var sentence: String {
        let why = reason.map { " (\($0.printable(limit: 300)))" } ?? ""
        return "\(Outcome.pauseOpening)\(at.extended) by \(by.printable(limit: 300))\(why), so nothing was changed: "
            + "'gatehouse resume' lets them go on."
    }
}

extension Settings {
    /// How many changes may be made in an hour.
    var changeLimits: ChangeLimits {
        ChangeLimits(inAll: maxChangesPerHour, perAccount: maxChangesPerAccountPerHour)
    }

    /// Why a change was held back, and what to do.
    ///
    /// - Parameter account: whose limit it is; `nil` for the one of all accounts.
    func tooMany(_ now: Timestamp, account: String?) -> String {
        let limit = account == nil ? maxChangesPerHour : maxChangesPerAccountPerHour
        let name = account == nil ? "GATEHOUSE_MAX_CHANGES_PER_HOUR" : "GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR"
        let place = account.map { " to account \($0)" } ?? ""
        let begin = now.secondsSinceEpoch - now.secondsSinceEpoch % 3600
        let end = Timestamp(secondsSinceEpoch: begin + 3600).extended
        return
            "\(Reason.brakeOpening)\(limit) changes\(place) were made in this hour, as many as \(name) allows, so nothing was "
            + "changed and the access is open. Look whether so many findings are right; then block it by hand, or raise the "
            + "setting. The next sweep or event after \(end) tries again."
    }
}

extension HandlerEnvironment {
    /// Who has stopped all changes; `nil` where nobody has, or there is no ledger.
    func pauseOfChanges() async throws(HandlerError) -> Pause? {
        guard let ledger else { return nil }
        return try await HandlerError.ofLedger { () async throws(LedgerError) in try await ledger.pause() }
    }
}

extension HandlerError {
    /// What an error of the ledger means to an invocation.
    package init(_ error: LedgerError) {
        switch error {
        case .aws(let error) where error.code == "ResourceNotFoundException":
            self.init(
                .invalidConfiguration,
                "GATEHOUSE_LEDGER_TABLE names a table that does not exist: deploy the ledger, or unset it (\(error))"
            )
        case .aws(let error): self.init(HandlerError(error).kind, "the ledger (GATEHOUSE_LEDGER_TABLE): \(error)")
        case .lost(let what): self.init(.resourceBusy, "\(what): a retry finds out how it stands")
        case .unreadable(let what): self.init(.invalidConfiguration, what)
        }
    }

    /// Runs a call of the ledger with its error as a handler's.
    static func ofLedger<T>(_ call: () async throws(LedgerError) -> T) async throws(HandlerError) -> T {
        do throws(LedgerError) {
            return try await call()
        } catch {
            throw HandlerError(error)
        }
    }
}
