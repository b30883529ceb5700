/// Patterns with `*` and `?`, as IAM's `StringLike` compares them.
package enum Wildcards {
    /// Compares with `*` (any run) and `?` (any one character), in time linear in both for each star.
    package static func match(_ pattern: String, _ value: String) -> Bool {
        var pattern = pattern
        var value = value
        return pattern.withUTF8 { pattern in
            value.withUTF8 { value in
                var (p, v) = (0, 0)
                var star: (pattern: Int, value: Int)?
                while v < value.count {
                    if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                        star = (p, v)
                        p += 1
                    } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == value[v] {
                        p += 1
                        v += 1
                    } else if let last = star {
                        star = (last.pattern, last.value + 1)
                        p = last.pattern + 1
                        v = last.value + 1
                    } else {
                        return false
                    }
                }
                return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
            }
        }
    }
}
