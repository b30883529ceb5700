import Basics
import Ledger
import LosslessJSON
import Messages

/// What the approval page says where it does not show a request.
enum Notice {
    case notFound
    case wrongMethod
    case tooLarge
    case unusable
    case notSigned
    /// The request is not known, or another one has taken its place.
    case unknown
    case tooLate(until: Timestamp)
    /// - Parameters:
    ///   - handedOn: how it went on, where it was decided just now; else `nil`.
    ///   - place: names the ledger for the command line, as arguments.
    case decided(ApprovalRequest, handedOn: HandingOn.Answer?, place: String = "")
    case failed

    private static let list = "gatehouse approvals list"

    func page(status: Int) -> NoticePage {
        func page(
            _ title: String,
            _ heading: String,
            _ paragraphs: String...,
            command: String? = nil
        ) -> NoticePage {
            NoticePage(
                title: title,
                kicker: "Gatehouse, status \(status)",
                heading: heading,
                paragraphs,
                command: command
            )
        }
        switch self {
        case .notFound: return page("Nothing here", "There is nothing here", "Open the link from the message.")
        case .wrongMethod:
            return page("Not possible", "This cannot be done here", "The page can be read (GET) and sent (POST).")
        case .tooLarge:
            return page(
                "Too large",
                "This is too large",
                "Nothing was decided: what was sent has more than \(FunctionURLRequest.mostBytes >> 10) KiB.",
                "Go back and shorten the reason to \(ApprovalForm.longestReason) characters."
            )
        case .unusable:
            return page(
                "Not usable",
                "This could not be used",
                "Nothing was decided: the form or the link is not complete.",
                "Go back, type your name (at most \(ApprovalForm.longestName) characters) and choose one of the two buttons. "
                    + "If you came by a link, copy all of it from the message; some mail programs break it."
            )
        case .notSigned:
            return page(
                "Not valid",
                "This link is not valid",
                "It was not made by this Gatehouse, or is not complete, or its key has been replaced. Nothing was decided.",
                "Copy the whole link from the newest message, or see on the command line what waits:",
                command: Self.list
            )
        case .unknown:
            return page(
                "No longer open",
                "This request is no longer open",
                "A newer request has taken its place, or it is not known any more. Nothing was decided.",
                "Use the link in the newest message, or see on the command line what waits:",
                command: Self.list
            )
        case .tooLate(let until):
            return page(
                "Too late",
                "It is too late to decide this",
                "Nobody decided before \(until.words), so nothing was changed and the access is still open.",
                "The next event or sweep asks again, with a new link."
            )
        case .failed:
            return page(
                "Failed",
                "Something failed on our side",
                "It is not known that anything was recorded.",
                "Open the link again in a minute to see how it stands. If it fails again, use the command line:",
                command: Self.list
            )
        case .decided(let request, let handedOn, let place): return Self.decided(request, handedOn, place)
        }
    }

    // MARK: A decision

    private static func decided(
        _ request: ApprovalRequest,
        _ handedOn: HandingOn.Answer?,
        _ place: String
    ) -> NoticePage {
        guard let decision = request.decision else { return Notice.unknown.page(status: 410) }
        let what = facts(request, decision)
        guard let handedOn else {
            let came = request.result.map { "What came of it: \($0)." } ?? "What came of it is not known yet."
            return NoticePage(
                title: "Decided already",
                kicker: "Gatehouse, status 409",
                heading: "This was decided already",
                ["Only the first decision counts, so nothing was changed by this visit."]
                    + (decision.isApproval ? [came] : []),
                facts: what
            )
        }
        var (title, heading, paragraphs): (String, String, [String])
        var command: String?
        switch (decision.isApproval, handedOn) {
        case (true, .handedOn):
            (title, heading) = ("Approved", "Approved: the access is being blocked")
            paragraphs = [
                "Your decision is recorded. The change is being made now, and is not done yet.",
                "A message follows when it is done. If the resource has changed since you saw it, nothing is written and you "
                    + "are asked again.",
            ]
        case (false, .handedOn):
            (title, heading) = ("Rejected", "Rejected: the access stays open")
            paragraphs = [
                "Your decision is recorded. Nothing is changed.",
                "If it is intended for good, add an archive rule, so that Access Analyzer stops reporting it.",
            ]
        case (true, .notHandedOn):
            (title, heading) = ("Approved, not yet carried out", "Approved, but not yet carried out")
            paragraphs = [
                "Your decision is recorded, but the access is still open: the change could not be started.",
                "You do not have to decide again: the next event or sweep carries it out. To do it at once:",
            ]
            command = "gatehouse approvals approve \(request.findingID.shellQuoted)\(place)"
        case (false, .notHandedOn):
            (title, heading) = ("Rejected", "Rejected: the access stays open")
            paragraphs = [
                "Your decision is recorded. Nothing is changed. Nobody could be told of it yet: the next event or sweep does."
            ]
        }
        return NoticePage(
            title: title,
            kicker: "Gatehouse, decision recorded",
            heading: heading,
            paragraphs,
            command: command,
            facts: what
        )
    }

    private static func facts(
        _ request: ApprovalRequest,
        _ decision: ApprovalRequest.Decision
    ) -> [NoticePage.Fact] {
        var facts = [
            NoticePage.Fact("Decision", decision.isApproval ? "Approved: block the access" : "Rejected: leave it open"),
            NoticePage.Fact("By", decision.who), NoticePage.Fact("When", decision.at.words),
            NoticePage.Fact("How", decision.way),
        ]
        if let reason = decision.reason { facts.append(NoticePage.Fact("Reason", reason)) }
        if let resource = request.case["finding"]?["resource"]?.string {
            facts.append(NoticePage.Fact("Resource", resource, isCode: true))
        }
        return facts + [NoticePage.Fact("Finding", request.findingID, isCode: true)]
    }
}
