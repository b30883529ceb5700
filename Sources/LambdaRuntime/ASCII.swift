/// Comparisons of bytes with ASCII names, without making strings.
enum ASCII {
    /// Whether `bytes[range]` is `lowercase` when case is ignored. `lowercase` must hold no capital letter.
    static func equals(_ bytes: [UInt8], _ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { name in
            for offset in 0..<name.count where lowered(bytes[range.lowerBound + offset]) != name[offset] {
                return false
            }
            return true
        }
    }

    /// The value of one or more digits, at most `maximum`; `nil` for anything else.
    static func number(_ bytes: [UInt8], _ range: Range<Int>, maximum: Int) -> Int? {
        var value = 0
        for byte in bytes[range] {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = byte else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !carry, sum <= maximum else { return nil }
            value = sum
        }
        return range.isEmpty ? nil : value
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
