import Basics
import LosslessJSON

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
        let rest = "The rest is in the mail, where one is sent."
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

    /// Whole sections: a step without its heading, or without the one before it, may do harm. A command that would be cut,
    /// or holds another character, must not be pasted.
    private var steps: [String] {
        var lines: [String] = []
        var isWhole = true
        for section in chat.sections {
            let texts = [section.heading] + section.steps
            let shown = texts.map { ChatMarkdown.line($0) }
            guard texts.allSatisfy({ ChatMarkdown.isExact($0) }), shown.allSatisfy({ $0.utf8.count <= 350 }),
                lines.count + shown.count <= 12
            else {
                isWhole = false
                continue
            }
            lines += shown
        }
        if secret != nil { lines.append("The link of the page is in the mail, where one is sent.") }
        return isWhole ? lines : lines + ["All steps are in the mail, where one is sent."]
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

    /// Letters, digits and the punctuation of sentences; nothing that may make a link, an emoji, emphasis or a list of its own.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isWordByte(_ index: Int) -> Bool {
            bytes.indices.contains(index) && (bytes[index].isDigitASCII || bytes[index].isLetterASCII)
        }
        // Where the last colon of a word stands: a second one makes an emoji.
        var colon: Int?
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: " ")
            switch byte {
            case UInt8(ascii: " "): colon = nil
            case UInt8(ascii: ":"):
                guard colon == nil, next == UInt8(ascii: " ") || isWordByte(index + 1) else { return false }
                colon = index
            case UInt8(ascii: "."): if next.isLetterASCII { return false }
            case UInt8(ascii: "_"): if !isWordByte(index - 1) || !isWordByte(index + 1) { return false }
            case UInt8(ascii: "-"): if index == 0, next != UInt8(ascii: " ") { return false }
            case UInt8(ascii: ">"): if index == 0 || bytes[index - 1] != UInt8(ascii: "-") { return false }
            case UInt8(ascii: "+"), UInt8(ascii: "/"): if index == 0 { return false }
            default:
                guard byte.isDigitASCII || byte.isLetterASCII || ",;'()\"?%".utf8.contains(byte) else { return false }
            }
        }
        return true
    }
}
