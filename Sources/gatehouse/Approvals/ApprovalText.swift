import Basics
import Handlers
import Ledger
import LosslessJSON

/// A request for the terminal.
enum ApprovalText {
    /// What it is about and how it stands, in a few lines.
    static func heading(_ request: ApprovalRequest, now: Timestamp) -> [String] {
        let finding = request.case["finding"]
        let principal = finding?["principal"]?.object?.members.map { $0.value.string ?? "" }.joined(separator: ", ")
        let risk = request.case["decision"]?["risk"]?.int.map { ", risk \($0) of 100" } ?? ""
        return [
            "\(Terminal.styled(state(request, now), "1"))  finding \(request.findingID.printable(limit: 200))",
            "  \((finding?["resource"]?.string ?? "-").printable(limit: 2048))",
            "  access of \((principal ?? "-").printable(limit: 2048))\(risk)",
            "  \(request.summary.printable(limit: 2048))",
        ]
    }

    /// Everything.
    static func whole(_ request: ApprovalRequest, now: Timestamp) -> [String] {
        var lines = heading(request, now: now)
        lines.append("  asked \(request.askedAt.extended), can be decided until \(request.until.extended)")
        if let topic = request.topic { lines.append("  sent to \(topic)".printable(limit: 2048)) }
        if let decision = request.decision {
            let why = decision.reason.map { ": \($0)" } ?? ""
            let what = decision.isApproval ? "approved" : "rejected"
            lines.append(
                "  \(what) \(decision.at.extended) by \(decision.who), \(decision.way)\(why)".printable(limit: 2048)
            )
        }
        for change in request.changes.array ?? [] {
            lines += [
                "",
                "\(change["operation"]?.string ?? "-") on \(change["resource"]?.string ?? "-")".printable(limit: 2048),
                Terminal.colored(diff: change["diff"]?.string ?? ""),
            ]
        }
        if !request.proof.isEmpty {
            lines += ["", "Proven:"] + request.proof.map { "- \($0.printable(limit: 1000))" }
        }
        return lines
    }

    static func state(_ request: ApprovalRequest, _ now: Timestamp) -> String {
        switch request.state {
        case .open where now < request.until: "WAITS UNTIL \(request.until.extended)"
        case .open, .lapsed: "NOBODY DECIDED"
        case .approved: "APPROVED, NOT KNOWN TO BE DONE"
        case .rejected: "REJECTED"
        case .outdated: "OUTDATED: THE RESOURCE HAS CHANGED"
        case .done: "APPROVED, \(request.result ?? "DONE")"
        }
    }
}
