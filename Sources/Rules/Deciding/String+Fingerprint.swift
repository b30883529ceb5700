extension String {
    /// A number that equal texts share: unequal ones nearly always differ in it, so most comparisons end here.
    ///
    /// Of the length, the first and the last eight bytes; what agrees is compared in full afterwards.
    @inline(__always)
    var fingerprint: UInt64 {
        var text = self
        return text.withUTF8 { bytes in
            let count = bytes.count
            guard let base = bytes.baseAddress, count > 0 else { return 0x9E37_79B9_7F4A_7C15 }
            let pointer = UnsafeRawPointer(base)
            var first: UInt64 = 0
            var last: UInt64 = 0
            if count >= 8 {
                first = pointer.loadUnaligned(as: UInt64.self)
                last = pointer.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            } else {
                for index in 0..<count { first = first << 8 | UInt64(bytes[index]) }
            }
            let mixed = (first ^ (last &* 0x9E37_79B9_7F4A_7C15)) &+ UInt64(truncatingIfNeeded: count)
            return mixed ^ (mixed >> 29)
        }
    }
}
