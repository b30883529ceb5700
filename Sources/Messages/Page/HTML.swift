import Basics

/// HTML that is written piece by piece; whatever is given as text is escaped.
package struct HTML {
    /// What has been written so far.
    package private(set) var text = ""

    package init() {}

    /// Markup of our own.
    package mutating func add(_ markup: StaticString) {
        text += "\(markup)"
    }

    /// Text of our own that needs no escaping, such as the style.
    package mutating func add(trusted other: String) {
        text += other
    }

    /// Text from anywhere, in one line of at most `limit` characters.
    package mutating func add(text content: String, limit: Int = 4000) {
        for scalar in content.printable(limit: limit).unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// An element without attributes that holds a text.
    package mutating func add(_ element: StaticString, _ content: String, limit: Int = 4000) {
        text += "<\(element)>"
        add(text: content, limit: limit)
        text += "</\(element)>\n"
    }

    /// A name with what it stands for, in a list of such.
    package mutating func add(term: StaticString, _ content: String, isCode: Bool = false) {
        text += "<dt>\(term)</dt><dd>"
        if isCode { text += "<code>" }
        add(text: content)
        if isCode { text += "</code>" }
        text += "</dd>\n"
    }

    /// A name with everything that it stands for; nothing where that is nothing.
    package mutating func add(term: StaticString, each contents: [String]) {
        guard !contents.isEmpty else { return }
        text += "<dt>\(term)</dt>"
        for content in contents { add("dd", content) }
    }

    /// A list of sentences.
    package mutating func add(list sentences: [String]) {
        text += "<ul>\n"
        for sentence in sentences { add("li", sentence) }
        text += "</ul>\n"
    }
}
