package import Basics
import Findings

/// Counts what was done in a period, line by line; what it holds grows with the findings and not with the lines.
package struct ReportTally: Sendable {
    /// So many findings are told apart; of more, their answers alone are counted.
    package static let mostFindings = 100_000
    private static let mostNames = 10_000

    /// The first moment that counts; `nil` for all.
    let since: Timestamp?
    /// The first moment that no longer counts; `nil` for all.
    let until: Timestamp?
    /// How many times a finding was answered.
    private(set) var answers = 0
    /// The same by what was decided; `NONE` where it was over before.
    private(set) var answersByAction: [String: Int] = [:]
    /// The same by the mode.
    private(set) var modes: [String: Int] = [:]
    /// The same by the rule that decided.
    private(set) var rules: [String: Int] = [:]
    /// Steps that failed, by the error's type; each attempt counts.
    private(set) var failures: [String: Int] = [:]
    /// Findings by their id.
    private(set) var findings: [String: ReportedFinding] = [:]
    /// Answers to findings that there was no room for.
    private(set) var passedOver = 0
    /// When the first and the last counted step was.
    private(set) var span: (first: Timestamp, last: Timestamp)?

    package init(since: Timestamp?, until: Timestamp?) {
        self.since = since
        self.until = until
    }

    /// Takes what one step did, where it is of the period.
    package mutating func take(_ entry: ReportEntry) {
        if let time = entry.time {
            if let since, time < since { return }
            if let until, time >= until { return }
            span = span.map { (min($0.first, time), max($0.last, time)) } ?? (time, time)
        }
        if let type = entry.errorType { failures[type, default: 0] += 1 }
        if entry.isAnswer {
            answers += 1
            answersByAction[entry.action?.rawValue ?? "NONE", default: 0] += 1
            if !entry.mode.isEmpty { modes[entry.mode, default: 0] += 1 }
            if !entry.rule.isEmpty, rules.count < Self.mostNames || rules[entry.rule] != nil {
                rules[entry.rule, default: 0] += 1
            }
        }
        guard findings.count < Self.mostFindings || findings[entry.findingID] != nil else {
            if entry.isAnswer { passedOver += 1 }
            return
        }
        findings[entry.findingID, default: ReportedFinding(id: entry.findingID)].take(entry)
    }
}
