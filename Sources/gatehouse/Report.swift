import Basics
import Handlers
import LosslessJSON

/// A case for people: what was decided and done, with the diff.
enum Report {
    static func text(_ answer: JSON) -> String {
        var lines: [String] = []
        if let finding = answer["finding"] {
            lines.append("Finding   \(shown(finding["id"])) (\(shown(finding["status"])))")
            lines.append("Resource  \(shown(finding["resource"]))")
            if let principal = finding["principal"]?.object {
                lines.append(
                    "Principal " + principal.members.map { shown($0.value) }.joined(separator: ", ")
                )
            }
        }
        if let decision = answer["decision"] {
            lines.append(
                "Decision  \(Terminal.styled(shown(decision["action"]), "1")) by rule \(shown(decision["rule"]))"
                    + (decision["risk"].map { ", risk \(shown($0)) of 100" } ?? "")
            )
            lines += (decision["reasons"]?.array ?? []).map { "          \(shown($0))" }
        }
        if let outcome = answer["outcome"] {
            lines.append(
                "Outcome   \(Terminal.styled(shown(outcome["status"]), "1")) in mode \(shown(outcome["mode"]))"
            )
            lines.append("          \(shown(outcome["summary"]))")
            for change in outcome["changes"]?.array ?? [] {
                lines.append("")
                lines.append(Terminal.colored(diff: change["diff"]?.string ?? ""))
            }
            if let command = outcome["rollback"]?["command"] { lines.append("Undo      \(shown(command))") }
        }
        if let verification = answer["verification"] {
            lines.append(
                "Verified  \(shown(verification["status"])), check \(shown(verification["attempt"])) of "
                    + shown(verification["limit"])
            )
        }
        switch answer["notification"] {
        case .null: lines.append("Told      nobody")
        case .some(let notification): lines.append("Told      message \(shown(notification["messageId"]))")
        case nil: break
        }
        return lines.joined(separator: "\n")
    }

    /// A text without what could move the cursor or colour the terminal.
    private static func shown(_ json: JSON?) -> String {
        (json?.string ?? json?.text() ?? "-").printable(limit: 2048)
    }
}
