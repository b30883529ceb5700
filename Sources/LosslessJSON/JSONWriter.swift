/// How JSON is laid out.
package enum JSONStyle: Sendable {
    /// No white space at all, as IAM counts it against a quota.
    case compact
    /// Two spaces a level, one member or element a line.
    case pretty
}

extension JSON {
    /// The value as UTF-8 bytes; `parse` gives back an equal value.
    package func serialized(_ style: JSONStyle = .compact) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(into: &bytes, style: style, level: 0)
        return bytes
    }

    /// The value as text.
    package func text(_ style: JSONStyle = .compact) -> String {
        String(decoding: serialized(style), as: UTF8.self)
    }

    /// The value as text without white space, with every scalar above `limit` as an escape.
    package func text(escapingAbove limit: UInt32) -> String {
        let text = text()
        guard text.unicodeScalars.contains(where: { $0.value > limit }) else { return text }
        var escaped = ""
        escaped.reserveCapacity(2 * text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value > limit else {
                escaped.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return escaped
    }

    /// Appends the value as UTF-8 bytes without white space.
    package func write(into bytes: inout [UInt8]) {
        write(into: &bytes, style: .compact, level: 0)
    }

    /// Appends a string value.
    package static func write(string: String, into bytes: inout [UInt8]) {
        writeString(string, into: &bytes)
    }

    private func write(into bytes: inout [UInt8], style: JSONStyle, level: Int) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): bytes.append(contentsOf: value.spelling.utf8)
        case .string(let value): writeString(value, into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(into: &bytes, style: style, level: level + 1)
                element.write(into: &bytes, style: style, level: level + 1)
            }
            if !elements.isEmpty { newLine(into: &bytes, style: style, level: level) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(into: &bytes, style: style, level: level + 1)
                writeString(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if style == .pretty { bytes.append(UInt8(ascii: " ")) }
                member.value.write(into: &bytes, style: style, level: level + 1)
            }
            if !object.isEmpty { newLine(into: &bytes, style: style, level: level) }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

private func newLine(into bytes: inout [UInt8], style: JSONStyle, level: Int) {
    guard style == .pretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
}

private func writeString(_ value: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { utf8 in
        // No early way out, so that the compiler can look at many bytes at once.
        var special = false
        for byte in utf8 { special = special || byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F }
        guard special else {
            bytes.append(contentsOf: utf8)
            return
        }
        for byte in utf8 { writeEscaped(byte, into: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
}

private func writeEscaped(_ byte: UInt8, into bytes: inout [UInt8]) {
    switch byte {
    case 0x22: bytes.append(contentsOf: [0x5C, 0x22])
    case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
    case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
    case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
    case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
    case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    default: bytes.append(byte)
    }
}
