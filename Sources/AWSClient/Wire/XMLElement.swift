/// One element of an XML answer. Namespaces and attributes are dropped: no AWS answer that we read needs them.
package struct XMLElement: Sendable, Equatable {
    /// The name without its namespace prefix.
    package internal(set) var name: String
    /// The text directly inside, with entities resolved; empty where there is only white space between children.
    package internal(set) var text: String
    /// The elements directly inside, in order.
    package internal(set) var children: [XMLElement]
    /// Its `xsi:type`, which only elements that are to be sent have.
    private let type: String?

    /// An element of these parts.
    package init(name: String, type: String? = nil, text: String = "", children: [XMLElement] = []) {
        self.type = type
        self.name = name
        self.text = text
        self.children = children
    }

    /// The first child of that name.
    package func first(_ name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    /// All children of that name, in order.
    package func all(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }

    /// The element reached by taking the first child of each name in turn.
    package func at(_ path: String...) -> XMLElement? {
        descend(path)
    }

    /// The text of the element reached by taking the first child of each name in turn.
    package func text(at path: String...) -> String? {
        descend(path)?.text
    }

    /// The element as a document of this default namespace.
    package func document(namespace: String) -> String {
        var out = #"<?xml version="1.0" encoding="UTF-8"?>"#
        append(to: &out, attributes: " xmlns=\"\(XMLElement.escaped(namespace))\"")
        return out
    }

    private func append(to out: inout String, attributes: String) {
        out += "<\(name)\(attributes)"
        if let type {
            out += " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"\(XMLElement.escaped(type))\""
        }
        out += ">\(XMLElement.escaped(text))"
        for child in children { child.append(to: &out, attributes: "") }
        out += "</\(name)>"
    }

    /// Text in which nothing is read as markup.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            // As it is, it would be read as a line feed.
            case "\r": out += "&#13;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private func descend(_ path: [String]) -> XMLElement? {
        var element = self
        for name in path {
            guard let next = element.first(name) else { return nil }
            element = next
        }
        return element
    }
}

/// Why some bytes are not XML that we accept.
package struct XMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, in bytes from the start.
    package let offset: Int
    /// What is wrong there.
    package let reason: String

    /// The reason with its place.
    package var description: String { "\(reason) at byte \(offset)" }
}

/// How much an XML document may hold before it is refused.
package struct XMLLimits: Sendable {
    /// Bytes in all.
    package var bytes: Int
    /// Elements inside one another.
    package var depth: Int
    /// Elements in all: each takes far more memory than its few bytes.
    package var elements: Int

    /// Limits of one's own.
    package init(bytes: Int, depth: Int, elements: Int) {
        self.bytes = bytes
        self.depth = depth
        self.elements = elements
    }

    /// 8 MiB, 128 levels, 200,000 elements.
    package static let standard = XMLLimits(bytes: 8 << 20, depth: 128, elements: 200_000)
}

extension XMLElement {
    /// Reads a whole document: UTF-8, one root element, no document type. Never traps, whatever the bytes.
    package static func parse(_ bytes: [UInt8], limits: XMLLimits = .standard) throws(XMLError) -> XMLElement {
        var reader = XMLReader(bytes, limits: limits)
        return try reader.document()
    }
}
