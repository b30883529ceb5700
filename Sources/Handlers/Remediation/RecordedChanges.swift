import Basics
import Findings
import Ledger
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// One change to be taken back.
struct UndoStep {
    let remedy: any Remedy
    /// What was changed, where something tells it.
    let change: EarlierChange?
}

/// What the ledger has of a finding; nothing where there is no ledger.
struct RecordedChanges {
    /// Everything that was ever changed for it, the oldest first.
    let all: [LedgerChange]

    /// - Parameter resource: where the caller says it; changes of another one are left out.
    init(ofFinding id: String, resource: String?, _ environment: HandlerEnvironment) async throws(HandlerError) {
        guard let ledger = environment.ledger else {
            all = []
            return
        }
        let changes = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.changes(ofFinding: id)
        }
        all = changes.filter { $0.kind == .block && $0.state != .notMade && $0.resource == resource ?? $0.resource }
    }

    /// What stands, or may.
    var current: [LedgerChange] { all.filter(\.isCurrent) }

    var region: String? { all.last?.about["region"]?.string }

    /// Whose access was closed.
    var access: ClosedAccess? {
        guard let about = all.last?.about else { return nil }
        let principal = about["principal"]?.object?.members.first.flatMap { member in
            member.value.string.map { Principal(key: member.key, value: $0) }
        }
        return ClosedAccess(principal: principal, actions: (about["actions"]?.array ?? []).compactMap(\.string))
    }

    /// The way back, the last change first.
    func steps(_ remedies: [any Remedy]) -> [UndoStep] {
        current.reversed().compactMap { change in
            remedies.first { $0.operation == change.operation && $0.resource == change.resource }.map { remedy in
                UndoStep(remedy: remedy, change: EarlierChange(change))
            }
        }
    }

    /// The outcome where everything was taken back before: asking twice is no error.
    func undoneEarlier(_ environment: HandlerEnvironment) -> Outcome? {
        guard current.isEmpty, let last = all.last, last.state == .undone else { return nil }
        let when = last.endedAt.map { " on \($0.extended)" } ?? ""
        let by = last.by.map { " by \($0.printable(limit: 300))" } ?? ""
        return Outcome(
            .rolledBack,
            "Our change was taken back\(when)\(by) already. \(environment.undone(access))",
            mode: environment.settings.mode.rawValue
        )
    }
}

extension ClosedAccess {
    /// What the ledger is to know of it, in a case's words.
    var about: JSONObject {
        var about = JSONObject([("actions", .array(actions.map(JSON.string)))])
        if let (key, value) = principal?.element { about["principal"] = .object(JSONObject([(key, .string(value))])) }
        return about
    }
}

extension HandlerEnvironment {
    /// What follows a rollback, as a sentence.
    func undone(_ known: ClosedAccess?) -> String {
        guard ledger != nil, known?.principal != nil else { return OutcomeWords.undone }
        return OutcomeWords.undone(coolDownDays: settings.coolDownDays)
    }
}
