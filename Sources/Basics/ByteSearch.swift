/// Finds bytes in bytes, in time linear in both.
package enum ByteSearch {
    /// Whether trying a piece at every place costs no more than preparing a search that is linear in the text.
    @inline(__always)
    package static func isShort(_ piece: Int, _ text: Int) -> Bool {
        piece <= 16 || text <= 256
    }

    /// The place of the first `part` in `text` at or after `from`.
    package static func first(_ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from: Int)
        -> Int?
    {
        guard let head = part.first else { return from }
        guard text.count - from >= part.count else { return nil }
        // Short ones are searched directly; for long ones a table of the part's own repetitions keeps it linear
        // (Knuth, Morris, Pratt).
        guard !isShort(part.count, text.count - from) else {
            var at = from
            let last = text.count - part.count
            while at <= last {
                if text[at] == head, matches(part, text, at) { return at }
                at += 1
            }
            return nil
        }
        let table = repetitions(part)
        var matched = 0
        for at in from..<text.count {
            while matched > 0, text[at] != part[matched] { matched = table[matched - 1] }
            if text[at] == part[matched] { matched += 1 }
            if matched == part.count { return at + 1 - matched }
        }
        return nil
    }

    @inline(__always)
    private static func matches(_ part: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, _ at: Int)
        -> Bool
    {
        for index in 0..<part.count where text[at + index] != part[index] { return false }
        return true
    }

    /// For each beginning of `part`: how long the longest shorter beginning is that it ends with.
    private static func repetitions(_ part: UnsafeBufferPointer<UInt8>) -> [Int] {
        var table = [Int](repeating: 0, count: part.count)
        var matched = 0
        for at in 1..<max(1, part.count) {
            while matched > 0, part[at] != part[matched] { matched = table[matched - 1] }
            if part[at] == part[matched] { matched += 1 }
            table[at] = matched
        }
        return table
    }
}

extension String {
    /// Whether the text holds `part` anywhere, byte by byte. Swift's own `contains` brings its regular expressions with
    /// it, nearly a megabyte.
    package func holds(_ part: String) -> Bool {
        var text = self
        var part = part
        return text.withUTF8 { text in part.withUTF8 { part in ByteSearch.first(part, in: text, from: 0) != nil } }
    }

    /// The text with `other` wherever `part`, which is not empty, stood.
    package func replacing(every part: String, with other: String) -> String {
        let (text, part) = (Array(utf8), Array(part.utf8))
        guard !part.isEmpty else { return self }
        var result: [UInt8] = []
        var at = 0
        while let found = part.withUnsafeBufferPointer({ part in
            text.withUnsafeBufferPointer { ByteSearch.first(part, in: $0, from: at) }
        }) {
            result += text[at..<found]
            result += other.utf8
            at = found + part.count
        }
        result += text[at...]
        return String(decoding: result, as: UTF8.self)
    }
}
