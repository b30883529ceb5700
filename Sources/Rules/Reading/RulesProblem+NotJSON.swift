import LosslessJSON

extension RulesProblem {
    /// What is no JSON, with what is most likely meant.
    static func notJSON(_ error: JSONError, _ text: [UInt8]) -> RulesProblem {
        let (line, column) = RulesText.position(of: error.offset, in: text)
        let hint = hint(error.offset, text).map { "; \($0)" } ?? ""
        let what = "not JSON that can be read: \(error.reason) at line \(line), column \(column)\(hint)"
        return RulesProblem(.notJSON, .file, what, offset: error.offset)
    }

    private static func hint(_ offset: Int, _ text: [UInt8]) -> String? {
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { return "save the file as UTF-8 without a byte order mark" }
        guard offset < text.count else { return nil }
        let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let before = text[..<offset].last { !isBlank($0) }
        switch text[offset] {
        case UInt8(ascii: "/"), UInt8(ascii: "#"):
            return "JSON has no comments: say it in 'description'"
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            return before == UInt8(ascii: ",") ? "take away the comma before it" : nil
        case UInt8(ascii: "'"):
            return "JSON has double quotes"
        case UInt8(ascii: "T"), UInt8(ascii: "F"), UInt8(ascii: "N"):
            return before == nil ? nil : "true, false and null are written in small letters"
        default:
            return before == nil ? "a rules file is JSON and begins with {; YAML is not read" : nil
        }
    }
}
