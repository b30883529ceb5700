import LosslessJSON

extension FuzzTarget {
    /// JSON texts.
    static let json = FuzzTarget(
        "json",
        .json,
        words: [
            "{", "}", "[", "]", ":", ",", #"""#, #"\"#, "-", ".", "e", #""a""#, #""b""#, #""decision""#, #""\u0061""#,
            "null",
            "true", #""\ud800\udc00""#, #""\udc00""#, "\u{FEFF}", "0.0", "-0", "1e5",
        ]
    ) { (input) throws(Breach) in
        let value: JSON
        do throws(JSONError) {
            value = try JSON.parse(input)
        } catch {
            try hold((0...input.count).contains(error.offset), "an error at byte \(error.offset) of \(input.count)")
            return false
        }
        try hold(String(validating: input, as: UTF8.self) != nil, "what is read as JSON is not UTF-8")
        try hold(value.valueCount <= JSONLimits.mostValues, "more values than may be")
        for text in [value.serialized(), value.serialized(.pretty), Array(value.text(escapingAbove: 0x7E).utf8)]
        // Laid out, 250 KB of deep arrays are 16 MiB.
        where text.count <= JSONLimits.standard.bytes {
            try hold((try? JSON.parse(text)) == value, "what is written does not read as what it was written from")
        }
        let located = input.withUnsafeBufferPointer { try? JSON.parse($0, locating: "decision") }
        try hold(located?.value == value, "reading with a place reads something else")
        let there = located?.place.flatMap { try? JSON.parse(Array(input[$0])) }
        try hold(there == value["decision"], "the place of a member does not hold its value")
        return true
    }
}
