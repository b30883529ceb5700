import Basics
import LosslessJSON

/// Findings as RFC 4180 has it: a header, CRLF, quotes doubled.
///
/// https://www.rfc-editor.org/rfc/rfc4180
enum AuditCSV {
    private static let columns = [
        "severity", "decision", "rule", "risk", "kind", "status", "account", "region", "resource_type", "resource",
        "principal", "public", "actions", "condition", "created_at", "updated_at", "age_days", "error", "analyzer",
        "analyzer_type", "finding_id", "duplicate_of", "summary", "reasons",
    ]

    static let header = columns.joined(separator: ",") + "\r\n"

    static func row(_ record: AuditRecord) -> [UInt8] {
        let principals = record.principals.map { "\($0.kind) \($0.name)" }
        var cells: [String] = [record.severity, record.action, record.rule, record.risk.map { String($0) } ?? ""]
        cells += ["kind", "status", "accountId", "region", "resourceType", "resource"].map { record[$0] }
        cells.append(principals.joined(separator: "; "))
        cells.append(record.isPublic.map { $0 ? "yes" : "no" } ?? "")
        cells.append(record.actions.joined(separator: " "))
        cells.append(record.condition.isEmpty ? "" : JSON.object(record.condition).text())
        cells += [record["createdAt"], record["updatedAt"], record.ageDays.map { String($0) } ?? ""]
        cells += [record["error"], record["analyzerArn"], record.analyzerType, record["id"]]
        cells += [record.duplicateOf ?? "", record.summary, record.reasons.joined(separator: " | ")]
        return Array((cells.map(cell).joined(separator: ",") + "\r\n").utf8)
    }

    /// Those of wide forms as well, which some spreadsheets take for the same.
    private static let formulaBeginnings: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// What a spreadsheet would run as a formula gets an apostrophe before it.
    ///
    /// https://owasp.org/www-community/attacks/CSV_Injection
    static func cell(_ text: String) -> String {
        // A tab or line end would have become a space, behind which some programs still look for a formula; where a semicolon
        // separates lists, one also begins a cell.
        var safe = String.UnicodeScalarView()
        var isBeginning = true
        for scalar in text.printable(limit: 30_000).unicodeScalars {
            if isBeginning, formulaBeginnings.contains(scalar) { safe.append("'") }
            isBeginning = scalar == ";" || isBeginning && scalar == " "
            safe.append(scalar)
        }
        let text = String(safe)
        guard text.utf8.contains(where: { ",;\"".utf8.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
