import Basics
import Findings
import LosslessJSON
import Policies

/// What a message says in a chat: less than the mail, and never the link that decides.
struct ChatText {
    /// Paragraphs of lines.
    let paragraphs: [[String]]
    /// The finding's page in the console, which we have made ourselves; empty for none.
    let link: String
    let steps: [String]
    /// Messages about the same thing are one thread.
    let thread: String
    let resource: String

    /// About one case.
    init(_ input: Case, _ guide: any ResourceGuide, now: Timestamp) {
        self.init([input], guide, now: now)
    }

    /// About the cases of one resource, of which there is one at least; the most pressing comes first.
    init(_ cases: [Case], _ guide: any ResourceGuide, now: Timestamp) {
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
        steps = cases.count > 1 ? [] : first.map { NextSteps($0, guide, now: now).sections.flatMap(\.steps) } ?? []
        thread = first?.finding.id ?? ""
        resource = first?.finding.resource.description ?? ""
    }

    /// About no case: the mail's own text.
    init(_ body: String) {
        paragraphs = [body.split(separator: "\n").map(String.init)]
        (link, steps, thread, resource) = ("", [], "", "")
    }
}

extension Message {
    /// The message as a custom notification of Amazon Q Developer in chat applications, which Slack and Teams show. What does
    /// not fit the schema is dropped there in silence, so everything is cut to its limits.
    ///
    /// Source: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    package var chatForm: String {
        var content = JSONObject([
            ("textType", "client-markdown"), ("title", .string(ChatMarkdown.line(subject))),
            ("description", .string(description)),
        ])
        let steps = steps
        if !steps.isEmpty { content["nextSteps"] = .array(steps.map(JSON.string)) }
        let words = attributes.map(\.value).filter { ChatMarkdown.isWord($0) }
        content["keywords"] = .array(words.map(JSON.string))
        var metadata = JSONObject([("eventType", "Gatehouse"), ("summary", .string(ChatMarkdown.line(subject)))])
        if !chat.thread.isEmpty { metadata["threadId"] = .string(chat.thread.printable(limit: 100)) }
        if ChatMarkdown.isWord(chat.resource) { metadata["relatedResources"] = [.string(chat.resource)] }
        let form: JSON = [
            "version": "1.0", "source": "custom", "content": .object(content), "metadata": .object(metadata),
        ]
        return form.text()
    }

    /// Whole lines, as many as fit.
    private var description: String {
        let rest = "The rest is in the message by mail."
        var text = ""
        if !chat.link.isEmpty { text = chat.link + "\n" }
        for (index, paragraph) in chat.paragraphs.filter({ !$0.isEmpty }).enumerated() {
            for (number, line) in paragraph.enumerated() {
                let next = (number == 0 && index > 0 ? "\n" : "") + ChatMarkdown.line(line) + "\n"
                guard text.utf8.count + next.utf8.count + rest.utf8.count <= 8000 else { return text + rest }
                text += next
            }
        }
        return String(text.dropLast())
    }

    /// Those that can be shown as they are: a command that was cut, or holds another character, must not be pasted.
    private var steps: [String] {
        let fitting = chat.steps.filter { ChatMarkdown.isExact($0) }.map { ChatMarkdown.line($0) }
            .filter { $0.utf8.count <= 350 }.prefix(5)
        let isWhole = fitting.count == chat.steps.count && secret == nil
        let rest =
            secret == nil ? "All steps are in the message by mail." : "How to decide is in the message by mail."
        return fitting + (isWhole ? [] : [rest])
    }
}

/// Text from outside in the markdown of chats. Slack's and Teams' have no escape in common, but in both a code span shows
/// what it holds: nothing in it is a link, a name that is called, an emoji or bold.
enum ChatMarkdown {
    /// A line as it is where nothing in it means anything, else as code.
    static func line(_ text: String) -> String {
        let shown = text.printable(limit: 1500)
        guard !isPlain(shown) else { return shown }
        return "`" + shown.replacing(every: "`", with: "\u{02CB}").replacing(every: "<", with: "\u{2039}") + "`"
    }

    /// Whether a code span shows every character: it ends at a backtick, and Slack reads `<!channel>` even in it.
    static func isExact(_ text: String) -> Bool {
        !text.utf8.contains(UInt8(ascii: "`")) && !text.utf8.contains(UInt8(ascii: "<")) && text.utf8.count <= 1500
    }

    /// Whether a text can stand in a list of keywords.
    static func isWord(_ text: String) -> Bool {
        (1...75).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isDigitASCII || $0.isLetterASCII || ":/-_.".utf8.contains($0) }
    }

    /// Letters, digits and the punctuation of sentences: a point or a colon inside a word may make a link or an emoji.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte.isDigitASCII || byte.isLetterASCII || " ,;'()\"?%/".utf8.contains(byte) { continue }
            let isAtEnd = index + 1 == bytes.count || bytes[index + 1] == UInt8(ascii: " ")
            if ".:".utf8.contains(byte), isAtEnd { continue }
            if byte == UInt8(ascii: "-"), index > 0 { continue }
            return false
        }
        return true
    }
}
