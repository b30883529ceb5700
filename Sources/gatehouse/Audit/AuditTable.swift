import Basics

/// An audit for a terminal: a line a finding, the most pressing first, and what comes of it.
struct AuditTable {
    private let report: AuditReport
    private let entries: [AuditEntry]
    private let spool: AuditSpool
    private static let heads = ["SEVERITY", "DECISION", "AGE", "ACCOUNT", "REGION", "WHO", "RULE", "RESOURCE"]
    private static let limits = [8, 8, 6, 12, 16, 48, 32, 400]

    init(_ report: AuditReport, _ entries: [AuditEntry], _ spool: AuditSpool) {
        self.report = report
        self.entries = entries
        self.spool = spool
    }

    func write(to output: AuditOutput) throws(CommandError) {
        if !entries.isEmpty {
            var widths = Self.heads.map(\.utf8.count)
            for entry in entries {
                for (column, cell) in Self.cells(try AuditRecord(entry, in: spool)).enumerated() {
                    widths[column] = max(widths[column], cell.unicodeScalars.count)
                }
            }
            try output.write(Self.line(Self.heads, widths))
            for entry in entries { try output.write(Self.line(Self.cells(try AuditRecord(entry, in: spool)), widths)) }
            try output.write("\n")
        }
        for line in report.summary { try output.write(line + "\n") }
    }

    private static func cells(_ record: AuditRecord) -> [String] {
        let cells = [
            record.severity, record.action, record.ageDays.map { "\($0)d" } ?? "-", record["accountId"],
            record["region"],
            who(record), record.rule, record["resource"],
        ]
        return zip(cells, limits).map { middleCut($0, $1) }
    }

    /// The principal without what all ARNs have in common.
    private static func who(_ record: AuditRecord) -> String {
        if record.isPublic == true { return "everybody" }
        guard let first = record.principals.first else { return "-" }
        return record.principals.count > 1 ? "\(first.name) +\(record.principals.count - 1)" : first.name
    }

    /// A text of at most so many characters: its ends tell more than its middle.
    private static func middleCut(_ text: String, _ limit: Int) -> String {
        let text = text.printable(limit: 2048)
        let scalars = Array(text.unicodeScalars)
        guard scalars.count > limit else { return text }
        let head = limit / 3
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: scalars[..<head])
        cut.append(contentsOf: "...".unicodeScalars)
        cut.append(contentsOf: scalars[(scalars.count - (limit - head - 3))...])
        return String(cut)
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            line += cell
            guard column < cells.count - 1 else { break }
            line += String(repeating: " ", count: max(0, widths[column] - cell.unicodeScalars.count) + 2)
        }
        return line + "\n"
    }
}
