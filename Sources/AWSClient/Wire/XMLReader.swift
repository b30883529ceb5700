/// A strict reader of the XML that AWS answers, without recursion: open elements are kept on a stack of their own.
///
/// Refused: document types (and with them every entity but the five named ones), characters that XML 1.0 forbids, and
/// anything not well-formed (https://www.w3.org/TR/xml/), except that attributes are only skipped.
struct XMLReader {
    /// An element whose end tag has not come yet.
    private struct Open {
        var qualifiedName: Range<Int>
        var text: [UInt8] = []
        var children: [XMLElement] = []
    }

    private let bytes: [UInt8]
    private let limits: XMLLimits
    private var position = 0
    private var elements = 0
    private var stack: [Open] = []
    private var root: XMLElement?

    init(_ bytes: [UInt8], limits: XMLLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(XMLError) -> XMLElement {
        guard bytes.count <= limits.bytes else { throw error("more than \(limits.bytes) bytes") }
        do throws(Unicode.UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw XMLError(offset: error.byteOffsets.lowerBound, reason: "not UTF-8")
        }
        if starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<") {
                try markup()
            } else {
                try text()
            }
        }
        guard stack.isEmpty else { throw error("the document ends inside an element") }
        guard let root else { throw error("no element") }
        return root
    }

    // MARK: Markup

    private mutating func markup() throws(XMLError) {
        switch peek(1) {
        case UInt8(ascii: "/"): try endTag()
        case UInt8(ascii: "?"): try skip("<?", to: "?>", what: "a processing instruction")
        case UInt8(ascii: "!"):
            if starts(with: "<!--") {
                try skip("<!--", to: "-->", what: "a comment")
            } else if starts(with: "<![CDATA[") {
                try characterData()
            } else if starts(with: "<!DOCTYPE") {
                throw error("a document type, which is refused,")
            } else {
                throw error("unknown markup")
            }
        default: try startTag()
        }
    }

    private mutating func startTag() throws(XMLError) {
        guard root == nil else { throw error("a second root element") }
        guard stack.count < limits.depth else { throw error("more than \(limits.depth) levels of elements") }
        elements += 1
        guard elements <= limits.elements else { throw error("more than \(limits.elements) elements") }
        position += 1
        let name = try qualifiedName()
        while true {
            let hadSpace = skipSpace()
            switch peek(0) {
            case UInt8(ascii: ">"):
                position += 1
                stack.append(Open(qualifiedName: name))
                return
            case UInt8(ascii: "/"):
                guard peek(1) == UInt8(ascii: ">") else { throw error("a '/' inside a tag") }
                position += 2
                close(Open(qualifiedName: name))
                return
            case nil:
                throw error("the document ends inside a tag")
            default:
                guard hadSpace else { throw error("no space before an attribute") }
                try attribute()
            }
        }
    }

    private mutating func attribute() throws(XMLError) {
        _ = try qualifiedName()
        skipSpace()
        guard peek(0) == UInt8(ascii: "=") else { throw error("an attribute without '='") }
        position += 1
        skipSpace()
        guard let quote = peek(0), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw error("an attribute without quotes")
        }
        position += 1
        while let byte = peek(0), byte != quote {
            guard byte != UInt8(ascii: "<") else { throw error("a '<' inside an attribute") }
            position += 1
        }
        guard position < bytes.count else { throw error("the document ends inside an attribute") }
        position += 1
    }

    private mutating func endTag() throws(XMLError) {
        position += 2
        let name = try qualifiedName()
        skipSpace()
        guard peek(0) == UInt8(ascii: ">") else { throw error("an end tag that does not end") }
        guard let open = stack.last else { throw error("an end tag without its element") }
        guard bytes[open.qualifiedName].elementsEqual(bytes[name]) else {
            throw error("an end tag of another element")
        }
        position += 1
        stack.removeLast()
        close(open)
    }

    private mutating func close(_ open: Open) {
        let name = bytes[open.qualifiedName]
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        let isLayout = !open.children.isEmpty && open.text.allSatisfy(isSpace)
        let element = XMLElement(
            name: String(decoding: local, as: UTF8.self),
            text: isLayout ? "" : String(decoding: open.text, as: UTF8.self),
            children: open.children
        )
        if stack.isEmpty {
            root = element
        } else {
            stack[stack.count - 1].children.append(element)
        }
    }

    /// A name with its prefix. Both begin as a name does, and the local part is not empty.
    private mutating func qualifiedName() throws(XMLError) -> Range<Int> {
        let start = position
        var isFirst = true
        while let byte = peek(0), isNameByte(byte, first: isFirst) {
            isFirst = byte == UInt8(ascii: ":")
            position += 1
        }
        guard position > start, bytes[position - 1] != UInt8(ascii: ":"), bytes[start] != UInt8(ascii: ":") else {
            throw error(position == bytes.count ? "the document ends inside a tag" : "not a name")
        }
        return start..<position
    }

    private mutating func skip(_ opening: StaticString, to end: StaticString, what: String) throws(XMLError) {
        let start = position
        position += opening.utf8CodeUnitCount
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw XMLError(offset: start, reason: "\(what) without an end")
    }

    // MARK: Text

    private mutating func text() throws(XMLError) {
        var run = position
        while let byte = peek(0), byte != UInt8(ascii: "<") {
            if stack.isEmpty {
                guard isSpace(byte) else { throw error("text outside the root element") }
                position += 1
                run = position
                continue
            }
            switch byte {
            case UInt8(ascii: "&"):
                append(run..<position)
                let scalar = try reference()
                append(scalar)
                run = position
            case 0x0D:
                // A line ends in one line feed, XML 1.0 section 2.11.
                append(run..<position)
                append("\n")
                position += peek(1) == 0x0A ? 2 : 1
                run = position
            case 0x5D where peek(1) == 0x5D && peek(2) == UInt8(ascii: ">"):
                throw error("']]>' outside CDATA")
            default:
                guard byte >= 0x20 || isSpace(byte) else { throw error("a forbidden control character") }
                position += 1
            }
        }
        append(run..<position)
    }

    private mutating func characterData() throws(XMLError) {
        guard !stack.isEmpty else { throw error("CDATA outside the root element") }
        let start = position + 9
        try skip("<![CDATA[", to: "]]>", what: "CDATA")
        let content = start..<(position - 3)
        guard bytes[content].allSatisfy({ $0 >= 0x20 || isSpace($0) }) else {
            throw error("a forbidden control character in CDATA")
        }
        append(content)
    }

    /// One of the five named entities, or a character by its number.
    private mutating func reference() throws(XMLError) -> Unicode.Scalar {
        let start = position
        position += 1
        var name: [UInt8] = []
        while let byte = peek(0), byte != UInt8(ascii: ";") {
            guard name.count < 10 else { throw XMLError(offset: start, reason: "an unknown entity") }
            name.append(byte)
            position += 1
        }
        guard position < bytes.count else { throw XMLError(offset: start, reason: "an entity without ';'") }
        position += 1
        guard let scalar = scalar(ofEntity: name) else { throw XMLError(offset: start, reason: "an unknown entity") }
        return scalar
    }

    private mutating func append(_ range: Range<Int>) {
        guard !range.isEmpty, !stack.isEmpty else { return }
        stack[stack.count - 1].text.append(contentsOf: bytes[range])
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        stack[stack.count - 1].text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    // MARK: Bytes

    private func peek(_ ahead: Int) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return text.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
    }

    private func starts(with prefix: [UInt8]) -> Bool {
        bytes[position...].starts(with: prefix)
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while let byte = peek(0), isSpace(byte) { position += 1 }
        return position > start
    }

    private func error(_ reason: String) -> XMLError {
        XMLError(offset: position, reason: reason)
    }
}

private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
}

/// Every byte above ASCII counts as part of a name: which letters of other scripts may be is not looked up.
private func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: ":"), 0x80...:
        true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        !first
    default:
        false
    }
}

private func scalar(ofEntity name: [UInt8]) -> Unicode.Scalar? {
    switch String(decoding: name, as: UTF8.self) {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard name.first == UInt8(ascii: "#") else { return nil }
    let isHex = name.dropFirst().first == UInt8(ascii: "x")
    let digits = name.dropFirst(isHex ? 2 : 1)
    guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHex ? 16 : 10),
        value == 0x9 || value == 0xA || value == 0xD || value >= 0x20, value != 0xFFFE, value != 0xFFFF
    else { return nil }
    return Unicode.Scalar(value)
}
