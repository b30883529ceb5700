import ArgumentParser
import Basics
import Handlers
import Ledger
import LosslessJSON

/// What was changed, why, and whether it still stands.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what Gatehouse changed, by the ledger.",
        discussion: """
            EXAMPLES
              gatehouse history --since 24h
              gatehouse history --since 2026-11-01 --json
              gatehouse history --resource arn:aws:iam::123456789012:role/Audit

            Read on: Sources/Ledger/Ledger.docc/Ledger.md
            """
    )

    @Option(help: "All changes of the resource with this ARN, however old.")
    var resource: String?

    @Option(help: "Changes since then: 30m, 24h, 7d, 4w, a date, or a time with its zone.")
    var since = PastMoment.week

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print one JSON list with the documents before and after, and nothing else.")
    var json = false

    func run() async throws {
        let (ledger, environment) = try options.opened()
        let now = environment.now()
        var changes: [LedgerChange]
        if let resource {
            changes = try await ledger.history(ofResource: resource)
        } else {
            changes = try await ledger.history(since: since.before(now))
        }
        changes.sort { $0.id < $1.id }
        guard !json else {
            return try Terminal.output(JSON.array(changes.map { .object($0.json) }).text(.pretty))
        }
        guard !changes.isEmpty else {
            return try Terminal.output(resource == nil ? "No changes since then." : "No changes of this resource.")
        }
        for (number, change) in changes.enumerated() {
            if number > 0 { try Terminal.output("") }
            for line in lines(change) { try Terminal.output(line) }
        }
    }

    private func lines(_ change: LedgerChange) -> [String] {
        let when = (change.settledAt ?? change.intendedAt).extended
        var lines = [
            "\(when)  \(Terminal.styled(Self.word(change), "1"))  \(change.resource.printable(limit: 2048))",
            "  \(change.operation) for the finding \(change.findingID.printable(limit: 200))",
        ]
        if let principal = change.about["principal"]?.object?.members.first?.value.string {
            let actions = (change.about["actions"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            lines.append("  access of \(principal): \(actions)".printable(limit: 2048))
        }
        if let rule = change.about["rule"]?.string {
            let reason = change.about["reasons"]?.array?.first?.string.map { ": \($0)" } ?? ""
            lines.append("  by the rule \(rule)\(reason)".printable(limit: 2048))
        }
        if let approval = change.about["approvedBy"] {
            let by = approval["by"]?.string ?? "-"
            let claimed = approval["isClaimed"]?.bool ?? true ? " (a name that was typed)" : ""
            lines.append("  approved \(approval["at"]?.string ?? "-") by \(by)\(claimed)".printable(limit: 2048))
        }
        if !change.remadeAt.isEmpty { lines.append("  made again, because it had vanished") }
        if let endedAt = change.endedAt, change.kind == .block {
            lines.append("  ended \(endedAt.extended)\(change.by.map { " by \($0)" } ?? "")".printable(limit: 2048))
        } else if let by = change.by {
            lines.append("  asked for by \(by)".printable(limit: 2048))
        }
        return lines
    }

    static func word(_ change: LedgerChange) -> String {
        switch (change.kind, change.state) {
        case (_, .intended): "BEGUN, NOT KNOWN TO BE DONE"
        case (.block, .made): "BLOCKED, STANDS"
        case (.block, .undone): "BLOCKED, ROLLED BACK"
        case (.block, .vanished): "BLOCKED, VANISHED"
        case (.undo, .made), (.undo, .undone), (.undo, .vanished): "ROLLED BACK"
        case (_, .notMade): "NOT MADE"
        }
    }
}
