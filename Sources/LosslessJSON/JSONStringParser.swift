extension JSONParser {
    /// Reads a string's rest; the cursor stands behind the opening quote and ends behind the closing one.
    mutating func string() throws(JSONError) -> String {
        let from = at
        var isASCII = true
        while true {
            skipPlainASCII()
            guard at < end else { throw error("a string has no end") }
            let byte = at.pointee
            if byte == UInt8(ascii: "\"") {
                let run = UnsafeBufferPointer(start: from, count: at - from)
                let text = isASCII ? asciiString(run) : try checkedUTF8(run)
                at += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: from) }
            guard byte >= 0x20 else { throw error("a control character inside a string must be escaped") }
            isASCII = false
            at += 1
        }
    }

    /// Passes eight bytes at a time while none is a quote, a backslash, a control character or outside of ASCII.
    @inline(__always)
    private mutating func skipPlainASCII() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while end - at >= 8 {
            let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let special =
                (word | (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)) & highs
            if special != 0 {
                // A borrow can only mark bytes above a true hit, so the first mark is exact.
                at += special.littleEndian.trailingZeroBitCount >> 3
                return
            }
            at += 8
        }
        while at < end {
            let byte = at.pointee
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return }
            at += 1
        }
    }

    private func checkedUTF8(_ run: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: run, as: UTF8.self) else {
            throw JSONError(offset: at - start - run.count, reason: "a string is not valid UTF-8")
        }
        return text
    }

    /// The slow way, for strings with escapes.
    private mutating func escapedString(from: UnsafePointer<UInt8>) throws(JSONError) -> String {
        var bytes = [UInt8](UnsafeBufferPointer(start: from, count: at - from))
        while true {
            guard at < end else { throw error("a string has no end") }
            let byte = at.pointee
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try bytes.withUnsafeBufferPointer { (run) throws(JSONError) -> String in
                    guard let text = String(validating: run, as: UTF8.self) else {
                        throw JSONError(offset: from - start, reason: "a string is not valid UTF-8")
                    }
                    return text
                }
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
            case 0..<0x20:
                at -= 1
                throw error("a control character inside a string must be escaped")
            default:
                bytes.append(byte)
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        guard at < end else { throw error("an escape is cut off") }
        let byte = at.pointee
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &bytes)
        default:
            at -= 1
            throw error("an unknown escape")
        }
    }

    private mutating func unicodeEscape(into bytes: inout [UInt8]) throws(JSONError) {
        var code = try hex4()
        if code & 0xFC00 == 0xD800 {
            guard end - at >= 2, at[0] == UInt8(ascii: "\\"), at[1] == UInt8(ascii: "u") else {
                throw error("half of a surrogate pair")
            }
            at += 2
            let low = try hex4()
            guard low & 0xFC00 == 0xDC00 else { throw error("half of a surrogate pair") }
            code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func hex4() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard at < end, let digit = Character(Unicode.Scalar(at.pointee)).hexDigitValue else {
                throw error("four hexadecimal digits are expected")
            }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }
}

/// A string of bytes that are known to be ASCII, which are not looked at again.
@inline(__always)
private func asciiString(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: true))
}
