import Findings
import Ledger
import LosslessJSON
import Messages
import ResourceTypes

/// A request as the page shows it.
struct ApprovalPage {
    let html: String

    init(_ request: ApprovalRequest, token: String, userARN: String?) throws(HandlerError) {
        let input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(.object(request.case)) }
        let changes = (request.changes.array ?? []).map { change in
            RequestPage.Change(
                operation: change["operation"]?.string ?? "",
                resource: change["resource"]?.string ?? "",
                diff: change["diff"]?.string ?? ""
            )
        }
        html =
            RequestPage(
                input,
                KnownResourceGuide(),
                summary: request.summary,
                changes: changes,
                proof: request.proof,
                until: request.until,
                token: token,
                user: userARN
            ).html
    }
}
