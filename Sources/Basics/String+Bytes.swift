extension String {
    /// Whether both are written with the same bytes. `==` alone would also take the Kelvin sign for a K.
    @inline(__always)
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && self == other && hasOneSpelling(as: other)
    }

    /// Whether two strings that Unicode calls equal are so byte by byte. ASCII always is.
    @inline(__always)
    private func hasOneSpelling(as other: String) -> Bool {
        utf8Span.isKnownASCII || utf8.elementsEqual(other.utf8)
    }

    /// The text with its ASCII letters made small: how AWS compares action names, condition keys and host names.
    package var lowercasedASCII: String {
        guard utf8.contains(where: \.isUppercaseASCII) else { return self }
        return String(decoding: utf8.map(\.lowercasedASCII), as: UTF8.self)
    }

    /// Whether two texts are equal but for the case of ASCII letters.
    package func isEqualIgnoringASCIICase(to other: String) -> Bool {
        utf8.count == other.utf8.count
            && utf8.elementsEqual(other.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    /// Whether the byte is an ASCII digit.
    @inline(__always)
    package var isDigitASCII: Bool { self &- 0x30 < 10 }

    /// Whether the byte is a small ASCII letter.
    @inline(__always)
    package var isLowercaseASCII: Bool { self &- 0x61 < 26 }

    /// Whether the byte is a capital ASCII letter.
    @inline(__always)
    package var isUppercaseASCII: Bool { self &- 0x41 < 26 }

    /// Whether the byte is an ASCII letter.
    @inline(__always)
    package var isLetterASCII: Bool { (self | 0x20).isLowercaseASCII }

    /// The byte, made small when it is an ASCII letter.
    @inline(__always)
    package var lowercasedASCII: UInt8 { isUppercaseASCII ? self | 0x20 : self }
}
