import Basics
import Handlers
import LosslessJSON

/// A case for people: what was decided and done, with the diff.
enum Report {
    static func text(_ answer: JSON) -> String {
        if let status = answer["statusCode"]?.int {
            return "HTTP status \(status)\n\n" + (answer["body"]?.string ?? "")
        }
        var lines = answer["finding"].map(finding) ?? []
        lines += answer["decision"].map(decision) ?? []
        lines += answer["outcome"].map(outcome) ?? []
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

    private static func finding(_ finding: JSON) -> [String] {
        let principals = finding["principal"]?.object?.members.map { shown($0.value) }.joined(separator: ", ")
        return [
            "Finding   \(shown(finding["id"])) (\(shown(finding["status"])))",
            "Resource  \(shown(finding["resource"]))",
        ] + (principals.map { ["Principal \($0)"] } ?? [])
    }

    private static func decision(_ decision: JSON) -> [String] {
        let risk = decision["risk"].map { ", risk \(shown($0)) of 100" } ?? ""
        return [
            "Decision  \(Terminal.styled(shown(decision["action"]), "1")) by rule \(shown(decision["rule"]))\(risk)"
        ] + (decision["reasons"]?.array ?? []).map { "          \(shown($0))" }
    }

    private static func outcome(_ outcome: JSON) -> [String] {
        var lines = [
            "Outcome   \(Terminal.styled(shown(outcome["status"]), "1")) in mode \(shown(outcome["mode"]))",
            "          \(shown(outcome["summary"]))",
        ]
        for change in outcome["changes"]?.array ?? [] {
            lines += ["", Terminal.colored(diff: change["diff"]?.string ?? "")]
        }
        if let command = outcome["rollback"]?["command"] { lines.append("Undo      \(shown(command))") }
        return lines
    }

    /// A text without what could move the cursor or colour the terminal.
    private static func shown(_ json: JSON?) -> String {
        (json?.string ?? json?.text() ?? "-").printable(limit: 2048)
    }
}
