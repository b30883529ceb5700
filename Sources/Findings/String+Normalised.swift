extension String {
    /// An ARN or type as it should have been written: without white space, and `aws:arn:` put right.
    ///
    /// The published example event holds both faults.
    package var normalised: String {
        let result: String
        if isVisibleASCII {
            result = self
        } else if utf8.allSatisfy({ $0 < 0x80 }) {
            result = String(decoding: utf8.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }, as: UTF8.self)
        } else {
            // Unicode's tables are asked last: they cost more than all the rest of reading an event.
            let visible = unicodeScalars.filter { !$0.properties.isWhitespace }
            result = String(String.UnicodeScalarView(visible))
        }
        let swapped = "aws:arn:"
        return result.hasPrefix(swapped) ? "arn:aws:" + String(result.dropFirst(swapped.count)) : result
    }

    private var isVisibleASCII: Bool {
        var text = self
        return text.withUTF8 { bytes in
            var others: UInt8 = 0
            for byte in bytes { others |= byte &- 0x21 < 0x5E ? 0 : 1 }
            return others == 0
        }
    }
}
