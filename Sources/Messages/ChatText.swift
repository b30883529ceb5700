import Basics
import Findings
import Policies

/// What a message says in a chat: less than the mail, and never the link that decides.
struct ChatText {
    /// Paragraphs of lines.
    let paragraphs: [[String]]
    /// The finding's page in the console, which we have made ourselves; empty for none.
    let link: String
    /// Steps under their headings.
    let sections: [Steps]
    /// Messages about the same thing are one thread.
    let thread: String
    let resource: String

    /// About the cases of one resource, of which there is one at least; the most pressing comes first.
    ///
    /// - Parameter invitation: how to decide about the one case, where somebody has to.
    init(
        _ cases: [Case],
        _ guide: any ResourceGuide,
        now: Timestamp,
        invitation: ApprovalInvitation? = nil
    ) {
        var paragraphs: [[String]] = []
        for input in cases {
            let sections = MessageSections(input)
            paragraphs.append(Array(Lead(input, guide).lines.prefix(2)))
            if paragraphs.count == 1 { paragraphs.append(sections.resource) }
            paragraphs += [sections.access, sections.why, sections.unavailable]
        }
        self.paragraphs = paragraphs
        let first = cases.first
        link = first.flatMap { FindingLink($0.finding)?.url } ?? ""
        let next = cases.count > 1 ? [] : first.map { NextSteps($0, guide, now: now).sections } ?? []
        sections = (invitation.map { [$0.onCommandLine] } ?? []) + next
        thread = first?.finding.id ?? ""
        resource = first?.finding.resource.description ?? ""
    }

    /// About no case: the mail's own text.
    init(_ body: String) {
        paragraphs = [body.split(separator: "\n").map(String.init)]
        (link, sections, thread, resource) = ("", [], "", "")
    }
}
