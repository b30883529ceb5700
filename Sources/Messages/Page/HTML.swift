import Basics

/// HTML that is written piece by piece; whatever is given as text is escaped.
struct HTML {
    private(set) var text = ""

    /// Adds markup of our own.
    mutating func add(_ markup: StaticString) {
        text += "\(markup)"
    }

    /// Adds text of our own that is no markup of a file, such as the style.
    mutating func add(ours other: String) {
        text += other
    }

    /// Adds what was built elsewhere.
    mutating func add(_ other: HTML) {
        text += other.text
    }

    /// Adds an element with a text in it, bounded and in one line.
    mutating func add(_ element: StaticString, _ content: String, limit: Int = 2048) {
        text += "<\(element)>"
        add(content: content, limit: limit)
        text += "</\(String("\(element)".prefix { $0 != " " }))>"
    }

    /// Adds text, in one line.
    mutating func add(content: String, limit: Int = 2048) {
        text += Self.escaped(content.printable(limit: limit))
    }

    /// Adds an attribute's value in quotes.
    mutating func add(attribute value: String) {
        text += "\"" + Self.escaped(value) + "\""
    }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
