package import Basics
package import Findings
import Policies

/// What a person is sent about one case, or about several of one resource: short lines with the most important first,
/// readable on a phone.
package struct Message: Sendable {
    /// At most 99 characters of printable ASCII, as SNS takes it.
    package let subject: String
    /// Plain text, lines with line feeds.
    package let body: String
    /// For subscribers' filters.
    package let attributes: [(name: String, value: String)]
    /// How soon somebody should look.
    package let severity: Severity
    /// What of the body must never be logged: the link that decides; `nil` for most.
    package private(set) var secret: String?
    /// The same for a chat, without the secret.
    let chat: ChatText

    /// The longest body in bytes: SNS takes 256 KiB with the attributes.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    package static let longestBody = 200_000

    /// About one case.
    ///
    /// - Parameters:
    ///   - guide: what the resource's type knows.
    ///   - now: what a rule to paste is counted from.
    ///   - invitation: how to decide about the change, where somebody has to.
    package init(
        _ input: Case,
        _ guide: any ResourceGuide,
        now: Timestamp,
        invitation: ApprovalInvitation? = nil
    ) {
        self.init(
            first: input,
            guide,
            count: 1,
            body: Message.text(input, guide, now, invitation),
            chat: ChatText([input], guide, now: now, invitation: invitation)
        )
        secret = invitation?.link
    }

    /// About several cases of one resource. `nil` when there is none, or when they do not fit into one message.
    init?(_ cases: [Case], _ guide: any ResourceGuide, now: Timestamp) {
        guard cases.count != 1 else {
            self.init(cases[0], guide, now: now)
            return
        }
        // The most pressing first, of those what is open before what is blocked, and otherwise in the order they came.
        var sorted: [Case] = []
        for severity in Severity.allCases.reversed() {
            let alike = cases.filter { Severity($0) == severity }
            sorted += alike.filter { !AccessState($0).isBlocked } + alike.filter { AccessState($0).isBlocked }
        }
        guard let first = sorted.first else { return nil }
        let body = BatchText(sorted, guide, now: now).text
        guard body.utf8.count <= Message.longestBody else { return nil }
        self.init(first: first, guide, count: cases.count, body: body, chat: ChatText(sorted, guide, now: now))
    }

    private init(first: Case, _ guide: any ResourceGuide, count: Int, body: String, chat: ChatText) {
        let finding = first.finding
        var status = first.outcome?.status.rawValue ?? first.decision?.action.rawValue ?? "NOTIFY"
        // What was done has not helped, and filters must not be told otherwise.
        if let verification = VerificationWords(first), verification.status == .stillActive {
            status = verification.status.rawValue
        }
        severity = Severity(first)
        subject = Subject(first, guide, severity, count: count).text
        self.body = body
        self.chat = chat
        attributes = [
            ("status", status),
            ("resourceType", finding.resourceType.name.subjectLine),
            ("severity", severity.rawValue),
            ("accountId", finding.accountID),
        ]
    }

    /// Says once that no more messages follow in this hour.
    ///
    /// - Parameters:
    ///   - limit: how many were sent.
    ///   - end: when the hour is over.
    ///   - place: names the ledger for the command line, as arguments.
    package init(heldBackAfter limit: Int, of first: Case, until end: Timestamp, place: String) {
        severity = .high
        subject = "GATEHOUSE HOLDS MESSAGES BACK until \(end.extended): \(limit) were sent in this hour"
        body =
            [
                [
                    "\(limit) messages were sent in this hour, as many as GATEHOUSE_MAX_MESSAGES_PER_HOUR allows.",
                    "Until \(end.extended) only failures, requests for approval and what is CRITICAL are sent.",
                ],
                [
                    "What to do:",
                    "- See what happened: gatehouse history --since 2h\(place), and the functions' log "
                        + "(\"the finding was answered\").",
                    "- If so much is not right, stop all changes: gatehouse pause --reason 'a storm of findings'\(place)",
                    "- Then find what opened the access everywhere at once, such as one template or one deployment.",
                ],
                [
                    "The first message that was held back is about \(first.finding.resource) (finding \(first.finding.id))."
                ],
            ].paragraphs
        chat = ChatText(body)
        attributes = [
            ("status", "HELD_BACK"), ("resourceType", first.finding.resourceType.name.subjectLine),
            ("severity", severity.rawValue), ("accountId", first.finding.accountID),
        ]
    }

    /// About a period and no case.
    ///
    /// - Parameters:
    ///   - subject: what it comes to, in a line.
    ///   - text: the report, lines with line feeds.
    package init(report subject: String, _ text: String) {
        severity = .low
        self.subject = subject.subjectLine
        body = Message.bounded(text)
        chat = ChatText(body)
        attributes = [("status", "REPORT"), ("severity", severity.rawValue)]
    }

    /// As many messages as it takes, one where that is enough, each with the range of `cases` that it is about.
    package static func pack(
        _ cases: [Case],
        _ guide: any ResourceGuide,
        now: Timestamp
    ) -> [(message: Message, range: Range<Int>)] {
        pack(cases[...], guide, now)
    }

    private static func pack(
        _ cases: ArraySlice<Case>,
        _ guide: any ResourceGuide,
        _ now: Timestamp
    ) -> [(message: Message, range: Range<Int>)] {
        guard !cases.isEmpty else { return [] }
        if let message = Message(Array(cases), guide, now: now) { return [(message, cases.indices)] }
        let middle = cases.startIndex + cases.count / 2
        return pack(cases[..<middle], guide, now) + pack(cases[middle...], guide, now)
    }

    private static func text(
        _ input: Case,
        _ guide: any ResourceGuide,
        _ now: Timestamp,
        _ invitation: ApprovalInvitation?
    ) -> String {
        let sections = MessageSections(input)
        var parts = [Lead(input, guide, isInvitation: invitation != nil).lines]
        parts += invitation?.paragraphs(input) ?? []
        parts += [sections.resource + sections.access, sections.why]
        parts += [sections.about, sections.unavailable]
        parts += NextSteps(input, guide, now: now).sections.map { [$0.heading] + $0.steps.map { "- \($0)" } }
        parts += UndoSections(input, guide).paragraphs
        return bounded(parts.paragraphs)
    }

    /// The text up to the last line that fits.
    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > longestBody else { return text }
        let note = "\nThe rest is too long for a message: see the finding.\n"
        let room = text.utf8.prefix(longestBody - note.utf8.count)
        let end = room.lastIndex(of: UInt8(ascii: "\n")) ?? room.startIndex
        return String(decoding: room[..<end], as: UTF8.self) + note
    }
}
