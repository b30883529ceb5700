import Basics
import Findings
import Ledger
import LosslessJSON

/// How far a run may go with a change that is proven.
enum Warrant: Equatable {
    /// Say what would be done.
    case observing
    /// The same, for somebody to decide about: what was given back on purpose is not asked about.
    ///
    /// - Parameter last: which request people were asked last, and how it stood.
    case asking(last: String)
    case acting
    /// Make exactly the changes that somebody has agreed to.
    case approved(ApprovedChanges)

    var mayAct: Bool {
        switch self {
        case .observing, .asking: false
        case .acting, .approved: true
        }
    }

    /// Who agreed, as a sentence; `nil` where nobody was asked.
    var words: String? {
        guard case .approved(let approved) = self, let decision = approved.request.decision else { return nil }
        return "It was approved on \(decision.at.extended) by \(decision.who)."
    }

    /// What the ledger is to know of a change, with who agreed to it.
    func adding(to entry: JSONObject) -> JSONObject {
        guard case .approved(let approved) = self, let decision = approved.request.decision else { return entry }
        var entry = entry
        entry[ChangeRecord.approval] = .object(decision.json)
        return entry
    }
}

/// Changes that somebody was shown and has agreed to.
struct ApprovedChanges: Equatable {
    let request: ApprovalRequest

    /// Whether a change is one of them: the same call, made on the same document, giving the same document.
    func holds(_ change: Outcome.Change) -> Bool {
        let shown = try? Outcome.changes(request.changes, at: "changes")
        return shown?.contains { $0.bound == change.bound } ?? false
    }

    /// The outcome where what would be done is not what was shown.
    func outdated(_ subject: String, of name: String, mode: String) -> Outcome {
        let decided =
            request.decision.map { " that \($0.by.printable(limit: 200)) approved on \($0.at.extended)" } ?? ""
        var outcome = Outcome(
            .refused,
            "The change\(decided) is no longer the one that would be made: the \(subject) of \(name) is not as it was "
                + "shown, or the rules and settings are others. Nothing was changed; it has to be decided anew.",
            mode: mode
        )
        outcome.approval = .isOutdated
        return outcome
    }
}
