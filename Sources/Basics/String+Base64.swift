extension String {
    /// Bytes in standard base64 (RFC 4648 section 4).
    package init(base64 bytes: some Collection<UInt8>) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var (value, bits) = (UInt32(0), 0)
        for byte in bytes {
            (value, bits) = (value << 8 | UInt32(byte), bits + 8)
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(value >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(value << UInt32(6 - bits) & 63)]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        self.init(decoding: text, as: UTF8.self)
    }
}
