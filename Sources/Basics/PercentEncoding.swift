/// RFC 3986 percent-encoding as Signature Version 4 wants it: everything but letters, digits and `-._~` as `%XX`.
package enum PercentEncoding {
    /// The encoded text. `keeping` names one more byte to leave as it is, `/` for whole paths.
    package static func encode(_ text: String, keeping kept: UInt8? = nil) -> String {
        if text.utf8.allSatisfy({ isUnreserved($0) || $0 == kept }) { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        append(text, keeping: kept, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One segment of a path. `.` and `..` are encoded as well, so that no path leads elsewhere.
    package static func segment(_ text: String) -> String {
        if text == "." { return "%2E" }
        if text == ".." { return "%2E%2E" }
        return encode(text)
    }

    /// Adds `name=value` encoded, after `&` where something is there already.
    package static func append(name: String, value: String, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        append(name, to: &bytes)
        bytes.append(UInt8(ascii: "="))
        append(value, to: &bytes)
    }

    package static func append(_ text: String, keeping kept: UInt8? = nil, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if isUnreserved(byte) || byte == kept {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexDigit(byte >> 4))
                bytes.append(hexDigit(byte & 15))
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
