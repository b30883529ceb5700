import Findings
import Policies

/// What a person is sent about one case, or about several of one resource: short lines with the most important first,
/// readable on a phone.
struct Message {
    let subject: String
    let body: String
    let attributes: [(name: String, value: String)]
    let severity: Severity

    /// The longest body in bytes: SNS takes 256 KiB with the attributes.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    static let longestBody = 200_000

    /// About one case.
    init(_ input: Case) {
        self.init(first: input, count: 1, body: Message.text(input))
    }

    /// About several cases of one resource. `nil` when there is none, or when they do not fit into one message.
    init?(_ cases: [Case]) {
        guard cases.count != 1 else {
            self.init(cases[0])
            return
        }
        // The most pressing first, and otherwise in the order they came.
        var sorted: [Case] = []
        for severity in Severity.allCases.reversed() { sorted += cases.filter { Severity($0) == severity } }
        guard let first = sorted.first else { return nil }
        let body = Message.text(sorted)
        guard body.utf8.count <= Message.longestBody else { return nil }
        self.init(first: first, count: cases.count, body: body)
    }

    private init(first: Case, count: Int, body: String) {
        let finding = first.finding
        var status = first.outcome?.status.rawValue ?? first.decision?.action.rawValue ?? "NOTIFY"
        // What was done has not helped, and the first words must not say otherwise.
        if let verification = VerificationWords(first), verification.status == .stillActive {
            status = verification.status.rawValue
        }
        let name = finding.role.map { "role \($0.name)" } ?? finding.resource.resource
        severity = Severity(first)
        let more = count > 1 ? "\(count) findings, " : ""
        subject = subjectLine("\(status): \(more)\(name) in \(finding.accountID)")
        self.body = body
        attributes = [
            ("status", status),
            ("resourceType", subjectLine(finding.resourceType)),
            ("severity", severity.rawValue),
            ("accountId", finding.accountID),
        ]
    }

    /// As many messages as it takes, one where that is enough, each with the range of `cases` that it is about.
    static func pack(_ cases: [Case]) -> [(message: Message, range: Range<Int>)] {
        pack(cases[...])
    }

    private static func pack(_ cases: ArraySlice<Case>) -> [(message: Message, range: Range<Int>)] {
        guard !cases.isEmpty else { return [] }
        if let message = Message(Array(cases)) { return [(message, cases.indices)] }
        let middle = cases.startIndex + cases.count / 2
        return pack(cases[..<middle]) + pack(cases[middle...])
    }

    private static func text(_ input: Case) -> String {
        let sections = MessageSections(input)
        var parts = [headline(input), sections.resource + sections.access, sections.why]
        parts += [about(input), sections.unavailable]
        parts += nextSteps(input).map { [$0.heading] + $0.steps.map { "- \($0)" } }
        parts += sections.undo
        parts.append(sections.link)
        return bounded(paragraphs(parts))
    }

    private static func text(_ cases: [Case]) -> String {
        guard let first = cases.first else { return "" }
        var parts = [
            ["Gatehouse has \(cases.count) findings about one resource; the most pressing comes first."],
            MessageSections(first).resource, about(first),
        ]
        var steps: [(heading: String, lines: [String])] = []
        var known: Set<String> = []
        for (index, input) in cases.enumerated() {
            let sections = MessageSections(input)
            parts.append(["Finding \(index + 1) of \(cases.count)"] + headline(input) + sections.access)
            parts += [sections.why, sections.unavailable] + sections.undo
            parts.append(sections.link)
            for (heading, lines) in nextSteps(input) {
                let new = lines.filter { known.insert("\(heading) \($0)").inserted }
                if let place = steps.firstIndex(where: { $0.heading == heading }) {
                    steps[place].lines += new
                } else {
                    steps.append((heading, new))
                }
            }
        }
        parts += steps.map { [$0.heading] + $0.lines.map { "- \($0)" } }
        return paragraphs(parts)
    }

    private static func about(_ input: Case) -> [String] {
        let lines = contextLines(input)
        return lines.isEmpty ? [] : ["About the resource:"] + lines.map { "- \($0)" }
    }

    private static func paragraphs(_ parts: [[String]]) -> String {
        parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
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
