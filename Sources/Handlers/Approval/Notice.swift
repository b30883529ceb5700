import Basics
import Ledger

/// What the approval page says where it does not show a request.
struct Notice {
    let heading: String
    let paragraphs: [String]

    private init(_ heading: String, _ paragraphs: String...) {
        self.heading = heading
        self.paragraphs = paragraphs
    }

    static let notFound = Notice("Not found", "There is nothing at this address. Use the link of the message as it is.")
    static let wrongMethod = Notice("Method not allowed", "This page is read with GET and decided with POST.")
    static let tooLarge = Notice("Too large", "The request is larger than this page takes. Nothing was decided.")
    static let unusable = Notice(
        "This link cannot be used",
        "It is incomplete: mail programs sometimes cut long links. Copy the whole link of the message. Nothing was decided."
    )
    static let incomplete = Notice(
        "Something is missing",
        "Go back, type your name (at most 100 characters; a reason at most 1000), and choose one of the two buttons. "
            + "Nothing was decided."
    )
    static let notSigned = Notice(
        "This link is not ours",
        "It was not made by this Gatehouse, or was changed on its way, or its key has been replaced. Nothing was decided.",
        "Use the link of the newest message, or 'gatehouse approvals list'."
    )
    static let unknown = Notice(
        "This request is over",
        "It is no longer known, or a newer one has taken its place because the resource has changed. Nothing was decided.",
        "Use the newest message, or 'gatehouse approvals list'."
    )
    static let failed = Notice(
        "It did not work",
        "The request could not be read, or the decision could not be recorded. Load the link again to see how it stands; "
            + "'gatehouse approvals list' shows it too. The function's log says why."
    )

    static func tooLate(until: Timestamp) -> Notice {
        Notice(
            "Too late",
            "This could be decided until \(until.extended). Nobody did in time, so nothing was changed and the access is "
                + "open.",
            "The next event or sweep asks again."
        )
    }

    /// - Parameters:
    ///   - isNow: whether it was this request that decided.
    ///   - handingOn: whether somebody goes on with it; `nil` where that is not known here.
    static func decided(_ request: ApprovalRequest, isNow: Bool, handingOn: HandingOn.Answer?) -> Notice {
        guard let decision = request.decision else { return unknown }
        let what = decision.isApproval ? "approved: the access is to be blocked" : "rejected: the access stays open"
        let heading = decision.isApproval ? "Approved" : "Rejected"
        let why = decision.reason.map { " Reason: \($0.printable(limit: 1000))" } ?? ""
        let who = "\(decision.at.extended), by \(decision.who), by the \(decision.way)."
        var paragraphs = ["The request was \(what). \(who)\(why)"]
        switch (handingOn, request.result) {
        case (.handedOn?, _):
            paragraphs.append(
                decision.isApproval
                    ? "The change is being made now. It is not done yet: a message says how it ended."
                    : "Nothing is changed, and nobody is asked about this access again for a while. A message says so too."
            )
        case (.notHandedOn(let why)?, _):
            paragraphs.append(
                "The decision is recorded and NOT CARRIED OUT YET (\(why.printable(limit: 300))): the next event, the sweep or "
                    + "'gatehouse approvals \(decision.isApproval ? "approve" : "reject") "
                    + "\(request.findingID.printable(limit: 200).shellQuoted)' does it."
            )
        case (nil, let result?): paragraphs.append("What came of it: \(result).")
        case (nil, nil) where decision.isApproval: paragraphs.append("The change is not known to be made yet.")
        case (nil, nil): paragraphs.append("Nothing was changed.")
        }
        if !isNow { paragraphs.append("It was decided before: a request is decided once.") }
        return Notice(isNow ? heading : "Decided already: \(heading.lowercasedASCII)", paragraphs)
    }

    private init(_ heading: String, _ paragraphs: [String]) {
        self.heading = heading
        self.paragraphs = paragraphs
    }
}
