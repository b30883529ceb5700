/// A small strict reader of JSON as RFC 8259 defines it, to check what is written: one value, valid UTF-8, no key
/// twice in an object.
struct StrictJSON {
    indirect enum Value: Equatable {
        case object([(key: String, value: Value)])
        case array([Value])
        case string(String)
        case other(String)

        static func == (left: Value, right: Value) -> Bool {
            switch (left, right) {
            case (.object(let one), .object(let two)):
                one.elementsEqual(two) { $0.key == $1.key && $0.value == $1.value }
            case (.array(let one), .array(let two)): one == two
            case (.string(let one), .string(let two)): Array(one.unicodeScalars) == Array(two.unicodeScalars)
            case (.other(let one), .other(let two)): one == two
            default: false
            }
        }

        var text: String? {
            if case .string(let text) = self { text } else { nil }
        }

        var members: [(key: String, value: Value)] {
            if case .object(let members) = self { members } else { [] }
        }
    }

    struct Invalid: Error {}

    private let bytes: [UInt8]
    private var at = 0

    static func parse(_ bytes: [UInt8]) throws -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Invalid() }
        var reader = StrictJSON(bytes: bytes)
        let value = try reader.value()
        guard reader.at == bytes.count else { throw Invalid() }
        return value
    }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        (try? parse(bytes)) != nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func peek() throws -> UInt8 {
        guard at < bytes.count else { throw Invalid() }
        return bytes[at]
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func value() throws -> Value {
        switch try peek() {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["):
            at += 1
            var elements: [Value] = []
            if take(UInt8(ascii: "]")) { return .array(elements) }
            repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw Invalid() }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try string())
        default:
            let start = at
            while at < bytes.count, !",]}".utf8.contains(bytes[at]) { at += 1 }
            let word = String(decoding: bytes[start..<at], as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || Double(word) != nil else { throw Invalid() }
            return .other(word)
        }
    }

    private mutating func object() throws -> Value {
        at += 1
        var members: [(key: String, value: Value)] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            let key = try string()
            guard !members.contains(where: { $0.key == key }), take(UInt8(ascii: ":")) else { throw Invalid() }
            members.append((key, try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw Invalid() }
        return .object(members)
    }

    private mutating func string() throws -> String {
        guard take(UInt8(ascii: "\"")) else { throw Invalid() }
        var text: [UInt8] = []
        while true {
            let byte = try peek()
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case 0..<0x20: throw Invalid()
            case UInt8(ascii: "\\"): text += try escape()
            default: text.append(byte)
            }
        }
    }

    private mutating func escape() throws -> [UInt8] {
        let byte = try peek()
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"):
            guard at + 4 <= bytes.count,
                let code = UInt16(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { throw Invalid() }
            at += 4
            return Array(String(Character(scalar)).utf8)
        default: throw Invalid()
        }
    }
}
