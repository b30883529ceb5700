import Basics
import Findings
import Handlers
import LosslessJSON

/// A case for people: what was decided and done, with the diff.
enum Report {
    /// What a dry run did not do.
    struct DryRun {
        /// The outcome's status without it; `nil` where there is no outcome.
        let wouldBe: String?

        /// - Parameter wouldBe: what `OBSERVED` stands for.
        init(of answer: JSON, wouldBe: Outcome.Status?) {
            let status = answer["outcome"]?["status"]?.string
            self.wouldBe = status == Outcome.Status.observed.rawValue ? wouldBe?.rawValue ?? status : status
        }
    }

    /// - Parameter dryRun: `nil` for an answer that says what was done.
    static func text(_ answer: JSON, dryRun: DryRun? = nil) -> String {
        if let status = answer["statusCode"]?.int {
            return "HTTP status \(status)\n\n" + (answer["body"]?.string ?? "")
        }
        var lines = dryRun.map { [heading($0)] } ?? []
        lines += answer["finding"].map(finding) ?? []
        lines += answer["decision"].map(decision) ?? []
        lines += answer["outcome"].map { outcome($0, dryRun) } ?? []
        if let verification = answer["verification"] {
            lines.append(
                "Verified  \(shown(verification["status"])), check \(shown(verification["attempt"])) of "
                    + shown(verification["limit"])
            )
        }
        switch answer["notification"] {
        case .null: lines.append(dryRun == nil ? "Told      nobody" : "Told      nobody: a dry run sends nothing")
        case .some(let notification): lines.append("Told      message \(shown(notification["messageId"]))")
        case nil: break
        }
        return lines.joined(separator: "\n")
    }

    private static func heading(_ dryRun: DryRun) -> String {
        let what = dryRun.wouldBe.map { "would be \($0.printable(limit: 100)); " } ?? ""
        return Terminal.styled("DRY RUN: \(what)nothing was changed, and nobody was told", "1")
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

    private static func outcome(_ outcome: JSON, _ dryRun: DryRun?) -> [String] {
        let status = dryRun?.wouldBe.map { "would be \($0.printable(limit: 100))" } ?? shown(outcome["status"])
        var lines = [
            "Outcome   \(Terminal.styled(status, "1")) in mode \(shown(outcome["mode"]))",
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
