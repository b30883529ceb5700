import Basics
import Findings

extension ActivityReport {
    /// One line for a message: the figure that somebody decides by.
    var subject: String {
        let end = (until ?? span?.last)?.extended.prefix(10) ?? "now"
        let what = "\(fates[.block] ?? 0) of \(Self.counted(findings, "finding"))"
        guard findings > 0 else { return "Gatehouse report to \(end): no finding was answered" }
        return "Gatehouse report to \(end): \(wasEnforcing ? "blocked" : "enforce would block") \(what)"
    }

    /// The report for people: plain ASCII but for what resources are called, the most important first.
    ///
    /// - Parameter limit: how many elements each list shows.
    package func text(limit: Int) -> String {
        var parts = [head, enforceLines]
        if findings > 0 {
            parts += [blockLines(limit), undoneLines(limit), countLines(limit)]
        }
        if let rules { parts += ruleLines(rules, limit) }
        parts.append(["What this report does not know"] + notes.map { "- \($0)" })
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var head: [String] {
        let from = since.map(Self.minute) ?? "the beginning"
        let to = until.map(Self.minute) ?? "the end"
        var lines = ["Gatehouse report, \(from) to \(to) (UTC)", "From \(source.name.printable(limit: 600))"]
        if !source.isComplete {
            lines.append(
                "INCOMPLETE: there was no more time. Read to \(span.map { Self.minute($0.last) } ?? "nowhere"); a shorter period is read whole."
            )
        }
        guard findings > 0 else {
            return lines + [
                "", "No finding was answered.",
                "If that is not what you expect, see whether the event rule is enabled and the analyzer active.",
            ]
        }
        let modes = modes.map { $0.name.printable(limit: 20) }.joined(separator: ", ")
        lines.append("")
        lines.append(
            "\(Self.counted(findings, "finding")), \(Self.counted(answers, "answer"))"
                + (modes.isEmpty ? "" : ", in mode \(modes)")
        )
        lines.append("(a finding counts once, by its last answer; it is answered each time that it comes)")
        return lines
    }

    private var enforceLines: [String] {
        guard findings > 0 else { return [] }
        let words: [(ReportedFinding.Fate, String)] = [
            (.block, "blocked" + (blocksThatAreOver > 0 ? " (\(blocksThatAreOver) over since, by somebody else)" : "")),
            (.ask, "asked about first, because the rule says APPROVE"), (.archive, "archived as intended"),
            (.tell, "told to people, and left open"), (.refuse, "refused, protected or exempt, and told: still open"),
            (.nothing, "left alone by a rule, nobody told"), (.over, "over before anything was to do"),
            (.unknown, "not known: a step failed, or the log has no answer"),
        ]
        var lines = [wasEnforcing ? "What was done (mode enforce)" : "What enforce would have done"]
        for (fate, word) in words where fate == .block || (fates[fate] ?? 0) > 0 {
            lines.append("\(Self.column(fates[fate] ?? 0))  \(word)")
        }
        if let busiestHour, busiestHour.count > 1 {
            lines.append(
                "Most blocks in one hour: \(busiestHour.count) (\(busiestHour.hour.replacing(every: "T", with: " ")):00). "
                    + "With a ledger, what is above"
            )
            lines.append("GATEHOUSE_MAX_CHANGES_PER_HOUR (20 unless set) is held back and told.")
        }
        if !wasEnforcing, !blocks.isEmpty {
            lines.append("Before you switch on enforce, go through the list below. What is meant to be open needs a")
            lines.append("rule with ARCHIVE (or NOTIFY) first.")
        }
        return lines
    }

    private func blockLines(_ limit: Int) -> [String] {
        guard !blocks.isEmpty else { return [] }
        var lines = [wasEnforcing ? "Blocked" : "Enforce would have blocked"]
        for finding in blocks.prefix(limit) {
            lines.append("- \(Self.shown(finding.resource, 600))")
            let who = finding.principal.isEmpty ? "" : "access of \(finding.principal.printable(limit: 300)), "
            lines.append("  \(who)rule \(Self.shown(finding.rule, 200))")
            if !finding.openedBy.isEmpty {
                lines.append("  last changed before by \(finding.openedBy.printable(limit: 400)) (CloudTrail)")
            }
            let when = finding.answeredAt.map { "\(Self.minute($0)), " } ?? ""
            let over = finding.isOver ? ", over since" : ""
            let status = finding.status?.rawValue ?? "-"
            lines.append("  \(when)\(status)\(over), finding \(finding.id.printable(limit: 200))")
        }
        return lines + Self.rest(blocks.count, limit)
    }

    private func undoneLines(_ limit: Int) -> [String] {
        guard !undone.isEmpty else { return [] }
        var lines = ["Refused, protected, exempt or failed, and why"]
        for reason in undone.prefix(limit) {
            lines.append("\(Self.column(reason.findings))  \(reason.status): \(reason.why.printable(limit: 300))")
            lines.append("       such as \(Self.shown(reason.example, 600))")
        }
        return lines + Self.rest(undone.count, limit)
    }

    private func countLines(_ limit: Int) -> [String] {
        var lines = ["Answers by decision: " + Self.inLine(answersByAction, limit)]
        lines.append("Findings by last word: " + Self.inLine(findingsByStatus, limit))
        lines.append("Accounts: " + Self.inLine(accounts, 5))
        lines.append("Types: " + Self.inLine(types, 5))
        if !failures.isEmpty { lines.append("Failed steps, each attempt: " + Self.inLine(failures, limit)) }
        return lines
    }

    private func ruleLines(_ rules: ReportedRules, _ limit: Int) -> [[String]] {
        func list(_ heading: String, _ entries: [ReportedRules.Entry], _ end: String) -> [String] {
            guard !entries.isEmpty else { return [] }
            let lines = entries.prefix(limit).map { entry in
                let owner = entry.owner.map { ", owner \($0)" } ?? ", no owner"
                let expires = entry.expires.map { ", \(end) \($0)" } ?? ""
                return "- \(entry.name) (\(entry.action)\(owner)\(expires))"
            }
            return ["\(heading): \(entries.count)"] + lines + Self.rest(entries.count, limit)
        }
        var used = ["Rules that decided: \(rules.matched.count)"]
        used += rules.matched.prefix(limit).map { "\(Self.column($0.answers))  \($0.name) (\($0.action))" }
        used += Self.rest(rules.matched.count, limit)
        if rules.undecided > 0 { used.append("\(Self.column(rules.undecided))  no rule: the default, or the score") }
        if !rules.unknown.isEmpty {
            let names = rules.unknown.map { ($0.name.printable(limit: 200), $0.answers) }
            used.append("Not in the present rules: " + Self.inLine(names, limit))
        }
        return [
            used, list("Rules that never matched in this period", rules.unmatched, "expires"),
            list("Rules that have expired", rules.expired, "on"),
            list("Rules that expire within \(ReportedRules.daysAhead) days", rules.expiring, "on"),
        ]
    }

    private var notes: [String] {
        var notes = source.notes
        if rules == nil { notes.append("Which rules never match: no rules were given.") }
        if passedOver > 0 {
            notes.append(
                "More than \(ReportTally.mostFindings) findings came; \(Self.counted(passedOver, "answer")) to further ones "
                    + "are in the counts of answers alone. Report a shorter period."
            )
        }
        if !wasEnforcing {
            notes.append(
                "What happens between now and a change: enforce reads the resource once more, and may still refuse."
            )
        }
        return notes
    }

    // MARK: Words

    private static func shown(_ text: String, _ limit: Int) -> String {
        text.isEmpty ? "(not in the log)" : text.printable(limit: limit)
    }

    private static func minute(_ time: Timestamp) -> String {
        String(time.extended.prefix(16)).replacing(every: "T", with: " ")
    }

    private static func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    private static func column(_ count: Int) -> String {
        let text = "\(count)"
        return String(repeating: " ", count: max(0, 6 - text.utf8.count)) + text
    }

    private static func rest(_ count: Int, _ limit: Int) -> [String] {
        count > limit ? ["  and \(count - limit) more"] : []
    }

    private static func inLine(_ counts: Counts, _ limit: Int) -> String {
        let shown = counts.prefix(limit).map { "\($0.name.printable(limit: 200)) \($0.count)" }
        let more = counts.count > limit ? ["\(counts.count - limit) more"] : []
        return shown.isEmpty ? "none" : (shown + more).joined(separator: ", ")
    }
}
