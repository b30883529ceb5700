import Basics
import Handlers
import Ledger
import LosslessJSON

/// What was changed in a period, by the ledger.
struct LedgerSummary {
    private let counts: [(word: String, count: Int)]
    private let rules: [(name: String, count: Int)]
    private let total: Int

    init(_ changes: [LedgerChange]) {
        total = changes.count
        var words: [String: Int] = [:]
        var rules: [String: Int] = [:]
        for change in changes {
            words[History.word(change), default: 0] += 1
            if change.kind == .block { rules[change.about["rule"]?.string ?? "unknown", default: 0] += 1 }
        }
        counts = words.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        self.rules = rules.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// The paragraph for people.
    func text(since: Timestamp) -> String {
        guard total > 0 else { return "Changes by the ledger since \(since.extended): none\n" }
        var lines = ["Changes by the ledger since \(since.extended): \(total)"]
        lines += counts.map { "\(Self.column($0.count))  \($0.word)" }
        if !rules.isEmpty {
            lines.append(
                "Blocks by rule: "
                    + rules.prefix(20).map { "\($0.name.printable(limit: 200)) \($0.count)" }.joined(separator: ", ")
            )
        }
        lines.append("Each of them: gatehouse history --since \(since.extended)")
        return lines.joined(separator: "\n") + "\n"
    }

    var json: JSON {
        [
            "total": .int(total), "byState": .object(JSONObject(counts.map { ($0.word, .int($0.count)) })),
            "blocksByRule": .object(JSONObject(rules.map { ($0.name, .int($0.count)) })),
        ]
    }

    private static func column(_ count: Int) -> String {
        let text = "\(count)"
        return String(repeating: " ", count: max(0, 6 - text.utf8.count)) + text
    }
}
