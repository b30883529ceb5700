import Basics

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
        try parse(buffer, limits: limits, locating: nil).value
    }

    /// Reads one JSON text from a buffer that is not kept, and says where the value of the outermost object's member
    /// `key` stands in it, in bytes from the start; `nil` when there is no such member.
    package static func parse(
        _ buffer: UnsafeBufferPointer<UInt8>,
        limits: JSONLimits = .standard,
        locating key: String?
    ) throws(JSONError) -> (value: JSON, place: Range<Int>?) {
        guard buffer.count <= limits.bytes else {
            throw JSONError(offset: limits.bytes, reason: "more than \(limits.bytes) bytes of JSON")
        }
        guard let base = buffer.baseAddress, buffer.count > 0 else {
            throw JSONError(offset: 0, reason: "no JSON at all")
        }
        var parser = JSONParser(start: base, end: base + buffer.count, limits: limits, wanted: key)
        parser.skipWhitespace()
        let value = try parser.value(depth: 0)
        parser.skipWhitespace()
        guard parser.at == parser.end else { throw parser.error("something follows the JSON value") }
        return (value, parser.found)
    }

    /// Reads one JSON text from a string.
    package static func parse(text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }
}

/// A cursor over the bytes; recursion is bounded by `depthLimit`.
struct JSONParser: ~Copyable {
    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var at: UnsafePointer<UInt8>
    let depthLimit: Int
    let valueLimit: Int
    /// Values read so far.
    private var values = 0
    /// The key of the outermost object whose value's place is asked for.
    let wanted: String?
    /// That place.
    private(set) var found: Range<Int>?
    private var members = MemberStack()

    init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, limits: JSONLimits, wanted: String?) {
        self.start = start
        self.end = end
        self.at = start
        self.depthLimit = limits.depth
        self.valueLimit = limits.values
        self.wanted = wanted
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
        values += 1
        guard values <= valueLimit else { throw error("more than \(valueLimit) values") }
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
        skipWhitespace()
        if at < end, at.pointee == UInt8(ascii: "}") {
            at += 1
            return .object(JSONObject())
        }
        let first = members.count
        var keys = SeenKeys()
        while true {
            guard at < end, at.pointee == UInt8(ascii: "\"") else { throw error("a key in quotes is expected") }
            let keyStart = at
            at += 1
            let key = try string()
            let spelling = UnsafeBufferPointer(start: keyStart + 1, count: at - keyStart - 2)
            if keys.isRepeated(key, spelled: spelling, in: members.members(from: first)) {
                at = keyStart
                throw error("the key '\(key.prefix(100))' occurs twice")
            }
            skipWhitespace()
            guard at < end, at.pointee == UInt8(ascii: ":") else { throw error("':' is expected") }
            at += 1
            skipWhitespace()
            let valueStart = at
            members.append(JSONObject.Member(key: key, value: try value(depth: depth)))
            if depth == 1, let wanted, key.hasSameBytes(as: wanted) { found = (valueStart - start)..<(at - start) }
            skipWhitespace()
            guard at < end else { throw error("'}' is missing") }
            let byte = at.pointee
            guard byte == UInt8(ascii: ",") else {
                guard byte == UInt8(ascii: "}") else { throw error("',' or '}' is expected") }
                at += 1
                return .object(JSONObject(unchecked: members.removeLast(from: first)))
            }
            at += 1
            skipWhitespace()
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= depthLimit else { throw error("more than \(depthLimit) levels") }
        at += 1
        skipWhitespace()
        if at < end, at.pointee == UInt8(ascii: "]") {
            at += 1
            return .array([])
        }
        var elements: [JSON] = []
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
