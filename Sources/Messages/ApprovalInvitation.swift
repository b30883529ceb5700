package import Basics
import Findings

/// How somebody can decide about a change: what a message says of it beside the case.
package struct ApprovalInvitation: Sendable {
    /// The page's address with its token; `nil` where there is none.
    package let link: String?
    /// Why there is no link although a page is set, as a sentence's end; `nil` where none is.
    package let whyNoLink: String?
    package let until: Timestamp
    /// The finding that the request is recorded under.
    package let findingID: String
    /// Names the ledger for the command line, as arguments.
    package let place: String
    /// The ARN of the topic whose subscribers are asked.
    package let topic: String

    package init(
        link: String?,
        whyNoLink: String? = nil,
        until: Timestamp,
        findingID: String,
        place: String,
        topic: String
    ) {
        self.link = link
        self.whyNoLink = whyNoLink
        self.until = until
        self.findingID = findingID
        self.place = place
        self.topic = topic
    }

    /// What would be done, both ways to decide about it, and who else was asked; paragraphs of short lines.
    func paragraphs(_ input: Case) -> [[String]] {
        guard let outcome = input.outcome else { return [] }
        var change = ["What would be done:"]
        for made in outcome.changes {
            change.append("\(made.operation) on \(made.resource.printable(limit: 2048)):")
            change += Self.short(made.diff)
        }
        let proof =
            outcome.proof.isEmpty ? [] : ["Why it is safe:"] + outcome.proof.map { "- \($0.printable(limit: 500))" }
        return [ways, change, proof, asked]
    }

    private var ways: [String] {
        var lines = [
            "How to decide, until \(until.extended) (the first decision counts, and only what is shown is done):"
        ]
        if let link { lines.append("- On the page, which shows everything and changes nothing by itself: \(link)") }
        if let whyNoLink { lines.append("- The page's link could not be made: \(whyNoLink.printable(limit: 500))") }
        lines += [("See it", "show"), ("Block the access", "approve"), ("Leave it open", "reject")].map { words, verb in
            "- \(words): gatehouse approvals \(verb) \(findingID.shellQuoted)\(place)"
        }
        lines.append("- If nobody decides, nothing is changed, the access stays open, and you are asked again.")
        return lines
    }

    /// The ways to decide that hold no secret.
    var onCommandLine: Steps {
        let commands = ["show", "approve", "reject"].map {
            "gatehouse approvals \($0) \(findingID.shellQuoted)\(place)"
        }
        return ("How to decide, until \(until.extended) (see it, block the access, or leave it open):", commands)
    }

    private var asked: [String] {
        ["Who was asked: everybody who is subscribed to \(topic)."]
    }

    /// The lines of a diff that fit into a mail.
    private static func short(_ diff: String) -> [String] {
        var lines = diff.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0).printable(limit: 300)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        let most = 60
        guard lines.count > most else { return lines }
        return lines.prefix(most) + [
            "... and \(lines.count - most) more lines: see the page, or 'gatehouse approvals show'"
        ]
    }
}
