import Basics
import Findings

/// What became of a request for approval that was not granted, by its summary.
struct ApprovalWords {
    /// Whether the time was up before anybody decided.
    let isTimedOut: Bool

    init(_ outcome: Outcome) {
        // Further on the summary may hold what somebody has typed.
        let summary = outcome.summary.lowercasedASCII
        isTimedOut = summary.hasPrefix(Outcome.lapsedOpening.lowercasedASCII) || summary.hasPrefix("nobody decided")
    }

    var remark: String { isTimedOut ? "nobody decided" : "approval denied" }

    var sentence: String {
        isTimedOut ? "The change was not made in time." : "A person decided against the change."
    }
}
