import Basics
import Findings

/// A finding in a period: how it was answered last, and whether it is over since.
struct ReportedFinding {
    /// What enforce makes of a finding that was answered so.
    enum Fate: String, CaseIterable {
        /// Its access is blocked.
        case block
        /// A person is asked first, because the rule says so.
        case ask
        /// It is archived.
        case archive
        /// People are told, and nothing is changed.
        case tell
        /// What the rules want cannot be done, or must not be.
        case refuse
        /// Nothing, as the rules say.
        case nothing
        /// It is over before anybody comes.
        case over
        /// It is not known: it failed, or nothing was answered in the period.
        case unknown
    }

    let id: String
    private(set) var resource = ""
    private(set) var resourceType = ""
    private(set) var account = ""
    private(set) var principal = ""
    private(set) var openedBy = ""
    private(set) var rule = ""
    private(set) var action: Decision.Action?
    private(set) var isAskedByMode = false
    private(set) var mode = ""
    private(set) var status: Outcome.Status?
    private(set) var summary = ""
    /// When it was answered last; `nil` where that is not known.
    private(set) var answeredAt: Timestamp?
    /// Whether the finding needed nothing any more when it was last looked at.
    private(set) var isOver = false
    private var seenAt: Timestamp?

    init(id: String) {
        self.id = id
    }

    /// Takes what a step did. What is older than what is known changes nothing; of the same second the later one counts.
    mutating func take(_ entry: ReportEntry) {
        if resource.isEmpty { resource = entry.resource }
        if resourceType.isEmpty || resourceType == "Other" { resourceType = entry.resourceType }
        if account.isEmpty { account = entry.account }
        if principal.isEmpty { principal = entry.principal }
        if !entry.openedBy.isEmpty { openedBy = entry.openedBy }
        guard entry.action != nil || entry.status != nil else { return }
        if let time = entry.time, let seenAt, time < seenAt { return }
        seenAt = entry.time ?? seenAt
        isOver = entry.status == .ignored
        // What was over when it came says nothing about what would have been done before.
        if isOver, action != nil || status != nil { return }
        if entry.isAnswer {
            (action, isAskedByMode, status, summary) = (entry.action, entry.isAskedByMode, entry.status, entry.summary)
            rule = entry.rule
        } else {
            action = entry.action ?? action
            isAskedByMode = isAskedByMode || entry.isAskedByMode
            status = entry.status ?? status
            summary = entry.summary.isEmpty ? summary : entry.summary
            if !entry.rule.isEmpty { rule = entry.rule }
        }
        mode = entry.mode
        answeredAt = entry.time ?? answeredAt
    }

    /// The last word: the outcome, or without one what was decided.
    var word: String {
        if isOver { return Outcome.Status.ignored.rawValue }
        return status?.rawValue ?? action?.rawValue ?? "UNANSWERED"
    }

    /// What enforce makes of it, by how it was answered.
    var fate: Fate {
        switch status {
        case .archived: return .archive
        case .resolved, .rolledBack, .conflict: return wouldBlock
        case .alreadyResolved, .ignored: return .over
        case .exempt, .protected, .refused: return .refuse
        case .failed: return .unknown
        case .observed, .awaitingApproval, .deniedApproval, nil: break
        }
        switch action {
        case .archive: return .archive
        case .resolve: return status == nil ? .unknown : .block
        case .approve: return status == nil ? .unknown : wouldBlock
        case .notify: return .tell
        case .ignore: return .nothing
        case nil: return .unknown
        }
    }

    /// A rule that asks goes on asking; the approve mode does not.
    private var wouldBlock: Fate { action == .approve && !isAskedByMode ? .ask : .block }
}
