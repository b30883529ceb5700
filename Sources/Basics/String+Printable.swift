extension String {
    /// The text as it may stand in a message, a log line or an error: control characters and what is invisible become
    /// spaces, so that a name or a tag can neither start a new line nor turn the text around.
    ///
    /// - Parameter limit: how many Unicode scalars are kept; `…` stands for the rest.
    package func printable(limit: Int) -> String {
        // Asking Unicode's tables costs; nearly all texts are printable ASCII.
        if utf8.count <= limit, isPrintableASCII { return self }
        var result = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == limit {
                result += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                result.unicodeScalars.append(" ")
            default:
                result.unicodeScalars.append(scalar)
            }
            count += 1
        }
        return result
    }

    /// Whether the text is visible ASCII and spaces alone.
    package var isPrintableASCII: Bool {
        var text = self
        return text.withUTF8 { bytes in
            for byte in bytes where byte &- 0x20 > 0x5E { return false }
            return true
        }
    }

    /// The text as an argument for a POSIX shell: a role's path may hold `$(…)`, backticks, quotes and semicolons.
    package var shellQuoted: String {
        let isPlain = { (byte: UInt8) in
            byte.isDigitASCII || byte.isLetterASCII || "_./:=@%+,-".utf8.contains(byte)
        }
        if !isEmpty, utf8.first != UInt8(ascii: "-"), utf8.allSatisfy(isPlain) { return self }
        var quoted = "'"
        for character in unicodeScalars {
            quoted += character == "'" ? "'\\''" : String(character)
        }
        return quoted + "'"
    }
}
