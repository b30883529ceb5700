/// The difference of two texts, as `diff -u` shows it.
package enum UnifiedDiff {
    /// The difference of two texts in unified format with three lines of context.
    ///
    /// Our edits change one place, so what lies between the common start and the common end is one hunk.
    ///
    /// - Returns: an empty text when both are equal.
    package static func text(_ before: String, _ after: String) -> String {
        guard before != after else { return "" }
        let old = Array(before.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        let new = Array(after.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        let shared = min(old.count, new.count)
        let start = (0..<shared).first { old[$0] != new[$0] } ?? shared
        let end = (0..<(shared - start)).first { old[old.count - 1 - $0] != new[new.count - 1 - $0] } ?? shared - start
        let head = max(0, start - 3)
        let tail = min(end, 3)
        let oldCount = old.count - end + tail - head
        let newCount = new.count - end + tail - head
        var diff = Array("--- before\n+++ after\n@@ -\(head + 1),\(oldCount) +\(head + 1),\(newCount) @@\n".utf8)
        func append(_ mark: Character, _ lines: ArraySlice<ArraySlice<UInt8>>) {
            for line in lines {
                diff += mark.utf8
                diff += line
                diff.append(0x0A)
            }
        }
        append(" ", old[head..<start])
        append("-", old[start..<(old.count - end)])
        append("+", new[start..<(new.count - end)])
        append(" ", old[(old.count - end)..<(old.count - end + tail)])
        return String(decoding: diff, as: UTF8.self)
    }
}
