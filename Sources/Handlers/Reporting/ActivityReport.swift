package import Basics
import Findings
package import Rules

/// What was answered in a period, and what enforce would have done: the figures, ready to be written.
package struct ActivityReport: Sendable {
    /// Where the figures are from, and what they cannot know.
    package struct Source: Sendable {
        /// Such as `the log group /aws/lambda/x`.
        let name: String
        /// How many lines were read.
        let lines: Int
        /// Whether everything of the period was read.
        let isComplete: Bool
        /// What is not known, a sentence each.
        let notes: [String]

        package init(name: String, lines: Int, isComplete: Bool = true, notes: [String]) {
            self.name = name
            self.lines = lines
            self.isComplete = isComplete
            self.notes = notes
        }
    }

    /// Findings that were not changed for the same reason.
    struct Undone {
        let status: String
        let why: String
        var findings = 0
        let example: String
    }

    /// How many of a name, the most first.
    typealias Counts = [(name: String, count: Int)]

    let source: Source
    let since: Timestamp?
    let until: Timestamp?
    let span: (first: Timestamp, last: Timestamp)?
    let findings: Int
    let answers: Int
    let passedOver: Int
    let modes: Counts
    let answersByAction: Counts
    let findingsByStatus: Counts
    let failures: Counts
    let fates: [ReportedFinding.Fate: Int]
    /// What enforce blocks, the last one first.
    let blocks: [ReportedFinding]
    /// How many of these are over since.
    let blocksThatAreOver: Int
    /// The hour with the most of these, and how many it has.
    let busiestHour: (hour: String, count: Int)?
    let undone: [Undone]
    let accounts: Counts
    let types: Counts
    /// `nil` where no rules are known.
    let rules: ReportedRules?

    package init(_ tally: ReportTally, _ source: Source, rules: RuleSet?, now: Timestamp) {
        self.source = source
        (since, until, span) = (tally.since, tally.until, tally.span)
        findings = tally.findings.count
        answers = tally.answers
        passedOver = tally.passedOver
        modes = Self.sorted(tally.modes)
        answersByAction = Self.sorted(tally.answersByAction)
        failures = Self.sorted(tally.failures)
        var (statuses, accounts, types): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
        var fates: [ReportedFinding.Fate: Int] = [:]
        var hours: [String: Int] = [:]
        var blocks: [ReportedFinding] = []
        var undone: [String: Undone] = [:]
        for finding in tally.findings.values {
            statuses[finding.word, default: 0] += 1
            accounts[finding.account.isEmpty ? "unknown" : finding.account, default: 0] += 1
            types[finding.resourceType.isEmpty ? "unknown" : finding.resourceType, default: 0] += 1
            fates[finding.fate, default: 0] += 1
            if finding.fate == .block {
                blocks.append(finding)
                if let time = finding.answeredAt { hours[String(time.extended.prefix(13)), default: 0] += 1 }
            }
            guard let status = finding.status, MetricEntry.undone.contains(status.rawValue) else { continue }
            let why = finding.generalSummary
            undone["\(status) \(why)", default: Undone(status: status.rawValue, why: why, example: finding.resource)]
                .findings += 1
        }
        findingsByStatus = Self.sorted(statuses)
        self.accounts = Self.sorted(accounts)
        self.types = Self.sorted(types)
        self.fates = fates
        self.undone = undone.values.sorted { ($1.findings, $0.status, $0.why) < ($0.findings, $1.status, $1.why) }
        let never = Timestamp(secondsSinceEpoch: 0)
        self.blocks = blocks.sorted { ($1.answeredAt ?? never, $0.id) < ($0.answeredAt ?? never, $1.id) }
        blocksThatAreOver = blocks.count { $0.isOver }
        busiestHour = hours.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
        self.rules = rules.map { ReportedRules($0, decided: tally.rules, now: now) }
    }

    /// Whether nothing was held back by the mode.
    var wasEnforcing: Bool { modes.contains { $0.name == "enforce" } && modes.count == 1 }

    private static func sorted(_ counts: [String: Int]) -> Counts {
        counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}

extension ReportedFinding {
    /// Why nothing was done, without what is this finding's alone, so that the same reason is one reason.
    var generalSummary: String {
        var text = summary
        for (part, word) in [(resource, "RESOURCE"), (id, "FINDING")] where !part.isEmpty {
            text = text.replacing(every: part, with: word)
        }
        if let name = resource.utf8.lastIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }) {
            let last = String(resource[resource.utf8.index(after: name)...])
            if last.utf8.count > 3 { text = text.replacing(every: last, with: "NAME") }
        }
        return text.isEmpty ? "(no reason is in the log)" : text.printable(limit: 300)
    }
}
