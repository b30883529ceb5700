import Basics
import Logging
import LosslessJSON
import Messages

/// What is logged of an answer.
enum OutcomeLog {
    /// Every outcome is in the log, also those that nobody is told of.
    static func write(_ answer: JSONObject, to logger: Logger) {
        guard let outcome = answer["outcome"] else { return }
        let finding = answer["finding"]
        var metadata: Logger.Metadata = [
            "outcome": .string(outcome["status"]?.string ?? ""), "summary": .string(outcome["summary"]?.string ?? ""),
            "mode": .string(outcome["mode"]?.string ?? ""), "findingId": .string(finding?["id"]?.string ?? ""),
            "resource": .string(finding?["resource"]?.string ?? ""),
            "rule": .string(answer["decision"]?["rule"]?.string ?? ""), "reasons": .string(reasons(answer)),
        ]
        if let owner = answer["decision"]?["owner"]?.string { metadata["owner"] = .string(owner.printable(limit: 200)) }
        if let change = answer["context"]?["openedBy"].flatMap(OpenedByWords.change) {
            metadata["openedBy"] = .string(change)
        }
        logger.info("the finding was answered", metadata: metadata)
    }

    /// Why it was decided so, in one bounded line.
    private static func reasons(_ answer: JSONObject) -> String {
        let reasons = answer["decision"]?["reasons"]?.array ?? []
        return reasons.prefix(20).compactMap(\.string).joined(separator: " ").printable(limit: 1000)
    }
}
