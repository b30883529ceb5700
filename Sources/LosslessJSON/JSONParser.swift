extension JSON {
    /// Reads one JSON text (RFC 8259) that fills `bytes` but for white space.
    ///
    /// Strict: UTF-8 is checked, a repeated key, an unpaired surrogate, a byte order mark and everything beyond
    /// `limits` is refused with its place.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> JSON in
            try parse(buffer, limits: limits)
        }
    }

    /// Reads one JSON text from a buffer that is not kept.
    package static func parse(
        _ buffer: UnsafeBufferPointer<UInt8>,
        limits: JSONLimits = .standard
    ) throws(JSONError) -> JSON {
        guard buffer.count <= limits.bytes else {
            throw JSONError(offset: limits.bytes, reason: "more than \(limits.bytes) bytes of JSON")
        }
        guard let base = buffer.baseAddress, buffer.count > 0 else {
            throw JSONError(offset: 0, reason: "no JSON at all")
        }
        var parser = JSONParser(start: base, end: base + buffer.count, depthLimit: limits.depth)
        parser.skipWhitespace()
        let value = try parser.value(depth: 0)
        parser.skipWhitespace()
        guard parser.at == parser.end else { throw parser.error("something follows the JSON value") }
        return value
    }

    /// Reads one JSON text from a string.
    package static func parse(text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }
}

/// A cursor over the bytes; recursion is bounded by `depthLimit`.
struct JSONParser {
    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var at: UnsafePointer<UInt8>
    let depthLimit: Int

    init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, depthLimit: Int) {
        self.start = start
        self.end = end
        self.at = start
        self.depthLimit = depthLimit
    }

    func error(_ reason: String) -> JSONError {
        JSONError(offset: at - start, reason: at == end ? "the JSON ends too early: \(reason)" : reason)
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while at < end {
            switch at.pointee {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard at < end else { throw error("a value is missing") }
        switch at.pointee {
        case UInt8(ascii: "\""):
            at += 1
            return .string(try string())
        case UInt8(ascii: "{"):
            return try object(depth: depth + 1)
        case UInt8(ascii: "["):
            return try array(depth: depth + 1)
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        default:
            throw error("a value is expected")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= depthLimit else { throw error("more than \(depthLimit) levels") }
        at += 1
        var members = ContiguousArray<JSONObject.Member>()
        skipWhitespace()
        if at < end, at.pointee == UInt8(ascii: "}") {
            at += 1
            return .object(JSONObject(unchecked: members))
        }
        var seen: Set<String>?
        while true {
            guard at < end, at.pointee == UInt8(ascii: "\"") else { throw error("a key in quotes is expected") }
            let keyStart = at
            at += 1
            let key = try string()
            if try isRepeated(key, in: members, seen: &seen) {
                at = keyStart
                throw error("the key '\(key.prefix(100))' occurs twice")
            }
            skipWhitespace()
            guard at < end, at.pointee == UInt8(ascii: ":") else { throw error("':' is expected") }
            at += 1
            skipWhitespace()
            members.append(JSONObject.Member(key: key, value: try value(depth: depth)))
            skipWhitespace()
            guard at < end else { throw error("'}' is missing") }
            let byte = at.pointee
            guard byte == UInt8(ascii: ",") else {
                guard byte == UInt8(ascii: "}") else { throw error("',' or '}' is expected") }
                at += 1
                return .object(JSONObject(unchecked: members))
            }
            at += 1
            skipWhitespace()
        }
    }

    /// Few keys are compared one by one; many go into a set, so that a hostile object costs no quadratic time.
    @inline(__always)
    private func isRepeated(
        _ key: String,
        in members: ContiguousArray<JSONObject.Member>,
        seen: inout Set<String>?
    ) throws(JSONError) -> Bool {
        if members.count < 24 {
            for member in members where sameBytes(member.key, key) { return true }
            return false
        }
        if seen == nil { seen = Set(members.map(\.key)) }
        return seen?.insert(key).inserted == false
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= depthLimit else { throw error("more than \(depthLimit) levels") }
        at += 1
        var elements: [JSON] = []
        skipWhitespace()
        if at < end, at.pointee == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth))
            skipWhitespace()
            guard at < end else { throw error("']' is missing") }
            let byte = at.pointee
            guard byte == UInt8(ascii: ",") else {
                guard byte == UInt8(ascii: "]") else { throw error("',' or ']' is expected") }
                at += 1
                return .array(elements)
            }
            at += 1
            skipWhitespace()
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else {
            at = end
            throw error("'\(word)' is expected")
        }
        for index in 0..<count where at[index] != word.utf8Start[index] {
            throw error("'\(word)' is expected")
        }
        at += count
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let from = at
        if at.pointee == UInt8(ascii: "-") { at += 1 }
        guard at < end, isDigit(at.pointee) else { throw error("a digit is expected") }
        if at.pointee == UInt8(ascii: "0") {
            at += 1
            if at < end, isDigit(at.pointee) { throw error("a number must not start with 0") }
        } else {
            skipDigits()
        }
        if at < end, at.pointee == UInt8(ascii: ".") {
            at += 1
            guard at < end, isDigit(at.pointee) else { throw error("a digit is expected") }
            skipDigits()
        }
        if at < end, at.pointee | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
            guard at < end, isDigit(at.pointee) else { throw error("a digit is expected") }
            skipDigits()
        }
        return JSONNumber(
            spelling: String(decoding: UnsafeBufferPointer(start: from, count: at - from), as: UTF8.self)
        )
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    @inline(__always)
    private mutating func skipDigits() {
        while at < end, isDigit(at.pointee) { at += 1 }
    }
}
