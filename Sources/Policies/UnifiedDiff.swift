/// The difference of two texts in unified format with three lines of context.
///
/// Our edits change one place, so what lies between the common start and the common end is one hunk.
///
/// - Returns: an empty text when both are equal.
package func unifiedDiff(_ before: String, _ after: String, from: String = "before", to: String = "after") -> String {
    let old = before.split(separator: "\n", omittingEmptySubsequences: false)
    let new = after.split(separator: "\n", omittingEmptySubsequences: false)
    guard old != new else { return "" }
    let shared = min(old.count, new.count)
    let start = (0..<shared).first { old[$0] != new[$0] } ?? shared
    let end = (0..<(shared - start)).first { old[old.count - 1 - $0] != new[new.count - 1 - $0] } ?? shared - start
    let head = max(0, start - 3)
    let tail = min(end, 3)
    let oldCount = old.count - end + tail - head
    let newCount = new.count - end + tail - head
    var lines = ["--- \(from)", "+++ \(to)", "@@ -\(head + 1),\(oldCount) +\(head + 1),\(newCount) @@"]
    lines += old[head..<start].map { " " + $0 }
    lines += old[start..<(old.count - end)].map { "-" + $0 }
    lines += new[start..<(new.count - end)].map { "+" + $0 }
    lines += old[(old.count - end)..<(old.count - end + tail)].map { " " + $0 }
    return lines.joined(separator: "\n") + "\n"
}
